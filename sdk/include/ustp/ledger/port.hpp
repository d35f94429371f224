#pragma once
// The port behind which every ledger stands (decisions 6 to 10). Two steps: prepare() gives intent octets, which the
// caller makes durable; execute() starts them and returns at once. Outcomes come back through the OutcomeSink, in any
// order, any number of times.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "ustp/domain/ledger_profile.hpp"
#include "ustp/domain/operation.hpp"
#include "ustp/token/token.hpp"

namespace ustp::ledger {

struct OperationRequest {
  OperationId id;
  OperationKind kind{};
  OperationId related;       // unlock, extinguish: the lock; assign, destroy, suspend: the create; release: the suspend
  TransferId transfer;
  InstrumentId instrument;
  Quantity quantity;         // in security units
  Uint128 base_units = 0;    // the same in the ledger's base units
  AccountId account;         // lock, unlock, extinguish: the holder; create, destroy: custody; else the beneficiary
  std::vector<token::Lot> lots;
};
// Canonical octets whose SHA-256 the operation id is bound to ("request hash", decision 7).
Bytes request_octets(const OperationRequest& request);

// What prepare() made: everything execute() needs, opaque to the caller, journalled before it is executed.
struct Intent {
  OperationId id;
  Bytes octets;
};

enum class OutcomeKind : std::uint8_t {
  kPending = 1,   // accepted by the ledger, not final
  kFinal = 2,     // took effect and is final; carries evidence
  kRejected = 3,  // the ledger refused it and proves that it had no effect under this id so far; `error` says why
  kUnknown = 4,   // cannot be told now; ask again. "Not seen" is this, never kNever (decision 8)
  kNever = 5,     // proven never to take effect: nonce consumed by another, or id tombstoned
};
struct Outcome {
  OperationId id;
  OutcomeKind kind{};
  Evidence evidence;  // kFinal
  Error error;        // kRejected; kNever when there is more to say than that
};

// Implementations are thread-safe and return at once.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  virtual void on_outcome(Outcome outcome) = 0;
  // Several that came together. A sink that pays for every call takes them at once.
  virtual void on_outcomes(std::vector<Outcome> outcomes) {
    for (auto& outcome : outcomes) on_outcome(std::move(outcome));
  }
};

struct Supply {
  InstrumentId instrument;
  Uint128 outstanding = 0;  // rights on this ledger in base units; provisional units and the backing account excluded
  Uint128 provisional = 0;  // created, not yet assigned
  Uint128 backing = 0;      // issuer ledger: in backing accounts
};

// One ledger. prepare() and restore() are called by one thread (the engine's); execute() and query() return
// at once and may be called by that thread at any time; positions() and supply() may block and are called by others.
// After start() every outcome goes to the sink from any thread.
class Driver {
 public:
  virtual ~Driver() = default;
  virtual const LedgerProfile& profile() const = 0;
  virtual Result<void> start(OutcomeSink& sink, std::uint64_t fencing_epoch) = 0;
  virtual void stop() = 0;

  // Errors: a request the ledger can never express (Code::inexact_ratio, out_of_range …).
  virtual Result<Intent> prepare(const OperationRequest& request) = 0;
  // An intent read back at start, before start(); keeps nonce allocators right. All there were since the newest snapshot,
  // in order; of those before it the ones still open and the last.
  virtual void restore(const Intent& intent) = 0;
  virtual void execute(const Intent& intent) = 0;
  // All that one durable block asks for, in order. A ledger that batches (one notary signature, one block) takes them
  // at once.
  virtual void execute_all(std::span<const Intent> intents) {
    for (const auto& intent : intents) execute(intent);
  }
  virtual void query(const Intent& intent) = 0;  // answers through the sink, kUnknown included

  virtual Result<std::vector<token::Position>> positions(const InstrumentId& instrument) = 0;
  virtual Result<Supply> supply(const InstrumentId& instrument) = 0;
};

// Reads what an evidence proves under an anchor; one implementation per EvidenceKind (adapters/*/proof). Pure.
using EvidenceVerifier = std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)>;

}  // namespace ustp::ledger
