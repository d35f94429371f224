#include "adapters/ethereum/proof/receipt.hpp"

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "adapters/ethereum/evm/trie.hpp"

namespace ustp::ethereum {
namespace {

Error invalid(std::string_view what) { return {Code::evidence_invalid, "receipt evidence: " + std::string(what)}; }
// Whatever a decoder below says about octets of others is one thing here: no proof.
Error invalid(const Error& below) { return invalid(below.detail); }

Bytes copied(BytesView octets) { return {octets.begin(), octets.end()}; }

// The header must be the block that the finality statement names.
Result<BlockHeader> proven_header(const ReceiptEvidence& parts, const FinalityStatement& finality) {
  if (keccak256(parts.header) != as_word(finality.block)) return invalid("the header is not of the block that is final");
  const auto header = decode_header(parts.header);
  if (!header) return invalid(header.error());
  if (header->number != finality.height) return invalid("height");
  return *header;
}

Result<Receipt> proven_receipt(const ReceiptEvidence& parts, const BlockHeader& header) {
  const auto value = verify_inclusion(header.receipts_root, trie_index_key(parts.transaction_index), parts.proof);
  if (!value) return invalid(value.error());
  if (*value != parts.receipt) return invalid("the proof leads to another receipt");
  auto receipt = decode_receipt(parts.receipt);
  if (!receipt) return invalid(receipt.error());
  return receipt;
}

}  // namespace

Bytes encode_receipt_evidence(const ReceiptEvidence& evidence) {
  std::vector<Bytes> nodes;
  for (const Bytes& node : evidence.proof) nodes.push_back(rlp::encode(BytesView(node)));
  return rlp::encode_list({rlp::encode(Uint128{evidence.chain_id}), rlp::encode(BytesView(evidence.header)),
                           rlp::encode(Uint128{evidence.transaction_index}), rlp::encode(BytesView(evidence.receipt)),
                           rlp::encode_list(nodes), rlp::encode(Uint128{evidence.log_index})});
}

Result<ReceiptEvidence> decode_receipt_evidence(BytesView octets) {
  if (octets.size() > kMaxEvidenceOctets) return invalid("too long");
  const auto read = [&]() -> Result<ReceiptEvidence> {
    USTP_TRY(const rlp::Item item, rlp::decode(octets, {2, 8 + kMaxProofNodes}));
    USTP_TRY(const auto f, item.list(6, 6));
    ReceiptEvidence out;
    USTP_TRY(out.chain_id, f[0].number64());
    USTP_TRY(const BytesView header, f[1].octets());
    USTP_TRY(out.transaction_index, f[2].number64());
    USTP_TRY(const BytesView receipt, f[3].octets());
    USTP_TRY(const auto nodes, f[4].list(1, kMaxProofNodes));
    for (const auto& node : nodes) {
      USTP_TRY(const BytesView one, node.octets());
      out.proof.push_back(copied(one));
    }
    USTP_TRY(out.log_index, f[5].number64());
    out.header = copied(header);
    out.receipt = copied(receipt);
    return out;
  };
  auto out = read();
  if (!out) return invalid(out.error());
  return out;
}

Result<ProvenOperation> verify_ethereum_receipt(const Evidence& evidence, const LedgerAnchor& anchor) {
  if (evidence.kind != EvidenceKind::kEthereumReceipt) return invalid("another kind");
  if (evidence.ledger != anchor.ledger) return invalid("another ledger");
  const auto contract = Address::from_bytes(anchor.contract);
  if (!contract || contract->is_zero() || anchor.chain_id == 0) return invalid("the anchor names no contract and chain");
  USTP_TRY(const ReceiptEvidence parts, decode_receipt_evidence(evidence.octets));
  if (parts.chain_id != anchor.chain_id) return invalid("another chain");
  USTP_TRY(const BlockHeader header, proven_header(parts, evidence.finality));
  USTP_TRY(const Receipt receipt, proven_receipt(parts, header));
  if (!receipt.success) return invalid("the transaction failed");
  if (parts.log_index >= receipt.logs.size()) return invalid("no such log");
  const Log& log = receipt.logs[parts.log_index];
  if (log.address != *contract) return invalid("a log of another contract");
  const auto event = decode_operation_event(log);
  if (!event) return invalid(event.error());
  const auto account = AccountId::parse(to_text(event->account));
  return ProvenOperation{event->id,        event->kind,   event->request_hash,
                         event->instrument, event->amount, account.value()};
}

}  // namespace ustp::ethereum
