#pragma once
// Time as data: UTC nanoseconds since 1970-01-01, RFC 3339 in text. Clocks are injected.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ustp/base/result.hpp"

namespace ustp {

struct Duration {
  std::int64_t ns = 0;
  static constexpr Duration seconds(std::int64_t s) { return {s * 1'000'000'000}; }
  static constexpr Duration milliseconds(std::int64_t ms) { return {ms * 1'000'000}; }
  friend constexpr auto operator<=>(const Duration&, const Duration&) = default;
};

struct Instant {
  std::int64_t ns = 0;  // 0 = "not stated"
  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
  // Saturating: adding never wraps.
  friend constexpr Instant operator+(Instant t, Duration d) {
    std::int64_t out;
    if (__builtin_add_overflow(t.ns, d.ns, &out)) out = d.ns > 0 ? INT64_MAX : INT64_MIN;
    return {out};
  }
  friend constexpr Duration operator-(Instant a, Instant b) {
    std::int64_t out;
    if (__builtin_sub_overflow(a.ns, b.ns, &out)) out = a.ns > b.ns ? INT64_MAX : INT64_MIN;
    return {out};
  }
};

// "2026-11-24T09:30:00.123456789Z": UTC only, 0 to 9 fractional digits on input, as few as needed on output.
std::string to_rfc3339(Instant t);
Result<Instant> parse_rfc3339(std::string_view text);

// Injected wherever a time is needed. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// A calendar date (trade date, record date): days are not instants. year 0 = "not stated".
struct Date {
  std::int16_t year = 0;
  std::uint8_t month = 0, day = 0;
  friend constexpr auto operator<=>(const Date&, const Date&) = default;
};
std::string to_string(Date date);                     // "2026-11-24"
Result<Date> parse_date(std::string_view text);

}  // namespace ustp
