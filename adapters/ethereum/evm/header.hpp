#pragma once
// Block headers of Cancun (20 fields) and Prague (21, with requestsHash). Older ones are not spoken.

#include "adapters/ethereum/evm/receipt.hpp"

namespace ustp::ethereum {

struct BlockHeader {
  Word parent, uncles;
  Address miner;
  Word state_root, transactions_root, receipts_root;
  Bloom bloom{};
  Uint128 difficulty = 0;
  std::uint64_t number = 0, gas_limit = 0, gas_used = 0, timestamp = 0;  // seconds
  Bytes extra;  // at most 32 octets
  Word mix_hash;
  std::array<std::uint8_t, 8> nonce{};
  Uint128 base_fee = 0;
  Word withdrawals_root;
  std::uint64_t blob_gas_used = 0, excess_blob_gas = 0;
  Word parent_beacon_root;
  std::optional<Word> requests_hash;  // 21st field
  friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};

inline constexpr std::size_t kMaxHeaderOctets = 1'024;

Bytes encode_header(const BlockHeader& header);
Result<BlockHeader> decode_header(BytesView octets);
Word hash_of(const BlockHeader& header);  // keccak256 of encode_header()

// Hashes of what is empty: an uncle list, a trie, the list of requests (SHA-256, EIP-7685).
Word empty_uncles_hash();
Word empty_trie_root();
Word empty_requests_hash();

}  // namespace ustp::ethereum
