// Keccak-256 against known digests (EIP-1052's empty hash; the others from an independent implementation), and the
// text forms of words, addresses and quantities.
#include <doctest/doctest.h>

#include "adapters/ethereum/evm/keccak.hpp"

using namespace ustp;
using namespace ustp::ethereum;

TEST_CASE("Keccak-256 of texts around the block size") {
  const auto digest = [](std::size_t size) { return keccak256(Bytes(size, 0xa5)).hex(); };
  CHECK(digest(0) == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  CHECK(digest(1) == "644826e22109357806d1a633732140f7ace7bb6ca8fa0b67006d7e3d0ad6fe6f");
  CHECK(digest(135) == "e9cd15a85e4b32b79132637b22775876cc597d8be1d19d8daf42a46d2233f0f7");
  CHECK(digest(136) == "520624732be0bc2eff4ca18c833d85f5783325cb37fc3d8ec1d385aa9a6fc7f8");
  CHECK(digest(137) == "171c6f03b55a0672ff99dbca84110b6bc3b8f75e1b31b5979cca100ba74f520a");
  CHECK(digest(200) == "c716e17d494244a52e5de866ca8109aad858714034537ad2957b257d611d092e");
  CHECK(digest(272) == "af54f02f4ebd3bf890b8024b76e344c954d5dbe7d9d1efe16cd874072262d763");
}

TEST_CASE("a uint256 that does not fit is refused, never cut") {
  const Uint128 most = ~Uint128{0};
  CHECK(uint128_from(word_from(most)).value() == most);
  Word high = word_from(most);
  high.mutable_octets()[15] = 1;
  CHECK(uint128_from(high).error().code == Code::out_of_range);
  CHECK(uint64_from(word_from(Uint128{UINT64_MAX})).value() == UINT64_MAX);
  CHECK(uint64_from(word_from(Uint128{UINT64_MAX} + 1)).error().code == Code::out_of_range);
}

TEST_CASE("an address word with dirty padding is refused") {
  const Address address = parse_address("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F").value();
  CHECK(to_text(address) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  Word word = word_from(address);
  CHECK(address_from(word).value() == address);
  word.mutable_octets()[11] = 1;
  CHECK(address_from(word).error().code == Code::ledger_message);
}

TEST_CASE("bytes32 texts end once and hold printable characters only") {
  Word word = word_from_text("XS0000000009").value();
  CHECK(text_from(word).value() == "XS0000000009");
  word.mutable_octets()[20] = 'x';
  CHECK_FALSE(text_from(word).has_value());
  word.mutable_octets()[20] = 0;
  word.mutable_octets()[3] = 7;
  CHECK_FALSE(text_from(word).has_value());
  CHECK(word_from_text(std::string(33, 'a')).error().code == Code::too_long);
  CHECK(word_from_text("a b").error().code == Code::invalid_character);
}

TEST_CASE("quantities have one form") {
  CHECK(to_quantity(0) == "0x0");
  CHECK(to_quantity(1024) == "0x400");
  CHECK(parse_quantity(to_quantity(~Uint128{0})).value() == ~Uint128{0});
  for (const char* text : {"", "0x", "0x00", "0x01", "400", "0xg", "0x 1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_quantity(text).has_value());
  }
  CHECK(parse_quantity("0x1" + std::string(32, '0')).error().code == Code::out_of_range);
  CHECK(parse_quantity64("0x10000000000000000").error().code == Code::out_of_range);
  CHECK_FALSE(parse_address("0x1234").has_value());
  CHECK_FALSE(parse_address("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f").has_value());
}
