// The contract suite passes right ledgers and catches each of the wrong ones.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/testing/memory_ledger.hpp"

using namespace ustp;
using test::Defect;

namespace {

std::vector<testing::ContractResult> failures(Defect defect, bool issuer) {
  test::MemoryLedgerUnderTest ledger(defect, issuer);
  auto results = testing::run_ledger_contract(ledger, Duration::milliseconds(200));
  CHECK(results.size() > 30);
  std::erase_if(results, [](const auto& result) { return result.passed; });
  return results;
}

bool caught(const std::vector<testing::ContractResult>& failures, std::string_view words) {
  return std::any_of(failures.begin(), failures.end(),
                     [&](const auto& one) { return one.detail.find(words) != std::string::npos; });
}

class Counter final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override { kinds.push_back(outcome.kind); }
  std::vector<ledger::OutcomeKind> kinds;
};

}  // namespace

TEST_CASE("a right ledger passes every clause, as issuer ledger and as any other") {
  for (const bool issuer : {true, false})
    for (const auto& failed : failures(Defect::kNone, issuer)) FAIL_CHECK(failed.clause << ": " << failed.detail);
}

TEST_CASE("each defect is caught, for its own reason") {
  struct Row {
    Defect defect;
    const char* words;
  };
  const Row rows[] = {
      {Defect::kSecondEffect, "after one lock was executed three times"},
      {Defect::kForgetsTombstone, "a tombstoned operation must never take effect"},
      {Defect::kNeverForUnseen, "not seen is not never"},
      {Defect::kWrongEvidence, "the evidence proves another amount"},
      {Defect::kForgeableEvidence, "an altered evidence proves another operation"},
      {Defect::kIgnoresRequestHash, "in answer to another request under this id"},
      {Defect::kOverdraws, "must be rejected as insufficient_available"},
      {Defect::kSharesNoBalance, "must be rejected as insufficient_available"},
      {Defect::kBlockedReceives, "must be rejected as account_blocked"},
      {Defect::kUnlocksTheGone, "must be rejected as lock_missing"},
      {Defect::kForgetsAtRestart, "after a restart"},
      {Defect::kIgnoresEpoch, "an older epoch's operation took effect"},
      {Defect::kInventsOutcomes, "an operation nobody asked about"},
      {Defect::kRefusalHasEffect, "after a refused create"},
      {Defect::kLosesWhatWaits, "outstanding is"},
      {Defect::kRefusalIsForever, "must become final, but is rejected"},
  };
  for (const auto& row : rows) {
    const auto failed = failures(row.defect, true);
    std::string seen;
    for (const auto& one : failed) seen += one.clause + ": " + one.detail + "\n";
    CAPTURE(seen);
    CAPTURE(row.words);
    CHECK(caught(failed, row.words));
  }
}

TEST_CASE("answer_late holds back, doubles and hides answers, the same for the same seed") {
  const auto run = [](std::uint64_t seed) {
    test::MemoryLedgerUnderTest ledger(Defect::kNone, false);
    auto driver = testing::answer_late(ledger.connect(), {}, seed);
    Counter counter;
    REQUIRE(driver->start(counter, 1));
    std::size_t at_once = 0;
    for (int i = 0; i < 200; ++i) {
      ledger::OperationRequest request;
      request.id.mutable_octets()[0] = static_cast<std::uint8_t>(i);
      request.kind = OperationKind::kLock;
      request.account = ledger.holder();
      request.base_units = 1;
      driver->execute(*driver->prepare(request));
    }
    at_once = counter.kinds.size();
    CHECK(at_once < 200);
    driver->pump();
    driver->pump();
    CHECK(counter.kinds.size() == at_once);  // held back for three pumps, a second one for four
    for (int i = 0; i < 4; ++i) driver->pump();
    CHECK(counter.kinds.size() > 200);
    CHECK(std::count(counter.kinds.begin(), counter.kinds.end(), ledger::OutcomeKind::kUnknown) > 20);
    driver->stop();
    return counter.kinds;
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}
