#include "gateway/api/json_writer.hpp"

#include <cstdint>

namespace ustp::gateway::api {
namespace {

// Octets of the UTF-8 character at the front (RFC 3629: no overlong form, no surrogate), 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0), second = at(1);
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

void append_control(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[static_cast<std::uint8_t>(c) >> 4];
  out += kHex[static_cast<std::uint8_t>(c) & 15U];
}

}  // namespace

void JsonWriter::escape(std::string_view value) {
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain])) ++plain;
    out_.append(value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty()) return;
    const char c = value.front();
    std::size_t taken = 1;
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (static_cast<std::uint8_t>(c) < 0x80) {
      append_control(out_, c);
    } else if (const auto length = utf8_length(value); length != 0) {
      out_.append(value.substr(0, length));
      taken = length;
    } else {
      out_ += "\xEF\xBF\xBD";
    }
    value.remove_prefix(taken);
  }
}

}  // namespace ustp::gateway::api
