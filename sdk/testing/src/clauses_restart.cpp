// A gateway that crashes and comes back: it has its journal (intents) and must learn the rest from the ledger.
#include "clauses.hpp"

namespace ustp::testing {
namespace {

using enum OperationKind;
using ledger::OutcomeKind;

Books with_lock(Bench& b, std::uint64_t units) {
  auto wanted = b.opening();
  wanted.holdings[b.holder()].free -= b.base(units);
  wanted.holdings[b.holder()].locked += b.base(units);
  return wanted;
}

void learns_by_query(Bench& b) {
  const auto request = b.request(kLock, 300, b.holder());
  const std::vector intents{b.finish(request)};
  b.restart(intents);
  const auto outcome = b.session().settle(intents[0], b.session().query(intents[0]));
  require(outcome.kind == OutcomeKind::kFinal, "a new driver must learn that the operation is final");
  b.check_evidence(outcome, request);
  b.expect(with_lock(b, 300), "after a restart and a query");
}

void learns_by_execution(Bench& b) {
  const auto request = b.request(kLock, 300, b.holder());
  const std::vector intents{b.finish(request)};
  b.restart(intents);
  b.finish(intents[0], request);
  b.expect(with_lock(b, 300), "after a restart and the same intent again");
  const auto again = b.finish(b.request(kExtinguish, 300, b.holder(), request.id));
  require(again.id != request.id, "ids repeat");
}

void crash_before_the_answer(Bench& b) {
  const auto request = b.request(kLock, 300, b.holder());
  const std::vector intents{b.session().prepare(request)};
  b.session().execute(intents[0]);
  b.restart(intents);  // nobody heard whether it took effect
  auto outcome = b.session().settle(intents[0], b.session().query(intents[0]));
  require(outcome.kind == OutcomeKind::kFinal, "an operation under way at the crash must end");
  b.check_evidence(outcome, request);
  b.expect(with_lock(b, 300), "after a crash between execute and answer");
}

void crash_before_execute(Bench& b) {
  const std::vector requests{b.request(kLock, 300, b.holder()), b.request(kLock, 200, b.holder())};
  std::vector<ledger::Intent> intents;
  for (const auto& request : requests) intents.push_back(b.session().prepare(request));
  b.restart(intents);
  for (std::size_t i = 0; i < intents.size(); ++i) b.finish(intents[i], requests[i]);
  const auto third = b.request(kLock, 100, b.holder());
  b.finish(third);
  b.expect(with_lock(b, 600), "after intents of the run before were executed, and one more");
}

void tombstones_outlive_a_restart(Bench& b) {
  const auto late = b.request(kLock, 300, b.holder());
  const std::vector intents{b.finish(b.request(kUnlock, 300, b.holder(), late.id))};
  b.restart(intents);
  b.never(late);
}

void conflicts_outlive_a_restart(Bench& b) {
  const auto first = b.request(kLock, 300, b.holder());
  const std::vector intents{b.finish(first)};
  b.restart(intents);
  auto other = first;
  other.transfer.mutable_octets()[0] ^= 1;
  b.refused(other, Code::operation_conflict);
}

void older_epoch_is_fenced(Bench& b) {
  if (!b.run().ledger.checks_epoch()) return;
  Session& old = b.session();
  const auto request = b.request(kLock, 300, b.holder());
  const auto intent = old.prepare(request);
  {
    Session newer(b, {});
    const auto seen = b.request(kLock, 100, b.holder());
    const auto first = newer.prepare(seen);
    require(newer.settle(first, newer.execute(first)).kind == OutcomeKind::kFinal, "the newer driver cannot work");
    old.execute(intent);
    const auto more = b.request(kLock, 50, b.holder());
    const auto second = newer.prepare(more);
    require(newer.settle(second, newer.execute(second)).kind == OutcomeKind::kFinal, "the newer driver is held up");
    b.check_answers(newer);
  }
  for (const auto& outcome : old.recorder().since(0))
    require(outcome.id != intent.id || outcome.kind != OutcomeKind::kFinal, "an older epoch's operation took effect");
  b.restart({});
  b.expect(with_lock(b, 150), "after an older epoch tried to lock");
}

constexpr Clause kClauses[] = {
    {"after a restart a query tells what the operation became", learns_by_query, true},
    {"after a restart the same intent has no second effect", learns_by_execution, true},
    {"an operation under way at a crash ends, with one effect", crash_before_the_answer, true},
    {"intents that were prepared before a crash can be executed after it", crash_before_execute, false},
    {"a tombstone outlives a restart", tombstones_outlive_a_restart, false},
    {"an operation conflict is known after a restart", conflicts_outlive_a_restart, false},
    {"a driver with an older epoch is fenced", older_epoch_is_fenced, false},
};

}  // namespace

std::span<const Clause> restart_clauses() { return kClauses; }

}  // namespace ustp::testing
