#include "adapters/csd/embedded/rules.hpp"

namespace ustp::csd::embedded {
namespace {

Verdict refused(Code reason) { return {false, reason}; }

// The operation that an instruction builds on.
struct Base {
  bool live = false;   // took effect, of the kind that is needed, not used up
  bool over = false;   // used up, undone or tombstoned
  Booked booked;       // when it took effect
};
Result<Base> base_of(Store& store, const OperationId& id, OperationKind wanted) {
  Base out;
  USTP_TRY(const auto found, store.operation(id));
  USTP_TRY(const bool tombstoned, store.is_tombstoned(id));
  out.over = tombstoned || (found && found->ended);
  if (found) out.booked = *found;
  out.live = found && found->kind == wanted && !out.over;
  return out;
}

// Only the whole of what was locked, earmarked or suspended is ever undone or delivered.
bool same_units(const Base& base, const iso::Operation& o) { return base.booked.units == o.units.units(); }

Result<Verdict> lock(Store& store, const iso::Operation& o, Account account) {
  if (account.blocked) return refused(Code::account_blocked);
  if (account.units - account.locked - account.provisional < o.units.units()) return refused(Code::insufficient_available);
  account.locked += o.units.units();
  USTP_CHECK(store.save(account));
  return Verdict{};
}

// Undo of a lock or of an earmark. An id never seen is tombstoned all the same: it can then never take effect.
Result<Verdict> undo(Store& store, const iso::Operation& o, Account account) {
  const bool unlock = o.kind == OperationKind::kUnlock;
  USTP_TRY(const auto base, base_of(store, o.related, unlock ? OperationKind::kLock : OperationKind::kCreate));
  if (base.over) return refused(Code::lock_missing);
  if (base.live) {
    if (!same_units(base, o) || base.booked.account != o.account) return refused(Code::lock_missing);
    (unlock ? account.locked : account.provisional) -= o.units.units();
    USTP_CHECK(store.save(account));
    USTP_CHECK(store.end(o.related));
  }
  USTP_CHECK(store.tombstone(o.related));
  return Verdict{};
}

Result<Verdict> extinguish(Store& store, const iso::Operation& o, Account account, Account backing) {
  USTP_TRY(const auto base, base_of(store, o.related, OperationKind::kLock));
  if (!base.live || !same_units(base, o) || base.booked.account != o.account) return refused(Code::lock_missing);
  if (account.id == backing.id) return refused(Code::unknown_account);
  const auto received = checked_add(backing.units, o.units.units());
  if (!received) return refused(Code::overflow);
  account.locked -= o.units.units();
  account.units -= o.units.units();
  backing.units = *received;
  USTP_CHECK(store.save(account));
  USTP_CHECK(store.save(backing));
  USTP_CHECK(store.end(o.related));
  return Verdict{};
}

Result<Verdict> earmark(Store& store, const iso::Operation& o, Account backing) {
  if (backing.units - backing.locked - backing.provisional < o.units.units()) return refused(Code::insufficient_available);
  backing.provisional += o.units.units();
  USTP_CHECK(store.save(backing));
  return Verdict{};
}

// Delivery of what was earmarked (assign, suspend) or suspended (release) to `to`.
Result<Verdict> deliver(Store& store, const iso::Operation& o, Account from, Account to) {
  const bool release = o.kind == OperationKind::kRelease;
  USTP_TRY(const auto base, base_of(store, o.related, release ? OperationKind::kSuspend : OperationKind::kCreate));
  if (!base.live || !same_units(base, o)) return refused(Code::lock_missing);
  if (release && base.booked.account != o.account) return refused(Code::lock_missing);  // recorded for somebody else
  // Suspense is where units of a blocked beneficiary wait; every other delivery needs an open account.
  if (o.kind != OperationKind::kSuspend && to.blocked) return refused(Code::account_blocked);
  if (from.id == to.id) return refused(Code::unknown_account);
  const auto received = checked_add(to.units, o.units.units());
  if (!received) return refused(Code::overflow);
  from.units -= o.units.units();
  if (!release) from.provisional -= o.units.units();
  to.units = *received;
  USTP_CHECK(store.save(from));
  USTP_CHECK(store.save(to));
  USTP_CHECK(store.end(o.related));
  return Verdict{};
}

// The accounts an instruction names must be the ones this book has for that purpose.
bool names_own_accounts(const Book& book, const iso::Operation& o) {
  switch (o.kind) {
    case OperationKind::kLock:
    case OperationKind::kUnlock: return true;
    case OperationKind::kExtinguish:
    case OperationKind::kAssign: return o.counter == book.custody;
    case OperationKind::kCreate:
    case OperationKind::kDestroy: return o.account == book.custody;
    case OperationKind::kSuspend: return o.counter == book.custody && o.suspense == book.suspense;
    case OperationKind::kRelease: return o.counter == book.suspense;
  }
  return false;
}

Result<Verdict> run(Store& store, const iso::Operation& o) {
  const Book& book = store.book();
  if (o.ledger != book.ledger) return refused(Code::unknown_ledger);
  if (o.instrument != book.instrument) return refused(Code::unknown_instrument);
  if (o.units.scale() != book.scale) return refused(Code::scale_mismatch);
  if (o.units.is_zero()) return refused(Code::quantity_zero);
  if (!names_own_accounts(book, o)) return refused(Code::unknown_account);
  USTP_TRY(const auto account, store.account(o.account));
  const bool undoes = o.kind == OperationKind::kUnlock || o.kind == OperationKind::kDestroy;
  // An account that is not there never had anything to undo; its operation is tombstoned all the same.
  if (!account && !undoes) return refused(Code::unknown_account);
  std::optional<Account> counter;
  if (!o.counter.empty()) {
    USTP_TRY(counter, store.account(o.counter));
    if (!counter) return refused(Code::unknown_account);
  }
  switch (o.kind) {
    case OperationKind::kLock: return lock(store, o, *account);
    case OperationKind::kUnlock:
    case OperationKind::kDestroy: return undo(store, o, account.value_or(Account{}));
    case OperationKind::kExtinguish: return extinguish(store, o, *account, *counter);
    case OperationKind::kCreate: return earmark(store, o, *account);
    case OperationKind::kAssign:
    case OperationKind::kRelease: return deliver(store, o, *counter, *account);
    case OperationKind::kSuspend: {
      USTP_TRY(const auto suspense, store.account(o.suspense));
      if (!suspense) return refused(Code::unknown_account);
      return deliver(store, o, *counter, *suspense);
    }
  }
  return refused(Code::ledger_message);
}

}  // namespace

Result<Verdict> apply(Store& store, const iso::Operation& o) {
  USTP_TRY(const auto verdict, run(store, o));
  if (verdict.applied) USTP_CHECK(store.count_effect(o.id, o.kind, o.account, o.units.units()));
  return verdict;
}

}  // namespace ustp::csd::embedded
