#pragma once
// Addresses, 32-octet words and Ethereum's text forms.

#include <optional>

#include "ustp/base/ids.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp::ethereum {

using Address = FixedId<struct AddressTag, 20>;
using Word = FixedId<struct WordTag, 32>;  // Keccak-256 hash, topic, storage or ABI word

// uint256, big-endian. Reading refuses what does not fit with Code::out_of_range.
Word word_from(Uint128 value);
Result<Uint128> uint128_from(const Word& word);
Result<std::uint64_t> uint64_from(const Word& word);
// Address in the low 20 octets; reading refuses dirty padding with Code::ledger_message.
Word word_from(const Address& address);
Result<Address> address_from(const Word& word);
// Identifiers of 32 octets (operation ids, SHA-256 hashes) and words are the same octets.
template <class Tag>
Word as_word(const FixedId<Tag, 32>& id) {
  return Word(id.octets());
}
template <class Id>
Id from_word(const Word& word) {
  return Id(word.octets());
}
// ASCII, right-padded with zeros (bytes32). Reading refuses an octet after the first zero and anything unprintable.
Result<Word> word_from_text(std::string_view text);
Result<std::string> text_from(const Word& word);

// "0x" and lower-case hexadecimal; reading takes either case, refuses a missing prefix and an odd length.
std::string to_hex0x(BytesView octets);
Result<Bytes> from_hex0x(std::string_view text);
Result<Word> parse_word(std::string_view text);        // exactly 32 octets
// An account is written "0x" and 40 lower-case digits, nowhere else in another form.
std::string to_text(const Address& address);
Result<Address> parse_address(std::string_view text);  // either case, checksums are not looked at
// JSON-RPC QUANTITY: "0x0", no leading zeros.
std::string to_quantity(Uint128 value);
Result<Uint128> parse_quantity(std::string_view text);
Result<std::uint64_t> parse_quantity64(std::string_view text);

}  // namespace ustp::ethereum
