#include <doctest/doctest.h>
#include <sqlite3.h>

#include <thread>

#include "tests/support/requirement.hpp"
#include "tests/unit/journal/harness.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;

namespace {
void sql(const std::filesystem::path& file, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  const int rc = sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(db);
  REQUIRE(rc == SQLITE_OK);
}
SqliteJournalOptions at(const TempDirectory& directory) { return {.path = directory.file(), .vfs = {}}; }
}  // namespace

TEST_CASE("what was appended is read back in order after a reopen, under a new epoch") {
  ustp::test::covers({"USTP-JRN-001", "USTP-JRN-002", "USTP-JRN-005"});
  TempDirectory directory;
  const auto first = fill(at(directory), 200);
  CHECK(first == JournalHead{0, {}, 1});
  auto journal = make_sqlite_journal(at(directory));
  const auto head = journal->open();
  REQUIRE(head);
  CHECK(head->position == 200);
  CHECK(head->epoch == 2);
  CHECK(positions(*journal).size() == 200);
  CHECK(positions(*journal, 199) == std::vector<std::uint64_t>{199, 200});
  CHECK(positions(*journal, 201).empty());
  Hash256 hash;
  CHECK(journal->read(1, UINT64_MAX, [&](const Block& block) -> Result<void> {
    CHECK(block.previous == hash);
    hash = crypto::sha256(frame_block(block));
    return {};
  }));
  CHECK(hash == head->hash);
}

TEST_CASE("a second opener is refused while the first has the journal") {
  ustp::test::covers("USTP-JRN-005");
  TempDirectory directory;
  auto one = make_sqlite_journal(at(directory));
  REQUIRE(one->open());
  auto two = make_sqlite_journal(at(directory));
  const auto refused = two->open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::journal_fenced);
}

TEST_CASE("a writer whose epoch was taken over writes nothing more") {
  ustp::test::covers({"USTP-JRN-006", "USTP-JRN-007"});
  TempDirectory directory;
  {
    auto journal = make_sqlite_journal(at(directory));
    const auto head = journal->open().value();
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    journal->submit(block_at(head, 1));
    REQUIRE(sink.wait_durable(1));
    sql(directory.file(), "UPDATE journal SET epoch = epoch + 1");
    journal->submit(block_at(head, 2));
    REQUIRE(sink.wait_failure());
    journal->submit(block_at(head, 3));
    journal->stop();
    REQUIRE(sink.failures.size() == 1);
    CHECK(sink.failures[0].code == Code::journal_fenced);
    CHECK(sink.durable == 1);
  }
  auto journal = make_sqlite_journal(at(directory));
  CHECK(journal->open().value().position == 1);
}

TEST_CASE("damage in any region of a block stops open() with its position") {
  ustp::test::covers("USTP-JRN-002");
  for (const int octet : {1, 6, 8, 12, 20, 28, 29, 61, 64, 65, 100, 165, 168}) {
    TempDirectory directory;
    fill(at(directory), 5);
    const auto from = std::to_string(octet), rest = std::to_string(octet + 1);
    sql(directory.file(), "UPDATE block SET octets = CAST(substr(octets, 1, " + from + " - 1) || x'ee' || substr(octets, " +
                              rest + ") AS BLOB) WHERE position = 3");
    auto journal = make_sqlite_journal(at(directory));
    const auto head = journal->open();
    REQUIRE_FALSE(head);
    CHECK(head.error().code == Code::journal_damaged);
    CHECK(head.error().detail.find("position 3") != std::string::npos);
  }
}

TEST_CASE("a missing, moved or exchanged block stops open() with its position") {
  ustp::test::covers("USTP-JRN-002");
  const auto opened = [](const std::string& change) {
    TempDirectory directory;
    fill(at(directory), 5);
    sql(directory.file(), change);
    return make_sqlite_journal(at(directory))->open();
  };
  const auto gap = opened("DELETE FROM block WHERE position = 3");
  REQUIRE_FALSE(gap);
  CHECK(gap.error().detail.find("position 3: missing") != std::string::npos);
  const auto first = opened("DELETE FROM block WHERE position = 1");
  REQUIRE_FALSE(first);
  CHECK(first.error().detail.find("position 1: missing") != std::string::npos);
  const auto copied = opened("UPDATE block SET octets = (SELECT octets FROM block WHERE position = 2) WHERE position = 4");
  REQUIRE_FALSE(copied);
  CHECK(copied.error().detail.find("position 4") != std::string::npos);
}

TEST_CASE("a block of another history with a right checksum breaks the chain behind it") {
  ustp::test::covers("USTP-JRN-002");
  TempDirectory directory, other;
  fill(at(directory), 5);
  fill(at(other), 1);
  fill(at(other), 4);  // positions 2 to 5 under epoch 2, another content of the chain
  sql(directory.file(), "ATTACH '" + other.file().string() + "' AS o; UPDATE journal SET epoch = 2; UPDATE block SET "
                        "octets = (SELECT octets FROM o.block WHERE position = 2) WHERE position = 2");
  const auto head = make_sqlite_journal(at(directory))->open();
  REQUIRE_FALSE(head);
  CHECK(head.error().detail.find("position 3") != std::string::npos);
}

TEST_CASE("another schema version or shard is a format error") {
  ustp::test::covers("USTP-JRN-003");
  TempDirectory directory;
  fill(at(directory), 1);
  auto options = at(directory);
  options.shard = 1;
  CHECK(make_sqlite_journal(options)->open().error().code == Code::journal_format);
  sql(directory.file(), "UPDATE journal SET version = 2");
  CHECK(make_sqlite_journal(at(directory))->open().error().code == Code::journal_format);
}

