#include "adapters/ethereum/watcher.hpp"

#include <algorithm>

#include "adapters/ethereum/evm/keccak.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::ethereum {
namespace {

using ledger::OutcomeKind;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kSendAtOnce = 100, kFollowAtOnce = 32, kLookUpAtOnce = 200;
constexpr std::size_t kMaxReplacements = 16;

bool by_finalized_tag(const ledger::LedgerProfile& profile) { return profile.finality_rule == "finalized"; }

}  // namespace

Result<std::optional<std::uint64_t>> final_height(EthClient& client, const ledger::LedgerProfile& profile) {
  const bool tag = by_finalized_tag(profile);
  USTP_TRY(const auto block, client.block(tag ? BlockRef::finalized() : BlockRef::latest()));
  if (!block) return std::optional<std::uint64_t>{};
  if (tag) return std::optional(block->header.number);
  if (block->header.number < profile.finality_depth) return std::optional<std::uint64_t>{};
  return std::optional(block->header.number - profile.finality_depth);
}

Watcher::Watcher(std::shared_ptr<EthClient> client, std::shared_ptr<const SigningKey> key, WatcherOptions options)
    : client_(std::move(client)), key_(std::move(key)), options_(std::move(options)) {}
Watcher::~Watcher() { stop(); }

void Watcher::start(ledger::OutcomeSink& sink) {
  sink_ = &sink;
  thread_ = std::thread([this] {
    name_this_thread("ethereum");
    run();
  });
}

void Watcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watcher::hand_in(Task task, const ledger::Intent& intent) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (given_.size() < options_.max_open) {
      given_.push_back({task, intent});
      woken_.notify_one();
      return;
    }
  }
  sink_->on_outcome({intent.id, OutcomeKind::kUnknown, {}, {Code::overloaded, "ethereum driver"}});
}

void Watcher::run() {
  const auto poll = std::chrono::nanoseconds(options_.poll.ns);
  auto pause = poll;
  for (;;) {
    std::deque<Given> given;
    {
      std::unique_lock lock(mutex_);
      const auto due = [this] { return stopping_ || !given_.empty(); };
      // With nothing open there is nothing to ask the node about.
      if (open_.empty()) woken_.wait(lock, due);
      else if (pause > poll) woken_.wait_for(lock, pause, [this] { return stopping_; });
      else woken_.wait_for(lock, pause, due);
      if (stopping_) return;
      given.swap(given_);
    }
    const auto done = round(std::move(given));
    if (!done) tell_unknown(done.error());
    pause = done ? poll : std::min<std::chrono::nanoseconds>(pause * 2, std::chrono::seconds(1));
  }
}

Result<void> Watcher::round(std::deque<Given> given) {
  for (const Given& one : given) admit(one);
  if (open_.empty()) return {};
  // From here on blocks are followed: what is sent now stands above the block that is final now.
  if (!next_) {
    final_.reset();
    USTP_CHECK(read_heads());
    next_ = final_ ? *final_ + 1 : 0;
  }
  USTP_CHECK(send());
  USTP_TRY(const bool reorganised, read_heads());
  USTP_CHECK(follow());
  USTP_CHECK(look_up());
  send_again(reorganised);
  raise_fees();
  if (open_.empty()) next_.reset();
  return {};
}

// Whoever waits for an answer gets one, also when the node is away; the operations stay open.
void Watcher::tell_unknown(const Error& why) {
  for (auto& [key, open] : open_)
    if (open.asked) answer(open, OutcomeKind::kUnknown, why);
}

void Watcher::admit(const Given& given) {
  auto intent = decode_intent(given.intent.octets);
  if (!intent || intent->operate.id != given.intent.id) {
    sink_->on_outcome({given.intent.id, OutcomeKind::kUnknown, {},
                       intent ? Error{Code::ledger_message, "an intent of another operation"} : intent.error()});
    return;
  }
  const Word key = keccak256(intent->raw);
  const auto it = open_.find(key);
  if (it == open_.end() && open_.size() >= options_.max_open) {
    sink_->on_outcome({given.intent.id, OutcomeKind::kUnknown, {}, {Code::overloaded, "ethereum driver"}});
    return;
  }
  Open& open = it == open_.end() ? open_[key] : it->second;
  if (open.hashes.empty()) {
    open.hashes = {key};
    open.raw = intent->raw;
    open.intent = std::move(*intent);
    key_of_[key] = key;
  }
  open.asked = true;
  if (given.task == Task::kQuery) {
    open.look_up = true;
  } else if (!open.executed) {
    open.executed = true;
    unsent_.push_back(key);
  } else {
    open.look_up = true;  // executed before: what became of it?
  }
}

