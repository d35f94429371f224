#include "ustp/domain/quantity.hpp"

#include <algorithm>
#include <numeric>

namespace ustp {

std::string to_string(Uint128 value) {
  std::string out;
  do {
    out += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::reverse(out.begin(), out.end());
  return out;
}

Result<Uint128> checked_add(Uint128 a, Uint128 b) {
  Uint128 out;
  if (__builtin_add_overflow(a, b, &out)) return Error{Code::overflow, "addition"};
  return out;
}
Result<Uint128> checked_sub(Uint128 a, Uint128 b) {
  if (b > a) return Error{Code::negative, "subtraction"};
  return a - b;
}
Result<Uint128> checked_mul(Uint128 a, Uint128 b) {
  Uint128 out;
  if (__builtin_mul_overflow(a, b, &out)) return Error{Code::overflow, "multiplication"};
  return out;
}

Result<Uint128> parse_uint128(std::string_view text) {
  if (text.empty() || text.size() > 39) return Error{Code::malformed_text, "number"};
  if (text.size() > 1 && text[0] == '0') return Error{Code::malformed_text, "number with a leading zero"};
  Uint128 out = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return Error{Code::invalid_character, "number"};
    USTP_TRY(out, checked_mul(out, 10));
    USTP_TRY(out, checked_add(out, static_cast<unsigned>(c - '0')));
  }
  return out;
}

Result<Quantity> Quantity::parse(std::string_view text, std::uint8_t scale) {
  if (scale > kMaxScale) return Error{Code::out_of_range, "scale"};
  if (text.size() > 80) return Error{Code::too_long, "quantity"};
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  USTP_TRY(Uint128 units, parse_uint128(whole));
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (fraction.empty()) return Error{Code::malformed_text, "quantity ends in a point"};
  }
  for (std::size_t i = 0; i < std::max<std::size_t>(scale, fraction.size()); ++i) {
    const char c = i < fraction.size() ? fraction[i] : '0';
    if (c < '0' || c > '9') return Error{Code::invalid_character, "quantity"};
    if (i >= scale) {
      if (c != '0') return Error{Code::inexact, "more fractional digits than " + std::to_string(scale)};
      continue;
    }
    USTP_TRY(units, checked_mul(units, 10));
    USTP_TRY(units, checked_add(units, static_cast<unsigned>(c - '0')));
  }
  return Quantity(units, scale);
}

std::string Quantity::str() const {
  auto digits = to_string(units_);
  if (scale_ == 0) return digits;
  if (digits.size() <= scale_) digits.insert(0, scale_ + 1 - digits.size(), '0');
  digits.insert(digits.size() - scale_, 1, '.');
  return digits;
}

Result<Quantity> Quantity::plus(const Quantity& other) const {
  if (scale_ != other.scale_) return Error{Code::scale_mismatch, "plus"};
  USTP_TRY(auto units, checked_add(units_, other.units_));
  return Quantity(units, scale_);
}

Result<Quantity> Quantity::minus(const Quantity& other) const {
  if (scale_ != other.scale_) return Error{Code::scale_mismatch, "minus"};
  USTP_TRY(auto units, checked_sub(units_, other.units_));
  return Quantity(units, scale_);
}

Result<UnitRatio> UnitRatio::make(std::uint64_t token_base_units, std::uint64_t security_units, std::uint32_t version) {
  if (token_base_units == 0 || security_units == 0 || version == 0) return Error{Code::out_of_range, "unit ratio"};
  if (std::gcd(token_base_units, security_units) != 1) return Error{Code::out_of_range, "unit ratio is not coprime"};
  UnitRatio out;
  out.token_ = token_base_units;
  out.security_ = security_units;
  out.version_ = version;
  return out;
}

Result<Uint128> UnitRatio::to_base(const Quantity& quantity) const {
  // Coprime: the quotient is exact only when the quantity itself divides.
  if (quantity.units() % security_ != 0) return Error{Code::inexact, quantity.str()};
  return checked_mul(quantity.units() / security_, token_);
}

Result<Quantity> UnitRatio::from_base(Uint128 base_units, std::uint8_t scale) const {
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  if (base_units % token_ != 0) return Error{Code::inexact, to_string(base_units)};
  USTP_TRY(auto units, checked_mul(base_units / token_, security_));
  return Quantity(units, scale);
}

}  // namespace ustp
