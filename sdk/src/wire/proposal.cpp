// The terms of a leg (SATP's transferInitClaim) in FlatBuffers.
#include "parts.hpp"

namespace ustp::wire {

namespace {

fbs::Quantity pack(const Quantity& q) {
  return {static_cast<std::uint64_t>(q.units() >> 64), static_cast<std::uint64_t>(q.units()), q.scale()};
}
fbs::Date pack(Date d) { return {d.year, d.month, d.day}; }

Result<Quantity> unpack(const fbs::Quantity* q, const char* what) {
  if (q->scale() > Quantity::kMaxScale) return Error{Code::out_of_range, std::string(what) + " scale"};
  return Quantity(static_cast<Uint128>(q->high()) << 64 | q->low(), static_cast<std::uint8_t>(q->scale()));
}

Result<Date> unpack(const fbs::Date* d, const char* what) {
  if (d == nullptr) return Date{};
  const Date date{d->year(), d->month(), d->day()};
  if (date == Date{}) return date;
  if (date.year < 1 || date.year > 9999) return Error{Code::invalid_time, what};
  if (const auto again = parse_date(to_string(date)); !again || *again != date) return Error{Code::invalid_time, what};
  return date;
}

fb::Offset<fbs::Chain> pack(fb::FlatBufferBuilder& b, const token::HoldingChain& chain) {
  if (chain.links.empty() && chain.beneficial_owner.empty()) return {};
  std::vector<fb::Offset<fbs::ChainLink>> links;
  links.reserve(chain.links.size());
  for (const auto& link : chain.links) {
    const auto party = b.CreateString(link.party);
    const auto account = wire::pack(b, link.account.str());
    links.push_back(fbs::CreateChainLink(b, party, account, static_cast<std::uint8_t>(link.capacity)));
  }
  const auto packed = b.CreateVector(links);
  return fbs::CreateChain(b, packed, wire::pack(b, chain.beneficial_owner));
}

Result<token::HoldingChain> unpack(const fbs::Chain* from, const char* what) {
  token::HoldingChain chain;
  if (from == nullptr) return chain;
  USTP_TRY(chain.beneficial_owner, text(from->beneficial_owner(), token::kMaxText, what));
  if (from->links() == nullptr) return chain;
  if (from->links()->size() > token::kMaxChain) return Error{Code::too_long, what};
  for (const fbs::ChainLink* link : *from->links()) {
    token::ChainLink to;
    USTP_TRY(to.party, text(link->party(), 64, what));
    USTP_TRY(to.account, optional_id<AccountId>(link->account(), what));
    USTP_TRY(to.capacity, enumerated(link->capacity(), token::HoldingCapacity::kOwn, token::HoldingCapacity::kTrustee,
                                     "holding capacity"));
    chain.links.push_back(std::move(to));
  }
  return chain;
}

Result<std::vector<token::Lot>> unpack(const fb::Vector<fb::Offset<fbs::Lot>>* from) {
  if (from->size() > token::kMaxLots) return Error{Code::too_long, "lots"};
  std::vector<token::Lot> lots;
  lots.reserve(from->size());
  for (const fbs::Lot* lot : *from) {
    token::Lot to;
    USTP_TRY(to.quantity, unpack(lot->quantity(), "lot quantity"));
    USTP_TRY(to.acquired, unpack(lot->acquired(), "lot acquired"));
    USTP_TRY(to.origin, text(lot->origin(), token::kMaxText, "lot origin"));
    to.locked_until = {lot->locked_until()};
    USTP_TRY(to.restriction, enumerated(lot->restriction(), token::Restriction::kNone, token::Restriction::kRegulatory,
                                        "lot restriction"));
    lots.push_back(std::move(to));
  }
  return lots;
}

}  // namespace

fb::Offset<fbs::Terms> pack(fb::FlatBufferBuilder& b, const token::TransferTerms& t) {
  std::vector<fb::Offset<fbs::Lot>> lots;
  lots.reserve(t.lots.size());
  for (const auto& lot : t.lots) {
    const auto origin = pack(b, lot.origin);
    const fbs::Quantity quantity = pack(lot.quantity);
    const fbs::Date acquired = pack(lot.acquired);
    lots.push_back(fbs::CreateLot(b, &quantity, &acquired, origin, lot.locked_until.ns,
                                  static_cast<std::uint8_t>(lot.restriction)));
  }
  const auto packed_lots = b.CreateVector(lots);
  const auto instrument = b.CreateString(t.instrument.str());
  const auto sender = b.CreateString(t.sender_gateway.str()), recipient = b.CreateString(t.recipient_gateway.str());
  const auto source = b.CreateString(t.source_ledger.str()), target = b.CreateString(t.target_ledger.str());
  const auto originator = b.CreateString(t.originator.str()), beneficiary = b.CreateString(t.beneficiary.str());
  const auto originator_chain = pack(b, t.originator_chain), beneficiary_chain = pack(b, t.beneficiary_chain);
  const auto type = b.CreateString(t.transaction_type);
  const auto venue = pack(b, t.venue.str()), operator_ = pack(b, t.liable_operator.str());
  const auto place = pack(b, t.place_of_settlement), law = pack(b, t.governing_law);
  const auto jurisdiction = pack(b, t.jurisdiction), reference = pack(b, t.reference);
  const fbs::Quantity quantity = pack(t.quantity);
  const fbs::Date trade_date = pack(t.trade_date);
  return fbs::CreateTerms(b, instrument, t.instrument_version, t.source_ratio_version, t.target_ratio_version,
                          &quantity, packed_lots, sender, recipient, source, target, originator, beneficiary,
                          originator_chain, beneficiary_chain, static_cast<std::uint8_t>(t.ownership_effect), type,
                          static_cast<std::uint8_t>(t.entitled_party), &trade_date,
                          static_cast<std::uint8_t>(t.cum_ex), venue, operator_, place, law, jurisdiction, reference,
                          t.vote_by.ns, t.complete_by.ns, t.statement_position);
}

Result<token::TransferTerms> unpack(const fbs::Terms& from) {
  token::TransferTerms t;
  USTP_TRY(t.instrument, required_id<InstrumentId>(from.instrument(), "instrument"));
  t.instrument_version = from.instrument_version();
  t.source_ratio_version = from.source_ratio_version();
  t.target_ratio_version = from.target_ratio_version();
  USTP_TRY(t.quantity, unpack(from.quantity(), "quantity"));
  USTP_TRY(t.lots, unpack(from.lots()));
  USTP_TRY(t.sender_gateway, required_id<GatewayId>(from.sender_gateway(), "sender gateway"));
  USTP_TRY(t.recipient_gateway, required_id<GatewayId>(from.recipient_gateway(), "recipient gateway"));
  USTP_TRY(t.source_ledger, required_id<LedgerId>(from.source_ledger(), "source ledger"));
  USTP_TRY(t.target_ledger, required_id<LedgerId>(from.target_ledger(), "target ledger"));
  USTP_TRY(t.originator, required_id<AccountId>(from.originator(), "originator"));
  USTP_TRY(t.beneficiary, required_id<AccountId>(from.beneficiary(), "beneficiary"));
  USTP_TRY(t.originator_chain, unpack(from.originator_chain(), "originator chain"));
  USTP_TRY(t.beneficiary_chain, unpack(from.beneficiary_chain(), "beneficiary chain"));
  USTP_TRY(t.ownership_effect, enumerated(from.ownership_effect(), token::OwnershipEffect::kChange,
                                          token::OwnershipEffect::kNone, "ownership effect"));
  USTP_TRY(t.transaction_type, text(from.transaction_type(), 4, "transaction type"));
  USTP_TRY(t.entitled_party, enumerated(from.entitled_party(), token::EntitledParty::kTransferor,
                                        token::EntitledParty::kTransferee, "entitled party"));
  USTP_TRY(t.trade_date, unpack(from.trade_date(), "trade date"));
  USTP_TRY(t.cum_ex, enumerated(from.cum_ex(), token::CumEx::kUnspecified, token::CumEx::kEx, "cum/ex"));
  USTP_TRY(t.venue, optional_id<Mic>(from.venue(), "venue"));
  USTP_TRY(t.liable_operator, optional_id<Lei>(from.liable_operator(), "liable operator"));
  USTP_TRY(t.place_of_settlement, text(from.place_of_settlement(), token::kMaxText, "place of settlement"));
  USTP_TRY(t.governing_law, text(from.governing_law(), token::kMaxText, "governing law"));
  USTP_TRY(t.jurisdiction, text(from.jurisdiction(), token::kMaxText, "jurisdiction"));
  USTP_TRY(t.reference, text(from.reference(), 35, "reference"));
  t.vote_by = {from.vote_by()};
  t.complete_by = {from.complete_by()};
  t.statement_position = from.statement_position();
  USTP_CHECK(token::validate(t));
  return t;
}

}  // namespace ustp::wire
