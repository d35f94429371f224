#pragma once
// A ledger in memory behind the real port: the semantics every adapter must have, without a wire. Its evidence is the
// plain facts; proofs are the adapters' business.

#include <deque>
#include <map>
#include <set>

#include "ustp/crypto/crypto.hpp"
#include "ustp/ledger/port.hpp"
#include "ustp/testing/invariants.hpp"

namespace ustp::test {

class FakeLedger {  // survives the gateway's crashes: its own failure domain (decision 10)
 public:
  explicit FakeLedger(ledger::LedgerProfile profile) : profile_(std::move(profile)) {}

  void deposit(const AccountId& account, Uint128 units);  // an act of the issuer
  void block(const AccountId& account, bool blocked) { accounts_[account].blocked = blocked; }
  // The next request of this kind is refused, as if an authority had come between.
  void refuse_next(OperationKind kind, Code code) { refusals_[kind] = code; }
  // Runs a request; the same id again gives the same answer, with another body operation_conflict.
  ledger::Outcome run(const ledger::OperationRequest& request);
  // What became of it; kUnknown when it was never seen (decision 8).
  ledger::Outcome ask(const OperationId& id) const;

  // A broken ledger, for whoever shows that it is noticed.
  void forget(const OperationId& id) { done_.erase(id); }
  void forget_tombstone(const OperationId& id) { tombstones_.erase(id), ended_.erase(id); }

  Uint128 units(const AccountId& account) const;
  Uint128 supply() const;          // rights: everything but custody
  Uint128 custody() const;         // the backing account on an issuer ledger; provisional units elsewhere
  // Requests wait here between prepare() and execute(): an intent's octets are the operation id alone.
  std::map<OperationId, ledger::OperationRequest> mailbox;
  std::size_t effects() const { return effects_; }  // operations that changed something
  // What the ledger says of itself, for the identities of spec/02.
  testing::LedgerPicture picture(const UnitRatio& ratio) const;
  const std::vector<testing::Entry>& entries() const { return entries_; }  // every booking, in order
  // Units of each transfer that left this ledger, and that came to rest on it.
  std::map<TransferId, Uint128> units_of(std::initializer_list<OperationKind> kinds) const;
  const ledger::LedgerProfile& profile() const { return profile_; }

 private:
  struct Account {
    Uint128 units = 0, locked = 0;
    bool blocked = false;
  };
  struct Done {
    Hash256 request_hash;
    ledger::Outcome outcome;
    ledger::OperationRequest request;
  };
  Error apply(const ledger::OperationRequest& request);
  void book(const AccountId& account, bool credit, Uint128 units, testing::EntryCause cause);
  bool live(const OperationId& id, OperationKind kind) const;

  ledger::LedgerProfile profile_;
  std::map<AccountId, Account> accounts_;
  std::map<OperationId, Done> done_;
  std::set<OperationId> ended_;     // locks, creates and suspends that were used up or undone
  std::set<OperationId> tombstones_;
  std::vector<testing::Entry> entries_;
  std::map<OperationKind, Code> refusals_;
  Uint128 earmarked_ = 0;
  std::size_t effects_ = 0;
};

Result<ProvenOperation> prove_fake(const Evidence& evidence, const LedgerAnchor& anchor);

// The driver of one gateway run; outcomes wait in a queue until the world delivers them.
class FakeDriver final : public ledger::Driver {
 public:
  explicit FakeDriver(FakeLedger& ledger) : ledger_(ledger) {}
  const ledger::LedgerProfile& profile() const override { return ledger_.profile(); }
  Result<void> start(ledger::OutcomeSink&, std::uint64_t) override { return {}; }
  void stop() override {}
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override;
  void restore(const ledger::Intent&) override {}
  void execute(const ledger::Intent& intent) override;
  void query(const ledger::Intent& intent) override;
  Result<std::vector<token::Position>> positions(const InstrumentId&) override { return std::vector<token::Position>{}; }
  Result<ledger::Supply> supply(const InstrumentId&) override { return ledger::Supply{}; }

  std::deque<ledger::Outcome> outcomes;

 private:
  FakeLedger& ledger_;
};

}  // namespace ustp::test
