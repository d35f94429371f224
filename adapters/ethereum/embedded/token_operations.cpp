// operate(): the operations of USTP, in the order of checks of the contract.
#include "adapters/ethereum/embedded/token.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"

namespace ustp::ethereum::embedded {
namespace {

constexpr std::uint8_t kLock = 1, kUnlock = 2, kExtinguish = 3, kCreate = 4, kAssign = 5, kDestroy = 6, kSuspend = 7,
                       kRelease = 8;
Word kind_word(std::uint8_t kind) { return word_from(Uint128{kind}); }

}  // namespace

Revert TokenCall::operate(const Operate& o) {
  if (auto refused = only_agent()) return refused;
  Operation known = state_.operation(o.id);
  if (known.status == Status::kTombstoned) return custom_error("Tombstoned(bytes32)", o.id);
  if (known.status == Status::kDone) {
    const bool same = known.request_hash == o.request_hash && known.kind == o.kind;
    return custom_error(same ? "AlreadyDone(bytes32)" : "OperationConflict(bytes32)", o.id);
  }
  if (o.amount == 0) return custom_error("QuantityZero(bytes32)", o.id);
  if (o.account.is_zero()) return custom_error("WrongAccount(bytes32)", o.id);
  known.status = Status::kDone;
  known.kind = o.kind;
  known.block = caller_.block;
  known.request_hash = o.request_hash;
  state_.put(o.id, known);
  const std::vector<Word> data = {o.related, word_from_text(config_.instrument.str()).value(), word_from(o.account),
                                  word_from(o.amount)};
  logs_.push_back({config_.contract, {operation_topic(), o.id, kind_word(o.kind), o.request_hash}, abi::encode_words(data)});
  return apply(o);
}

Revert TokenCall::apply(const Operate& o) {
  switch (o.kind) {
    case kLock: return lock(o);
    case kUnlock: return undo(o, kLock);
    case kExtinguish: return extinguish(o);
    case kCreate: return create(o);
    case kAssign:
    case kSuspend: return leave_custody(o);
    case kDestroy: return undo(o, kCreate);
    case kRelease: return release(o);
    default: return custom_error("UnknownKind(bytes32)", o.id);
  }
}

Revert TokenCall::lock(const Operate& o) {
  if (state_.totals().paused) return custom_error("LedgerHalted(bytes32)", o.id);
  const Account holder = state_.account(o.account);
  if (holder.blocked) return custom_error("AccountBlocked(bytes32)", o.id);
  if (available(holder) < o.amount) return custom_error("InsufficientAvailable(bytes32)", o.id);
  change_locked(o.account, o.amount, true);
  open(o);
  return std::nullopt;
}

Revert TokenCall::create(const Operate& o) {
  const Totals totals = state_.totals();
  if (totals.paused) return custom_error("LedgerHalted(bytes32)", o.id);
  if (o.account != config_.custody) return custom_error("WrongAccount(bytes32)", o.id);
  if (o.amount > ~Uint128{0} - totals.supply) return custom_error("QuantityTooLarge(bytes32)", o.id);
  credit(config_.custody, o.amount);
  change_locked(config_.custody, o.amount, true);
  open(o);
  logs_.push_back(transfer_log(config_, {}, config_.custody, o.amount));
  return std::nullopt;
}

// Unlock and destroy. Never refused for a halt or a blocked holder: an abort must always be possible. The undo of an id
// never seen tombstones it (decision 8).
Revert TokenCall::undo(const Operate& o, std::uint8_t of) {
  if (of == kCreate && o.account != config_.custody) return custom_error("WrongAccount(bytes32)", o.id);
  if (o.related == o.id) return custom_error("LockMissing(bytes32)", o.id);
  Operation related = state_.operation(o.related);
  if (related.status == Status::kNone) {
    related.status = Status::kTombstoned;
    state_.put(o.related, related);
    return std::nullopt;
  }
  if (auto refused = end(o, of, o.account)) return refused;
  change_locked(o.account, o.amount, false);
  if (of == kCreate) {
    debit(config_.custody, o.amount);
    logs_.push_back(transfer_log(config_, config_.custody, {}, o.amount));
  }
  return std::nullopt;
}

Revert TokenCall::extinguish(const Operate& o) {
  if (auto refused = end(o, kLock, o.account)) return refused;
  change_locked(o.account, o.amount, false);
  debit(o.account, o.amount);
  logs_.push_back(transfer_log(config_, o.account, {}, o.amount));
  return std::nullopt;
}

// Assign and suspend.
Revert TokenCall::leave_custody(const Operate& o) {
  if (o.kind == kAssign && state_.account(o.account).blocked) return custom_error("AccountBlocked(bytes32)", o.id);
  if (reserved(o.account)) return custom_error("WrongAccount(bytes32)", o.id);
  if (auto refused = end(o, kCreate, config_.custody)) return refused;
  change_locked(config_.custody, o.amount, false);
  if (o.kind == kAssign) {
    move(config_.custody, o.account, o.amount);
    return std::nullopt;
  }
  Account beneficiary = state_.account(o.account);
  beneficiary.suspended += o.amount;
  state_.put(o.account, beneficiary);
  open(o);
  move(config_.custody, config_.suspense, o.amount);
  change_locked(config_.suspense, o.amount, true);
  return std::nullopt;
}

Revert TokenCall::release(const Operate& o) {
  Account beneficiary = state_.account(o.account);
  if (beneficiary.blocked) return custom_error("AccountBlocked(bytes32)", o.id);
  if (auto refused = end(o, kSuspend, o.account)) return refused;
  beneficiary.suspended -= o.amount;
  state_.put(o.account, beneficiary);
  change_locked(config_.suspense, o.amount, false);
  move(config_.suspense, o.account, o.amount);
  return std::nullopt;
}

void TokenCall::open(const Operate& o) {
  Operation here = state_.operation(o.id);
  here.account = o.account;
  here.amount = o.amount;
  state_.put(o.id, here);
  Totals totals = state_.totals();
  ++totals.open;
  state_.put(totals);
}

// `related` is in force, of this kind, for exactly this account and amount; from now on it is used up.
Revert TokenCall::end(const Operate& o, std::uint8_t kind, const Address& account) {
  Operation related = state_.operation(o.related);
  if (related.status != Status::kDone || related.kind != kind || related.ended || related.account != account ||
      related.amount != o.amount)
    return custom_error("LockMissing(bytes32)", o.id);
  related.ended = true;
  state_.put(o.related, related);
  Totals totals = state_.totals();
  --totals.open;
  state_.put(totals);
  return std::nullopt;
}

}  // namespace ustp::ethereum::embedded
