#pragma once
// The contract of the ledger: which states an operation consumes and makes, or why it may not. Pure.

#include <unordered_set>

#include "adapters/corda/embedded/vault.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::corda {

struct PlanView {
  const Vault& vault;
  const InstrumentId& instrument;
  const AccountId& suspense;
  std::function<bool(const OperationId&)> seen;  // took effect, or is tombstoned
  Instant now;
};
// Errors: quantity_zero, unknown_instrument, lots_sum, inexact_ratio, account_blocked, insufficient_available,
// lot_locked, lock_missing, overflow, ledger_rejected (not the units or account of the lock or create it refers to).
Result<Draft> plan(const PlanView& view, const ledger::OperationRequest& request);

}  // namespace ustp::corda
