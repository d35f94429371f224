// The contract suite against our token on a real Ethereum node.
#include <doctest/doctest.h>

#include "adapters/ethereum/proof/receipt.hpp"
#include "tests/integration/ethereum/anvil.hpp"
#include "ustp/testing/ledger_contract.hpp"

using namespace ustp;

namespace {

class AnvilLedger final : public testing::LedgerUnderTest {
 public:
  explicit AnvilLedger(test::Anvil& anvil) : anvil_(anvil) {}
  void reset() override { token_ = std::make_unique<test::Token>(anvil_); }
  std::unique_ptr<ledger::Driver> connect() override { return token_->connect(); }
  ledger::EvidenceVerifier verifier() override { return ethereum::verify_ethereum_receipt; }
  InstrumentId instrument() override { return test::Token::instrument(); }
  UnitRatio ratio() override { return UnitRatio::make(1'000, 1, 1).value(); }
  AccountId holder() override { return account(token_->holder); }
  AccountId other() override { return account(token_->other); }
  AccountId blocked() override { return account(token_->blocked); }
  void pump() override { anvil_.mine(); }

 private:
  static AccountId account(const test::Address& address) { return AccountId::literal(to_text(address)); }
  test::Anvil& anvil_;
  std::unique_ptr<test::Token> token_;
};

}  // namespace

TEST_CASE("the Ethereum driver and the token contract on anvil keep every clause of the ledger contract") {
  std::string why;
  const auto anvil = test::Anvil::start(why);
  if (!anvil) {
    MESSAGE("SKIPPED: " << why);
    return;
  }
  AnvilLedger ledger(*anvil);
  const auto results = testing::run_ledger_contract(ledger);
  CHECK(results.size() > 30);
  for (const auto& result : results) CHECK_MESSAGE(result.passed, result.clause << ": " << result.detail);
}
