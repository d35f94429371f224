// What only the journal of segments does: telling an unfinished end from damage, and surviving a cut at any operation.
#include <doctest/doctest.h>

#include "gateway/journal/segment_format.hpp"
#include "tests/support/faulty_files.hpp"
#include "tests/support/requirement.hpp"
#include "tests/unit/journal/tamper.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::test;
using ustp::testing::PowerLoss;

namespace {

Store small(const TempDirectory& directory) {
  return {.kind = Kind::kSegments, .directory = &directory, .segment_octets = 16u << 10};
}

// Each of `sizes` is made durable before the next: writes of one block.
void append_each(const Store& store, const std::vector<std::size_t>& sizes) {
  auto journal = store.make();
  const auto head = journal->open().value();
  WaitingSink sink;
  REQUIRE(journal->start(sink));
  auto position = head.position;
  for (const auto size : sizes) {
    journal->submit(block_at(head, ++position, size));
    REQUIRE(sink.wait_durable(position));
  }
  journal->stop();
}

std::size_t segment_count(const Store& store) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(store.path()))
    count += journal::segment_first(entry.path().filename().string()).has_value();
  return count;
}

}  // namespace

TEST_CASE("blocks go on over the end of a segment, and one that is greater than a segment gets its own") {
  TempDirectory directory;
  const auto store = small(directory);
  append_each(store, {3000, 3000, 3000, 3000, 3000, 40'000, 100, 9000, 9000});
  CHECK(segment_count(store) >= 4);
  auto journal = store.make();
  CHECK(journal->open().value().position == 9);
  CHECK(positions(*journal) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  for (std::uint64_t from = 1; from <= 9; ++from) CHECK(positions(*journal, from).size() == 10 - from);
}

TEST_CASE("a block anywhere in a long segment is found") {
  TempDirectory directory;
  const Store store{.kind = Kind::kSegments, .directory = &directory, .segment_octets = 8u << 20};
  fill(store, 500);
  append_each(store, std::vector<std::size_t>(60, 70'000));
  fill(store, 500);
  auto journal = store.make();
  REQUIRE(journal->open().value().position == 1060);
  for (std::uint64_t p = 1; p <= 1060; p += p < 490 || p > 570 ? 37 : 1) {
    std::vector<std::uint64_t> seen;
    REQUIRE(journal->read(p, p, [&](const Block& block) -> Result<void> {
      seen.push_back(block.position);
      return {};
    }));
    CHECK(seen == std::vector<std::uint64_t>{p});
  }
}

TEST_CASE("a write that stopped on the way is cut at the start, told, and written over") {
  ustp::test::covers("USTP-JRN-013");
  for (const std::size_t kept : {0u, 20u, 40u, 400u, 600u, 2000u, 3100u}) {
    TempDirectory directory;
    const auto store = small(directory);
    append_each(store, {3000, 3000});
    const auto last = place_of(store, 2);
    const auto whole = journal::kRecordHeader + last.length;
    overwrite(last.file, last.at + kept, Bytes(whole - kept));
    forget_stop(store);
    std::vector<std::string> notices;
    {
      auto options = SegmentJournalOptions{};
      options.folder = store.path();
      options.segment_octets = store.segment_octets;
      options.notice = [&](const std::string& what) { notices.push_back(what); };
      CHECK(make_segment_journal(options)->open().value().position == 1);
      CHECK(notices.size() == (kept == 0 ? 0 : 1));
      if (kept > 0) CHECK(notices[0].find("behind position 1 ") != std::string::npos);
      CHECK(make_segment_journal(options)->open().value().position == 1);
      CHECK(notices.size() == (kept == 0 ? 0 : 1));
    }
    append_each(store, {50, 60});
    auto journal = store.make();
    CHECK(journal->open().value().position == 3);
    CHECK(positions(*journal).size() == 3);
  }
}

TEST_CASE("sectors of one write arrive in any order: what is whole in front counts, the rest is cut") {
  ustp::test::covers("USTP-JRN-013");
  for (const std::uint64_t lost : {1u, 2u, 3u, 5u, 8u}) {
    TempDirectory directory;
    Store store = small(directory);
    auto journal = store.make();
    const auto head = journal->open().value();
    for (std::uint64_t p = 1; p <= 8; ++p) journal->submit(block_at(head, p, 900));
    WaitingSink sink;
    REQUIRE(journal->start(sink));
    REQUIRE(sink.wait_durable(8));
    journal->stop();
    journal.reset();
    const auto place = place_of(store, lost);  // its record header's sector never arrived
    overwrite(place.file, place.at / 512 * 512, Bytes(512));
    forget_stop(store);
    const auto first_touched = (place.at / 512 * 512) / (journal::kRecordHeader + place.length) + 1;
    journal = store.make();
    CHECK(journal->open().value().position == first_touched - 1);
    journal.reset();
    append_each(store, {100, 100});
    journal = store.make();
    CHECK(journal->open().value().position == first_touched + 1);
    CHECK(positions(*journal).size() == first_touched + 1);
  }
}

TEST_CASE("damage in front of a later write, or a flipped bit at the end, is damage and not an end") {
  ustp::test::covers("USTP-JRN-013");
  const auto opened = [](std::uint64_t position, const auto& change) {
    TempDirectory directory;
    const auto store = small(directory);
    append_each(store, {3000, 3000, 3000, 3000, 3000, 3000});  // four in the first segment
    forget_stop(store);
    change(place_of(store, position));
    const auto head = store.make()->open();
    REQUIRE_FALSE(head);
    CHECK(head.error().code == Code::journal_damaged);
    CHECK(head.error().detail.find("position " + std::to_string(position) + ":") != std::string::npos);
  };
  const auto lost = [](const Place& place) { overwrite(place.file, place.at, Bytes(journal::kRecordHeader + place.length)); };
  const auto half = [](const Place& place) { overwrite(place.file, place.at + 1500, Bytes(1508 + 68)); };
  for (const std::uint64_t p : {1u, 2u, 4u, 5u}) {
    opened(p, lost);
    opened(p, half);
  }
  for (const std::uint64_t p : {1u, 4u, 6u})
    for (const std::uint64_t octet : {0u, 5u, 9u, 17u, 24u, 32u, 39u, 40u, 60u, 108u, 2000u, 3107u})
      opened(p, [&](const Place& place) { flip(place.file, place.at + octet); });
}

TEST_CASE("after a clean stop, octets that are gone from the end are damage, and so is another last block") {
  ustp::test::covers("USTP-JRN-013");
  TempDirectory directory, other;
  const auto store = small(directory);
  append_each(store, {3000, 3000});
  erase(store, 2);
  CHECK(store.make()->open().error().detail.find("position 2: missing") != std::string::npos);
  append_each(small(other), {3000, 3000});
  auto block = parse_block(octets_of(small(other), 2)).value();
  block.payload[7] ^= 1;
  put(small(other), 2, frame_block(block));
  CHECK(small(other).make()->open().error().detail.find("position 2: is not the block") != std::string::npos);
}

TEST_CASE("a missing segment or identity is told, and a peer's octets cannot pass for a record") {
  TempDirectory directory;
  const auto store = small(directory);
  append_each(store, std::vector<std::size_t>(9, 3000));
  const auto folder = directory.folder();
  std::filesystem::rename(folder / journal::segment_name(5), folder / "kept");
  CHECK(store.make()->open().error().detail.find("position 5: missing") != std::string::npos);
  std::filesystem::rename(folder / "kept", folder / journal::segment_name(5));
  std::filesystem::rename(folder / "identity", folder / "kept");
  CHECK(store.make()->open().error().code == Code::journal_format);
  std::filesystem::rename(folder / "kept", folder / "identity");
  Bytes header;
  journal::append_header(header, {100, 7, 7, 0}, journal::Salt{1});
  CHECK(journal::parse_header(header, journal::Salt{1}));
  CHECK_FALSE(journal::parse_header(header, journal::Salt{2}));
}

TEST_CASE("the power may go at any operation: what was reported is there, and nothing that was not whole") {
  ustp::test::covers({"USTP-JRN-004", "USTP-JRN-005", "USTP-JRN-013"});
  for (const auto what : {PowerLoss::kDrop, PowerLoss::kKeep, PowerLoss::kTorn}) {
    bool went = true;
    for (std::uint64_t n = 1; went; ++n) {
      INFO("loss ", static_cast<int>(what), " at operation ", n);
      TempDirectory directory;
      const auto disk = testing::make_faulty_files();
      auto store = small(directory);
      store.files = disk;
      disk->lose_power_at(n, what);
      WaitingSink sink;
      std::uint64_t submitted = 0;
      {
        auto journal = store.make();
        if (const auto head = journal->open()) {
          REQUIRE(journal->start(sink));
          for (const std::uint64_t together : {1u, 1u, 3u, 1u, 2u, 1u}) {
            for (std::uint64_t i = 0; i < together; ++i) {
              ++submitted;
              journal->submit(block_at(*head, submitted, submitted == 8 ? 30'000 : 2500));
            }
            REQUIRE(sink.wait_settled(submitted));
          }
        }
        journal->stop();
        went = disk->is_off();
      }
      disk->power_on();
      {
        auto journal = store.make();
        const auto head = journal->open();
        if (!head) MESSAGE(to_string(head.error()));
        REQUIRE(head);
        CHECK(head->position >= sink.durable);
        CHECK(head->position <= submitted);
        CHECK(positions(*journal).size() == head->position);
        WaitingSink again;
        REQUIRE(journal->start(again));
        journal->submit(block_at(*head, head->position + 1, 5000));
        REQUIRE(again.wait_durable(head->position + 1));
      }
      auto journal = store.make();
      const auto head = journal->open();
      REQUIRE(head);
      CHECK(positions(*journal).size() == head->position);
      CHECK(n < 400);
    }
  }
}
