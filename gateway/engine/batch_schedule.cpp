// Orders that begin later: taken, withdrawn, begun at their time or refused then (USTP-API-016).
#include "gateway/engine/batch.hpp"

namespace ustp::gateway {

namespace {
constexpr Duration kFurthest = Duration::seconds(366LL * 24 * 3600);
constexpr Duration kAgain = Duration::seconds(1);  // between two tries of what may pass
constexpr std::size_t kBeginsMax = 128;            // of one batch; what is left is due in the next
}  // namespace

Result<TransferId> Batch::schedule(const TransferOrder& order) {
  if (order.not_before > now_ + kFurthest) return Error{Code::deadline_too_far, "not_before: more than 366 days ahead"};
  // What the statements in force would refuse for good is refused now; what may pass may have passed by then.
  for (const auto& finding : core_.findings(order, order.not_before))
    if (!info(finding.code).retryable) return Error{finding.code, finding.detail};
  ScheduledOrder scheduled;
  scheduled.id = core_.random_.id<TransferId>();
  scheduled.order = order;
  scheduled.accepted = now_;
  entries_.add(ScheduleEntry{scheduled});
  entries_.add(IdempotencyEntry{order.participant, order.key, order.payload_hash, scheduled.id});
  core_.keep_order(order.participant, order.key, order.payload_hash, scheduled.id);
  const auto id = scheduled.id;
  core_.absorb(std::move(scheduled));
  return id;
}

// Ends one that has not begun.
void Batch::end_scheduled(const TransferId& id, ScheduledOrder::Stage stage, std::optional<Error> reason) {
  auto ended = *core_.schedule_.find(id);
  ended.stage = stage;
  ended.reason = std::move(reason);
  ended.ended = now_;
  entries_.add(ScheduleEntry{ended});
  core_.absorb(std::move(ended));
}

void Batch::begin_scheduled() {
  if (core_.recovery_only_) return;
  for (const auto& id : core_.schedule_.due(now_, kBeginsMax)) {
    const auto scheduled = *core_.schedule_.find(id);
    const auto begun = core_.may_begin(scheduled) ? begin(scheduled.order, id)
                                                  : Result<void>(Error{Code::overloaded, "heads are not compared yet"});
    take_refused();
    if (begun) continue;
    // USTP-API-016: what may pass is tried again in the time that the vote would have had; until the peer's head is known
    // nothing is given up (decision 4).
    const bool in_time = now_ < scheduled.order.not_before + scheduled.order.vote_within || !core_.may_begin(scheduled);
    if (info(begun.error().code).retryable && in_time)
      core_.schedule_.postpone(id, now_ + kAgain);
    else
      end_scheduled(id, ScheduledOrder::Stage::kRefused, begun.error());
  }
}

// From before this run: it may have begun in blocks that this journal has lost. Its peer tells.
bool Core::may_begin(const ScheduledOrder& scheduled) const {
  if (!scheduled.inherited) return true;
  const auto* target = registry_.ledger(scheduled.order.target_ledger);
  const auto channel = channels_.find(target ? target->gateway : GatewayId{});
  return target == nullptr || (channel != channels_.end() && channel->second.compared &&
                               channel->second.received.sequence >= channel->second.owed);
}

void Core::absorb(ScheduledOrder scheduled) {
  const auto at = scheduled.stage == ScheduledOrder::Stage::kWaiting ? scheduled.accepted : scheduled.ended;
  events_.add(scheduled, at);
  if (scheduled.stage == ScheduledOrder::Stage::kWaiting) {
    scheduled.ordinal = next_ordinal_++;
    order_[scheduled.ordinal] = scheduled.id;
    schedule_.accept(std::move(scheduled));
  } else {
    schedule_.end(scheduled.id, scheduled.stage, scheduled.reason, scheduled.ended);
  }
}

TransferView Core::view(const ScheduledOrder& scheduled) const {
  TransferView out;
  const auto& order = scheduled.order;
  out.id = scheduled.id;
  out.sender = true;
  out.state = to_string(scheduled.stage);
  out.status = status_of(scheduled.stage);
  out.reason = scheduled.reason;
  out.not_before = order.not_before;
  out.scheduled = scheduled.stage == ScheduledOrder::Stage::kWaiting;
  out.waiting_on = out.scheduled ? "time" : "";
  out.timeline.push_back({"scheduled", scheduled.accepted});
  if (!out.scheduled) out.timeline.push_back({out.state, scheduled.ended});
  // As they would be if it began under the statements now in force.
  if (auto terms = terms_of(order, order.not_before)) {
    out.terms = *std::move(terms);
    return out;
  }
  out.terms.instrument = order.instrument;
  const auto point = order.quantity.find('.');
  const auto places = point == std::string::npos ? 0 : order.quantity.size() - point - 1;
  if (const auto quantity = Quantity::parse(order.quantity, static_cast<std::uint8_t>(std::min<std::size_t>(places, Quantity::kMaxScale))))
    out.terms.quantity = *quantity;
  out.terms.lots = order.lots;
  out.terms.source_ledger = options_.ledger;
  out.terms.sender_gateway = options_.self;
  out.terms.target_ledger = order.target_ledger;
  out.terms.originator = order.originator;
  out.terms.beneficiary = order.beneficiary;
  out.terms.reference = order.reference;
  return out;
}

Result<TransferView> Core::view_of(const TransferId& id) const {
  if (const auto* state = find(id)) return view(*state);
  if (const auto* scheduled = schedule_.find(id)) return view(*scheduled);
  return Error{Code::not_found, id.hex()};
}

}  // namespace ustp::gateway
