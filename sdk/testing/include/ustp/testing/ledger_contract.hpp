#pragma once
// The contract that every adapter passes, embedded or real (decisions 6 to 10): an author of a ledger adapter gives a
// LedgerUnderTest and gets a verdict for each clause. No test framework is needed.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ustp/ledger/port.hpp"

namespace ustp::testing {

// The ledger as the suite needs it prepared. After reset(): `holder` has 1,000 security units available, `other` is
// open and empty, `blocked` is an account that can neither lock nor receive; an issuer ledger's backing account holds
// 500 units. Account and instrument ids stay the same over resets.
class LedgerUnderTest {
 public:
  virtual ~LedgerUnderTest() = default;
  virtual void reset() = 0;
  // A driver on the same ledger, not started: called again, it plays a gateway that was restarted.
  virtual std::unique_ptr<ledger::Driver> connect() = 0;
  virtual ledger::EvidenceVerifier verifier() = 0;
  virtual InstrumentId instrument() = 0;
  virtual UnitRatio ratio() = 0;            // security units to base units of this ledger; scale 0
  virtual AccountId holder() = 0;
  virtual AccountId other() = 0;
  virtual AccountId blocked() = 0;
  // Lets the ledger go on (mine a block, poll a folder) while the suite waits; may sleep for some milliseconds.
  virtual void pump() = 0;
  // false: the ledger cannot know epochs (a public chain); then an older driver is fenced elsewhere.
  virtual bool checks_epoch() { return true; }
};

struct ContractResult {
  std::string clause;   // what must hold, in words
  bool passed = false;
  std::string detail;   // what was seen when it does not
};
// Runs every clause, each on a freshly reset ledger, those where it matters a second time behind answer_late().
// `patience` bounds the wait for one outcome.
std::vector<ContractResult> run_ledger_contract(LedgerUnderTest& ledger, Duration patience = Duration::seconds(20));

// A driver around another one that answers late, twice and `unknown`, as the random source says; what is in force
// is never changed, only how the outcomes arrive. Wraps any driver in tests.
struct LateAnswers {
  std::uint32_t unknown_percent = 30, twice_percent = 30, late_percent = 50;
  std::uint32_t late_pumps = 3;             // how many pumps a late one is held back
};
class LateDriver : public ledger::Driver {
 public:
  virtual void pump() = 0;                  // lets held outcomes pass
};
std::unique_ptr<LateDriver> answer_late(std::unique_ptr<ledger::Driver> driver, LateAnswers how, std::uint64_t seed);

}  // namespace ustp::testing
