// The ledger contract on the Corda-like ledger: in process, over TCP, with a faulty server, with a store.
#include <unistd.h>

#include <filesystem>

#include "tests/contract/corda/fixture.hpp"
#include "ustp/testing/ledger_contract.hpp"

using namespace ustp;

namespace {

enum class Way { kInProcess, kTcp, kTcpFaulty, kStore };

class CordaUnderTest final : public testing::LedgerUnderTest {
 public:
  explicit CordaUnderTest(Way way) : way_(way) {}
  ~CordaUnderTest() override { std::filesystem::remove_all(folder_); }

  void reset() override {
    served_.reset();
    if (way_ == Way::kStore) {
      ledger_.reset();
      std::filesystem::remove_all(folder_);
      std::filesystem::create_directories(folder_);
      ledger_ = test::make_corda(corda::Store::open((folder_ / "ledger.db").string()).value());
      return;
    }
    ledger_ = test::make_corda();
    if (way_ == Way::kTcp) served_ = std::make_unique<test::ServedLedger>(ledger_, corda::Faults{});
    if (way_ == Way::kTcpFaulty) served_ = std::make_unique<test::ServedLedger>(ledger_, corda::Faults{30, 30, 30, 5});
  }
  std::unique_ptr<ledger::Driver> connect() override {
    corda::CordaOptions options;
    options.profile = test::corda_profile(ledger_->notary_spki());
    if (served_) options.endpoint = served_->endpoint();
    else options.ledger = ledger_;
    return corda::make_corda_driver(std::move(options)).value();
  }
  ledger::EvidenceVerifier verifier() override { return corda::make_tear_off_verifier(cache_); }
  InstrumentId instrument() override { return test::kIsin; }
  UnitRatio ratio() override { return UnitRatio::make(10, 1, 1).value(); }
  AccountId holder() override { return AccountId::literal("alice"); }
  AccountId other() override { return AccountId::literal("bob"); }
  AccountId blocked() override { return AccountId::literal("carol"); }
  void pump() override {}

 private:
  Way way_;
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("ustp-corda-" + std::to_string(::getpid()));
  std::shared_ptr<corda::CordaLedger> ledger_;
  std::unique_ptr<test::ServedLedger> served_;
  std::shared_ptr<corda::SignatureCache> cache_ = std::make_shared<corda::SignatureCache>();
};

void check(Way way) {
  CordaUnderTest ledger(way);
  for (const auto& result : testing::run_ledger_contract(ledger, Duration::seconds(10))) {
    CAPTURE(result.clause);
    CHECK_MESSAGE(result.passed, result.detail);
  }
}

}  // namespace

TEST_CASE("the Corda-like ledger keeps the contract in process (USTP-LED-009, USTP-LED-010, USTP-LED-012, USTP-LED-013)") { check(Way::kInProcess); }
TEST_CASE("the Corda-like ledger keeps the contract over TCP") { check(Way::kTcp); }
TEST_CASE("the Corda-like ledger keeps the contract over TCP when it answers late, twice and unknown") {
  check(Way::kTcpFaulty);
}
TEST_CASE("the Corda-like ledger keeps the contract with a store") { check(Way::kStore); }
