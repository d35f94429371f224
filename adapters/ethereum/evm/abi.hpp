#pragma once
// Contract ABI for static types: a call is a selector and words, an answer is words. Dynamic types are not needed on
// this ledger but for revert reasons. Padding is checked: a dirty word is refused (Code::ledger_message).

#include <span>
#include <string>
#include <vector>

#include "adapters/ethereum/evm/keccak.hpp"

namespace ustp::ethereum::abi {

using Selector = std::array<std::uint8_t, 4>;
Selector selector(std::string_view signature);  // "transfer(address,uint256)"
Word event_topic(std::string_view signature);

Bytes encode_call(const Selector& function, std::span<const Word> arguments);
Bytes encode_words(std::span<const Word> words);
// Exactly `count` words.
Result<std::vector<Word>> decode_words(BytesView octets, std::size_t count);
struct Call {
  Selector function{};
  BytesView arguments;  // a view into the call's octets
};
Result<Call> split_call(BytesView octets);  // at least a selector

Word word_of(bool value);
Result<bool> bool_from(const Word& word);
Result<std::uint8_t> uint8_from(const Word& word);

// Error(string), what `revert("text")` gives, both ways; the text is cut at 256 octets, unprintables become '?'.
Bytes encode_error_string(std::string_view text);
Result<std::string> decode_error_string(BytesView octets);

}  // namespace ustp::ethereum::abi
