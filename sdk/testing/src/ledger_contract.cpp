#include "ustp/testing/ledger_contract.hpp"

#include "clauses.hpp"

namespace ustp::testing {
namespace {

ContractResult run_clause(Run& run, const Clause& clause, bool late) {
  ContractResult result{clause.words, false, {}};
  if (late) result.clause += " [answers late, twice or unknown]";
  try {
    Bench bench(run, late);
    clause.run(bench);
    bench.close();
    result.passed = true;
  } catch (const Failed& failed) {
    result.detail = failed.what;
  } catch (const std::exception& thrown) {
    result.detail = std::string("an exception crossed the port: ") + thrown.what();
  }
  return result;
}

}  // namespace

std::vector<ContractResult> run_ledger_contract(LedgerUnderTest& ledger, Duration patience) {
  Run run{ledger, patience};
  std::vector<ContractResult> out;
  for (const auto& group : {way_clauses(), refusal_clauses(), restart_clauses()})
    for (const Clause& clause : group) {
      out.push_back(run_clause(run, clause, false));
      if (clause.also_late) out.push_back(run_clause(run, clause, true));
    }
  return out;
}

}  // namespace ustp::testing
