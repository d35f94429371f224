// The embedded CSD behind its driver passes the contract of every ledger, also when it answers late, twice and unknown.
#include <doctest/doctest.h>

#include <thread>

#include "adapters/csd/proof/confirmation.hpp"
#include "tests/unit/csd/rig.hpp"
#include "ustp/testing/ledger_contract.hpp"

namespace {

using namespace ustp;

class CsdUnderTest final : public testing::LedgerUnderTest {
 public:
  explicit CsdUnderTest(csd::embedded::Faults faults) : faults_(faults) {}
  void reset() override {
    rig_.emplace();
    rig_->serve(false, faults_);
  }
  std::unique_ptr<ledger::Driver> connect() override { return rig_->driver(); }
  ledger::EvidenceVerifier verifier() override { return csd::verify_confirmation; }
  InstrumentId instrument() override { return InstrumentId::literal("US0378331005"); }
  UnitRatio ratio() override { return {}; }
  AccountId holder() override { return AccountId::literal("HOLDER"); }
  AccountId other() override { return AccountId::literal("OTHER"); }
  AccountId blocked() override { return AccountId::literal("SHUT"); }
  void pump() override {
    const auto polled = rig_->service->poll();
    REQUIRE(polled.has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the driver's thread reads the outbox meanwhile
  }

 private:
  csd::embedded::Faults faults_;
  std::optional<test::CsdRig> rig_;
};

void check_contract(csd::embedded::Faults faults) {
  CsdUnderTest ledger(faults);
  for (const auto& result : testing::run_ledger_contract(ledger)) {
    CAPTURE(result.clause);
    CAPTURE(result.detail);
    CHECK(result.passed);
  }
}

}  // namespace

TEST_CASE("the CSD keeps the contract of every ledger (USTP-LED-009, USTP-LED-010, USTP-LED-012)") { check_contract({}); }
TEST_CASE("the CSD keeps the contract when it answers late and twice") { check_contract({50, 50, 0}); }
