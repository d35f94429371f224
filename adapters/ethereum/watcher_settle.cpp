#include "adapters/ethereum/proof/receipt.hpp"
#include "adapters/ethereum/watcher.hpp"

namespace ustp::ethereum {
namespace {

using ledger::Outcome;
using ledger::OutcomeKind;
using token_contract::OperationStatus;

}  // namespace

Result<FinalBlock> FinalBlock::read(EthClient& client, Block block) {
  USTP_TRY(auto receipts, client.receipts(block.hash));
  if (!receipts || receipts->size() != block.transactions.size())
    return Error{Code::ledger_unavailable, "the receipts of a final block are missing"};
  std::vector<Bytes> encoded;
  for (std::size_t i = 0; i < receipts->size(); ++i) {
    if ((*receipts)[i].transaction != block.transactions[i]) return Error{Code::ledger_message, "receipts out of order"};
    encoded.push_back(encode_receipt((*receipts)[i].receipt));
  }
  auto trie = Trie::ordered(encoded);
  if (trie.root() != block.header.receipts_root)
    return Error{Code::ledger_message, "the receipts are not those of the block's header"};
  return FinalBlock{std::move(block), std::move(*receipts), std::move(encoded), std::move(trie)};
}

Result<Outcome> Watcher::settle_at(const Open& open, const FinalBlock& block, std::size_t index) {
  const auto& receipt = block.receipts[index].receipt;
  if (!receipt.success) return settle_reverted(open, block.block.header.number);
  for (std::size_t log = 0; log < receipt.logs.size(); ++log) {
    if (!token_contract::records(receipt.logs[log], options_.contract, open.intent.operate)) continue;
    USTP_TRY(auto evidence, evidence_of(open, block, index, log));
    return Outcome{open.intent.operate.id, OutcomeKind::kFinal, std::move(evidence), {}};
  }
  return Error{Code::ledger_message, "the transaction succeeded without the contract's record"};
}

Result<Outcome> Watcher::settle_place(const Open& open, std::uint64_t number, const Word& transaction) {
  USTP_TRY(auto block, client_->block(BlockRef::number(number)));
  if (!block) return Error{Code::ledger_unavailable, "a final block is missing"};
  const auto& all = block->transactions;
  const auto it = std::find(all.begin(), all.end(), transaction);
  // The receipt was of a block that is not in the final chain: some nodes still answer for orphans.
  if (it == all.end()) return Error{Code::ledger_unavailable, "the transaction is not in the final block"};
  const auto index = static_cast<std::size_t>(it - all.begin());
  USTP_TRY(const auto whole, FinalBlock::read(*client_, std::move(*block)));
  return settle_at(open, whole, index);
}

// Mined and final, without effect: the contract's state says whether another transaction did the same operation; if
// not, the call is made again on that state to hear the reason.
Result<Outcome> Watcher::settle_reverted(const Open& open, std::uint64_t number) {
  USTP_TRY(auto decided, settle_by_state(open, number));
  if (decided) return std::move(*decided);
  const CallRequest call{key_->address(), options_.contract, token_contract::operate_call(open.intent.operate)};
  Outcome out{open.intent.operate.id, OutcomeKind::kRejected, {}, {}};
  for (const auto at : {number, number == 0 ? 0 : number - 1}) {
    USTP_TRY(const auto answer, client_->call(call, BlockRef::number(at)));
    if (!answer.reverted) continue;  // what was in the way has gone within the block
    out.error = token_contract::refusal_of(answer.data);
    return out;
  }
  out.error = {Code::ledger_rejected, "reverted in block " + std::to_string(number)};
  return out;
}

// The nonce is used up in the final chain by a transaction that is none of ours. What the contract knows of the
// operation there is all there will ever be: this transaction cannot come any more.
Result<Outcome> Watcher::settle_overtaken(const Open& open) {
  USTP_TRY(auto decided, settle_by_state(open, *final_));
  if (decided) return std::move(*decided);
  return Outcome{open.intent.operate.id, OutcomeKind::kNever, {}, {}};
}

// None: the contract does not know the id in that state.
Result<std::optional<Outcome>> Watcher::settle_by_state(const Open& open, std::uint64_t number) {
  using Out = std::optional<Outcome>;
  const auto& operate = open.intent.operate;
  const CallRequest call{key_->address(), options_.contract, token_contract::operations_call(operate.id)};
  USTP_TRY(const auto answer, client_->call(call, BlockRef::number(number)));
  if (answer.reverted) return Error{Code::ledger_message, "operations() reverted"};
  USTP_TRY(const auto state, token_contract::read_operations(answer.data));
  switch (state.status) {
    case OperationStatus::kNone:
      return Out{};
    case OperationStatus::kTombstoned:
      return Out(Outcome{operate.id, OutcomeKind::kNever, {}, {}});
    case OperationStatus::kDone:
      break;
  }
  if (state.request_hash != operate.request_hash || state.kind != static_cast<std::uint8_t>(operate.kind))
    return Out(Outcome{operate.id, OutcomeKind::kRejected, {}, {Code::operation_conflict, "id used by another request"}});
  USTP_TRY(auto outcome, settle_by_log(open, state.block));
  return Out(std::move(outcome));
}

// Done by another transaction (of an earlier epoch, or a replacement): its record is the evidence.
Result<Outcome> Watcher::settle_by_log(const Open& open, std::uint64_t number) {
  const auto& operate = open.intent.operate;
  USTP_TRY(const auto found, client_->logs({number, number, options_.contract,
                                            {token_contract::operation_topic(), as_word(operate.id)}}));
  for (const auto& log : found)
    if (log.number == number && token_contract::records(log.log, options_.contract, operate))
      return settle_place(open, number, log.transaction);
  return Error{Code::ledger_unavailable, "the record of a done operation is missing"};
}

Result<Evidence> Watcher::evidence_of(const Open& open, const FinalBlock& block, std::size_t index,
                                      std::size_t log) const {
  const auto& header = block.block.header;
  ReceiptEvidence parts;
  parts.chain_id = options_.profile.anchor.chain_id;
  parts.header = encode_header(header);
  parts.transaction_index = index;
  parts.receipt = block.encoded[index];
  parts.proof = block.trie.prove(trie_index_key(index));
  parts.log_index = log;
  Evidence out;
  out.kind = EvidenceKind::kEthereumReceipt;
  out.ledger = options_.profile.id;
  out.finality.rule = options_.profile.finality_rule;
  out.finality.height = header.number;
  out.finality.depth = head_->header.number > header.number ? head_->header.number - header.number : 0;
  out.finality.block = from_word<Hash256>(block.block.hash);
  out.finality.at = {static_cast<std::int64_t>(std::min<std::uint64_t>(header.timestamp, INT64_MAX / 1'000'000'000)) *
                     1'000'000'000};
  out.octets = encode_receipt_evidence(parts);
  // What leaves here convinces a stranger, or it does not leave: the node is not trusted.
  USTP_TRY(const auto proven, verify_ethereum_receipt(out, options_.profile.anchor));
  if (proven.id != open.intent.operate.id || proven.request_hash != open.intent.operate.request_hash)
    return Error{Code::evidence_mismatch, "the node's receipt proves another operation"};
  return out;
}

}  // namespace ustp::ethereum