// In the order of nonces, so that a node that refuses gaps takes them all.
Result<void> Watcher::send() {
  std::erase_if(unsent_, [this](const Word& key) { return !open_.contains(key); });
  std::sort(unsent_.begin(), unsent_.end(), [this](const Word& a, const Word& b) {
    return open_.at(a).intent.nonce < open_.at(b).intent.nonce;
  });
  while (!unsent_.empty()) {
    const auto count = std::min(unsent_.size(), kSendAtOnce);
    std::vector<Bytes> raw;
    for (std::size_t i = 0; i < count; ++i) raw.push_back(open_.at(unsent_[i]).raw);
    // An error: whether the node took them is not known; they stay unsent and are offered again.
    USTP_TRY(const auto sent, client_->send(raw));
    for (std::size_t i = 0; i < count; ++i) take_sent(open_.at(unsent_[i]), sent[i]);
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return {};
}

void Watcher::take_sent(Open& open, const Sent& sent) {
  if (open.priced_at == 0 && head_) open.priced_at = head_->header.number;
  switch (sent.answer) {
    case SendAnswer::kAccepted:
    case SendAnswer::kKnown:
      if (open.said != OutcomeKind::kPending) answer(open, OutcomeKind::kPending);
      break;
    case SendAnswer::kNonceTooLow:
      open.look_up = true;
      break;
    case SendAnswer::kUnderpriced:  // another transaction under this nonce: one of ours, or a thief's. The chain decides
    case SendAnswer::kRefused:
      if (open.asked) answer(open, OutcomeKind::kUnknown, {Code::ledger_unavailable, sent.text});
      break;
  }
}

Result<bool> Watcher::read_heads() {
  const bool tag = by_finalized_tag(options_.profile);
  const BlockRef refs[] = {BlockRef::latest(), BlockRef::finalized()};
  USTP_TRY(auto found, client_->blocks(std::span(refs).first(tag ? 2 : 1)));
  if (!found[0]) return Error{Code::ledger_unavailable, "the node has no head"};
  USTP_TRY(const bool reorganised, replaced(*found[0]));
  head_ = std::move(found[0]);
  std::optional<std::uint64_t> height;
  if (tag) {
    if (found[1]) height = found[1]->header.number;
  } else if (head_->header.number >= options_.profile.finality_depth) {
    height = head_->header.number - options_.profile.finality_depth;
  }
  // Final is final: a node that is behind another one says nothing new.
  if (height && (!final_ || *height > *final_)) {
    USTP_TRY(final_nonce_, client_->nonce(key_->address(), BlockRef::number(*height)));
    final_ = height;
  }
  return reorganised;
}

Result<bool> Watcher::replaced(const Block& head) {
  if (!head_ || head.hash == head_->hash) return false;
  const auto before = head_->header.number;
  if (head.header.number <= before) return true;
  if (head.header.number == before + 1) return head.header.parent != head_->hash;
  USTP_TRY(const auto same_height, client_->block(BlockRef::number(before)));
  return !same_height || same_height->hash != head_->hash;
}

Result<void> Watcher::follow() {
  while (next_ && final_ && *next_ <= *final_) {
    std::vector<BlockRef> refs;
    for (auto n = *next_; n <= *final_ && refs.size() < kFollowAtOnce; ++n) refs.push_back(BlockRef::number(n));
    USTP_TRY(const auto blocks, client_->blocks(refs));
    for (const auto& block : blocks) {
      if (!block || block->header.number != *next_) return Error{Code::ledger_unavailable, "a final block is missing"};
      USTP_CHECK(settle_block(*block));
      ++*next_;
    }
    USTP_CHECK(find_overtaken());
  }
  return {};
}

Result<void> Watcher::settle_block(const Block& block) {
  const bool ours = std::any_of(block.transactions.begin(), block.transactions.end(),
                                [this](const Word& hash) { return key_of_.contains(hash); });
  if (!ours) return {};
  USTP_TRY(const auto whole, FinalBlock::read(*client_, block));
  for (std::size_t i = 0; i < whole.receipts.size(); ++i) {
    const auto it = key_of_.find(whole.receipts[i].transaction);
    if (it == key_of_.end()) continue;
    const Word key = it->second;
    Open& open = open_.at(key);
    auto outcome = settle_at(open, whole, i);
    if (outcome) finish(key, std::move(*outcome));
    else open.look_up = true;  // cannot be told now: looked up until it can
  }
  return {};
}

// A nonce that is used up in the final chain, and the transaction was in none of its blocks.
Result<void> Watcher::find_overtaken() {
  if (!next_ || !final_ || *next_ <= *final_) return {};
  for (auto& [key, open] : open_)
    if (open.intent.nonce < final_nonce_) open.look_up = true;
  return {};
}

Result<void> Watcher::look_up() {
  std::vector<Word> keys, hashes;
  for (const auto& [key, open] : open_) {
    if (!open.look_up || keys.size() == kLookUpAtOnce) continue;
    keys.push_back(key);
    hashes.insert(hashes.end(), open.hashes.begin(), open.hashes.end());
  }
  if (keys.empty()) return {};
  USTP_TRY(const auto places, client_->places(hashes));
  std::size_t at = 0;
  for (const Word& key : keys) {
    Open& open = open_.at(key);
    const auto count = open.hashes.size();
    look_up(open, std::span(places).subspan(at, count));
    at += count;
  }
  return {};
}

void Watcher::look_up(Open& open, std::span<const std::optional<Place>> places) {
  const Word key = open.hashes.front();
  std::optional<Result<ledger::Outcome>> settled;
  bool pending = false;
  for (std::size_t i = 0; i < places.size() && !settled; ++i) {
    if (!places[i]) continue;
    if (final_ && places[i]->number <= *final_) settled = settle_place(open, places[i]->number, open.hashes[i]);
    else pending = true;
  }
  if (!settled && !pending && final_ && open.intent.nonce < final_nonce_) settled = settle_overtaken(open);
  if (settled && *settled) return finish(key, std::move(**settled));
  if (settled) {  // final, but not readable now
    if (open.asked) answer(open, OutcomeKind::kUnknown, settled->error());
    return;
  }
  open.look_up = false;
  // "Not seen" is unknown, never "never" (decision 8).
  if (pending ? open.asked || open.said != OutcomeKind::kPending : open.asked)
    answer(open, pending ? OutcomeKind::kPending : OutcomeKind::kUnknown);
  if (!open.executed) {
    key_of_.erase(key);
    open_.erase(key);
  } else if (!pending) {
    unsent_.push_back(key);
  }
}

// Orphaned transactions return to the pool of one client and are dropped by another; offering them again is harmless.
void Watcher::send_again(bool all) {
  const auto now = Steady::now();
  if (!all && now - resent_ < std::chrono::nanoseconds(options_.resend.ns)) return;
  resent_ = now;
  for (auto& [key, open] : open_)
    if (open.executed && std::find(unsent_.begin(), unsent_.end(), key) == unsent_.end()) unsent_.push_back(key);
}

// Only the lowest open nonce can hold up the others. Nodes want 10 % more on both fees; one eighth is given.
void Watcher::raise_fees() {
  if (options_.max_fee_limit == 0 || !head_) return;
  Open* lowest = nullptr;
  for (auto& [key, open] : open_)
    if (open.executed && (!lowest || open.intent.nonce < lowest->intent.nonce)) lowest = &open;
  if (!lowest || lowest->priced_at == 0 || lowest->hashes.size() > kMaxReplacements ||
      head_->header.number < lowest->priced_at + options_.bump_blocks || lowest->intent.nonce < final_nonce_)
    return;
  lowest->priced_at = head_->header.number;
  auto old = decode_transaction(lowest->raw);
  if (!old) return;
  auto& t = old->transaction;
  t.max_fee += t.max_fee / 8 + 1;
  t.max_priority_fee += t.max_priority_fee / 8 + 1;
  if (t.max_fee > options_.max_fee_limit || t.max_priority_fee > t.max_fee) return;
  auto replacement = sign(t, *key_);
  const Word key = lowest->hashes.front();
  lowest->hashes.push_back(replacement.hash);
  lowest->raw = std::move(replacement.raw);
  key_of_[replacement.hash] = key;
  if (std::find(unsent_.begin(), unsent_.end(), key) == unsent_.end()) unsent_.push_back(key);
}

void Watcher::answer(Open& open, OutcomeKind kind, Error error) {
  open.asked = false;
  open.said = kind;
  sink_->on_outcome({open.intent.operate.id, kind, {}, std::move(error)});
}

void Watcher::finish(const Word& key, ledger::Outcome outcome) {
  const auto it = open_.find(key);
  for (const Word& hash : it->second.hashes) key_of_.erase(hash);
  open_.erase(it);
  sink_->on_outcome(std::move(outcome));
}

}  // namespace ustp::ethereum
