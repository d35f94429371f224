#pragma once
// Recursive Length Prefix (yellow paper, appendix B), canonical in both directions: a second form of the same value is
// refused, because hashes are taken of the octets.

#include <initializer_list>
#include <span>
#include <vector>

#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum::rlp {

// Encoders; lists are made of parts that are encoded already.
Bytes encode(BytesView octets);
Bytes encode(Uint128 number);  // big-endian without leading zeros, 0 is the empty string
Bytes encode_list(std::span<const Bytes> encoded_parts);
Bytes encode_list(std::initializer_list<Bytes> encoded_parts);

// A decoded item: views into the octets it was decoded from, which must live as long as it does.
struct Item {
  bool is_list = false;
  BytesView payload;         // a string's octets; a list's encoded parts
  BytesView encoded;         // the whole item as it stood
  std::vector<Item> parts;   // of a list

  Result<BytesView> octets() const;                  // a string
  Result<BytesView> octets(std::size_t size) const;  // a string of exactly this size
  Result<Uint128> number() const;                    // no leading zeros; Code::out_of_range above 128 bits
  Result<std::uint64_t> number64() const;
  // The parts of a list, whose count is between least and most.
  Result<std::span<const Item>> list(std::size_t least, std::size_t most) const;
};

struct Limits {
  std::size_t depth = 16;      // of lists in lists
  std::size_t items = 65'536;  // altogether
};
// The whole of `octets` as one item. Refused: trailing octets, a length that is not in its shortest form, a single
// octet below 0x80 with a prefix, anything beyond the limits. Code::ledger_message.
Result<Item> decode(BytesView octets, Limits limits = {});

}  // namespace ustp::ethereum::rlp
