#pragma once
// The proof of an operation on an Ethereum-like ledger: a receipt with the token contract's event, included under a
// block header by its receipts trie. Pure and thread-safe.

#include <vector>

#include "ustp/domain/operation.hpp"

namespace ustp::ethereum {

struct ReceiptEvidence {
  std::uint64_t chain_id = 0;
  Bytes header;                        // RLP of the block header
  std::uint64_t transaction_index = 0;
  Bytes receipt;                       // the typed receipt as the trie holds it
  std::vector<Bytes> proof;            // trie nodes from the root down
  std::uint64_t log_index = 0;         // within the receipt
  friend bool operator==(const ReceiptEvidence&, const ReceiptEvidence&) = default;
};

inline constexpr std::size_t kMaxEvidenceOctets = 4 * 1'048'576;

Bytes encode_receipt_evidence(const ReceiptEvidence& evidence);
Result<ReceiptEvidence> decode_receipt_evidence(BytesView octets);  // Code::evidence_invalid

// Code::evidence_invalid: the octets do not prove what the finality statement says, or not under this anchor.
Result<ProvenOperation> verify_ethereum_receipt(const Evidence& evidence, const LedgerAnchor& anchor);

}  // namespace ustp::ethereum
