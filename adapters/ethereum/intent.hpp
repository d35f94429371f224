#pragma once
// What prepare() leaves in the journal for one operation: the signed transaction and the facts it was made from. One
// exact form; version 1:
//   "USTP-ETH-INTENT" 01 | epoch u64 | nonce u64 | id 32 | kind u8 | related 32 | request hash 32 | account 20 |
//   base units u128 | length u32 | raw transaction
// integers big-endian.

#include "adapters/ethereum/token_contract.hpp"

namespace ustp::ethereum {

struct TransactionIntent {
  std::uint64_t epoch = 0;   // of the gateway that made it
  std::uint64_t nonce = 0;
  Operate operate;
  Bytes raw;                 // type-2 transaction, signed
  friend bool operator==(const TransactionIntent&, const TransactionIntent&) = default;
};

inline constexpr std::size_t kMaxIntentRaw = 4'096;

Bytes encode_intent(const TransactionIntent& intent);
// Code::ledger_message: another mark or version, a kind outside the registry, a wrong or excessive length, or a raw
// transaction that does not carry exactly these facts (nonce and call).
Result<TransactionIntent> decode_intent(BytesView octets);

}  // namespace ustp::ethereum
