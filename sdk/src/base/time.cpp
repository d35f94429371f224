#include "ustp/base/time.hpp"

#include <ctime>

namespace ustp {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Days since 1970-01-01 of a proleptic Gregorian date, and back (H. Hinnant's algorithm, in our words).
constexpr std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  return era * 146097 + static_cast<std::int64_t>(yoe * 365 + yoe / 4 - yoe / 100 + doy) - 719468;
}
struct Civil {
  std::int64_t year;
  unsigned month, day;
};
constexpr Civil civil_from_days(std::int64_t z) {
  z += 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = static_cast<unsigned>(z - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned m = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}
constexpr unsigned days_in_month(std::int64_t y, unsigned m) {
  constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : days[m - 1];
}

void put(std::string& out, std::int64_t v, int width) {
  const auto text = std::to_string(v);
  for (auto n = static_cast<int>(text.size()); n < width; ++n) out += '0';
  out += text;
}

struct Scanner {
  std::string_view text;
  std::size_t at = 0;
  bool ok = true;

  std::int64_t digits(int n) {
    std::int64_t v = 0;
    for (int i = 0; i < n; ++i, ++at) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') return ok = false, 0;
      v = v * 10 + (text[at] - '0');
    }
    return v;
  }
  void expect(char c) {
    if (at >= text.size() || text[at] != c) ok = false;
    ++at;
  }
  bool next_is(char c) const { return at < text.size() && text[at] == c; }
};

}  // namespace

Instant SystemClock::now() const {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return {static_cast<std::int64_t>(t.tv_sec) * kSecond + t.tv_nsec};
}

std::string to_rfc3339(Instant t) {
  std::int64_t seconds = t.ns / kSecond, fraction = t.ns % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86400, rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const auto date = civil_from_days(days);
  std::string out;
  put(out, date.year, 4);
  out += '-';
  put(out, date.month, 2);
  out += '-';
  put(out, date.day, 2);
  out += 'T';
  put(out, rest / 3600, 2);
  out += ':';
  put(out, rest / 60 % 60, 2);
  out += ':';
  put(out, rest % 60, 2);
  if (fraction != 0) {
    std::string digits;
    put(digits, fraction, 9);
    while (digits.back() == '0') digits.pop_back();
    out += '.' + digits;
  }
  return out + 'Z';
}

Result<Instant> parse_rfc3339(std::string_view text) {
  Scanner s{text};
  const auto year = s.digits(4);
  s.expect('-');
  const auto month = s.digits(2);
  s.expect('-');
  const auto day = s.digits(2);
  s.expect('T');
  const auto hour = s.digits(2);
  s.expect(':');
  const auto minute = s.digits(2);
  s.expect(':');
  const auto second = s.digits(2);
  std::int64_t fraction = 0;
  if (s.next_is('.')) {
    ++s.at;
    std::int64_t weight = kSecond / 10;
    const auto begin = s.at;
    while (s.at < text.size() && text[s.at] >= '0' && text[s.at] <= '9' && weight > 0) {
      fraction += (text[s.at++] - '0') * weight;
      weight /= 10;
    }
    if (s.at == begin) s.ok = false;
  }
  s.expect('Z');
  // Leap seconds are not representable in a count of nanoseconds and are refused.
  if (!s.ok || s.at != text.size() || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 ||
      day > days_in_month(year, static_cast<unsigned>(month)))
    return Error{Code::invalid_time, std::string(text.substr(0, 40))};
  const auto days = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  std::int64_t ns;
  if (__builtin_mul_overflow(days * 86400 + hour * 3600 + minute * 60 + second, kSecond, &ns) ||
      __builtin_add_overflow(ns, fraction, &ns))
    return Error{Code::invalid_time, "outside the years 1677 to 2262"};
  return Instant{ns};
}

std::string to_string(Date date) {
  std::string out;
  put(out, date.year, 4);
  out += '-';
  put(out, date.month, 2);
  out += '-';
  put(out, date.day, 2);
  return out;
}

Result<Date> parse_date(std::string_view text) {
  Scanner s{text};
  const auto year = s.digits(4);
  s.expect('-');
  const auto month = s.digits(2);
  s.expect('-');
  const auto day = s.digits(2);
  if (!s.ok || s.at != text.size() || year < 1 || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, static_cast<unsigned>(month)))
    return Error{Code::invalid_time, std::string(text.substr(0, 40))};
  return Date{static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

}  // namespace ustp
