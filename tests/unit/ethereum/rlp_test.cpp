#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/ethereum/evm/rlp.hpp"
#include "tests/unit/ethereum/vectors.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }
Bytes encode_json(const nlohmann::json& in) {
  if (in.is_number()) return rlp::encode(Uint128{in.get<std::uint64_t>()});
  if (in.is_array()) {
    std::vector<Bytes> parts;
    for (const auto& part : in) parts.push_back(encode_json(part));
    return rlp::encode_list(parts);
  }
  return rlp::encode(as_bytes(in.get<std::string>()));
}
Bytes encode_again(const rlp::Item& item) {
  if (!item.is_list) return rlp::encode(item.payload);
  std::vector<Bytes> parts;
  for (const auto& part : item.parts) parts.push_back(encode_again(part));
  return rlp::encode_list(parts);
}

}  // namespace

TEST_CASE("RLP of the reference vectors, both ways") {
  const auto path = test::vectors("RLPTests/rlptest.json");
  if (!path) return;
  std::ifstream in(*path);
  std::size_t cases = 0;
  const auto in_file = nlohmann::json::parse(in);
  for (const auto& [name, test] : in_file.items()) {
    CAPTURE(name);
    const auto& value = test.at("in");
    const Bytes out = from_hex0x(test.at("out").get<std::string>()).value();
    const auto item = rlp::decode(out);
    REQUIRE(item.has_value());
    CHECK(encode_again(*item) == out);
    if (value.is_string() && value.get<std::string>().rfind('#', 0) == 0) continue;  // a number above 64 bits
    CHECK(encode_json(value) == out);
    ++cases;
  }
  CHECK(cases > 20);
}

TEST_CASE("a second form of the same value is refused") {
  const char* const bad[] = {
      "",                    // nothing
      "8100",                // an octet below 0x80 with a prefix
      "817f",
      "b800",                // a long form for no octets
      "b837" "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",  // 55 octets in long form
      "b90000",              // a length with a leading zero
      "f800",                // a long form for an empty list
      "83aabb",              // ends early
      "c3aabb",
      "bfffffffffffffffff",  // a length beyond everything
      "ffffffffffffffffff",
      "c1",                  // a list that ends early
      "c283aa",              // a part that leaves its list
      "8080",                // octets after the item
      "c0c0",
  };
  for (const char* text : bad) {
    CAPTURE(text);
    CHECK(rlp::decode(hex(text)).error().code == Code::ledger_message);
  }
}

TEST_CASE("numbers have no leading zeros and fit") {
  CHECK(rlp::decode(hex("80"))->number().value() == 0);
  CHECK(rlp::decode(hex("820400"))->number64().value() == 1024);
  CHECK_FALSE(rlp::decode(hex("00"))->number().has_value());
  CHECK_FALSE(rlp::decode(hex("820001"))->number().has_value());
  CHECK(rlp::decode(hex("89010000000000000000"))->number64().error().code == Code::out_of_range);
  CHECK(rlp::decode(hex("910100000000000000000000000000000000"))->number().error().code == Code::out_of_range);
  CHECK_FALSE(rlp::decode(hex("c0"))->number().has_value());
  CHECK(rlp::encode(~Uint128{0}) == hex("90ffffffffffffffffffffffffffffffff"));
}

TEST_CASE("depth and count are bounded") {
  Bytes deep = hex("c0");
  for (int i = 0; i < 15; ++i) deep = rlp::encode_list({deep});
  CHECK(rlp::decode(deep).has_value());
  deep = rlp::encode_list({deep});
  CHECK(rlp::decode(deep).error().code == Code::ledger_message);
  const Bytes wide = rlp::encode_list(std::vector<Bytes>(40, hex("80")));
  CHECK(rlp::decode(wide, {2, 41}).has_value());
  CHECK(rlp::decode(wide, {2, 40}).error().code == Code::ledger_message);
}
