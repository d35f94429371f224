#include <array>

#include "ustp/base/bytes.hpp"

namespace ustp {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Reverse = std::array<std::int8_t, 256>;
constexpr Reverse reverse(std::string_view alphabet) {
  Reverse out{};
  for (auto& entry : out) entry = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    out[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  return out;
}
constexpr Reverse kFromUrl = reverse(kUrl), kFromStandard = reverse(kStandard);

constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode64(BytesView bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (std::uint8_t octet : bytes) {
    bits = (bits << 8) | octet;
    for (held += 8; held >= 6; held -= 6) out.push_back(alphabet[(bits >> (held - 6)) & 63U]);
  }
  if (held > 0) out.push_back(alphabet[(bits << (6 - held)) & 63U]);
  return out;
}

// `text` without padding. One text per value: a lone last character or set bits beyond the last octet are refused.
Result<Bytes> decode64(std::string_view text, const Reverse& table) {
  if (text.size() % 4 == 1) return Error{Code::malformed_text, "base64 of length " + std::to_string(text.size())};
  Bytes out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = table[static_cast<std::uint8_t>(text[i])];
    if (digit < 0) return Error{Code::invalid_character, "base64, position " + std::to_string(i)};
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<std::uint8_t>(bits >> held));
    }
  }
  if ((bits & ((1U << held) - 1U)) != 0) return Error{Code::malformed_text, "base64 with non-zero trailing bits"};
  return out;
}

}  // namespace

std::string to_hex(BytesView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::uint8_t octet : bytes) {
    out.push_back(kHex[octet >> 4]);
    out.push_back(kHex[octet & 15U]);
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{Code::malformed_text, "hexadecimal of odd length"};
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return Error{Code::invalid_character, "hexadecimal, position " + std::to_string(high < 0 ? i : i + 1)};
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

std::string to_base64url(BytesView bytes) { return encode64(bytes, kUrl); }
Result<Bytes> from_base64url(std::string_view text) { return decode64(text, kFromUrl); }

std::string to_base64(BytesView bytes) {
  std::string out = encode64(bytes, kStandard);
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return Error{Code::malformed_text, "base64 without its padding"};
  for (int pads = 0; pads < 2 && text.ends_with('='); ++pads) text.remove_suffix(1);
  return decode64(text, kFromStandard);
}

}  // namespace ustp
