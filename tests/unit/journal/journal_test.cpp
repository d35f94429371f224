// What every kind of journal does; what only SQLite's or only the segments' does stands in a file of its own.
#include <doctest/doctest.h>

#include "gateway/journal/choose.hpp"
#include "gateway/journal/inspect.hpp"
#include "tests/support/requirement.hpp"
#include "tests/unit/journal/harness.hpp"
#include "tests/unit/journal/tamper.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;

namespace {
Store at(const TempDirectory& directory, Kind kind) { return {.kind = kind, .directory = &directory}; }
}  // namespace

TEST_CASE("what was appended is read back in order after a reopen, under a new epoch") {
  for_each_kind([](Kind kind) {
    ustp::test::covers({"USTP-JRN-001", "USTP-JRN-002", "USTP-JRN-005"});
    TempDirectory directory;
    const auto first = fill(at(directory, kind), 200);
    CHECK(first == JournalHead{0, {}, 1});
    auto journal = at(directory, kind).make();
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
  });
}

TEST_CASE("a second opener is refused while the first has the journal") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-005");
    TempDirectory directory;
    auto one = at(directory, kind).make();
    REQUIRE(one->open());
    auto two = at(directory, kind).make();
    const auto refused = two->open();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::journal_fenced);
  });
}

TEST_CASE("a writer whose epoch was taken over writes nothing more") {
  for_each_kind([](Kind kind) {
    ustp::test::covers({"USTP-JRN-006", "USTP-JRN-007"});
    TempDirectory directory;
    {
      auto journal = at(directory, kind).make();
      const auto head = journal->open().value();
      WaitingSink sink;
      REQUIRE(journal->start(sink));
      journal->submit(block_at(head, 1));
      REQUIRE(sink.wait_durable(1));
      take_over(at(directory, kind));
      journal->submit(block_at(head, 2));
      REQUIRE(sink.wait_failure());
      journal->submit(block_at(head, 3));
      journal->stop();
      REQUIRE(sink.failures.size() == 1);
      CHECK(sink.failures[0].code == Code::journal_fenced);
      CHECK(sink.durable == 1);
    }
    auto journal = at(directory, kind).make();
    CHECK(journal->open().value().position == 1);
  });
}

TEST_CASE("damage in any region of a block stops open() with its position") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-002");
    for (const int octet : {1, 6, 8, 12, 20, 28, 29, 61, 64, 65, 100, 165, 168}) {
      TempDirectory directory;
      fill(at(directory, kind), 5);
      spoil(at(directory, kind), 3, octet);
      auto journal = at(directory, kind).make();
      const auto head = journal->open();
      REQUIRE_FALSE(head);
      CHECK(head.error().code == Code::journal_damaged);
      CHECK(head.error().detail.find("position 3") != std::string::npos);
    }
  });
}

TEST_CASE("a missing, moved or exchanged block stops open() with its position") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-002");
    const auto opened = [kind](const auto& change) {
      TempDirectory directory;
      fill(at(directory, kind), 5);
      change(at(directory, kind));
      return at(directory, kind).make()->open();
    };
    const auto gap = opened([](const Store& store) { erase(store, 3); });
    REQUIRE_FALSE(gap);
    CHECK(gap.error().detail.find("position 3: missing") != std::string::npos);
    const auto first = opened([](const Store& store) { erase(store, 1); });
    REQUIRE_FALSE(first);
    CHECK(first.error().detail.find("position 1: missing") != std::string::npos);
    const auto copied = opened([](const Store& store) { put(store, 4, octets_of(store, 2)); });
    REQUIRE_FALSE(copied);
    CHECK(copied.error().detail.find("position 4") != std::string::npos);
  });
}

TEST_CASE("a block of another history with a right checksum breaks the chain behind it") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-002");
    TempDirectory directory, other;
    fill(at(directory, kind), 5);
    fill(at(other, kind), 1);
    fill(at(other, kind), 4);  // positions 2 to 5 under epoch 2, another content of the chain
    take_over(at(directory, kind));
    put(at(directory, kind), 2, octets_of(at(other, kind), 2));
    const auto head = at(directory, kind).make()->open();
    REQUIRE_FALSE(head);
    CHECK(head.error().detail.find("position 3") != std::string::npos);
  });
}

