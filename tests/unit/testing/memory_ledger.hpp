#pragma once
// A ledger in memory that answers at once, right or with one chosen defect: what the contract suite must catch.

#include <map>
#include <set>

#include "ustp/testing/ledger_contract.hpp"

namespace ustp::test {

enum class Defect {
  kNone,
  kSecondEffect,        // an intent executed again takes effect again
  kForgetsTombstone,    // unlock and destroy of ids never seen leave no trace
  kNeverForUnseen,      // says never where it has merely not seen
  kWrongEvidence,       // proves an amount that is not the one moved
  kForgeableEvidence,   // evidence that anybody can alter
  kIgnoresRequestHash,  // answers another request under a used id as if it were the first
  kOverdraws,           // locks are not checked against the balance
  kSharesNoBalance,     // two locks may take the same units
  kBlockedReceives,
  kUnlocksTheGone,      // unlock after extinguish
  kForgetsAtRestart,    // a new connection knows no operation of the one before
  kIgnoresEpoch,
  kInventsOutcomes,
  kRefusalHasEffect,    // a refused create raises the supply
  kLosesWhatWaits,      // provisional units are shown as outstanding
  kRefusalIsForever,    // a refused operation is refused for ever
};

class MemoryLedger {
 public:
  MemoryLedger(Defect defect, bool issuer) : defect_(defect), issuer_(issuer) { reset(); }
  void reset();
  ledger::Outcome run(const ledger::OperationRequest& request, std::uint64_t epoch);
  ledger::Outcome ask(const OperationId& id) const;
  void connected(std::uint64_t epoch);
  std::vector<token::Position> positions() const;
  ledger::Supply supply() const;
  Defect defect() const { return defect_; }
  const ledger::LedgerProfile& profile() const { return profile_; }

  static InstrumentId instrument() { return InstrumentId::literal("US0378331005"); }

 private:
  struct Account {
    Uint128 units = 0, locked = 0;
    bool blocked = false;
  };
  struct Done {
    Hash256 request_hash;
    ledger::Outcome outcome;
    OperationKind kind{};
  };
  bool live(const OperationId& id, OperationKind kind) const;
  Error apply(const ledger::OperationRequest& request);
  Error use_up(const ledger::OperationRequest& request, OperationKind kind);
  Error undo(const ledger::OperationRequest& request, OperationKind kind, bool& live_one);
  Evidence prove(const ledger::OperationRequest& request, const Hash256& hash) const;

  Defect defect_;
  bool issuer_;
  ledger::LedgerProfile profile_;
  std::map<AccountId, Account> accounts_;
  std::map<OperationId, Done> done_;
  std::map<OperationId, Error> refused_;
  std::set<OperationId> ended_, tombstones_;
  Uint128 provisional_ = 0;
  std::uint64_t epoch_ = 0;
};

class MemoryLedgerUnderTest final : public testing::LedgerUnderTest {
 public:
  MemoryLedgerUnderTest(Defect defect, bool issuer) : ledger_(defect, issuer) {}
  void reset() override { ledger_.reset(); }
  std::unique_ptr<ledger::Driver> connect() override;
  ledger::EvidenceVerifier verifier() override;
  InstrumentId instrument() override { return MemoryLedger::instrument(); }
  UnitRatio ratio() override { return UnitRatio::make(10, 1, 1).value(); }
  AccountId holder() override { return AccountId::literal("alice"); }
  AccountId other() override { return AccountId::literal("bob"); }
  AccountId blocked() override { return AccountId::literal("carol"); }
  void pump() override {}

 private:
  MemoryLedger ledger_;
};

}  // namespace ustp::test
