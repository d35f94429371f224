#include <algorithm>
#include <array>

#include "gateway/log/log.hpp"

namespace ustp::gateway {
namespace {

constexpr std::size_t kMaxValue = 512;
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 26> kFields = {
    "transfer", "settlement", "operation", "instrument", "peer",     "link",        "ledger", "gateway", "participant",
    "position", "epoch",      "state",     "code",       "detail",   "reason",      "address", "count",  "octets",
    "duration_ms", "path",    "method",    "status",     "file",     "version",     "statement", "authority"};
static_assert(static_cast<std::size_t>(LogField::kAuthority) + 1 == kFields.size());

// Length of the well-formed UTF-8 character at `at` (RFC 3629), 0 where there is none: a line is always valid UTF-8.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto octet = [&](std::size_t i) { return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (octet(i) & 0xc0u) == 0x80u; };
  const unsigned first = octet(0), second = octet(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
    return !bad && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool bad = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return !bad && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// Quoted with JSON's escapes (RFC 8259); cut at whole characters.
void append_quoted(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (at + std::max<std::size_t>(length, 1) > kMaxValue) {
      out += "…";
      break;
    }
    const auto c = static_cast<std::uint8_t>(text[at]);
    if (length == 0) {
      out += "\\ufffd";
      ++at;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out.append(text.substr(at, length));
    }
    at += length;
  }
  out += '"';
}

}  // namespace

std::string_view to_string(LogLevel level) { return kLevels[static_cast<std::size_t>(level)]; }
std::string_view to_string(LogField field) { return kFields[static_cast<std::size_t>(field)]; }

Result<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    if (kLevels[i] == text) return static_cast<LogLevel>(i);
  return Error{Code::unknown_tag, "log level"};
}
Result<LogField> parse_log_field(std::string_view name) {
  for (std::size_t i = 0; i < kFields.size(); ++i)
    if (kFields[i] == name) return static_cast<LogField>(i);
  return Error{Code::unknown_field, "log field"};
}

std::string format_line(bool json, Instant at, LogLevel level, std::string_view event,
                        const std::vector<LogValue>& fields) {
  std::string out;
  out.reserve(160);
  if (json) {
    out += "{\"time\":\"" + to_rfc3339(at) + "\",\"level\":\"" + std::string(to_string(level)) + "\",\"event\":";
    append_quoted(out, event);
  } else {
    out += to_rfc3339(at) + ' ' + std::string(to_string(level)) + ' ';
    append_quoted(out, event);
  }
  for (const auto& value : fields) {
    if (json) {
      out += ",\"" + std::string(to_string(value.field)) + "\":";
    } else {
      out += ' ' + std::string(to_string(value.field)) + '=';
    }
    if (value.number)
      out += value.text;
    else
      append_quoted(out, value.text);
  }
  if (json) out += '}';
  return out;
}

}  // namespace ustp::gateway
