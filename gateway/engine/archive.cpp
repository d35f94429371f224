// Ended transfers: out of memory when a snapshot is stored, back when somebody asks (USTP-JRN-012).
#include "gateway/engine/archive.hpp"

#include "gateway/engine/octets.hpp"

namespace ustp::gateway {

Hash256 hash_of(const protocol::TransferState& state) {
  Writer w;
  w.id(state.id);
  w.u8(static_cast<std::uint8_t>(state.role));
  w.u8(static_cast<std::uint8_t>(state.state));
  w.id(state.claim_hash);
  w.id(state.last_received);
  w.id(state.last_sent);
  w.id(state.vote_hash);
  w.u8(static_cast<std::uint8_t>(state.disposition));
  w.u8(state.complete_received);
  w.u8(state.notice_pending);
  w.u32(static_cast<std::uint32_t>(state.timeline.size()));
  return crypto::sha256(w.take());
}

void mix(Hash256& set, const Hash256& one) {
  for (std::size_t i = 0; i < Hash256::kSize; ++i) set.mutable_octets()[i] ^= one.octets()[i];
}

Hash256 Core::OrderKey::digest() const {
  Writer w;
  w.text(participant.str());
  w.text(key.str());
  return crypto::sha256(w.take());
}

// What still moves, or waits for a person, stays.
bool Core::may_leave(const Transfer& transfer) const {
  const auto& s = transfer.state;
  return protocol::is_terminal(s.state) && s.state != protocol::State::kUnexecutable && !s.notice_pending &&
         transfer.operations.empty() && transfer.armed.ns == INT64_MAX;
}

void Core::take_out(const TransferId& id, std::vector<Archived>* out) {
  const auto it = transfers_.find(id);
  auto& transfer = it->second;
  Hash256 order, payload;
  if (transfer.key) {
    const OrderKey key{transfer.state.owner, *transfer.key};
    if (const auto known = idempotency_.find(key); known != idempotency_.end()) {
      order = key.digest();
      payload = known->second.first;
      idempotency_.erase(known);
      archived_orders_.insert(order);
    }
  }
  if (out) {
    Writer w;
    put_transfer(w, transfer);
    w.id(payload);
    out->push_back({id, transfer.ordinal, order, w.take()});
  }
  mix(archived_hash_, hash_of(transfer.state));
  archived_.insert(id);
  ++archived_count_;
  order_.erase(transfer.ordinal);
  transfers_.erase(it);
}

std::vector<Archived> Core::archive_ended() {
  std::vector<Archived> out;
  if (!archive_) return out;
  for (auto& id : std::exchange(ended_, {})) {
    const auto it = transfers_.find(id);
    if (it == transfers_.end()) continue;
    if (may_leave(it->second)) take_out(id, &out);
    else ended_.push_back(id);
  }
  archived_at_ = position_;
  return out;
}

// The snapshot was made by another core that had seen the blocks up to archived_at_: what did not change behind it is there.
void Core::let_go(std::size_t most) {
  for (; looks_ > 0 && most > 0; --looks_, --most) {
    const auto id = ended_.front();
    ended_.pop_front();
    const auto it = transfers_.find(id);
    if (it == transfers_.end()) continue;
    if (may_leave(it->second) && it->second.changed <= archived_at_) take_out(id, nullptr);
    else ended_.push_back(id);
  }
}

Result<void> Core::learn_archived() {
  if (archived_count_ == 0) return {};
  if (!archive_) return Error{Code::journal_damaged, "the snapshot has an archive, and there is none"};
  archived_.reserve(archived_count_);
  USTP_CHECK(archive_->each(archived_at_, [&](const Archived& row) {
    if (transfers_.contains(row.id)) return;  // it was brought back
    archived_.insert(row.id);
    if (!row.order_key.is_zero()) archived_orders_.insert(row.order_key);
  }));
  if (archived_.size() == archived_count_) return {};
  return Error{Code::journal_damaged, std::to_string(archived_.size()) + " transfers are archived, the snapshot knows of " +
                                          std::to_string(archived_count_)};
}

Result<Core::Kept> Core::get_kept(const Archived& row) {
  Reader r(row.state);
  USTP_TRY(auto transfer, get_transfer(r));
  Kept kept{std::move(transfer), r.id<Hash256>()};
  if (!r.ok() || !r.at_end() || kept.transfer.state.id != row.id)
    return Error{Code::journal_damaged, "archived transfer " + row.id.hex()};
  return kept;
}

Result<std::optional<Core::Kept>> Core::kept(const TransferId& id) const {
  if (!archived_.contains(id)) return std::optional<Kept>();
  USTP_TRY(const auto row, archive_->find(id, archived_at_));
  if (!row) return Error{Code::journal_damaged, "the archive lost transfer " + id.hex()};
  USTP_TRY(auto found, get_kept(*row));
  return std::optional(std::move(found));
}

Core::Transfer& Core::bring_back(Kept kept) {
  const auto id = kept.transfer.state.id;
  auto& transfer = transfers_[id] = std::move(kept.transfer);
  transfer.changed = archived_at_;
  order_[transfer.ordinal] = id;
  ended_.push_back(id);  // and out again with the next snapshot
  archived_.erase(id);
  --archived_count_;
  mix(archived_hash_, hash_of(transfer.state));
  if (transfer.key) {
    const OrderKey key{transfer.state.owner, *transfer.key};
    archived_orders_.erase(key.digest());
    idempotency_[key] = {kept.payload, id};
  }
  return transfer;
}

Result<Core::Transfer*> Core::recall(const TransferId& id) {
  if (const auto it = transfers_.find(id); it != transfers_.end()) return &it->second;
  USTP_TRY(auto found, kept(id));
  return found ? &bring_back(*std::move(found)) : nullptr;
}

Result<const std::pair<Hash256, TransferId>*> Core::recall_order(const OrderKey& key) {
  const auto known = idempotency_.find(key);
  if (known != idempotency_.end()) return &known->second;
  if (archived_orders_.empty()) return nullptr;
  const auto digest = key.digest();
  if (!archived_orders_.contains(digest)) return nullptr;
  USTP_TRY(const auto row, archive_->find_order(digest, archived_at_));
  if (!row) return Error{Code::journal_damaged, "the archive lost the order " + key.key.str()};
  USTP_TRY(auto found, get_kept(*row));
  bring_back(std::move(found));
  return &idempotency_.at(key);
}

Result<std::optional<protocol::TransferState>> Core::lookup(const TransferId& id) const {
  if (const auto* state = find(id)) return std::optional(*state);
  USTP_TRY(auto found, kept(id));
  if (!found) return std::optional<protocol::TransferState>();
  return std::optional(std::move(found->transfer.state));
}

Result<std::vector<std::uint64_t>> Core::blocks_of(const TransferId& id) const {
  if (const auto it = transfers_.find(id); it != transfers_.end()) return it->second.blocks;
  USTP_TRY(auto found, kept(id));
  return found ? std::move(found->transfer.blocks) : std::vector<std::uint64_t>{};
}

}  // namespace ustp::gateway
