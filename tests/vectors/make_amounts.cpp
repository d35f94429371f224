// Counts, quantities, their sums, ratios and conversions.
#include "tests/vectors/maker.hpp"

namespace ustp::vectors {
namespace {

constexpr const char* kMax = "340282366920938463463374607431768211455";

Value amount(const char* units, int scale) { return Members{{"units", units}, {"scale", scale}}; }
Value ratio(const char* token, const char* security, int version = 1) {
  return Members{{"token", token}, {"security", security}, {"version", version}};
}

void counts(Maker& m) {
  m.about("count", {"USTP-TOK-023"});
  const auto text = [](std::string t) { return Value(Members{{"text", std::move(t)}}); };
  for (const char* t : {"0", "1", "42", "18446744073709551615", "18446744073709551616", kMax}) m.valid("count", text(t));
  for (const char* t : {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x10", "1,000", "\xd9\xa1"})
    m.flawed("not only digits, or a leading zero", text(t), "malformed_text");
  m.flawed("one more than 128 bits hold", text("340282366920938463463374607431768211456"), "overflow");
  m.flawed("a hundred digits", text(std::string(100, '9')), "overflow");
  m.flawed("101 digits", text(std::string(101, '1')), "too_long");
}

void quantities(Maker& m) {
  m.about("quantity", {"USTP-TOK-022", "USTP-TOK-024"});
  const auto text = [](std::string t, int scale) { return Value(Members{{"text", std::move(t)}, {"scale", scale}}); };
  m.valid("whole units", text("1000", 0));
  m.valid("two places", text("123.45", 2));
  m.valid("fewer places than the scale", text("123.4", 6));
  m.valid("zeros beyond the scale", text("123.4500", 2));
  m.valid("zero with places", text("0.00", 2));
  m.valid("smallest unit of scale 30", text("0.000000000000000000000000000001", 30));
  m.valid("the largest", text(kMax, 0));
  m.valid("the largest of scale 2", text("3402823669209384634633746074317682114.55", 2));
  m.valid("the largest of scale 30", text("340282366.920938463463374607431768211455", 30));
  m.flawed("more places than the scale", text("1.5", 0), "inexact");
  m.flawed("a digit beyond the scale", text("123.451", 2), "inexact");
  m.flawed("a digit far beyond the scale", text("1.0000000000001", 2), "inexact");
  for (const char* t : {"", ".5", "5.", "-1", "+1", "1e2", "1.2.3", " 1", "1_000", "1.a", "01.5", "NaN"})
    m.flawed("not a quantity", text(t, 2), "malformed_text");
  m.flawed("scale 31", text("1", 31), "out_of_range");
  m.flawed("does not fit with its scale", text(kMax, 1), "overflow");
  m.flawed("101 characters", text("1." + std::string(99, '0'), 2), "too_long");
}

void sums(Maker& m) {
  const auto pair = [](Value a, Value b) { return Value(Members{{"a", std::move(a)}, {"b", std::move(b)}}); };
  m.about("sum", {"USTP-TOK-022", "USTP-TOK-025"});
  m.valid("a sum", pair(amount("100", 2), amount("23", 2)));
  m.valid("up to 128 bits", pair(amount("340282366920938463463374607431768211454", 0), amount("1", 0)));
  m.flawed("beyond 128 bits", pair(amount(kMax, 0), amount("1", 0)), "overflow");
  m.flawed("another scale", pair(amount("1", 0), amount("100", 2)), "scale_mismatch");
  m.about("difference", {"USTP-TOK-022", "USTP-TOK-025"});
  m.valid("a difference", pair(amount("100", 2), amount("23", 2)));
  m.valid("nothing is left", pair(amount("7", 0), amount("7", 0)));
  m.flawed("below zero", pair(amount("7", 0), amount("8", 0)), "negative");
  m.flawed("another scale", pair(amount("100", 2), amount("1", 0)), "scale_mismatch");
}

void ratios(Maker& m) {
  m.about("ratio", {"USTP-TOK-020", "USTP-TOK-025"});
  for (const auto& [t, s] : {std::pair{"1", "1"}, {"1000000000000000000", "1"}, {"1", "100"}, {"3", "7"},
                             {"18446744073709551615", "2"}})
    m.valid("ratio", ratio(t, s));
  m.valid("a later version", ratio("1", "1", 7));
  m.flawed("no tokens", ratio("0", "1"), "out_of_range");
  m.flawed("no securities", ratio("1", "0"), "out_of_range");
  m.flawed("not in lowest terms", ratio("2", "2"), "out_of_range");
  m.flawed("a common factor", ratio("100", "250"), "out_of_range");
  m.flawed("version 0", ratio("1", "1", 0), "out_of_range");
  m.about("to_base", {"USTP-TOK-021", "USTP-TOK-025"});
  const auto to = [](Value r, Value q) { return Value(Members{{"ratio", std::move(r)}, {"quantity", std::move(q)}}); };
  m.valid("one to one", to(ratio("1", "1"), amount("1000", 0)));
  m.valid("10^18 base units each", to(ratio("1000000000000000000", "1"), amount("1000", 0)));
  m.valid("a hundred securities to a token", to(ratio("1", "100"), amount("1200", 0)));
  m.valid("three to seven", to(ratio("3", "7"), amount("700", 2)));
  m.valid("the division comes first", to(ratio("2", "3"), amount(kMax, 0)));
  m.valid("nothing", to(ratio("3", "7"), amount("0", 0)));
  m.flawed("99 securities, a hundred to a token", to(ratio("1", "100"), amount("99", 0)), "inexact");
  m.flawed("not divisible by seven", to(ratio("3", "7"), amount("701", 2)), "inexact");
  m.flawed("beyond 128 bits", to(ratio("2", "1"), amount(kMax, 0)), "overflow");
  m.about("from_base", {"USTP-TOK-021", "USTP-TOK-025"});
  const auto from = [](Value r, const char* base, int scale) {
    return Value(Members{{"ratio", std::move(r)}, {"base_units", base}, {"scale", scale}});
  };
  m.valid("10^18 base units are one", from(ratio("1000000000000000000", "1"), "5000000000000000000", 0));
  m.valid("a token is a hundred securities", from(ratio("1", "100"), "12", 2));
  m.valid("seven for three", from(ratio("3", "7"), "300", 0));
  m.flawed("half a unit", from(ratio("1000000000000000000", "1"), "500000000000000000", 0), "inexact");
  m.flawed("not divisible by three", from(ratio("3", "7"), "301", 0), "inexact");
  m.flawed("beyond 128 bits", from(ratio("1", "2"), kMax, 0), "overflow");
  m.flawed("scale 31", from(ratio("1", "1"), "1", 31), "out_of_range");
}

}  // namespace

Maker make_amounts() {
  Maker m("amounts", "Counts, quantities, sums, ratios and conversions (chapter 02).");
  counts(m);
  quantities(m);
  sums(m);
  ratios(m);
  return m;
}

}  // namespace ustp::vectors
