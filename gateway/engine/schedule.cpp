#include "gateway/engine/schedule.hpp"

#include "gateway/engine/entry_parts.hpp"

namespace ustp::gateway {

using Stage = ScheduledOrder::Stage;

std::string_view to_string(Stage stage) {
  return stage == Stage::kWaiting ? "scheduled" : stage == Stage::kWithdrawn ? "withdrawn" : "refused";
}
std::string_view status_of(Stage stage) { return stage == Stage::kWaiting ? "scheduled" : "aborted"; }

const ScheduledOrder* Schedule::find(const TransferId& id) const {
  const auto it = orders_.find(id);
  return it == orders_.end() ? nullptr : &it->second;
}

void Schedule::accept(ScheduledOrder order) {
  order.try_at = order.order.not_before;
  if (order.stage == Stage::kWaiting) waiting_.insert({order.try_at, order.id});
  const auto id = order.id;
  orders_.insert_or_assign(id, std::move(order));
}

std::optional<ScheduledOrder> Schedule::begin(const TransferId& id) {
  const auto it = orders_.find(id);
  if (it == orders_.end()) return std::nullopt;
  waiting_.erase({it->second.try_at, id});
  auto begun = std::move(it->second);
  orders_.erase(it);
  return begun;
}

void Schedule::end(const TransferId& id, Stage stage, std::optional<Error> reason, Instant at) {
  const auto it = orders_.find(id);
  if (it == orders_.end()) return;
  waiting_.erase({it->second.try_at, id});
  it->second.stage = stage;
  it->second.reason = std::move(reason);
  it->second.ended = at;
}

void Schedule::postpone(const TransferId& id, Instant until) {
  auto& order = orders_.at(id);
  waiting_.erase({order.try_at, id});
  order.try_at = until;
  waiting_.insert({until, id});
}

void Schedule::recount() {
  std::set<std::pair<Instant, TransferId>> waiting;
  for (const auto& [at, id] : waiting_) {
    auto& order = orders_.at(id);
    order.try_at = order.order.not_before;
    waiting.insert({order.try_at, id});
  }
  waiting_ = std::move(waiting);
}

void Schedule::inherit() {
  for (const auto& [at, id] : waiting_) orders_.at(id).inherited = true;
}

std::vector<TransferId> Schedule::due(Instant now, std::size_t most) const {
  std::vector<TransferId> out;
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first <= now && out.size() < most; ++it)
    out.push_back(it->second);
  return out;
}

namespace {

void put(Writer& w, Instant at) { w.u64(static_cast<std::uint64_t>(at.ns)); }
Instant get_instant(Reader& r) { return {static_cast<std::int64_t>(r.u64())}; }
void put(Writer& w, Date date) {
  w.u16(static_cast<std::uint16_t>(date.year));
  w.u8(date.month);
  w.u8(date.day);
}
Date get_date(Reader& r) {
  Date date;
  date.year = static_cast<std::int16_t>(r.u16());
  date.month = r.u8();
  date.day = r.u8();
  return date;
}

void put(Writer& w, const token::Lot& lot) {
  w.u128(lot.quantity.units());
  w.u8(lot.quantity.scale());
  put(w, lot.acquired);
  w.text(lot.origin);
  put(w, lot.locked_until);
  w.u8(static_cast<std::uint8_t>(lot.restriction));
}
token::Lot get_lot(Reader& r) {
  token::Lot lot;
  const auto units = r.u128();
  lot.quantity = Quantity(units, std::min(r.u8(), Quantity::kMaxScale));
  lot.acquired = get_date(r);
  lot.origin = r.text();
  lot.locked_until = get_instant(r);
  lot.restriction = static_cast<token::Restriction>(r.u8());
  return lot;
}

}  // namespace

void put(Writer& w, const ScheduledOrder& scheduled) {
  const auto& order = scheduled.order;
  w.id(scheduled.id);
  w.u8(static_cast<std::uint8_t>(scheduled.stage));
  put(w, scheduled.accepted);
  put(w, scheduled.ended);
  w.u8(scheduled.reason.has_value());
  if (scheduled.reason) put(w, *scheduled.reason);
  put(w, order.not_before);
  w.u64(static_cast<std::uint64_t>(order.vote_within.ns));
  w.text(order.participant.str());
  w.text(order.key.str());
  w.id(order.payload_hash);
  w.text(order.instrument.str());
  w.text(order.quantity);
  w.text(order.originator.str());
  w.text(order.beneficiary.str());
  w.text(order.target_ledger.str());
  w.u8(static_cast<std::uint8_t>(order.lots.size()));
  for (const auto& lot : order.lots) put(w, lot);
  w.u8(static_cast<std::uint8_t>(order.ownership_effect));
  w.text(order.transaction_type);
  w.u8(static_cast<std::uint8_t>(order.entitled_party));
  put(w, order.trade_date);
  w.u8(static_cast<std::uint8_t>(order.cum_ex));
  w.text(order.venue.str());
  for (const auto* text : {&order.place_of_settlement, &order.governing_law, &order.jurisdiction, &order.reference, &order.beneficial_owner})
    w.text(*text);
}

ScheduledOrder get_scheduled(Reader& r) {
  ScheduledOrder out;
  auto& order = out.order;
  out.id = r.id<TransferId>();
  out.stage = static_cast<Stage>(r.u8());
  out.accepted = get_instant(r);
  out.ended = get_instant(r);
  if (r.u8() != 0) out.reason = get_error(r);
  order.not_before = get_instant(r);
  order.vote_within = {static_cast<std::int64_t>(r.u64())};
  order.participant = r.text_id<ParticipantId>();
  order.key = r.text_id<IdempotencyKey>();
  order.payload_hash = r.id<Hash256>();
  order.instrument = r.text_id<InstrumentId>();
  order.quantity = r.text();
  order.originator = r.text_id<AccountId>();
  order.beneficiary = r.text_id<AccountId>();
  order.target_ledger = r.text_id<LedgerId>();
  for (auto n = r.u8(); n > 0 && r.ok(); --n) order.lots.push_back(get_lot(r));
  order.ownership_effect = static_cast<token::OwnershipEffect>(r.u8());
  order.transaction_type = r.text();
  order.entitled_party = static_cast<token::EntitledParty>(r.u8());
  order.trade_date = get_date(r);
  order.cum_ex = static_cast<token::CumEx>(r.u8());
  order.venue = r.text_id<Mic>();
  for (auto* text : {&order.place_of_settlement, &order.governing_law, &order.jurisdiction, &order.reference, &order.beneficial_owner})
    *text = r.text();
  return out;
}

}  // namespace ustp::gateway
