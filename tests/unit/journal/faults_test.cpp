// Decision 28: SIGKILL alone keeps the page cache, so these run on a disk that loses what was not synced.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/support/requirement.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/unit/journal/harness.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;
using ustp::testing::Fault;
using ustp::testing::PowerLoss;

namespace {

SqliteJournalOptions faulty(const TempDirectory& directory, bool full = true) {
  return {.path = directory.file(), .synchronous_full = full, .vfs = testing::kFaultyVfsName};
}

struct Outcome { std::uint64_t reported = 0, found = 0; };

// Appends one block at a time, cuts the power with one reported and one possibly under way, and counts what is left.
Outcome lose_power(bool full, PowerLoss what) {
  auto& disk = testing::register_faulty_vfs();
  TempDirectory directory;
  Outcome out;
  {
    auto journal = make_sqlite_journal(faulty(directory, full));
    const auto head = journal->open().value();
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    for (std::uint64_t p = 1; p <= 20; ++p) {
      journal->submit(block_at(head, p, 3000));
      if (!sink.wait_durable(p)) break;
    }
    journal->submit(block_at(head, 21, 3000));
    disk.power_loss(what);
    journal->stop();
    out.reported = sink.durable;
  }
  disk.power_on();
  auto journal = make_sqlite_journal(faulty(directory));
  const auto head = journal->open();
  if (head) out.found = head->position;
  return out;
}

}  // namespace

TEST_CASE("with synchronous=FULL a power cut leaves everything that was reported durable") {
  ustp::test::covers("USTP-JRN-004");
  for (const auto what : {PowerLoss::kDrop, PowerLoss::kKeep, PowerLoss::kTorn}) {
    const auto out = lose_power(true, what);
    CHECK(out.reported >= 20);
    CHECK(out.found >= out.reported);
    CHECK(out.found <= 21);
  }
}

TEST_CASE("with synchronous=OFF the same power cut loses reported blocks, so the test above can fail") {
  const auto out = lose_power(false, PowerLoss::kDrop);
  CHECK(out.reported >= 20);
  CHECK(out.found < out.reported);
}

TEST_CASE("a first failed write or sync is reported once, and nothing is after it") {
  ustp::test::covers("USTP-JRN-007");
  auto& disk = testing::register_faulty_vfs();
  for (const auto fault : {Fault::kSyncError, Fault::kNoSpace, Fault::kShortWrite}) {
    TempDirectory directory;
    {
      auto journal = make_sqlite_journal(faulty(directory));
      const auto head = journal->open().value();
      WaitingSink sink;
      REQUIRE(journal->start(sink));
      journal->submit(block_at(head, 1));
      REQUIRE(sink.wait_durable(1));
      disk.inject(fault, 1);
      journal->submit(block_at(head, 2));
      REQUIRE(sink.wait_failure());
      for (std::uint64_t p = 3; p < 10; ++p) journal->submit(block_at(head, p));
      journal->stop();
      CHECK(sink.failures.size() == 1);
      CHECK(sink.failures[0].code == Code::journal_write);
      CHECK_FALSE(sink.after_failure);
      CHECK(sink.durable == 1);
    }
    // What is intact counts as written: the failed block may be there, the later ones may not.
    auto journal = make_sqlite_journal(faulty(directory));
    const auto head = journal->open();
    REQUIRE(head);
    CHECK(head->position >= 1);
    CHECK(head->position <= 2);
  }
}

TEST_CASE("many blocks queued together share few syncs") {
  ustp::test::covers("USTP-JRN-010");
  auto& disk = testing::register_faulty_vfs();
  TempDirectory directory;
  auto journal = make_sqlite_journal(faulty(directory));
  const auto head = journal->open().value();
  for (std::uint64_t p = 1; p <= 500; ++p) journal->submit(block_at(head, p));
  const auto before = disk.syncs();
  WaitingSink sink;
  REQUIRE(journal->start(sink));
  REQUIRE(sink.wait_durable(500));
  CHECK(disk.syncs() - before >= 1);
  CHECK(disk.syncs() - before <= 3);
  journal->stop();
  CHECK(sink.reports == 1);
}

TEST_CASE("a bit that rots on the way from the disk never comes out as a block") {
  auto& disk = testing::register_faulty_vfs();
  std::uint64_t caught = 0;
  for (std::uint64_t n = 1; n <= 12; ++n) {
    TempDirectory directory;
    fill(faulty(directory), 40);
    auto journal = make_sqlite_journal(faulty(directory));
    disk.inject(Fault::kReadFlip, n);
    const auto head = journal->open();
    if (!head) { ++caught; continue; }
    const auto read = positions(*journal);
    if (read.size() != 40) ++caught;  // positions() checks every payload
  }
  disk.inject(Fault::kReadFlip, 0);
  CHECK(caught > 0);
}

TEST_CASE("a killed process leaves everything it had acknowledged") {
  testing::register_faulty_vfs();
  TempDirectory directory;
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    struct Acknowledge final : JournalSink {
      int to = -1;
      void on_durable(std::uint64_t position) override {
        if (::write(to, &position, sizeof position) != sizeof position) ::_exit(3);
      }
      void on_failure(Error) override { ::_exit(4); }
    } sink;
    sink.to = pipe_ends[1];
    auto options = faulty(directory);
    options.max_queued_blocks = 1u << 20;
    auto journal = make_sqlite_journal(options);
    const auto head = journal->open();
    if (!head || !journal->start(sink)) ::_exit(5);
    for (std::uint64_t p = 1; p <= 100000; ++p) journal->submit(block_at(*head, p, 600));
    while (true) ::pause();
  }
  ::close(pipe_ends[1]);
  std::uint64_t acknowledged = 0, position = 0;
  for (int reports = 0; reports < 2 && acknowledged < 100000 &&
       ::read(pipe_ends[0], &position, sizeof position) == sizeof position; ++reports)
    acknowledged = position;
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  while (::read(pipe_ends[0], &position, sizeof position) == sizeof position) acknowledged = position;
  ::close(pipe_ends[0]);
  auto journal = make_sqlite_journal({.path = directory.file(), .vfs = {}});
  const auto head = journal->open();
  REQUIRE(head);
  CHECK(acknowledged > 0);
  CHECK(head->position >= acknowledged);
  CHECK(positions(*journal).size() == head->position);
}
