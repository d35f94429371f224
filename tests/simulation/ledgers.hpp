#pragma once
// The three ledgers as the gateways' drivers reach them: questions on their way, answers on their way, and the book
// behind. The CSD and the Ethereum-like chain are books of tests/support/fake_ledger; the Corda-like ledger is the
// embedded one with its notary and its proofs. Each is its own failure domain (decision 10).

#include <deque>
#include <memory>

#include "adapters/corda/embedded/ledger.hpp"
#include "tests/simulation/defects.hpp"
#include "tests/simulation/swarm.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/support/fake_ledger.hpp"

namespace ustp::simulation {

struct Ask {                    // from one run of the gateway
  OperationId id;
  bool execute = false;         // else a query
  Bytes request;                // ledger::request_octets
  std::uint64_t run = 0, epoch = 0;
  Instant due;
};
struct Told {
  std::uint64_t run = 0;
  ledger::Outcome outcome;
  Instant due;
};

class SimLedger {
 public:
  SimLedger(ledger::LedgerProfile profile, UnitRatio ratio) : profile_(std::move(profile)), ratio_(ratio) {}
  virtual ~SimLedger() = default;
  const ledger::LedgerProfile& profile() const { return profile_; }
  const UnitRatio& ratio() const { return ratio_; }
  std::uint64_t per_unit() const { return static_cast<std::uint64_t>(ratio_.to_base(Quantity(1, 0)).value()); }

  void ask(Ask ask, Instant now, Chance& chance);
  // The gateway's run is over: what it sent and was not read is lost, or is not.
  void run_ended(std::uint64_t run, Chance& chance);
  // One thing that the ledger does by itself now; false: nothing is due.
  virtual bool step(Instant now, Chance& chance, Trace& trace);
  virtual Instant next() const;           // when step() may have something to do; INT64_MAX: never
  std::deque<Told>& answers() { return answers_; }

  // What took effect, in order.
  const std::vector<ledger::OperationRequest>& effects() const { return effects_; }
  virtual testing::LedgerPicture picture() = 0;
  virtual bool can_block() const { return false; }
  virtual void block(const AccountId&, bool) {}

 protected:
  virtual ledger::Outcome execute(const Ask& ask, Instant now) = 0;
  virtual ledger::Outcome query(const Ask& ask) = 0;
  virtual bool in_order() const { return true; }   // what one run asks is read in the order in which it was asked
  void answer(std::uint64_t run, ledger::Outcome outcome, Instant now, Chance& chance);

  ledger::LedgerProfile profile_;
  UnitRatio ratio_;
  std::vector<Ask> asked_, copies_;       // copies outlive the run that asked
  std::deque<Told> answers_;
  std::vector<ledger::OperationRequest> effects_;
  std::uint64_t run_ = 0;                 // the newest that asked
 public:
  Defect defect = Defect::kNone;
};

// A book with final effect at once, that refuses an older run's questions (decision 5).
class BookLedger : public SimLedger {
 public:
  BookLedger(ledger::LedgerProfile profile, UnitRatio ratio) : SimLedger(profile, ratio), book_(std::move(profile)) {}
  void deposit(const AccountId& account, Uint128 units) { book_.deposit(account, units); }
  testing::LedgerPicture picture() override { return book_.picture(ratio_); }
  bool can_block() const override { return true; }
  void block(const AccountId& account, bool blocked) override { book_.block(account, blocked); }
  const test::FakeLedger& book() const { return book_; }

 protected:
  ledger::Outcome execute(const Ask& ask, Instant now) override;
  ledger::Outcome query(const Ask& ask) override;
  ledger::Outcome run(const Bytes& request);
  test::FakeLedger book_;
  std::uint64_t epoch_ = 0;
  // A refusal is told when it is asked about. The CSD's holds for the epoch and is no bar to another try; a chain's for
  // ever, because the transaction's nonce is used up.
  std::map<OperationId, ledger::Outcome> refused_;
};

// The same book behind blocks: an effect is final when two blocks stand above it; before, blocks may be dropped and
// their transactions come again in another order.
class ChainLedger final : public BookLedger {
 public:
  using BookLedger::BookLedger;
  bool step(Instant now, Chance& chance, Trace& trace) override;
  Instant next() const override;

 protected:
  ledger::Outcome execute(const Ask& ask, Instant now) override;
  ledger::Outcome query(const Ask& ask) override;
  bool in_order() const override { return false; }

 private:
  static constexpr std::size_t kDepth = 2;
  bool waits(const OperationId& id) const;
  void mine(Instant now, Chance& chance, Trace& trace);
  std::vector<Bytes> pool_;
  std::deque<std::vector<Bytes>> blocks_;   // not final, oldest first
  Instant block_due_{INT64_MAX};
};

// The embedded Corda-like ledger, in memory.
class CordaSimLedger final : public SimLedger {
 public:
  CordaSimLedger(ledger::LedgerProfile profile, UnitRatio ratio, corda::Book book, corda::LedgerParts parts);
  testing::LedgerPicture picture() override;
  const Bytes& notary_spki() const { return ledger_->notary_spki(); }

 protected:
  ledger::Outcome execute(const Ask& ask, Instant now) override;
  ledger::Outcome query(const Ask& ask) override;

 private:
  ledger::Outcome ask_once(const Ask& ask);
  InstrumentId instrument_;
  std::unique_ptr<corda::CordaLedger> ledger_;
  std::set<OperationId> done_;
};

// The driver of one run of a gateway; an intent is the request itself.
class SimDriver final : public ledger::Driver {
 public:
  using Watch = std::function<void(const ledger::Intent&)>;  // sees every execute()
  SimDriver(SimLedger& ledger, std::uint64_t run, const Instant& now, Chance& chance, Watch watch)
      : ledger_(ledger), run_(run), now_(now), chance_(chance), watch_(std::move(watch)) {}
  const ledger::LedgerProfile& profile() const override { return ledger_.profile(); }
  Result<void> start(ledger::OutcomeSink&, std::uint64_t epoch) override {
    epoch_ = epoch;
    return {};
  }
  void stop() override {}
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override;
  void restore(const ledger::Intent&) override {}
  void execute(const ledger::Intent& intent) override;
  void query(const ledger::Intent& intent) override;
  Result<std::vector<token::Position>> positions(const InstrumentId&) override { return std::vector<token::Position>{}; }
  Result<ledger::Supply> supply(const InstrumentId&) override { return ledger::Supply{}; }
  // An outcome as this driver tells it.
  ledger::Outcome translate(ledger::Outcome outcome) const;
  ledger::Intent under_new_key(const ledger::Intent& intent) const;
  Defect lies = Defect::kNone;

 private:
  SimLedger& ledger_;
  std::uint64_t run_, epoch_ = 0;
  const Instant& now_;
  Chance& chance_;
  Watch watch_;
};

}  // namespace ustp::simulation
