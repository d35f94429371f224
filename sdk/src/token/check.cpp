// The rules a transfer is judged by, in the order of spec/02. Holder cap, available quantity and encumbrances need the
// ledger's figures and are judged by the ledger at the lock.
#include "ustp/token/token.hpp"

namespace ustp::token {
namespace {

class Findings {
 public:
  // Adds the finding when the rule is broken.
  void rule(const char* id, bool broken, Code code, std::string_view detail) {
    if (broken) all_.push_back({code, id, std::string(detail)});
  }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

void check_ledger(Findings& out, const TransferTerms& terms, const Instrument& instrument, bool source) {
  const LedgerId& ledger = source ? terms.source_ledger : terms.target_ledger;
  const std::string_view side = source ? "source_ledger" : "target_ledger";
  const Representation* shown = instrument.representation(ledger);
  out.rule(source ? "TOK-R05" : "TOK-R06", shown == nullptr, Code::no_representation, side);
  if (shown == nullptr) return;
  const std::uint32_t version = source ? terms.source_ratio_version : terms.target_ratio_version;
  out.rule("TOK-R07", shown->ratio.version() != version, Code::ratio_version, side);
  const auto base = shown->ratio.to_base(terms.quantity);
  out.rule("TOK-R08", !base, Code::inexact_ratio, side);
  if (!base) return;
  for (const Lot& lot : terms.lots)
    out.rule("TOK-R08", !shown->ratio.to_base(lot.quantity), Code::inexact_ratio, side);
}

void check_quantity(Findings& out, const TransferTerms& terms, const Instrument& instrument) {
  const bool same_scale = terms.quantity.scale() == instrument.scale;
  out.rule("TOK-R09", terms.quantity.is_zero(), Code::quantity_zero, "quantity");
  out.rule("TOK-R10", !same_scale, Code::scale_mismatch, "quantity");
  const auto total = sum(terms.lots, terms.quantity.scale());
  out.rule("TOK-R11", !total || *total != terms.quantity, Code::lots_sum, "lots");
  if (!same_scale) return;
  out.rule("TOK-R12", terms.quantity.units() > instrument.issued.units(), Code::quantity_too_large, "quantity");
  const Uint128 step = instrument.denomination.units();
  out.rule("TOK-R13", step != 0 && (terms.quantity.units() < step || terms.quantity.units() % step != 0),
           Code::denomination, "quantity");
}

void check_lots(Findings& out, const TransferTerms& terms, const CheckFacts& facts) {
  bool locked = false, restricted = false;
  for (const Lot& lot : terms.lots) {
    locked = locked || lot.locked_until > facts.now;
    restricted = restricted || lot.is_restricted();
  }
  // A locked lot may follow its owner to another account; it may not change its owner.
  out.rule("TOK-R14", locked && terms.ownership_effect == OwnershipEffect::kChange, Code::lot_locked, "lots");
  out.rule("TOK-R15", restricted && !facts.target_carries_lots, Code::lot_restricted, "lots");
}

// Backing, transit and suspense accounts are the protocol's own; nobody orders a transfer from or to them.
bool is_partys(Capacity capacity) {
  return capacity == Capacity::kHouse || capacity == Capacity::kClient || capacity == Capacity::kIssuer;
}

void check_account(Findings& out, const Account* account, const LedgerId& ledger, const AccountId& id,
                   std::string_view side, const Instrument& instrument, Instant now) {
  const bool known = account != nullptr && account->ledger == ledger && account->id == id;
  out.rule("TOK-R16", !known, Code::unknown_account, side);
  if (!known) return;
  out.rule("TOK-R17", account->status != AccountStatus::kOpen, Code::account_blocked, side);
  out.rule("TOK-R18", account->asset != AssetKind::kSecurities, Code::wrong_asset_account, side);
  out.rule("TOK-R19", account->identity_expires.ns != 0 && account->identity_expires <= now, Code::identity_expired,
           side);
  out.rule("TOK-R20", !is_partys(account->capacity), Code::capacity_mismatch, side);
  const bool receives = side == "beneficiary";
  out.rule("TOK-R21",
           receives && !instrument.investor_class.empty() && account->investor_class != instrument.investor_class,
           Code::not_eligible, side);
}

}  // namespace

std::vector<Finding> check(const TransferTerms& terms, const CheckFacts& facts) {
  Findings out;
  const bool known = facts.instrument != nullptr && facts.instrument->id == terms.instrument;
  out.rule("TOK-R01", !known, Code::unknown_instrument, "instrument");
  if (!known) return out.take();  // nothing else can be judged
  const Instrument& instrument = *facts.instrument;
  out.rule("TOK-R02", instrument.version != terms.instrument_version, Code::instrument_version, "instrument_version");
  out.rule("TOK-R03", instrument.status != InstrumentStatus::kActive, Code::instrument_halted, "instrument");
  out.rule("TOK-R04", terms.source_ledger == terms.target_ledger, Code::same_ledger, "target_ledger");
  check_ledger(out, terms, instrument, true);
  check_ledger(out, terms, instrument, false);
  check_quantity(out, terms, instrument);
  check_lots(out, terms, facts);
  if (facts.check_originator)
    check_account(out, facts.originator, terms.source_ledger, terms.originator, "originator", instrument, facts.now);
  if (facts.check_beneficiary)
    check_account(out, facts.beneficiary, terms.target_ledger, terms.beneficiary, "beneficiary", instrument,
                  facts.now);
  out.rule("TOK-R22",
           facts.check_originator && facts.originator != nullptr && !facts.acting.empty() &&
               facts.originator->participant != facts.acting,
           Code::account_not_owned, "originator");
  // Without a change of owner a client's units stay a client's (token model 6).
  out.rule("TOK-R23",
           terms.ownership_effect == OwnershipEffect::kNone && facts.originator != nullptr &&
               facts.beneficiary != nullptr && facts.originator->capacity != facts.beneficiary->capacity,
           Code::capacity_mismatch, "beneficiary");
  return out.take();
}

}  // namespace ustp::token
