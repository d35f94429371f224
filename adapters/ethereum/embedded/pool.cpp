#include "adapters/ethereum/embedded/pool.hpp"

namespace ustp::ethereum::embedded {
namespace {

// A replacement pays at least a tenth more, on both caps.
bool enough(Uint128 before, Uint128 now) { return now >= before + before / 10 && now > before; }

}  // namespace

Pool::Added Pool::add(const SignedTransaction& t, std::uint64_t not_before, std::optional<Word>& replaced) {
  if (places_.contains(t.hash)) return Added::kKnown;
  auto& queue = senders_[t.from];
  const auto it = queue.find(t.transaction.nonce);
  if (it != queue.end()) {
    const Transaction& before = it->second.transaction.transaction;
    if (!enough(before.max_fee, t.transaction.max_fee) ||
        !enough(before.max_priority_fee, t.transaction.max_priority_fee))
      return Added::kUnderpriced;
    replaced = it->second.transaction.hash;
    places_.erase(*replaced);
  } else if (places_.size() >= kMaxPool) {
    if (queue.empty()) senders_.erase(t.from);
    return Added::kFull;
  }
  queue.insert_or_assign(t.transaction.nonce, Entry{t, ++arrivals_, not_before});
  places_[t.hash] = {t.from, t.transaction.nonce};
  return Added::kAdded;
}

const Pool::Entry* Pool::find(const Word& hash) const {
  const auto place = places_.find(hash);
  if (place == places_.end()) return nullptr;
  return &senders_.at(place->second.first).at(place->second.second);
}

std::uint64_t Pool::pending_nonce(const Address& sender, std::uint64_t next) const {
  const auto it = senders_.find(sender);
  if (it == senders_.end()) return next;
  while (it->second.contains(next)) ++next;
  return next;
}

const Pool::Entry* Pool::ready(std::uint64_t number, const std::function<std::uint64_t(const Address&)>& next,
                               std::vector<Word>& stale) {
  const Entry* best = nullptr;
  for (auto sender = senders_.begin(); sender != senders_.end();) {
    auto& queue = sender->second;
    const std::uint64_t nonce = next(sender->first);
    while (!queue.empty() && queue.begin()->first < nonce) {
      stale.push_back(queue.begin()->second.transaction.hash);
      places_.erase(stale.back());
      queue.erase(queue.begin());
    }
    if (queue.empty()) {
      sender = senders_.erase(sender);
      continue;
    }
    const auto& [first, entry] = *queue.begin();
    if (first == nonce && entry.not_before <= number && (best == nullptr || entry.order < best->order)) best = &entry;
    ++sender;
  }
  return best;
}

void Pool::remove(const Word& hash) {
  const auto place = places_.find(hash);
  if (place == places_.end()) return;
  const auto sender = senders_.find(place->second.first);
  sender->second.erase(place->second.second);
  if (sender->second.empty()) senders_.erase(sender);
  places_.erase(place);
}

}  // namespace ustp::ethereum::embedded
