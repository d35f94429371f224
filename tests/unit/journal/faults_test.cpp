// Decision 28: SIGKILL alone keeps the page cache, so these run on a disk that loses what was not synced.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/support/requirement.hpp"
#include "tests/support/faulty_files.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/unit/journal/harness.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;
using ustp::testing::Fault;
using ustp::testing::PowerLoss;

namespace {

// A journal of either kind on a disk that fails as it is told.
struct Faulty {
  TempDirectory directory;
  std::shared_ptr<testing::FaultyFiles> files;
  testing::FaultyDisk& disk;
  Store store;

  explicit Faulty(Kind kind)
      : files(kind == Kind::kSegments ? testing::make_faulty_files() : nullptr),
        disk(files ? *files : testing::register_faulty_vfs()),
        store{.kind = kind, .directory = &directory, .vfs = testing::kFaultyVfsName, .files = files} {}
  Store without_sync() const {
    auto out = store;
    out.sync = false;
    return out;
  }
};

struct Outcome { std::uint64_t reported = 0, found = 0; };

// Appends one block at a time, cuts the power with one reported and one possibly under way, and counts what is left.
Outcome lose_power(Kind kind, bool full, PowerLoss what) {
  Faulty on(kind);
  Outcome out;
  {
    auto journal = (full ? on.store : on.without_sync()).make();
    const auto head = journal->open().value();
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    for (std::uint64_t p = 1; p <= 20; ++p) {
      journal->submit(block_at(head, p, 3000));
      if (!sink.wait_durable(p)) break;
    }
    journal->submit(block_at(head, 21, 3000));
    on.disk.power_loss(what);
    journal->stop();
    out.reported = sink.durable;
  }
  on.disk.power_on();
  auto journal = on.store.make();
  const auto head = journal->open();
  if (head) out.found = head->position;
  return out;
}

}  // namespace

TEST_CASE("with synchronous=FULL a power cut leaves everything that was reported durable") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-004");
    for (const auto what : {PowerLoss::kDrop, PowerLoss::kKeep, PowerLoss::kTorn}) {
      const auto out = lose_power(kind, true, what);
      CHECK(out.reported >= 20);
      CHECK(out.found >= out.reported);
      CHECK(out.found <= 21);
    }
  });
}

TEST_CASE("with synchronous=OFF the same power cut loses reported blocks, so the test above can fail") {
  for_each_kind([](Kind kind) {
    const auto out = lose_power(kind, false, PowerLoss::kDrop);
    CHECK(out.reported >= 20);
    CHECK(out.found < out.reported);
  });
}

TEST_CASE("a first failed write or sync is reported once, and nothing is after it") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-007");
    for (const auto fault : {Fault::kSyncError, Fault::kNoSpace, Fault::kShortWrite}) {
      Faulty on(kind);
      {
        auto journal = on.store.make();
        const auto head = journal->open().value();
        WaitingSink sink;
        REQUIRE(journal->start(sink));
        journal->submit(block_at(head, 1));
        REQUIRE(sink.wait_durable(1));
        on.disk.inject(fault, 1);
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
      auto journal = on.store.make();
      const auto head = journal->open();
      REQUIRE(head);
      CHECK(head->position >= 1);
      CHECK(head->position <= 2);
    }
  });
}

TEST_CASE("many blocks queued together share few syncs") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-010");
    Faulty on(kind);
    auto journal = on.store.make();
    const auto head = journal->open().value();
    for (std::uint64_t p = 1; p <= 500; ++p) journal->submit(block_at(head, p));
    const auto before = on.disk.syncs();
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    REQUIRE(sink.wait_durable(500));
    CHECK(on.disk.syncs() - before >= 1);
    CHECK(on.disk.syncs() - before <= 3);
    journal->stop();
    CHECK(sink.reports == 1);
  });
}

TEST_CASE("a bit that rots on the way from the disk never comes out as a block") {
  for_each_kind([](Kind kind) {
    std::uint64_t caught = 0;
    for (std::uint64_t n = 1; n <= 12; ++n) {
      Faulty on(kind);
      fill(on.store, 40);
      auto journal = on.store.make();
      on.disk.inject(Fault::kReadFlip, n);
      const auto head = journal->open();
      const auto read = head ? positions(*journal) : std::vector<std::uint64_t>();
      on.disk.inject(Fault::kReadFlip, 0);
      if (!head) { ++caught; continue; }
      if (read.size() != 40) ++caught;  // positions() checks every payload
    }
    CHECK(caught > 0);
  });
}

TEST_CASE("a killed process leaves everything it had acknowledged") {
  for_each_kind([](Kind kind) {
    Faulty on(kind);
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
      auto options = on.store;
      options.max_queued_blocks = 1u << 20;
      auto journal = options.make();
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
    auto journal = Store{.kind = kind, .directory = &on.directory}.make();
    const auto head = journal->open();
    REQUIRE(head);
    CHECK(acknowledged > 0);
    CHECK(head->position >= acknowledged);
    CHECK(positions(*journal).size() == head->position);
  });
}
