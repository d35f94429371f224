#pragma once
// Typed transaction receipts (EIP-2718): what stands in a block's receipts trie.

#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum {

struct Log {
  Address address;
  std::vector<Word> topics;  // at most 4
  Bytes data;
  friend bool operator==(const Log&, const Log&) = default;
};
using Bloom = std::array<std::uint8_t, 256>;
struct Receipt {
  std::uint8_t type = 2;     // 0 to 4
  bool success = false;
  std::uint64_t cumulative_gas = 0;
  std::vector<Log> logs;     // the bloom follows from them
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

inline constexpr std::size_t kMaxReceiptOctets = 1'048'576, kMaxLogs = 4'096;

void add_to_bloom(Bloom& bloom, const Log& log);
Bloom bloom_of(const std::vector<Log>& logs);
Bytes encode_receipt(const Receipt& receipt);
// Refuses a bloom that does not follow from the logs. Receipts with a state root (before Byzantium) are refused.
Result<Receipt> decode_receipt(BytesView octets);

}  // namespace ustp::ethereum
