#pragma once
// The unconsumed states, indexed for the questions a ledger is asked. One thread at a time.

#include <map>
#include <unordered_map>

#include "adapters/corda/embedded/states.hpp"

namespace ustp::corda {

struct Holding {
  std::map<LotTerms, StateRef> lots;  // the token state of each lot
  Uint128 free = 0, locked = 0, provisional = 0, suspended = 0;
  bool blocked = false;
  token::Capacity capacity = token::Capacity::kClient;
  Uint128 sum() const { return free + locked + provisional + suspended; }
};

class Vault {
 public:
  void open_account(const AccountId& account, token::Capacity capacity, bool blocked);
  void add(const StateRef& ref, State state);
  void consume(const StateRef& ref);              // of a state that is there; another is a bug and terminates
  const State& state(const StateRef& ref) const;  // the same
  // The live lock, create or suspend of this operation, or null.
  const StateRef* find(StateKind kind, const OperationId& operation) const;
  const Holding* holding(const AccountId& account) const;
  const std::map<AccountId, Holding>& holdings() const { return holdings_; }
  Uint128 outstanding() const { return outstanding_; }  // tokens, locked and suspended ones included
  Uint128 provisional() const { return provisional_; }

 private:
  void count(const State& state, bool add);

  std::unordered_map<StateRef, State> unconsumed_;
  std::unordered_map<OperationId, StateRef> locks_, creates_, suspends_;
  std::map<AccountId, Holding> holdings_;
  Uint128 outstanding_ = 0, provisional_ = 0;
};

}  // namespace ustp::corda
