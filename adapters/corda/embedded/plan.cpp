#include "adapters/corda/embedded/plan.hpp"

namespace ustp::corda {
namespace {

using ledger::OperationRequest;

// The request's lots in base units; no lots stated means one that says nothing in particular.
Result<std::vector<Piece>> pieces_of(const OperationRequest& request) {
  if (request.lots.empty()) return std::vector<Piece>{{{}, request.base_units}};
  std::vector<Piece> out;
  Uint128 sum = 0;
  for (const auto& lot : request.lots) {
    if (lot.quantity.scale() != request.quantity.scale()) return Error{Code::scale_mismatch, "lot"};
    USTP_TRY(const auto product, checked_mul(lot.quantity.units(), request.base_units));
    if (request.quantity.is_zero() || product % request.quantity.units() != 0) return Error{Code::inexact_ratio, "lot"};
    Piece piece{{lot.acquired, lot.origin, lot.locked_until, lot.restriction}, product / request.quantity.units()};
    if (piece.units == 0) return Error{Code::quantity_zero, "lot"};
    USTP_TRY(sum, checked_add(sum, piece.units));
    const auto same = std::find_if(out.begin(), out.end(), [&](const Piece& p) { return p.terms == piece.terms; });
    if (same == out.end()) out.push_back(std::move(piece));
    else same->units += piece.units;
  }
  if (sum != request.base_units) return Error{Code::lots_sum, "lots"};
  return out;
}

// Puts pieces at an account's disposal: an owner has one state per lot, so what it has of the lot is merged in.
void give(const PlanView& view, const AccountId& account, const std::vector<Piece>& pieces, Draft& draft) {
  const auto* holding = view.vault.holding(account);
  for (const auto& piece : pieces) {
    State token{StateKind::kToken, account, {}, {}, {piece}};
    if (holding != nullptr)
      if (const auto it = holding->lots.find(piece.terms); it != holding->lots.end()) {
        draft.inputs.push_back(it->second);
        token.pieces[0].units += view.vault.state(it->second).pieces[0].units;
      }
    draft.outputs.push_back(std::move(token));
  }
}

bool fits(const LotTerms& have, const LotTerms& wanted, Instant now) {
  if (have.locked_until > now) return false;
  if (wanted.unspecific()) return have.restriction == token::Restriction::kNone;
  return have == wanted;
}

Result<Draft> plan_lock(const PlanView& view, const OperationRequest& request) {
  const auto* holding = view.vault.holding(request.account);
  if (holding == nullptr) return Error{Code::insufficient_available, request.account.str()};
  if (holding->blocked) return Error{Code::account_blocked, request.account.str()};
  if (holding->free < request.base_units) return Error{Code::insufficient_available, request.account.str()};
  USTP_TRY(const auto wanted, pieces_of(request));
  Draft draft;
  State lock{StateKind::kLock, request.account, {}, request.id, {}};
  std::map<LotTerms, Uint128> taken;
  const auto take = [&](const Piece& want) {
    Uint128 missing = want.units;
    for (const auto& [terms, ref] : holding->lots) {
      if (missing == 0) break;
      if (!fits(terms, want.terms, view.now)) continue;
      auto& used = taken[terms];
      const auto part = std::min(missing, view.vault.state(ref).pieces[0].units - used);
      used += part;
      missing -= part;
    }
    return missing == 0;
  };
  for (const bool specific : {true, false})  // lots that are named come first, the rest takes what is left
    for (const auto& want : wanted)
      if (want.terms.unspecific() != specific && !take(want))
        return Error{want.terms.locked_until > view.now || want.terms.unspecific() ? Code::lot_locked
                                                                                   : Code::insufficient_available,
                     request.account.str()};
  for (const auto& [terms, units] : taken) {
    if (units == 0) continue;
    const auto& ref = holding->lots.at(terms);
    const auto rest = view.vault.state(ref).pieces[0].units - units;
    draft.inputs.push_back(ref);
    lock.pieces.push_back({terms, units});
    if (rest > 0) draft.outputs.push_back({StateKind::kToken, request.account, {}, {}, {{terms, rest}}});
  }
  draft.outputs.insert(draft.outputs.begin(), std::move(lock));
  return draft;
}

// The state that `related` names, consumed; the request must be about exactly its units.
Result<const State*> use(const PlanView& view, const OperationRequest& request, StateKind kind, Draft& draft) {
  const auto* ref = view.vault.find(kind, request.related);
  if (ref == nullptr) return Error{Code::lock_missing, ""};
  const State& state = view.vault.state(*ref);
  if (total(state.pieces) != request.base_units) return Error{Code::ledger_rejected, "other units than it refers to"};
  if (kind == StateKind::kLock && state.account != request.account)
    return Error{Code::ledger_rejected, "another account's lock"};
  draft.inputs.push_back(*ref);
  return &state;
}

// unlock, destroy: undoes what is live, tombstones what was never seen (decision 8).
Result<Draft> plan_undo(const PlanView& view, const OperationRequest& request, StateKind kind) {
  Draft draft;
  if (view.vault.find(kind, request.related) != nullptr) {
    USTP_TRY(const State* state, use(view, request, kind, draft));
    if (kind == StateKind::kLock) give(view, state->account, state->pieces, draft);
    return draft;  // the undone id took effect once and is known for ever: it needs no tombstone
  }
  if (request.related.is_zero() || view.seen(request.related)) return Error{Code::lock_missing, ""};
  draft.outputs.push_back({StateKind::kTombstone, {}, {}, request.related, {}});
  return draft;
}

Result<Draft> plan_create(const PlanView& view, const OperationRequest& request) {
  Draft draft;
  USTP_TRY(auto pieces, pieces_of(request));
  USTP_TRY(const auto supply, checked_add(view.vault.outstanding(), view.vault.provisional()));
  USTP_CHECK(checked_add(supply, request.base_units).has_value() ? Result<void>() : Error{Code::overflow, "supply"});
  draft.outputs.push_back({StateKind::kCustody, request.account, {}, request.id, std::move(pieces)});
  return draft;
}

Result<Draft> plan_arrival(const PlanView& view, const OperationRequest& request, StateKind from) {
  Draft draft;
  USTP_TRY(const State* state, use(view, request, from, draft));
  if (request.kind == OperationKind::kSuspend) {
    draft.outputs.push_back({StateKind::kSuspense, view.suspense, request.account, request.id, state->pieces});
    return draft;
  }
  const auto* holding = view.vault.holding(request.account);
  if (holding != nullptr && holding->blocked) return Error{Code::account_blocked, request.account.str()};
  give(view, request.account, state->pieces, draft);
  return draft;
}

}  // namespace

Result<Draft> plan(const PlanView& view, const OperationRequest& request) {
  if (request.base_units == 0) return Error{Code::quantity_zero, ""};
  if (request.instrument != view.instrument) return Error{Code::unknown_instrument, request.instrument.str()};
  switch (request.kind) {
    case OperationKind::kLock: return plan_lock(view, request);
    case OperationKind::kUnlock: return plan_undo(view, request, StateKind::kLock);
    case OperationKind::kExtinguish: {
      Draft draft;
      USTP_TRY(const State* state, use(view, request, StateKind::kLock, draft));
      (void)state;
      return draft;
    }
    case OperationKind::kCreate: return plan_create(view, request);
    case OperationKind::kAssign:
    case OperationKind::kSuspend: return plan_arrival(view, request, StateKind::kCustody);
    case OperationKind::kDestroy: return plan_undo(view, request, StateKind::kCustody);
    case OperationKind::kRelease: return plan_arrival(view, request, StateKind::kSuspense);
  }
  return Error{Code::unknown_tag, "kind"};
}

}  // namespace ustp::corda
