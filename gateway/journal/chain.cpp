#include "gateway/journal/chain.hpp"

#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::journal {

Error damaged(std::uint64_t position, const std::string& what) {
  return {Code::journal_damaged, "position " + std::to_string(position) + ": " + what};
}

// USTP-JRN-002
Result<Block> Chain::check(std::uint64_t row, BytesView octets) {
  if (row != head_.position + 1) return damaged(head_.position + 1, "missing");
  auto block = parse_block(octets);
  if (!block)
    return Error{block.error().code, "position " + std::to_string(row) + ": " + block.error().detail};
  if (block->position != row) return damaged(row, "holds position " + std::to_string(block->position));
  if (block->shard != identity_.shard) return damaged(row, "is of shard " + std::to_string(block->shard));
  if (block->epoch < head_.epoch || block->epoch > identity_.epoch)
    return damaged(row, "epoch " + std::to_string(block->epoch) + " is out of order");
  if (anchored_ && block->previous != head_.hash) return damaged(row, "previous hash differs");
  anchored_ = true;
  head_ = {row, crypto::sha256(octets), block->epoch};
  return block;
}

Result<Bytes> frame_next(Block& block, const Identity& identity, JournalHead& head) {
  const auto where = "position " + std::to_string(block.position);
  if (block.position != head.position + 1) return Error{Code::internal, where + " does not follow the head"};
  if (block.epoch != identity.epoch || block.shard != identity.shard)
    return Error{Code::internal, where + ": epoch or shard is not the journal's"};
  // The journal keeps the chain. A submitter that keeps it too must agree.
  if (!block.previous.is_zero() && block.previous != head.hash)
    return Error{Code::internal, where + ": previous hash is not the head's"};
  block.previous = head.hash;
  Bytes octets = frame_block(block);
  head = {block.position, crypto::sha256(octets), block.epoch};
  return octets;
}

}  // namespace ustp::gateway::journal
