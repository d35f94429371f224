// What became durable and what was told.
#include "tests/simulation/checker.hpp"

#include <algorithm>

namespace ustp::simulation {

using protocol::Event;
using protocol::State;

Checker::Checker(const Charter& charter, std::array<SimLedger*, kGateways> ledgers, Violations& violations)
    : charter_(charter), ledgers_(ledgers), violations_(violations) {
  for (std::size_t i = 0; i < kGateways; ++i)
    for (const auto& position : ledgers_[i]->picture().positions)
      books_[i].accounts[position.account] = {position.base_units, 0};
  checked_ = picture(kBegin);
}

std::size_t Checker::index(const GatewayId& id) const {
  for (std::size_t i = 0; i < kGateways; ++i)
    if (Charter::gateway(i) == id) return i;
  return 0;
}

const Fold::Transfer* Checker::folded(std::size_t gateway, const TransferId& id) const {
  const auto it = folds_[gateway].transfers.find(id);
  return it == folds_[gateway].transfers.end() ? nullptr : &it->second;
}

void Checker::durable(std::size_t gateway, const gateway::Block& block, const gateway::Core& core) {
  durable_[gateway] = block.position;
  const auto decoded = gateway::decode_entries(block.payload);
  if (!decoded) return violations_.add("a durable block can be read", to_string(decoded.error()));
  for (const auto& entry : decoded->entries) {
    if (const auto* frame = std::get_if<gateway::FrameEntry>(&entry)) {
      const auto hash = crypto::sha256(frame->frame);
      if (!frame->incoming) sent_[gateway].insert(hash);
      else if (!sent_[index(frame->peer)].contains(hash))
        violations_.add("what is taken in was sent, and was durable at its sender",
                        Charter::gateway(gateway).str() + " has a frame of " + frame->peer.str() + " that is not its own");
    } else if (const auto* step = std::get_if<gateway::StepEntry>(&entry)) {
      record(gateway, *step, core);
    } else if (const auto* later = std::get_if<gateway::ScheduleEntry>(&entry)) {
      auto& fold = folds_[gateway].transfers[later->scheduled.id];
      const bool first = later->scheduled.stage == gateway::ScheduledOrder::Stage::kWaiting;
      if (first != fold.stages.empty() || fold.stages.size() > 1 || !fold.states.empty())
        violations_.add("an order for later is taken once and ends once", Charter::gateway(gateway).str(), {later->scheduled.id});
      fold.stages.emplace_back(to_string(later->scheduled.stage));
      fold.not_before = later->scheduled.order.not_before;
    } else if (const auto* key = std::get_if<gateway::IdempotencyEntry>(&entry)) {
      auto& known = folds_[gateway].keys[{key->participant, key->key}];
      if (!known.is_zero() && known != key->transfer)
        violations_.add("one key, one transfer", key->key.str(), {known, key->transfer});
      known = key->transfer;
    }
  }
}

void Checker::record(std::size_t gateway, const gateway::StepEntry& entry, const gateway::Core& core) {
  const auto& r = entry.record;
  auto& fold = folds_[gateway].transfers[r.transfer];
  for (const auto& intent : entry.intents) intents_[gateway].insert(intent.id);
  const auto where = Charter::gateway(gateway).str() + ": " + std::string(to_string(r.event)) + ", " +
                     std::string(to_string(r.from)) + " -> " + std::string(to_string(r.to));
  const auto wrong = [&](const char* check) { violations_.add(check, where, {r.transfer}); };
  const State last = fold.states.empty() ? State::kNone : fold.states.back();
  if (last == State::kNone && (fold.stages.size() > 1 || r.time < fold.not_before)) wrong("an order for later begins once, not before its time");
  if (r.from != last) wrong("a transition begins where the one before ended");
  if (protocol::is_terminal(last) && r.to != last) wrong("a terminal state never changes");
  if (fold.decision != wire::DecisionOutcome{} && r.decision && r.decision->outcome != fold.decision) wrong("a decision never changes");
  if (r.decision) fold.decision = r.decision->outcome;
  const bool voted = r.from == State::kReady || r.from == State::kInDoubt;
  if (voted && r.event == Event::kDeadline && r.to != State::kInDoubt) wrong("no deadline resolves doubt");
  const auto state = known(core, r.transfer);
  if (!state) return wrong("a durable transfer is known to the core");
  const auto* peer = folded(index(state->peer), r.transfer);
  const auto decided = peer ? peer->decision : wire::DecisionOutcome{};
  if (voted && (r.to == State::kDestroying || r.to == State::kRefused) && decided != wire::DecisionOutcome::kAbort &&
      !(peer && peer->tombstone) && !restored_)
    wrong("after the vote only the sender's decision ends a transfer");
  if ((r.to == State::kAssigning || (r.to == State::kSuspending && voted)) && decided != wire::DecisionOutcome::kCommit &&
      !restored_)
    wrong("nothing is assigned without the sender's decision to commit");
  if (r.to == State::kExtinguishing && r.from != r.to) {
    if (r.time > state->terms.vote_by) wrong("never a commit after the own deadline");
    const auto voted_there = peer && std::find(peer->states.begin(), peer->states.end(), State::kReady) != peer->states.end();
    if (!voted_there && !restored_) wrong("no commit without the recipient's vote");
  }
  if (r.to == State::kUnexecutable && !restored_) wrong("no hold is ever broken here, so no decision is unexecutable");
  if (r.to == State::kReady && r.time > state->terms.vote_by) wrong("never a vote after the own deadline");
  if (r.from != r.to) fold.states.push_back(r.to);
}

void Checker::executing(std::size_t gateway, const ledger::Intent& intent) {
  if (!intents_[gateway].contains(intent.id))
    violations_.add("an operation is executed only when its intent is durable", brief(intent.id));
}

void Checker::told(std::size_t gateway, const gateway::TransferOrder& order, const gateway::TransferView& view) {
  const auto* known = folded(gateway, view.id);
  const auto names = [&](State state) { return to_string(state) == view.state; };
  const bool told = known && (std::any_of(known->states.begin(), known->states.end(), names) ||
                              std::find(known->stages.begin(), known->stages.end(), view.state) != known->stages.end());
  if (!told)
    return violations_.add("what a client was told is in the journal",
                           order.key.str() + " was told " + view.state, {view.id});
  const auto key = folds_[gateway].keys.find({order.participant, order.key});
  if (key == folds_[gateway].keys.end() || key->second != view.id)
    violations_.add("what a client was told is in the journal", "the key " + order.key.str(), {view.id});
}

void Checker::lived(std::size_t gateway, std::uint64_t position, const gateway::Core& core) {
  const auto hash = core.state_hash();
  const auto known = hashes_[gateway].find(position);
  if (known != hashes_[gateway].end() && known->second != hash && position == durable_[gateway])
    violations_.add("nothing changes without a block", Charter::gateway(gateway).str());
  hashes_[gateway][position] = hash;
  auto& books = books_at_[gateway];
  books.insert_or_assign(position, core.home_book());
  constexpr std::size_t kKept = 8;
  while (books.size() > kKept) books.erase(books.begin());
}

void Checker::started(std::size_t gateway, std::uint64_t position, const gateway::Core& core) {
  const auto name = Charter::gateway(gateway).str();
  if (position < durable_[gateway])
    violations_.add("what was durable is there after a restart",
                    name + ": " + std::to_string(position) + " of " + std::to_string(durable_[gateway]));
  durable_[gateway] = position;
  const auto hash = hashes_[gateway].find(position);
  if (hash != hashes_[gateway].end() && hash->second != core.state_hash())
    violations_.add("replayed state = live state", name + ", position " + std::to_string(position));
  const auto book = books_at_[gateway].find(position);
  if (book != books_at_[gateway].end() && !(book->second == core.home_book()))
    violations_.add("replayed home book = live home book", name + ", position " + std::to_string(position));
  // What never became durable will be lived anew.
  hashes_[gateway].erase(hashes_[gateway].upper_bound(position), hashes_[gateway].end());
  books_at_[gateway].erase(books_at_[gateway].upper_bound(position), books_at_[gateway].end());
  for (const auto& [key, transfer] : folds_[gateway].keys)
    if (!known(core, transfer) && !core.schedule().find(transfer))
      violations_.add("an acknowledged order survives", key.second.str(), {transfer});
}

void Checker::rolled_back(std::size_t gateway, const std::vector<gateway::Block>& blocks) {
  restored_ = true;
  folds_[gateway] = {};
  durable_[gateway] = blocks.empty() ? 0 : blocks.back().position;
  for (const auto& block : blocks) {
    const auto decoded = gateway::decode_entries(block.payload);
    if (!decoded) continue;
    for (const auto& entry : decoded->entries) {
      if (const auto* step = std::get_if<gateway::StepEntry>(&entry)) {
        auto& fold = folds_[gateway].transfers[step->record.transfer];
        if (step->record.decision) fold.decision = step->record.decision->outcome;
        if (step->record.from != step->record.to) fold.states.push_back(step->record.to);
      } else if (const auto* key = std::get_if<gateway::IdempotencyEntry>(&entry)) {
        folds_[gateway].keys[{key->participant, key->key}] = key->transfer;
      } else if (const auto* later = std::get_if<gateway::ScheduleEntry>(&entry)) {
        auto& fold = folds_[gateway].transfers[later->scheduled.id];
        fold.stages.emplace_back(to_string(later->scheduled.stage));
        fold.not_before = later->scheduled.order.not_before;
      }
    }
  }
}

}  // namespace ustp::simulation
