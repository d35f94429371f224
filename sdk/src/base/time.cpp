#include "ustp/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace ustp {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000, kSecondsPerDay = 86'400;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `digits` decimal digits at `at`; -1 when there are none.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int out = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (!is_digit(text[i])) return -1;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

Error bad(std::string_view what) { return Error{Code::invalid_time, std::string(what)}; }

// Days since 1970-01-01 of a date that was checked.
std::int64_t days_of(Date date) {
  return std::chrono::sys_days{std::chrono::year{date.year} / std::chrono::month{date.month} /
                               std::chrono::day{date.day}}
      .time_since_epoch()
      .count();
}

}  // namespace

std::string to_string(Date date) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", int{date.year}, int{date.month}, int{date.day});
  return out.data();
}

Result<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad("a date reads YYYY-MM-DD");
  const int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  if (year < 1 || month < 0 || day < 0) return bad("a date reads YYYY-MM-DD");
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (!ymd.ok()) return bad("no such day in the calendar");
  return Date{static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

std::string to_rfc3339(Instant t) {
  std::int64_t seconds = t.ns / kNsPerSecond, fraction = t.ns % kNsPerSecond;
  if (fraction < 0) fraction += kNsPerSecond, --seconds;
  std::int64_t days = seconds / kSecondsPerDay, in_day = seconds % kSecondsPerDay;
  if (in_day < 0) in_day += kSecondsPerDay, --days;
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{days}}};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d", int{ymd.year()}, unsigned{ymd.month()},
                unsigned{ymd.day()}, static_cast<int>(in_day / 3600), static_cast<int>(in_day / 60 % 60),
                static_cast<int>(in_day % 60));
  std::string text = out.data();
  if (fraction != 0) {
    std::snprintf(out.data(), out.size(), ".%09d", static_cast<int>(fraction));
    text += out.data();
    while (text.back() == '0') text.pop_back();
  }
  return text + 'Z';
}

Result<Instant> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text.size() > 30) return bad("a time reads YYYY-MM-DDThh:mm:ss[.fraction]Z");
  if (text[10] != 'T' || text[13] != ':' || text[16] != ':' || text.back() != 'Z')
    return bad("a time reads YYYY-MM-DDThh:mm:ss[.fraction]Z");
  USTP_TRY(const Date date, parse_date(text.substr(0, 10)));
  const int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  // A leap second has no place on the UTC nanosecond line and is refused rather than folded.
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return bad("time of day");
  std::int64_t fraction = 0;
  if (text.size() > 20) {
    const std::string_view digits = text.substr(20, text.size() - 21);
    if (text[19] != '.' || digits.empty()) return bad("fraction of a second");
    std::int64_t place = kNsPerSecond / 10;
    for (char c : digits) {
      if (!is_digit(c)) return bad("fraction of a second");
      fraction += (c - '0') * place;
      place /= 10;
    }
  }
  const std::int64_t seconds = days_of(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  // Together, and only then within 64 bits: the first second there is begins before the first nanosecond there is.
  __extension__ const __int128 ns = static_cast<__int128>(seconds) * kNsPerSecond + fraction;
  if (ns < INT64_MIN || ns > INT64_MAX) return bad("outside the years 1677 to 2262");
  return Instant{static_cast<std::int64_t>(ns)};
}

Instant SystemClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

}  // namespace ustp
