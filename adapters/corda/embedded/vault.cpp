#include "adapters/corda/embedded/vault.hpp"

namespace ustp::corda {

void Vault::open_account(const AccountId& account, token::Capacity capacity, bool blocked) {
  auto& holding = holdings_[account];
  holding.capacity = capacity;
  holding.blocked = blocked;
}

void Vault::count(const State& state, bool add) {
  if (state.kind == StateKind::kTombstone) return;
  const Uint128 units = add ? total(state.pieces) : -total(state.pieces);  // modulo 2^128: what was added is taken away
  auto& holding = holdings_[state.account];
  (state.kind == StateKind::kCustody ? provisional_ : outstanding_) += units;
  switch (state.kind) {
    case StateKind::kToken: holding.free += units; return;
    case StateKind::kLock: holding.locked += units; return;
    case StateKind::kCustody: holding.provisional += units; return;
    case StateKind::kSuspense: holding.suspended += units; return;
    case StateKind::kTombstone: return;
  }
}

void Vault::add(const StateRef& ref, State state) {
  count(state, true);
  switch (state.kind) {
    case StateKind::kToken: holdings_[state.account].lots[state.pieces.at(0).terms] = ref; break;
    case StateKind::kLock: locks_[state.operation] = ref; break;
    case StateKind::kCustody: creates_[state.operation] = ref; break;
    case StateKind::kSuspense: suspends_[state.operation] = ref; break;
    case StateKind::kTombstone: return;  // the ledger keeps tombstones by id
  }
  unconsumed_[ref] = std::move(state);
}

void Vault::consume(const StateRef& ref) {
  const auto it = unconsumed_.find(ref);
  if (it == unconsumed_.end()) std::abort();
  const State& state = it->second;
  count(state, false);
  switch (state.kind) {
    case StateKind::kToken: holdings_[state.account].lots.erase(state.pieces.at(0).terms); break;
    case StateKind::kLock: locks_.erase(state.operation); break;
    case StateKind::kCustody: creates_.erase(state.operation); break;
    case StateKind::kSuspense: suspends_.erase(state.operation); break;
    case StateKind::kTombstone: break;
  }
  unconsumed_.erase(it);
}

const State& Vault::state(const StateRef& ref) const {
  const auto it = unconsumed_.find(ref);
  if (it == unconsumed_.end()) std::abort();
  return it->second;
}

const StateRef* Vault::find(StateKind kind, const OperationId& operation) const {
  const auto& index = kind == StateKind::kLock ? locks_ : kind == StateKind::kCustody ? creates_ : suspends_;
  const auto it = index.find(operation);
  return it == index.end() ? nullptr : &it->second;
}

const Holding* Vault::holding(const AccountId& account) const {
  const auto it = holdings_.find(account);
  return it == holdings_.end() ? nullptr : &it->second;
}

}  // namespace ustp::corda
