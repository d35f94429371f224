// What an order means under the statements in force: its terms, and every rule that they break.
#include "gateway/engine/core.hpp"

namespace ustp::gateway {

Result<token::TransferTerms> Core::terms_of(const TransferOrder& order, Instant now) const {
  const auto* instrument = registry_.instrument(order.instrument);
  if (!instrument) return Error{Code::unknown_instrument, order.instrument.str()};
  const auto* source = registry_.ledger(options_.ledger);
  const auto* target = registry_.ledger(order.target_ledger);
  if (!source) return Error{Code::unknown_ledger, options_.ledger.str()};
  if (!target) return Error{Code::unknown_ledger, order.target_ledger.str()};
  token::TransferTerms terms;
  terms.instrument = order.instrument;
  terms.instrument_version = instrument->version;
  if (const auto* r = instrument->representation(source->id)) terms.source_ratio_version = r->ratio.version();
  if (const auto* r = instrument->representation(target->id)) terms.target_ratio_version = r->ratio.version();
  USTP_TRY(terms.quantity, Quantity::parse(order.quantity, instrument->scale));
  terms.lots = order.lots;
  // An order's lots come at the scale they were written with; no unit is rounded away on the way to the instrument's.
  for (auto& lot : terms.lots) {
    USTP_TRY(lot.quantity, Quantity::parse(lot.quantity.str(), instrument->scale));
  }
  if (terms.lots.empty()) {
    token::Lot lot;
    lot.quantity = terms.quantity;
    terms.lots.push_back(lot);
  }
  terms.sender_gateway = options_.self;
  terms.recipient_gateway = target->gateway;
  terms.source_ledger = source->id;
  terms.target_ledger = target->id;
  terms.originator = order.originator;
  terms.beneficiary = order.beneficiary;
  const auto chain = [&](const LedgerId& ledger, const AccountId& account) {
    token::HoldingChain out;
    const auto* known = registry_.account(ledger, account);
    const auto* participant = known ? registry_.participant(known->participant) : nullptr;
    if (participant && !participant->lei.empty())
      out.links.push_back({participant->lei.str(), account, token::HoldingCapacity::kOwn});
    return out;
  };
  terms.originator_chain = chain(source->id, order.originator);
  terms.beneficiary_chain = chain(target->id, order.beneficiary);
  terms.beneficiary_chain.beneficial_owner = order.beneficial_owner;
  terms.ownership_effect = order.ownership_effect;
  terms.transaction_type = order.transaction_type;
  terms.entitled_party = order.entitled_party;
  terms.trade_date = order.trade_date;
  terms.cum_ex = order.cum_ex;
  terms.venue = order.venue;
  terms.liable_operator = source->liable_operator;
  terms.place_of_settlement = order.place_of_settlement;
  terms.governing_law = order.governing_law.empty() ? instrument->governing_law : order.governing_law;
  terms.jurisdiction = order.jurisdiction;
  terms.reference = order.reference;
  terms.vote_by = now + order.vote_within;
  terms.complete_by = terms.vote_by + order.vote_within;
  terms.statement_position = registry_.position();
  return terms;
}

// As an order would be judged now, but all of it: the first finding is what it would be refused with.
std::vector<token::Finding> Core::findings(const TransferOrder& order, Instant now) const {
  const auto terms = terms_of(order, now);
  if (!terms) {  // nothing else can be judged
    const auto& [code, detail] = terms.error();
    return {{code, code == Code::unknown_instrument ? "TOK-R01" : "", detail}};
  }
  std::vector<token::Finding> out;
  if (const auto form = token::validate(*terms); !form) out.push_back({form.error().code, "", form.error().detail});
  for (const auto* id : {&terms->source_ledger, &terms->target_ledger}) {
    const auto* profile = registry_.ledger(*id);
    if (registry_.ledger_halted(*id)) out.push_back({Code::ledger_halted, "", id->str()});
    if (profile->releases_itself) out.push_back({Code::ledger_rejected, "", id->str() + " releases holds by itself"});
  }
  for (auto& finding : protocol::originator_findings(*terms, registry_, order.participant, now))
    out.push_back(std::move(finding));
  return out;
}

}  // namespace ustp::gateway
