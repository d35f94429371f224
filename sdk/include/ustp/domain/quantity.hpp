#pragma once
// Exact amounts. A Quantity is an unsigned 128-bit count of the smallest unit together with the instrument's scale
// (decimal places); arithmetic is checked and never rounds, and two scales never mix.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ustp/base/result.hpp"

namespace ustp {

__extension__ typedef unsigned __int128 Uint128;

std::string to_string(Uint128 value);                       // decimal
Result<Uint128> parse_uint128(std::string_view text);       // digits only, no sign, no leading zero but "0" itself
Result<Uint128> checked_add(Uint128 a, Uint128 b);
Result<Uint128> checked_sub(Uint128 a, Uint128 b);
Result<Uint128> checked_mul(Uint128 a, Uint128 b);

class Quantity {
 public:
  static constexpr std::uint8_t kMaxScale = 30;  // ISO 20022 Max30DecimalNumber

  constexpr Quantity() = default;
  // `units` smallest units; scale 2 and 12345 units read "123.45". scale > kMaxScale is a bug and terminates.
  constexpr Quantity(Uint128 units, std::uint8_t scale) : units_(units), scale_(scale) {
    if (scale > kMaxScale) __builtin_trap();
  }
  // "1000", "123.45": no sign, exponent, grouping or white space; more fractional digits than `scale` are refused
  // (Code::inexact) unless they are zeros.
  static Result<Quantity> parse(std::string_view text, std::uint8_t scale);

  constexpr Uint128 units() const { return units_; }
  constexpr std::uint8_t scale() const { return scale_; }
  constexpr bool is_zero() const { return units_ == 0; }
  std::string str() const;  // always with `scale` fractional digits

  Result<Quantity> plus(const Quantity& other) const;   // Code::overflow, Code::scale_mismatch
  Result<Quantity> minus(const Quantity& other) const;  // Code::negative, Code::scale_mismatch
  // Ordering is only asked of quantities of one scale; another scale is a bug and terminates.
  friend constexpr std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) {
    if (a.scale_ != b.scale_) __builtin_trap();
    return a.units_ < b.units_   ? std::strong_ordering::less
           : a.units_ > b.units_ ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
  }
  friend constexpr bool operator==(const Quantity& a, const Quantity& b) {
    return a.units_ == b.units_ && a.scale_ == b.scale_;
  }

 private:
  Uint128 units_ = 0;
  std::uint8_t scale_ = 0;
};

// token_base_units : security_units, coprime and positive (token model 2). `version` counts changes.
class UnitRatio {
 public:
  UnitRatio() = default;  // 1:1, version 1
  static Result<UnitRatio> make(std::uint64_t token_base_units, std::uint64_t security_units, std::uint32_t version);

  std::uint64_t token_base_units() const { return token_; }
  std::uint64_t security_units() const { return security_; }
  std::uint32_t version() const { return version_; }

  // security smallest units -> ledger base units and back. Code::inexact when the division leaves a remainder,
  // Code::overflow when it does not fit.
  Result<Uint128> to_base(const Quantity& quantity) const;
  Result<Quantity> from_base(Uint128 base_units, std::uint8_t scale) const;
  friend bool operator==(const UnitRatio&, const UnitRatio&) = default;

 private:
  std::uint64_t token_ = 1, security_ = 1;
  std::uint32_t version_ = 1;
};

}  // namespace ustp
