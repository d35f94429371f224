#pragma once
// EIP-1559 transactions (type 2), the only kind this adapter sends and the embedded ledger takes. Access lists are
// always empty.

#include "adapters/ethereum/evm/secp256k1.hpp"

namespace ustp::ethereum {

struct Transaction {
  std::uint64_t chain_id = 0, nonce = 0;   // nonce below 2^64-1 (EIP-2681)
  Uint128 max_priority_fee = 0, max_fee = 0;  // wei per gas; priority <= max
  std::uint64_t gas_limit = 0;
  std::optional<Address> to;               // none: contract creation
  Uint128 value = 0;
  Bytes data;
  friend bool operator==(const Transaction&, const Transaction&) = default;
};
struct SignedTransaction {
  Transaction transaction;
  Signature signature;
  Address from;
  Word hash;   // of the raw octets
  Bytes raw;   // 0x02 and the RLP list: what eth_sendRawTransaction takes
};

inline constexpr std::size_t kMaxTransactionOctets = 131'072;

Word signing_hash(const Transaction& transaction);
SignedTransaction sign(const Transaction& transaction, const SigningKey& key);
// Code::ledger_message for another type or shape, Code::out_of_range (numbers, fee order, product overflow),
// Code::bad_signature (high s included).
Result<SignedTransaction> decode_transaction(BytesView raw);

}  // namespace ustp::ethereum
