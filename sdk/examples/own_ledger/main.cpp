// The contract that every ledger of USTP passes, run on the ledger of this example: one line for each clause.
#include <iostream>

#include "ledger.hpp"
#include "ustp/testing/ledger_contract.hpp"

using namespace ustp;

namespace {

class Prepared final : public testing::LedgerUnderTest {
 public:
  Prepared() { reset(); }
  void reset() override {
    ledger_ = std::make_shared<example::Register>();
    ledger_->open_account(holder(), 10'000, false);  // 1,000 securities, each ten base units here
    ledger_->open_account(other(), 0, false);
    ledger_->open_account(blocked(), 0, true);
  }
  std::unique_ptr<ledger::Driver> connect() override { return example::make_driver(ledger_); }
  ledger::EvidenceVerifier verifier() override { return example::verify; }
  InstrumentId instrument() override { return InstrumentId::literal("US0378331005"); }
  UnitRatio ratio() override { return UnitRatio::make(10, 1, 1).value(); }
  AccountId holder() override { return AccountId::literal("alice"); }
  AccountId other() override { return AccountId::literal("bob"); }
  AccountId blocked() override { return AccountId::literal("carol"); }
  void pump() override {}

 private:
  std::shared_ptr<example::Register> ledger_;
};

}  // namespace

int main() {
  Prepared ledger;
  std::size_t failed = 0;
  const auto results = testing::run_ledger_contract(ledger);
  for (const auto& result : results) {
    failed += !result.passed;
    std::cout << (result.passed ? "ok      " : "FAILED  ") << result.clause;
    if (!result.passed) std::cout << ": " << result.detail;
    std::cout << "\n";
  }
  std::cout << results.size() << " clauses, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}
