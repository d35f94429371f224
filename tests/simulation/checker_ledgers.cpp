// What the ledgers did, and what is left at rest.
#include <algorithm>

#include "tests/simulation/checker.hpp"

namespace ustp::simulation {

using protocol::State;
using testing::EntryCause;

void Checker::step(Instant now) {
  std::vector<testing::Entry> entries;
  bool moved = false;
  for (std::size_t i = 0; i < kGateways; ++i) {
    const auto& all = ledgers_[i]->effects();
    for (auto& seen = books_[i].seen; seen < all.size(); ++seen) {
      effect(i, all[seen], entries);
      moved = true;
    }
  }
  if (!moved) return;
  const auto now_is = picture(now);
  for (std::size_t i = 0; i < kGateways; ++i) compare(i, now_is.ledgers[i]);
  auto found = testing::check_picture(now_is, false);
  const auto of_entries = testing::check_entries(checked_, now_is, entries);
  found.insert(found.end(), of_entries.begin(), of_entries.end());
  for (const auto& one : found) violations_.add(one.requirement + " " + one.identity, one.detail);
  checked_ = now_is;
}

// The way an operation must have come to take effect at all.
void Checker::order_of_effects(std::size_t gateway, const ledger::OperationRequest& request, Effects& all) {
  const auto wrong = [&](const char* check) {
    violations_.add(check, std::string(to_string(request.kind)) + " on " + ledgers_[gateway]->profile().id.str(),
                    {request.transfer});
  };
  const auto once = [&](bool& flag) {
    if (flag) wrong("each operation takes effect at most once on its ledger");
    flag = true;
  };
  const auto* own = folded(gateway, request.transfer);
  const auto decided = own ? own->decision : wire::DecisionOutcome{};
  switch (request.kind) {
    case OperationKind::kLock: return once(all.lock);
    case OperationKind::kUnlock:
      if (all.extinguish) wrong("what left the source is never unlocked");
      if (decided != wire::DecisionOutcome::kAbort && !restored_) wrong("no unlock without a durable decision to abort");
      return once(all.unlock);
    case OperationKind::kExtinguish:
      if (all.destroy) wrong("both sides committed or neither: extinguished after the target's undo");
      if (decided != wire::DecisionOutcome::kCommit && !restored_)
        wrong("no extinguish without a durable decision to commit");
      return once(all.extinguish);
    case OperationKind::kCreate:
      if (!all.lock) wrong("nothing is created before the source is locked");
      return once(all.create);
    case OperationKind::kAssign:
    case OperationKind::kSuspend:
      if (!all.extinguish) wrong("nothing is assigned before the source is extinguished");
      if (all.assign || all.suspend) wrong("assigned or suspended, once");
      return once(request.kind == OperationKind::kAssign ? all.assign : all.suspend);
    case OperationKind::kDestroy:
      if (all.extinguish) wrong("both sides committed or neither: undone after the source was extinguished");
      return once(all.destroy);
    case OperationKind::kRelease:
      if (!all.suspend) wrong("nothing is released that was not suspended");
      return once(all.release);
  }
}

void Checker::effect(std::size_t gateway, const ledger::OperationRequest& request,
                     std::vector<testing::Entry>& entries) {
  if (!intents_[gateway].contains(request.id))
    violations_.add("an operation takes effect only when its intent is durable", brief(request.id), {request.transfer});
  if (!books_[gateway].done.insert(request.id).second)
    violations_.add("each operation takes effect at most once on its ledger", brief(request.id), {request.transfer});
  auto& all = effects_[request.transfer];
  if (all.units && *all.units != request.quantity.units())
    violations_.add("every operation of a transfer is about the same quantity", ustp::to_string(request.quantity.units()),
                    {request.transfer});
  all.units = request.quantity.units();
  const Effects before = all;
  order_of_effects(gateway, request, all);

  const auto& profile = ledgers_[gateway]->profile();
  const bool issuer = gateway == kCsd;
  auto& book = books_[gateway];
  const auto units = request.base_units;
  const auto move = [&](const AccountId& account, bool credit, EntryCause cause) {
    auto& to = book.accounts[account].units;
    to = credit ? to + units : to - units;
    entries.push_back({profile.id, account, credit, units, cause});
  };
  const auto cause = issuer ? EntryCause::kTransfer : EntryCause::kRepresentation;
  switch (request.kind) {
    case OperationKind::kLock: book.accounts[request.account].locked += units; break;
    case OperationKind::kUnlock:
      if (before.lock && !before.unlock && !before.extinguish) book.accounts[request.account].locked -= units;
      break;
    case OperationKind::kExtinguish:
      book.accounts[request.account].locked -= units;
      move(request.account, false, cause);
      if (issuer) move(profile.custody_account, true, cause);
      break;
    case OperationKind::kCreate:
      if (!issuer) move(profile.custody_account, true, cause);
      book.provisional += units;
      break;
    case OperationKind::kAssign:
    case OperationKind::kSuspend:
      move(profile.custody_account, false, EntryCause::kTransfer);
      move(request.kind == OperationKind::kAssign ? request.account : profile.suspense_account, true,
           EntryCause::kTransfer);
      book.provisional -= units;
      break;
    case OperationKind::kDestroy:
      if (before.create && !before.assign && !before.suspend && !before.destroy) {
        if (!issuer) move(profile.custody_account, false, cause);
        book.provisional -= units;
      }
      break;
    case OperationKind::kRelease:
      move(profile.suspense_account, false, EntryCause::kTransfer);
      move(request.account, true, EntryCause::kTransfer);
      break;
  }
}

// The ledger's own figures against those its effects must have led to.
void Checker::compare(std::size_t gateway, const testing::LedgerPicture& picture) {
  const auto& book = books_[gateway];
  const auto differs = [&](const std::string& what, Uint128 is, Uint128 must) {
    if (is != must)
      violations_.add("a ledger's figures are what its effects made of them",
                      picture.ledger.str() + ", " + what + ": " + ustp::to_string(is) + ", not " + ustp::to_string(must));
  };
  differs("provisional", picture.provisional, book.provisional);
  for (const auto& position : picture.positions) {
    const auto it = book.accounts.find(position.account);
    const Account none;
    const auto& account = it == book.accounts.end() ? none : it->second;
    differs(position.account.str(), position.base_units, account.units);
    differs("locked of " + position.account.str(), position.claimed, account.locked);
  }
}

testing::Picture Checker::picture(Instant now) {
  testing::Picture out;
  out.figures = {kIssued, kIssued, kIssued, 0};
  out.now = now;
  for (auto* ledger : ledgers_) {
    out.ledgers.push_back(ledger->picture());
    out.ledgers.back().issuer = ledger == ledgers_[kCsd];
  }
  for (const auto& [id, all] : effects_)
    if (all.extinguish && !all.assign && !all.suspend) out.in_transit.push_back({{}, {}, *all.units});
  return out;
}

void Checker::rest(const std::array<const gateway::Core*, kGateways>& cores, Instant now) {
  for (const auto& one : testing::check_picture(picture(now), !restored_))
    violations_.add(one.requirement + " " + one.identity, one.detail);
  if (restored_) return;
  for (std::size_t i = 0; i < kGateways; ++i)
    for (const auto& [id, fold] : folds_[i].transfers) {
      if (const auto* scheduled = cores[i]->schedule().find(id)) {  // ended before it began
        if (scheduled->stage == gateway::ScheduledOrder::Stage::kWaiting || !fold.states.empty())
          violations_.add("an order for later begins or ends", Charter::gateway(i).str(), {id});
        continue;
      }
      const auto state = known(*cores[i], id);
      if (!state) {
        violations_.add("an acknowledged order survives", Charter::gateway(i).str(), {id});
        continue;
      }
      if (!protocol::is_terminal(state->state))
        violations_.add("after healing every transfer ends", std::string(to_string(state->state)), {id});
      const auto other = known(*cores[index(state->peer)], id);
      const bool done = state->state == State::kCompleted || state->state == State::kReceived;
      const bool done_there = other && (other->state == State::kCompleted || other->state == State::kReceived);
      if (done != done_there) violations_.add("both sides committed or neither", Charter::gateway(i).str(), {id});
    }
  for (const auto& [id, all] : effects_) {
    const bool left = all.extinguish, came = all.assign || all.suspend;
    if (left != came) violations_.add("both sides committed or neither", "on the ledgers", {id});
    if (all.lock && !all.unlock && !all.extinguish) violations_.add("at rest nothing is locked", "", {id});
    if (all.suspend && !all.release) violations_.add("after healing nothing stays in suspense", "", {id});
  }
}

}  // namespace ustp::simulation
