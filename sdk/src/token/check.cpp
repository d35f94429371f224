// The rules of a transfer, in the order of spec/02. Each names itself, so that a dry run can tell all that fail.
#include "ustp/token/token.hpp"

namespace ustp::token {
namespace {

struct Findings {
  std::vector<Finding> list;
  void unless(bool holds, Code code, const char* rule, std::string detail) {
    if (!holds) list.push_back({code, rule, std::move(detail)});
  }
};

void check_account(Findings& out, const CheckFacts& facts, const Account* account,
                   const AccountId& id, const LedgerId& ledger, bool originator) {
  const char* side = originator ? "originator" : "beneficiary";
  if (!account) {
    out.unless(false, Code::unknown_account, "TOK-R10", std::string(side) + " " + id.str() + " on " + ledger.str());
    return;
  }
  out.unless(account->status == AccountStatus::kOpen, Code::account_blocked, "TOK-R11", side);
  out.unless(account->asset == AssetKind::kSecurities, Code::wrong_asset_account, "TOK-R12", side);
  // Backing, transit and suspense accounts move by the protocol's own operations only.
  out.unless(account->capacity == Capacity::kHouse || account->capacity == Capacity::kClient ||
                 account->capacity == Capacity::kIssuer,
             Code::capacity_mismatch, "TOK-R13", side);
  if (originator)
    out.unless(facts.acting.empty() || account->participant == facts.acting, Code::account_not_owned, "TOK-R14", side);
  if (originator) return;
  out.unless(facts.instrument->investor_class.empty() || account->investor_class == facts.instrument->investor_class,
             Code::not_eligible, "TOK-R15", facts.instrument->investor_class);
  out.unless(account->identity_expires.ns == 0 || account->identity_expires > facts.now, Code::identity_expired,
             "TOK-R16", to_rfc3339(account->identity_expires));
}

void check_lots(Findings& out, const TransferTerms& terms, const CheckFacts& facts) {
  const auto total = sum(terms.lots, terms.quantity.scale());
  out.unless(total && *total == terms.quantity, Code::lots_sum, "TOK-R20", total ? total->str() : "overflow");
  for (const auto& lot : terms.lots) {
    out.unless(!lot.is_restricted() || facts.target_carries_lots, Code::lot_restricted, "TOK-R21",
               terms.target_ledger.str());
    // A lock-up follows the lot; it forbids a change of owner, not a move of the same owner's units.
    out.unless(lot.locked_until <= facts.now || terms.ownership_effect == OwnershipEffect::kNone, Code::lot_locked,
               "TOK-R22", to_rfc3339(lot.locked_until));
  }
}

}  // namespace

std::vector<Finding> check(const TransferTerms& terms, const CheckFacts& facts) {
  Findings out;
  const auto* instrument = facts.instrument;
  if (!instrument) {
    out.unless(false, Code::unknown_instrument, "TOK-R01", terms.instrument.str());
    return out.list;
  }
  out.unless(instrument->status == InstrumentStatus::kActive, Code::instrument_halted, "TOK-R02", instrument->id.str());
  out.unless(instrument->version == terms.instrument_version, Code::instrument_version, "TOK-R03",
             std::to_string(terms.instrument_version));
  out.unless(terms.source_ledger != terms.target_ledger, Code::same_ledger, "TOK-R04", terms.source_ledger.str());
  const bool scale = terms.quantity.scale() == instrument->scale;
  out.unless(scale, Code::scale_mismatch, "TOK-R05", terms.quantity.str());
  out.unless(!terms.quantity.is_zero(), Code::quantity_zero, "TOK-R06", "");
  if (scale) {
    out.unless(terms.quantity <= instrument->issued, Code::quantity_too_large, "TOK-R07", terms.quantity.str());
    const auto unit = instrument->denomination.units();
    out.unless(unit == 0 || terms.quantity.units() % unit == 0, Code::denomination, "TOK-R08",
               instrument->denomination.str());
  }
  const auto side = [&](const LedgerId& ledger, std::uint32_t version) {
    const auto* representation = instrument->representation(ledger);
    out.unless(representation != nullptr, Code::no_representation, "TOK-R30", ledger.str());
    if (!representation) return;
    out.unless(representation->ratio.version() == version, Code::ratio_version, "TOK-R31", ledger.str());
    out.unless(representation->ratio.to_base(terms.quantity).has_value(), Code::inexact_ratio, "TOK-R32", ledger.str());
  };
  side(terms.source_ledger, terms.source_ratio_version);
  side(terms.target_ledger, terms.target_ratio_version);
  if (facts.check_originator)
    check_account(out, facts, facts.originator, terms.originator, terms.source_ledger, true);
  if (facts.check_beneficiary)
    check_account(out, facts, facts.beneficiary, terms.beneficiary, terms.target_ledger, false);
  check_lots(out, terms, facts);
  return out.list;
}

}  // namespace ustp::token
