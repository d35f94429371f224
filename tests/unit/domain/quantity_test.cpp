#include <doctest/doctest.h>

#include <numeric>

#include "tests/support/requirement.hpp"
#include "ustp/base/random.hpp"
#include "ustp/domain/quantity.hpp"

using namespace ustp;

namespace {
constexpr Uint128 kMax = ~Uint128{0};
template <class T>
Code code_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}
}  // namespace

TEST_CASE("128-bit numbers read and write the same text") {
  CHECK(to_string(kMax) == "340282366920938463463374607431768211455");
  CHECK(*parse_uint128("340282366920938463463374607431768211455") == kMax);
  CHECK(*parse_uint128("0") == 0);
  CHECK(code_of(parse_uint128("340282366920938463463374607431768211456")) == Code::overflow);
  CHECK(code_of(parse_uint128("3402823669209384634633746074317682114550")) == Code::overflow);
  for (auto text : {"", "-1", "+1", "01", "1 ", "1.0", "0x1"}) CHECK(code_of(parse_uint128(text)) == Code::malformed_text);
  CHECK(code_of(parse_uint128(std::string(101, '0'))) == Code::too_long);
}

TEST_CASE("arithmetic is refused at the edge, never wrapped") {
  ustp::test::covers("USTP-TOK-021");
  CHECK(*checked_add(kMax - 1, 1) == kMax);
  CHECK(code_of(checked_add(kMax, 1)) == Code::overflow);
  CHECK(code_of(checked_sub(1, 2)) == Code::negative);
  CHECK(*checked_mul(kMax, 1) == kMax);
  CHECK(*checked_mul(0, kMax) == 0);
  CHECK(code_of(checked_mul(kMax / 2 + 1, 2)) == Code::overflow);
}

TEST_CASE("a quantity keeps its scale in text") {
  CHECK(Quantity::parse("123.45", 2)->units() == 12345);
  CHECK(Quantity::parse("123", 2)->units() == 12300);
  CHECK(Quantity::parse("0.5", 2)->str() == "0.50");
  CHECK(Quantity::parse("1.2300", 2)->str() == "1.23");
  CHECK(Quantity(5, 3).str() == "0.005");
  CHECK(Quantity(7, 0).str() == "7");
  CHECK(code_of(Quantity::parse("1.234", 2)) == Code::inexact);
  CHECK(code_of(Quantity::parse("1", 31)) == Code::out_of_range);
  CHECK(code_of(Quantity::parse("340282366920938463463374607431768211455", 1)) == Code::overflow);
  for (auto text : {"", ".5", "5.", "1,000", "1e3", "-1", "1.2.3", "00.5", " 1"})
    CHECK(code_of(Quantity::parse(text, 2)) == Code::malformed_text);
}

TEST_CASE("quantities of different scales never mix") {
  ustp::test::covers("USTP-TOK-022");
  CHECK(code_of(Quantity(1, 0).plus(Quantity(1, 1))) == Code::scale_mismatch);
  CHECK(code_of(Quantity(1, 0).minus(Quantity(1, 1))) == Code::scale_mismatch);
  CHECK_FALSE(Quantity(10, 1) == Quantity(1, 0));
  CHECK(code_of(Quantity(1, 0).minus(Quantity(2, 0))) == Code::negative);
  CHECK(code_of(Quantity(kMax, 0).plus(Quantity(1, 0))) == Code::overflow);
}

TEST_CASE("a ratio is positive, in lowest terms and versioned") {
  ustp::test::covers("USTP-TOK-020");
  CHECK(UnitRatio::make(1, 10, 1));
  for (auto [token, security] : {std::pair{0, 1}, {1, 0}, {2, 4}})
    CHECK(code_of(UnitRatio::make(std::uint64_t(token), std::uint64_t(security), 1)) == Code::out_of_range);
  CHECK(code_of(UnitRatio::make(1, 1, 0)) == Code::out_of_range);
}

TEST_CASE("a conversion that leaves a remainder is refused in either direction") {
  ustp::test::covers("USTP-TOK-021");
  const UnitRatio ratio = *UnitRatio::make(3, 10, 1);
  CHECK(*ratio.to_base(Quantity(20, 0)) == 6);
  CHECK(code_of(ratio.to_base(Quantity(21, 0))) == Code::inexact);
  CHECK(*ratio.from_base(6, 0) == Quantity(20, 0));
  CHECK(code_of(ratio.from_base(7, 0)) == Code::inexact);
  CHECK(code_of(ratio.from_base(3, 31)) == Code::out_of_range);
  CHECK(code_of(UnitRatio::make(2, 1, 1)->to_base(Quantity(kMax, 0))) == Code::overflow);
  // The intermediate product would not fit, the result does.
  CHECK(*UnitRatio::make(3, 5, 1)->to_base(Quantity(kMax, 0)) == kMax / 5 * 3);
}

TEST_CASE("property: conversion is exact both ways or refused, and text round trips") {
  ustp::test::covers("USTP-TOK-021");
  SeededRandom random(20261124);
  int exact = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::uint64_t token = 1 + random.below(1000), security = 1 + random.below(12);
    if (std::gcd(token, security) != 1) continue;
    const UnitRatio ratio = *UnitRatio::make(token, security, 1);
    const Quantity quantity((Uint128{random.next()} << 32) | random.below(1U << 31), static_cast<std::uint8_t>(random.below(31)));
    CHECK(*Quantity::parse(quantity.str(), quantity.scale()) == quantity);
    const auto base = ratio.to_base(quantity);
    CHECK(bool(base) == (quantity.units() * token % security == 0));
    if (base) {
      ++exact;
      CHECK(*base * security == quantity.units() * token);
      CHECK(*ratio.from_base(*base, quantity.scale()) == quantity);
    } else {
      ++refused;
      CHECK(base.error().code == Code::inexact);
    }
  }
  CHECK(exact > 1000);
  CHECK(refused > 1000);
}

TEST_CASE("property: minus undoes plus") {
  SeededRandom random(7);
  for (int round = 0; round < 5000; ++round) {
    const Quantity a(random.next(), 4), b(random.next(), 4);
    CHECK(*a.plus(b)->minus(b) == a);
  }
}