TEST_CASE("another schema version or shard is a format error") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-003");
    TempDirectory directory;
    fill(at(directory, kind), 1);
    auto options = at(directory, kind);
    options.shard = 1;
    CHECK(options.make()->open().error().code == Code::journal_format);
    set_version(at(directory, kind), 2);
    CHECK(at(directory, kind).make()->open().error().code == Code::journal_format);
  });
}

TEST_CASE("of two snapshots the newest whole one is used, and damage falls back to the earlier and to none") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-008");
    TempDirectory directory;
    fill(at(directory, kind), 10);
    const auto snapshots = at(directory, kind).snapshots();
    {
      auto journal = at(directory, kind).make();
      REQUIRE(journal->open());
      CHECK_FALSE(journal->load_snapshot().value());
      CHECK_FALSE(journal->store_snapshot({11, Bytes{1}, 0, {}}));  // not durable
      for (const std::uint64_t p : {2u, 5u, 8u}) REQUIRE(journal->store_snapshot({p, Bytes(10, std::uint8_t(p)), 0, {}}));
      CHECK(journal->load_snapshot().value()->position == 8);
    }
    sql(snapshots, "UPDATE snapshot SET state = x'00' WHERE position = 8");
    {
      auto journal = at(directory, kind).make();
      REQUIRE(journal->open());
      const auto snapshot = journal->load_snapshot().value();
      REQUIRE(snapshot);
      CHECK(snapshot->position == 5);
      CHECK(snapshot->state == Bytes(10, 5));
    }
    sql(snapshots, "UPDATE snapshot SET position = 6 WHERE position = 5");  // position 2 was not kept
    auto journal = at(directory, kind).make();
    REQUIRE(journal->open());
    CHECK_FALSE(journal->load_snapshot().value());
  });
}

TEST_CASE("what is archived with a snapshot is read as of that snapshot, and another history is dropped") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-014");
    TempDirectory directory;
    fill(at(directory, kind), 10);
    auto journal = at(directory, kind).make();
    REQUIRE(journal->open());
    const auto row = [](std::uint8_t id, std::uint64_t ordinal, std::uint8_t state) {
      Archived out;
      out.id.mutable_octets()[15] = id;
      out.ordinal = ordinal;
      if (id != 3) out.order_key.mutable_octets()[0] = id;
      out.state = Bytes(5, state);
      return out;
    };
    const auto one = row(1, 10, 1), two = row(2, 20, 2), three = row(3, 30, 3);
    REQUIRE(journal->store_snapshot({2, Bytes{1}, 0, {one, two}}));
    REQUIRE(journal->store_snapshot({5, Bytes{1}, 2, {row(1, 10, 9), three}}));
    auto& archive = journal->archive();
    const auto state = [&](const TransferId& id, std::uint64_t position) {
      const auto found = archive.find(id, position).value();
      return found ? found->state.front() : 0;
    };
    CHECK(state(one.id, 1) == 0);
    CHECK(state(one.id, 2) == 1);
    CHECK(state(one.id, 4) == 1);
    CHECK(state(one.id, 5) == 9);
    CHECK(state(three.id, 4) == 0);
    CHECK(archive.find_order(two.order_key, 5).value()->id == two.id);
    CHECK_FALSE(archive.find_order(three.order_key, 5).value());  // zero: nobody's order
    const auto ordinals = [&](std::uint64_t below, std::uint64_t position, std::size_t limit) {
      std::vector<std::uint64_t> out;
      const auto rows = archive.before(below, position, limit).value();
      for (const auto& found : rows) out.push_back(found.ordinal);
      return out;
    };
    CHECK(ordinals(31, 5, 10) == std::vector<std::uint64_t>{30, 20, 10});
    CHECK(ordinals(30, 5, 1) == std::vector<std::uint64_t>{20});
    CHECK(ordinals(31, 2, 10) == std::vector<std::uint64_t>{20, 10});
    std::size_t all = 0;
    REQUIRE(archive.each(5, [&](const Archived&) { ++all; }));
    CHECK(all == 3);
    // A journal that was restored goes on from the first snapshot: what came behind was another history.
    REQUIRE(journal->store_snapshot({4, Bytes{1}, 2, {}}));
    CHECK(state(one.id, 5) == 1);
    CHECK(state(three.id, 5) == 0);
    // A row that is not as it was written is told, and the next start replays every block.
    sql(at(directory, kind).snapshots(), "UPDATE archived SET state = x'00' WHERE ordinal = 20");
    CHECK(archive.find(two.id, 5).error().code == Code::journal_damaged);
    CHECK_FALSE(journal->load_snapshot().value());
  });
}

