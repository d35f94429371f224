// Form and bounds of what the token model holds; USTP-TOK-001 to USTP-TOK-019.
#include <set>

#include "ustp/token/token.hpp"

namespace ustp::token {
namespace {

Result<void> text(const std::string& value, const char* field, std::size_t max = kMaxText) {
  if (value.size() > max) return Error{Code::too_long, field};
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return Error{Code::invalid_character, field};
  return {};
}

template <class T>
Result<void> bounded(const std::vector<T>& list, const char* field, std::size_t max) {
  if (list.size() > max) return Error{Code::too_long, field};
  return {};
}

template <class Enum>
Result<void> in_range(Enum value, Enum low, Enum high, const char* field) {
  if (value < low || value > high) return Error{Code::unknown_tag, field};
  return {};
}

Result<void> present(bool there, const char* field) {
  if (!there) return Error{Code::missing_field, field};
  return {};
}

Result<void> chain(const HoldingChain& value, const char* field) {
  USTP_CHECK(bounded(value.links, field, kMaxChain));
  USTP_CHECK(text(value.beneficial_owner, field, 140));
  for (const auto& link : value.links) {
    USTP_CHECK(text(link.party, field, 35));
    USTP_CHECK(in_range(link.capacity, HoldingCapacity::kOwn, HoldingCapacity::kTrustee, field));
  }
  return {};
}

Result<void> figures(const Instrument& i) {
  for (const auto* q : {&i.authorised, &i.approved, &i.issued, &i.treasury, &i.denomination})
    if (q->scale() != i.scale) return Error{Code::scale_mismatch, "instrument figures"};
  if (i.authorised < i.approved || i.approved < i.issued || i.issued < i.treasury)
    return Error{Code::statement_invalid, "authorised >= approved >= issued >= treasury"};
  return {};
}

Result<void> representations(const Instrument& i) {
  USTP_CHECK(bounded(i.representations, "representations", kMaxRepresentations));
  std::set<LedgerId> seen;
  for (const auto& r : i.representations) {
    USTP_CHECK(present(!r.ledger.empty(), "representations.ledger"));
    if (!seen.insert(r.ledger).second) return Error{Code::statement_invalid, "two representations on " + r.ledger.str()};
    USTP_CHECK(in_range(r.kind, RepresentationKind::kNative, RepresentationKind::kDepositary, "representations.kind"));
    USTP_CHECK(text(r.reference, "representations.reference", 140));
    if (r.scale > Quantity::kMaxScale) return Error{Code::out_of_range, "representations.scale"};
    if (r.ledger != i.issuer_ledger && r.kind != RepresentationKind::kNative && r.backing_account.empty())
      return Error{Code::missing_field, "representations.backing_account"};
  }
  if (!seen.contains(i.issuer_ledger)) return Error{Code::statement_invalid, "no representation on the issuer ledger"};
  return {};
}

}  // namespace

Result<void> validate(const Instrument& i) {
  USTP_CHECK(present(!i.id.empty(), "id"));
  USTP_CHECK(present(i.version > 0, "version"));
  USTP_CHECK(present(!i.issuer_ledger.empty(), "issuer_ledger"));
  USTP_CHECK(present(!i.home_gateway.empty(), "home_gateway"));
  USTP_CHECK(text(i.name, "name"));
  USTP_CHECK(text(i.investor_class, "investor_class", 35));
  USTP_CHECK(text(i.governing_law, "governing_law", 35));
  USTP_CHECK(text(i.system_designation, "system_designation", 140));
  USTP_CHECK(text(i.contract.language, "contract.language", 35));
  USTP_CHECK(text(i.contract.filing, "contract.filing", 140));
  if (i.scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  USTP_CHECK(figures(i));
  USTP_CHECK(representations(i));
  USTP_CHECK(bounded(i.rights, "rights", kMaxRights));
  for (const auto& right : i.rights) {
    USTP_CHECK(text(right.code, "rights.code", 35));
    USTP_CHECK(text(right.record_rule, "rights.record_rule", 140));
    USTP_CHECK(in_range(right.cls, RightClass::kMembership, RightClass::kEconomic, "rights.class"));
    USTP_CHECK(in_range(right.exercisable_by, ExercisableBy::kRegistered, ExercisableBy::kPledgee, "rights.exercisable_by"));
  }
  USTP_CHECK(bounded(i.admissions, "admissions", kMaxAdmissions));
  for (const auto& admission : i.admissions)
    USTP_CHECK(in_range(admission.kind, AdmissionKind::kListed, AdmissionKind::kNone, "admissions.kind"));
  USTP_CHECK(in_range(i.offer, OfferKind::kPublic, OfferKind::kExempt, "offer"));
  USTP_CHECK(in_range(i.finality_moment, FinalityMoment::kDecision, FinalityMoment::kTargetBooking, "finality_moment"));
  return in_range(i.status, InstrumentStatus::kActive, InstrumentStatus::kTerminated, "status");
}

Result<void> validate(const TransferTerms& t) {
  USTP_CHECK(present(!t.instrument.empty(), "instrument"));
  USTP_CHECK(present(t.instrument_version > 0, "instrument_version"));
  USTP_CHECK(present(t.source_ratio_version > 0 && t.target_ratio_version > 0, "ratio_version"));
  USTP_CHECK(present(!t.sender_gateway.empty() && !t.recipient_gateway.empty(), "gateways"));
  USTP_CHECK(present(!t.source_ledger.empty() && !t.target_ledger.empty(), "ledgers"));
  USTP_CHECK(present(!t.originator.empty() && !t.beneficiary.empty(), "accounts"));
  USTP_CHECK(present(t.vote_by.ns > 0, "vote_by"));
  if (t.quantity.is_zero()) return Error{Code::quantity_zero, "quantity"};
  USTP_CHECK(present(!t.lots.empty(), "lots"));
  USTP_CHECK(bounded(t.lots, "lots", kMaxLots));
  for (const auto& lot : t.lots) {
    USTP_CHECK(text(lot.origin, "lots.origin", 35));
    USTP_CHECK(in_range(lot.restriction, Restriction::kNone, Restriction::kRegulatory, "lots.restriction"));
    if (lot.quantity.is_zero()) return Error{Code::quantity_zero, "lots.quantity"};
  }
  USTP_TRY(auto total, sum(t.lots, t.quantity.scale()));
  if (total != t.quantity) return Error{Code::lots_sum, total.str() + " instead of " + t.quantity.str()};
  USTP_CHECK(chain(t.originator_chain, "originator_chain"));
  USTP_CHECK(chain(t.beneficiary_chain, "beneficiary_chain"));
  USTP_CHECK(in_range(t.ownership_effect, OwnershipEffect::kChange, OwnershipEffect::kNone, "ownership_effect"));
  USTP_CHECK(in_range(t.entitled_party, EntitledParty::kTransferor, EntitledParty::kTransferee, "entitled_party"));
  USTP_CHECK(in_range(t.cum_ex, CumEx::kUnspecified, CumEx::kEx, "cum_ex"));
  if (t.transaction_type.size() != 4) return Error{Code::malformed_text, "transaction_type"};
  USTP_CHECK(text(t.transaction_type, "transaction_type", 4));
  USTP_CHECK(text(t.reference, "reference", 35));
  USTP_CHECK(text(t.place_of_settlement, "place_of_settlement", 35));
  USTP_CHECK(text(t.governing_law, "governing_law", 35));
  return text(t.jurisdiction, "jurisdiction", 35);
}

}  // namespace ustp::token
