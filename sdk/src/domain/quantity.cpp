#include "ustp/domain/quantity.hpp"

#include <algorithm>
#include <numeric>

namespace ustp {
namespace {

constexpr Uint128 kMax = ~Uint128{0};
constexpr std::size_t kMaxText = 100;  // 39 digits, a point and generous zeros

constexpr bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<Uint128> append_digits(Uint128 value, std::string_view digits) {
  for (char c : digits) {
    const auto digit = static_cast<Uint128>(c - '0');
    if (value > (kMax - digit) / 10) return Error{Code::overflow, "number of more than 128 bits"};
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace

std::string to_string(Uint128 value) {
  std::string out;
  do {
    out.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(out.begin(), out.end());
  return out;
}

Result<Uint128> parse_uint128(std::string_view text) {
  if (text.size() > kMaxText) return Error{Code::too_long, "number"};
  if (!all_digits(text)) return Error{Code::malformed_text, "a number has digits only"};
  if (text.size() > 1 && text.front() == '0') return Error{Code::malformed_text, "a number has no leading zero"};
  return append_digits(0, text);
}

Result<Uint128> checked_add(Uint128 a, Uint128 b) {
  if (a > kMax - b) return Error{Code::overflow, "sum"};
  return Uint128{a + b};
}

Result<Uint128> checked_sub(Uint128 a, Uint128 b) {
  if (b > a) return Error{Code::negative, "difference"};
  return Uint128{a - b};
}

Result<Uint128> checked_mul(Uint128 a, Uint128 b) {
  if (b != 0 && a > kMax / b) return Error{Code::overflow, "product"};
  return Uint128{a * b};
}

Result<Quantity> Quantity::parse(std::string_view text, std::uint8_t scale) {
  if (scale > kMaxScale) return Error{Code::out_of_range, "scale " + std::to_string(scale)};
  if (text.size() > kMaxText) return Error{Code::too_long, "quantity"};
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!all_digits(fraction)) return Error{Code::malformed_text, "digits must follow the decimal point"};
  }
  USTP_TRY(const Uint128 units, parse_uint128(whole));
  if (fraction.size() > scale) {
    const std::string_view beyond = fraction.substr(scale);
    if (beyond.find_first_not_of('0') != std::string_view::npos)
      return Error{Code::inexact, "more than " + std::to_string(scale) + " decimal places"};
    fraction = fraction.substr(0, scale);
  }
  std::string digits(fraction);
  digits.resize(scale, '0');
  USTP_TRY(const Uint128 all, append_digits(units, digits));
  return Quantity(all, scale);
}

std::string Quantity::str() const {
  std::string out = to_string(units_);
  if (scale_ == 0) return out;
  if (out.size() <= scale_) out.insert(0, scale_ + std::size_t{1} - out.size(), '0');
  out.insert(out.size() - scale_, 1, '.');
  return out;
}

Result<Quantity> Quantity::plus(const Quantity& other) const {
  if (scale_ != other.scale_) return Error{Code::scale_mismatch, "sum"};
  USTP_TRY(const Uint128 units, checked_add(units_, other.units_));
  return Quantity(units, scale_);
}

Result<Quantity> Quantity::minus(const Quantity& other) const {
  if (scale_ != other.scale_) return Error{Code::scale_mismatch, "difference"};
  USTP_TRY(const Uint128 units, checked_sub(units_, other.units_));
  return Quantity(units, scale_);
}

// USTP-TOK-020. A ratio that is not in lowest terms is refused, so that equal ratios are equal values.
Result<UnitRatio> UnitRatio::make(std::uint64_t token_base_units, std::uint64_t security_units,
                                  std::uint32_t version) {
  if (token_base_units == 0 || security_units == 0) return Error{Code::out_of_range, "ratio with a zero side"};
  if (std::gcd(token_base_units, security_units) != 1) return Error{Code::out_of_range, "ratio not in lowest terms"};
  if (version == 0) return Error{Code::out_of_range, "ratio version 0"};
  UnitRatio ratio;
  ratio.token_ = token_base_units;
  ratio.security_ = security_units;
  ratio.version_ = version;
  return ratio;
}

// The sides are coprime: units * token / security is exact if and only if `security` divides the units. Dividing
// first keeps the intermediate within 128 bits whenever the result is (USTP-TOK-021).
Result<Uint128> UnitRatio::to_base(const Quantity& quantity) const {
  if (quantity.units() % security_ != 0) return Error{Code::inexact, "quantity to ledger base units"};
  return checked_mul(quantity.units() / security_, token_);
}

Result<Quantity> UnitRatio::from_base(Uint128 base_units, std::uint8_t scale) const {
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale " + std::to_string(scale)};
  if (base_units % token_ != 0) return Error{Code::inexact, "ledger base units to quantity"};
  USTP_TRY(const Uint128 units, checked_mul(base_units / token_, security_));
  return Quantity(units, scale);
}

}  // namespace ustp