TEST_CASE("of two snapshots the newest whole one is used, and damage falls back to the earlier and to none") {
  ustp::test::covers("USTP-JRN-008");
  TempDirectory directory;
  fill(at(directory), 10);
  const auto snapshots = directory.file().string() + ".snapshots";
  {
    auto journal = make_sqlite_journal(at(directory));
    REQUIRE(journal->open());
    CHECK_FALSE(journal->load_snapshot().value());
    CHECK_FALSE(journal->store_snapshot({11, Bytes{1}}));  // not durable
    for (const std::uint64_t p : {2u, 5u, 8u}) REQUIRE(journal->store_snapshot({p, Bytes(10, std::uint8_t(p))}));
    CHECK(journal->load_snapshot().value()->position == 8);
  }
  sql(snapshots, "UPDATE snapshot SET state = x'00' WHERE position = 8");
  {
    auto journal = make_sqlite_journal(at(directory));
    REQUIRE(journal->open());
    const auto snapshot = journal->load_snapshot().value();
    REQUIRE(snapshot);
    CHECK(snapshot->position == 5);
    CHECK(snapshot->state == Bytes(10, 5));
  }
  sql(snapshots, "UPDATE snapshot SET position = 6 WHERE position = 5");  // position 2 was not kept
  auto journal = make_sqlite_journal(at(directory));
  REQUIRE(journal->open());
  CHECK_FALSE(journal->load_snapshot().value());
}

TEST_CASE("a snapshot ahead of the journal says that blocks are gone") {
  ustp::test::covers("USTP-JRN-008");
  TempDirectory directory;
  fill(at(directory), 5);
  {
    auto journal = make_sqlite_journal(at(directory));
    REQUIRE(journal->open());
    REQUIRE(journal->store_snapshot({5, Bytes{1}}));
  }
  sql(directory.file(), "DELETE FROM block WHERE position > 3");
  const auto head = make_sqlite_journal(at(directory))->open();
  REQUIRE_FALSE(head);
  CHECK(head.error().detail.find("position 4: missing") != std::string::npos);
}

TEST_CASE("a block that does not follow the head, or of another chain, is refused as a failure") {
  for (const int kind : {0, 1, 2}) {
    TempDirectory directory;
    auto journal = make_sqlite_journal(at(directory));
    const auto head = journal->open().value();
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    Block block = block_at(head, kind == 0 ? 2 : 1);
    if (kind == 1) block.epoch = 9;
    if (kind == 2) block.previous.mutable_octets()[0] = 1;
    journal->submit(block);
    REQUIRE(sink.wait_failure());
    CHECK(sink.failures[0].code == Code::internal);
    CHECK(sink.durable == 0);
  }
}

TEST_CASE("more than the queue bound is a failure and not an endless queue") {
  ustp::test::covers("USTP-JRN-010");
  TempDirectory directory;
  auto options = at(directory);
  options.max_queued_blocks = 3;
  auto journal = make_sqlite_journal(options);
  const auto head = journal->open().value();
  for (std::uint64_t p = 1; p <= 4; ++p) journal->submit(block_at(head, p));
  WaitingSink sink;
  REQUIRE(journal->start(sink));
  REQUIRE(sink.wait_failure());
  journal->stop();
  CHECK(sink.durable == 3);
  CHECK(sink.failures.size() == 1);
}

TEST_CASE("a reader that stalls in the middle of a walk does not make the write-ahead log grow") {
  ustp::test::covers("USTP-JRN-009");
  TempDirectory directory;
  fill(at(directory), 200);
  auto journal = make_sqlite_journal(at(directory));
  const auto head = journal->open().value();
  WaitingSink sink;
  REQUIRE(journal->start(sink));
  std::mutex mutex;
  std::condition_variable changed;
  bool stalled = false, go_on = false;
  std::uint64_t visited = 0;
  std::thread reader([&] {
    auto done = journal->read(1, UINT64_MAX, [&](const Block&) -> Result<void> {
      std::unique_lock hold(mutex);
      if (++visited == 3) {
        stalled = true;
        changed.notify_all();
        changed.wait(hold, [&] { return go_on; });
      }
      return {};
    });
    CHECK(done);
  });
  {
    std::unique_lock hold(mutex);
    CHECK(changed.wait_for(hold, std::chrono::seconds(20), [&] { return stalled; }));
  }
  // The log begins anew while the reader stands still: more is written than the file ever holds.
  constexpr std::size_t kBlock = 512u << 10, kMargin = 16u << 20;
  std::uintmax_t largest = 0, written = 0;
  const std::filesystem::path log = directory.file().string() + "-wal";
  auto last = head.position;
  while (written < largest + kMargin && written < (160u << 20)) {
    journal->submit(block_at(head, ++last, kBlock));
    REQUIRE(sink.wait_durable(last));
    written += kBlock;
    largest = std::max(largest, std::filesystem::file_size(log));
  }
  {
    const std::lock_guard hold(mutex);
    go_on = true;
  }
  changed.notify_all();
  reader.join();
  journal->stop();
  CHECK(visited == 200);
  CHECK(written >= largest + kMargin);
  CHECK(largest < (66u << 20));
  CHECK(positions(*journal).size() == last);
}
