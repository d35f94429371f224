// What only the journal on SQLite does.
#include <doctest/doctest.h>

#include <thread>

#include "tests/support/requirement.hpp"
#include "tests/unit/journal/harness.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;

TEST_CASE("a reader that stalls in the middle of a walk does not make the write-ahead log grow") {
  ustp::test::covers("USTP-JRN-009");
  TempDirectory directory;
  fill({.kind = Kind::kSqlite, .directory = &directory}, 200);
  auto journal = make_sqlite_journal({.path = directory.file(), .vfs = {}});
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
