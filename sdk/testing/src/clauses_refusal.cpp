// What must be refused, with which reason, and without any effect.
#include "clauses.hpp"

namespace ustp::testing {
namespace {

using enum OperationKind;

void unlock_tombstones(Bench& b) {
  const auto late = b.request(kLock, 300, b.holder());
  b.finish(b.request(kUnlock, 300, b.holder(), late.id));
  b.expect(b.opening(), "after the unlock of a lock never seen");
  b.never(late);
  b.refused(b.request(kExtinguish, 300, b.holder(), late.id), Code::lock_missing);
}

void destroy_tombstones(Bench& b) {
  const auto late = b.request(kCreate, 200, b.custody());
  b.finish(b.request(kDestroy, 200, b.custody(), late.id));
  b.expect(b.opening(), "after the destroy of a create never seen");
  b.never(late);
  b.refused(b.request(kAssign, 200, b.other(), late.id), Code::lock_missing);
}

void undo_after_refusal(Bench& b) {
  const auto locked = b.request(kLock, 1001, b.holder());
  b.refused(locked, Code::insufficient_available);
  b.finish(b.request(kUnlock, 1001, b.holder(), locked.id));
  b.never(locked);
  if (!b.issuer()) return;
  const auto created = b.request(kCreate, 501, b.custody());
  b.refused(created, Code::insufficient_available);
  b.finish(b.request(kDestroy, 501, b.custody(), created.id));
  b.never(created);
}

void unseen_is_unknown(Bench& b) {
  const auto request = b.request(kLock, 300, b.holder());
  const auto intent = b.session().prepare(request);
  const auto answer = b.session().first_answer(intent, b.session().query(intent));
  require(answer.kind == ledger::OutcomeKind::kUnknown,
          "an operation never executed must be unknown: not seen is not never, and nothing else is true");
  b.expect(b.opening(), "after a query");
  b.finish(intent, request);
}

void another_request_conflicts(Bench& b) {
  const auto first = b.request(kLock, 300, b.holder());
  const auto intent = b.finish(first);
  auto wanted = b.books();
  auto more = first;
  more.quantity = Quantity(400, 0);
  more.base_units = b.base(400);
  more.lots.front().quantity = more.quantity;
  b.refused(more, Code::operation_conflict);
  auto elsewhere = first;
  elsewhere.transfer.mutable_octets()[0] ^= 1;
  b.refused(elsewhere, Code::operation_conflict);
  // Late answers to the refused ones carry the same id: let them pass before the first is asked again.
  for (int i = 0; i < 50; ++i) b.session().pump();
  b.finish(intent, first);
  b.expect(wanted, "after other requests came under a used id");
}

void no_more_than_available(Bench& b) {
  b.refused(b.request(kLock, 1001, b.holder()), Code::insufficient_available);
  b.refused(b.request(kLock, 1, b.other()), Code::insufficient_available);
  if (b.issuer()) b.refused(b.request(kCreate, 501, b.custody()), Code::insufficient_available);
}

void two_locks_share_a_balance(Bench& b) {
  b.finish(b.request(kLock, 600, b.holder()));
  b.refused(b.request(kLock, 401, b.holder()), Code::insufficient_available);
  b.finish(b.request(kLock, 400, b.holder()));
  auto wanted = b.opening();
  wanted.holdings[b.holder()].locked = wanted.holdings[b.holder()].free;
  wanted.holdings[b.holder()].free = 0;
  b.expect(wanted, "after two locks took the whole balance");
}

void created_share_the_backing(Bench& b) {
  if (!b.issuer()) return;
  b.finish(b.request(kCreate, 300, b.custody()));
  b.refused(b.request(kCreate, 201, b.custody()), Code::insufficient_available);
}

void blocked_account(Bench& b) {
  b.refused(b.request(kLock, 1, b.blocked()), Code::account_blocked);
  const auto created = b.finish(b.request(kCreate, 200, b.custody()));
  b.refused(b.request(kAssign, 200, b.blocked(), created.id), Code::account_blocked);
  const auto suspended = b.finish(b.request(kSuspend, 200, b.blocked(), created.id));  // decision 16
  b.refused(b.request(kRelease, 200, b.blocked(), suspended.id), Code::account_blocked);
}

void refused_then_possible(Bench& b) {
  const auto first = b.finish(b.request(kLock, 1000, b.holder()));
  const auto second = b.request(kLock, 500, b.holder());
  b.refused(second, Code::insufficient_available);
  b.finish(b.request(kUnlock, 1000, b.holder(), first.id));
  b.finish(second);  // a refusal says "no effect so far"; it is not a tombstone
}

void used_up_locks(Bench& b) {
  const auto gone = b.finish(b.request(kLock, 300, b.holder()));
  b.finish(b.request(kExtinguish, 300, b.holder(), gone.id));
  b.refused(b.request(kUnlock, 300, b.holder(), gone.id), Code::lock_missing);
  b.refused(b.request(kExtinguish, 300, b.holder(), gone.id), Code::lock_missing);
  const auto free = b.finish(b.request(kLock, 300, b.holder()));
  b.finish(b.request(kUnlock, 300, b.holder(), free.id));
  b.refused(b.request(kExtinguish, 300, b.holder(), free.id), Code::lock_missing);
  b.refused(b.request(kUnlock, 300, b.holder(), free.id), Code::lock_missing);
  b.refused(b.request(kExtinguish, 300, b.holder(), b.fresh_id(kLock)), Code::lock_missing);
}

void used_up_creates(Bench& b) {
  const auto given = b.finish(b.request(kCreate, 100, b.custody()));
  b.finish(b.request(kAssign, 100, b.other(), given.id));
  b.refused(b.request(kAssign, 100, b.other(), given.id), Code::lock_missing);
  b.refused(b.request(kSuspend, 100, b.other(), given.id), Code::lock_missing);
  b.refused(b.request(kDestroy, 100, b.custody(), given.id), Code::lock_missing);
  const auto undone = b.finish(b.request(kCreate, 100, b.custody()));
  b.finish(b.request(kDestroy, 100, b.custody(), undone.id));
  b.refused(b.request(kAssign, 100, b.other(), undone.id), Code::lock_missing);
  b.refused(b.request(kDestroy, 100, b.custody(), undone.id), Code::lock_missing);
  b.refused(b.request(kAssign, 100, b.other(), b.fresh_id(kCreate)), Code::lock_missing);
  const auto waiting = b.finish(b.request(kCreate, 100, b.custody()));
  const auto suspended = b.finish(b.request(kSuspend, 100, b.other(), waiting.id));
  b.refused(b.request(kAssign, 100, b.other(), waiting.id), Code::lock_missing);
  b.finish(b.request(kRelease, 100, b.other(), suspended.id));
  b.refused(b.request(kRelease, 100, b.other(), suspended.id), Code::lock_missing);
  b.refused(b.request(kRelease, 100, b.other(), b.fresh_id(kSuspend)), Code::lock_missing);
}

void a_lock_is_not_a_create(Bench& b) {
  const auto lock = b.finish(b.request(kLock, 100, b.holder()));
  const auto created = b.finish(b.request(kCreate, 100, b.custody()));
  b.refused(b.request(kAssign, 100, b.other(), lock.id), Code::lock_missing);
  b.refused(b.request(kExtinguish, 100, b.holder(), created.id), Code::lock_missing);
  b.refused(b.request(kRelease, 100, b.other(), created.id), Code::lock_missing);
}

constexpr Clause kClauses[] = {
    {"unlock of a lock never seen tombstones it: a late execute never takes effect", unlock_tombstones, true},
    {"unlock of a refused lock, destroy of a refused create: a copy that comes late never takes effect",
     undo_after_refusal, true},
    {"destroy of a create never seen tombstones it: a late execute never takes effect", destroy_tombstones, true},
    {"query of an intent never executed says unknown, not never", unseen_is_unknown, false},
    {"another request under a used id is an operation_conflict without effect", another_request_conflicts, true},
    {"a lock above the available balance is refused", no_more_than_available, true},
    {"two locks on one account cannot exceed it", two_locks_share_a_balance, true},
    {"two creates cannot exceed the backing balance", created_share_the_backing, false},
    {"a blocked account can neither lock nor receive; its units are suspended", blocked_account, true},
    {"a refused operation can take effect later", refused_then_possible, false},
    {"a lock that was extinguished or undone cannot be used again", used_up_locks, false},
    {"a create that was assigned, suspended or undone cannot be used again", used_up_creates, false},
    {"an operation of one kind cannot stand in for another", a_lock_is_not_a_create, false},
};

}  // namespace

std::span<const Clause> refusal_clauses() { return kClauses; }

}  // namespace ustp::testing
