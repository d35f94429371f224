#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum {
namespace {

Error bad(std::string_view what) { return {Code::ledger_message, std::string(what)}; }

bool all_zero(BytesView octets) {
  return std::all_of(octets.begin(), octets.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace

Word word_from(Uint128 value) {
  Word out;
  for (std::size_t i = 0; i < 16; ++i) out.mutable_octets()[31 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}
Result<Uint128> uint128_from(const Word& word) {
  if (!all_zero(word.view().first(16))) return Error{Code::out_of_range, "uint256 above 128 bits"};
  Uint128 out = 0;
  for (std::size_t i = 16; i < 32; ++i) out = out << 8 | word.octets()[i];
  return out;
}
Result<std::uint64_t> uint64_from(const Word& word) {
  if (!all_zero(word.view().first(24))) return Error{Code::out_of_range, "uint256 above 64 bits"};
  std::uint64_t out = 0;
  for (std::size_t i = 24; i < 32; ++i) out = out << 8 | word.octets()[i];
  return out;
}

Word word_from(const Address& address) {
  Word out;
  std::copy(address.octets().begin(), address.octets().end(), out.mutable_octets().begin() + 12);
  return out;
}
Result<Address> address_from(const Word& word) {
  if (!all_zero(word.view().first(12))) return bad("address with dirty padding");
  return Address::from_bytes(word.view().subspan(12));
}

Result<Word> word_from_text(std::string_view text) {
  if (text.size() > 32) return Error{Code::too_long, "bytes32 text"};
  Word out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_identifier_char(text[i])) return Error{Code::invalid_character, "bytes32 text"};
    out.mutable_octets()[i] = static_cast<std::uint8_t>(text[i]);
  }
  return out;
}
Result<std::string> text_from(const Word& word) {
  const auto& octets = word.octets();
  const auto end = std::find(octets.begin(), octets.end(), std::uint8_t{0});
  if (!std::all_of(end, octets.end(), [](std::uint8_t b) { return b == 0; })) return bad("bytes32 text after its end");
  std::string out(octets.begin(), end);
  for (const char c : out)
    if (!is_identifier_char(c)) return bad("bytes32 text with an unprintable octet");
  return out;
}

std::string to_hex0x(BytesView octets) { return "0x" + to_hex(octets); }
Result<Bytes> from_hex0x(std::string_view text) {
  if (text.substr(0, 2) != "0x") return Error{Code::malformed_text, "0x is missing"};
  return from_hex(text.substr(2));
}
Result<Word> parse_word(std::string_view text) {
  USTP_TRY(const auto octets, from_hex0x(text));
  return Word::from_bytes(octets);
}
std::string to_text(const Address& address) { return to_hex0x(address.view()); }
Result<Address> parse_address(std::string_view text) {
  USTP_TRY(const auto octets, from_hex0x(text));
  return Address::from_bytes(octets);
}

std::string to_quantity(Uint128 value) {
  std::string digits;
  do {
    digits.push_back("0123456789abcdef"[static_cast<std::size_t>(value & 15)]);
    value >>= 4;
  } while (value != 0);
  return "0x" + std::string(digits.rbegin(), digits.rend());
}
Result<Uint128> parse_quantity(std::string_view text) {
  if (text.size() < 3 || text.substr(0, 2) != "0x") return Error{Code::malformed_text, "quantity"};
  text.remove_prefix(2);
  if (text.size() > 1 && text[0] == '0') return Error{Code::malformed_text, "quantity with a leading zero"};
  if (text.size() > 32) return Error{Code::out_of_range, "quantity above 128 bits"};
  Uint128 out = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return Error{Code::invalid_character, "quantity"};
    out = out << 4 | static_cast<Uint128>(digit);
  }
  return out;
}
Result<std::uint64_t> parse_quantity64(std::string_view text) {
  USTP_TRY(const Uint128 value, parse_quantity(text));
  if (value > UINT64_MAX) return Error{Code::out_of_range, "quantity above 64 bits"};
  return static_cast<std::uint64_t>(value);
}

}  // namespace ustp::ethereum
