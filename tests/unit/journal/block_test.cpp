#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "gateway/ports/crc32c.hpp"
#include "gateway/ports/journal.hpp"

using namespace ustp;
using namespace ustp::gateway;

namespace {
Block sample() { return Block{7, 3, 42, Hash256(), Bytes{1, 2, 3, 4, 5}}; }

void seal(Bytes& octets) {
  const auto crc = crc32c(BytesView(octets).first(octets.size() - 4));
  for (std::size_t i = 0; i < 4; ++i) octets[octets.size() - 4 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}
}  // namespace

TEST_CASE("CRC32C gives the check value of RFC 3720 and both ways agree at every length") {
  CHECK(crc32c(as_bytes("123456789")) == 0xe3069283u);
  CHECK(crc32c(Bytes(32, 0)) == 0x8a9136aau);
  Bytes data;
  for (std::size_t n = 0; n < 70; ++n) {
    CHECK(crc32c(data) == crc32c_portable(data));
    data.push_back(static_cast<std::uint8_t>(n * 37));
  }
}

TEST_CASE("a framed block parses to itself and starts with the mark") {
  ustp::test::covers("USTP-JRN-001");
  const auto octets = frame_block(sample());
  CHECK(octets.size() == 64 + 5 + 4);
  CHECK(as_text(BytesView(octets).first(4)) == "USTJ");
  const auto back = parse_block(octets);
  REQUIRE(back);
  CHECK(back->shard == 7);
  CHECK(back->epoch == 3);
  CHECK(back->position == 42);
  CHECK(back->payload == sample().payload);
  CHECK(frame_block(*back) == octets);
}

TEST_CASE("every flipped bit and every truncation is found") {
  ustp::test::covers("USTP-JRN-001");
  const auto octets = frame_block(sample());
  for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
    auto bad = octets;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto parsed = parse_block(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::journal_damaged);
  }
  for (std::size_t size = 0; size < octets.size(); ++size)
    CHECK_FALSE(parse_block(BytesView(octets).first(size)));
}

TEST_CASE("fields are checked behind a right checksum too") {
  ustp::test::covers("USTP-JRN-001");
  const auto changed = [](std::size_t at, std::uint8_t value) {
    auto octets = frame_block(sample());
    octets[at] = value;
    seal(octets);
    return parse_block(octets);
  };
  CHECK(changed(0, 'X').error().code == Code::journal_damaged);
  CHECK(changed(5, 2).error().code == Code::journal_format);
  CHECK(changed(7, 1).error().code == Code::journal_format);
  CHECK(changed(63, 4).error().code == Code::journal_damaged);
  CHECK(changed(60, 0xff).error().code == Code::journal_damaged);
  CHECK(changed(5, 2).error().detail.find("position 42") != std::string::npos);
}