TEST_CASE("a snapshot ahead of the journal says that blocks are gone") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-008");
    TempDirectory directory;
    fill(at(directory, kind), 5);
    {
      auto journal = at(directory, kind).make();
      REQUIRE(journal->open());
      REQUIRE(journal->store_snapshot({5, Bytes{1}, 0, {}}));
    }
    for (const std::uint64_t p : {4u, 5u}) erase(at(directory, kind), p);
    const auto head = at(directory, kind).make()->open();
    REQUIRE_FALSE(head);
    CHECK(head.error().detail.find("position 4: missing") != std::string::npos);
  });
}

TEST_CASE("a block that does not follow the head, or of another chain, is refused as a failure") {
  for_each_kind([](Kind kind) {
    for (const int wrong : {0, 1, 2}) {
      TempDirectory directory;
      auto journal = at(directory, kind).make();
      const auto head = journal->open().value();
      WaitingSink sink;
      REQUIRE(journal->start(sink));
      Block block = block_at(head, wrong == 0 ? 2 : 1);
      if (wrong == 1) block.epoch = 9;
      if (wrong == 2) block.previous.mutable_octets()[0] = 1;
      journal->submit(block);
      REQUIRE(sink.wait_failure());
      CHECK(sink.failures[0].code == Code::internal);
      CHECK(sink.durable == 0);
    }
  });
}

TEST_CASE("more than the queue bound is a failure and not an endless queue") {
  for_each_kind([](Kind kind) {
    ustp::test::covers("USTP-JRN-010");
    TempDirectory directory;
    auto options = at(directory, kind);
    options.max_queued_blocks = 3;
    auto journal = options.make();
    const auto head = journal->open().value();
    for (std::uint64_t p = 1; p <= 4; ++p) journal->submit(block_at(head, p));
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    REQUIRE(sink.wait_failure());
    journal->stop();
    CHECK(sink.durable == 3);
    CHECK(sink.failures.size() == 1);
  });
}

TEST_CASE("a data folder that holds the other kind of journal is refused, not begun anew") {
  ustp::test::covers("USTP-JRN-012");
  for_each_kind([](Kind kind) {
    TempDirectory directory;
    fill(at(directory, kind), 1);
    const auto choose = [&](JournalKind chosen) {
      JournalChoice choice;
      choice.kind = chosen;
      choice.data = directory.file().parent_path();
      choice.segment_octets = 256u << 10;
      return choose_journal(choice);
    };
    const auto same = choose(kind == Kind::kSqlite ? JournalKind::kSqlite : JournalKind::kSegments);
    REQUIRE(same);
    CHECK((*same)->open().value().position == 1);
    const auto other = choose(kind == Kind::kSqlite ? JournalKind::kSegments : JournalKind::kSqlite);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == Code::config_invalid);
  });
}

TEST_CASE("a journal is looked at without a lock and without a change") {
  for_each_kind([](Kind kind) {
    TempDirectory directory;
    fill(at(directory, kind), 30);
    auto running = at(directory, kind).make();
    REQUIRE(running->open());
    std::uint64_t seen = 0;
    const auto count = [&](const Block&, BytesView, const Hash256&) -> Result<void> { return ++seen, Result<void>(); };
    CHECK(journal::inspect(at(directory, kind).path(), 1, count).value().position == 30);
    CHECK(seen == 30);
    CHECK(journal::inspect(at(directory, kind).path(), 21, count).value().position == 30);
    CHECK(seen == 40);
    running.reset();
    spoil(at(directory, kind), 7, 90);
    const auto damaged = journal::inspect(at(directory, kind).path(), 1, nullptr);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().detail.find("position 7:") != std::string::npos);
    CHECK_FALSE(journal::inspect(at(directory, kind).path() + ".absent", 1, nullptr));
  });
}
