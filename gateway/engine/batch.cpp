// Orders, outcomes, timers and messages of one batch.
#include "gateway/engine/batch.hpp"

#include "gateway/engine/inputs.hpp"

namespace ustp::gateway {

using protocol::State;

void Batch::take(CoreInput input) {
  std::visit([this](auto&& in) { on(std::move(in)); }, std::move(input));
  take_refused();
}

void Batch::take_refused() {
  while (!refused_at_once_.empty()) {
    auto outcome = std::move(refused_at_once_.front());
    refused_at_once_.pop_front();
    on(std::move(outcome));
  }
}

protocol::Facts Batch::facts(const GatewayId& peer, const token::TransferTerms* terms) const {
  protocol::Facts facts;
  facts.registry = &core_.registry_;
  facts.self = core_.options_.self;
  if (const auto it = core_.channels_.find(peer); it != core_.channels_.end()) facts.peer_skewed = it->second.skewed;
  if (terms) facts.returnable = core_.home_book_.returnable(terms->instrument, terms->source_ledger, terms->quantity.scale());
  facts.prove = std::cref(core_.prove_);  // not a copy for each step
  facts.json_peers = &core_.json_peers_;
  return facts;
}

MessageRef Batch::queue(protocol::Outgoing message) {
  // USTP-MSG-002: what one block says to a peer may be more than one frame holds.
  const auto& limits = core_.options_.limits;
  auto& to = outgoing_[message.to];
  const auto octets = wire::octets_in_batch(message.octets.size());
  if (to.frames.empty() || core_.speaks_json(message.to) || to.frames.back().size() >= limits.messages ||
      to.octets + octets > limits.frame_octets - wire::kMaxBatchHead) {
    to.frames.emplace_back();
    to.octets = 0;
  }
  to.octets += octets;
  auto& frame = to.frames.back();
  frame.push_back({core_.random_.id<Salt>(), std::move(message.octets)});
  return {false, message.to, static_cast<std::uint32_t>(to.frames.size() - 1), static_cast<std::uint32_t>(frame.size() - 1)};
}

Result<void> Batch::advance(Core::Transfer* transfer, protocol::Input input, StepEntry entry) {
  const token::TransferTerms* terms = nullptr;
  GatewayId peer = transfer ? transfer->state.peer : GatewayId{};
  if (const auto* in = std::get_if<protocol::MessageInput>(&input)) {
    peer = in->from;
    if (const auto* proposal = std::get_if<wire::TransferProposal>(&in->message.body)) terms = &proposal->terms;
  } else if (const auto* order = std::get_if<protocol::OrderInput>(&input)) {
    peer = order->terms.recipient_gateway;
  }
  protocol::TransferState fresh;
  const auto alarms = transfer ? transfer->state.alarms : 0;
  auto outcome = protocol::step(transfer ? transfer->state : fresh, input, facts(peer, terms), now_);
  if (auto* refusal = std::get_if<protocol::Refusal>(&outcome)) {
    if (refusal->answer) queue(*std::move(refusal->answer));
    if (entry.kind == StepEntry::Kind::kMessage) {
      ++core_.counters_.messages_refused;
      entries_.add(RefusalEntry{entry.message, refusal->error});
    }
    return refusal->error;
  }
  auto& result = std::get<protocol::StepResult>(outcome);
  for (auto& message : result.messages) entry.sent.push_back(queue(std::move(message)));
  if (!transfer) {
    transfer = &core_.first_seen(fresh.id);
    transfer->state = std::move(fresh);
  }
  if (const auto* in = std::get_if<protocol::OutcomeInput>(&input)) core_.close_operation(in->outcome.id);
  core_.absorb(*transfer, result.record, core_.position_ + 1);
  confirm_counted();
  effects_.steps.push_back({transfer->state.id, result.record.from, result.record.to, result.record.event,
                            transfer->state.role == protocol::Role::kSender, transfer->state.alarms != alarms});
  for (std::size_t i = 0; i < result.operations.size(); ++i) {
    auto intent = core_.driver_.prepare(result.operations[i]);
    if (!intent) {  // what the ledger can never express never leaves
      refused_at_once_.push_back({result.operations[i].id, ledger::OutcomeKind::kNever, {}, intent.error()});
      intent = ledger::Intent{result.operations[i].id, {}};
    } else {
      effects_.executes.push_back(*intent);
    }
    core_.open_operation(*transfer, result.record.operations[i], *intent, now_);
    entry.intents.push_back(*std::move(intent));
  }
  entry.record = std::move(result.record);
  if (auto* in = std::get_if<protocol::OutcomeInput>(&input)) entry.outcome = std::move(*in);
  entries_.add(entry);
  return {};
}

void Batch::on(ledger::Outcome outcome) {
  const auto it = core_.operations_.find(outcome.id);
  if (it == core_.operations_.end()) return;  // told before
  it->second.unseen = outcome.kind == ledger::OutcomeKind::kUnknown;
  if (outcome.kind == ledger::OutcomeKind::kPending || outcome.kind == ledger::OutcomeKind::kUnknown) return;
  const auto operation = it->second.operation;
  auto& transfer = core_.transfers_.at(it->second.transfer);
  // It would be a vote or, too late for one, an undo, and there may have been a vote already: it waits for the peer's head.
  if (operation == OperationKind::kCreate && outcome.kind == ledger::OutcomeKind::kFinal &&
      transfer.state.state == State::kCreating && !core_.may_give_up(transfer)) {
    core_.held_[outcome.id] = std::move(outcome);
    return;
  }
  StepEntry entry;
  entry.kind = StepEntry::Kind::kOutcome;
  // One that fits no state is asked about again: no block tells of it, and a replay would leave it open too.
  (void)advance(&transfer, protocol::OutcomeInput{operation, std::move(outcome)}, std::move(entry));
}

void Batch::take_held() {
  for (auto& [id, outcome] : std::exchange(core_.held_, {})) on(std::move(outcome));  // what still waits is held again
}

void Batch::on(OrderCommand command) {
  const auto& order = command.order;
  const auto answer = [&](Result<TransferView> view) {
    effects_.replies.push_back([reply = std::move(command.reply), view = std::move(view)] { reply(view); });
  };
  const auto found = core_.recall_order({order.participant, order.key});
  if (!found) return fail(found.error());
  if (const auto* known = *found) {
    if (known->first != order.payload_hash) return answer(Error{Code::idempotency_payload, order.key.str()});
    auto view = core_.view_of(known->second);
    if (view) view->replayed = true;
    return answer(std::move(view));
  }
  if (core_.recovery_only_) return answer(Error{Code::recovery_only, ""});
  if (core_.open_ + core_.schedule_.waiting() >= core_.options_.open_transfers_max)
    return answer(Error{Code::overloaded, "open transfers"});
  if (order.not_before > now_) {
    const auto id = schedule(order);
    return answer(id ? core_.view_of(*id) : id.error());
  }
  const auto id = core_.random_.id<TransferId>();
  if (auto done = begin(order, id); !done) return answer(done.error());
  entries_.add(IdempotencyEntry{order.participant, order.key, order.payload_hash, id});
  core_.keep_order(order.participant, order.key, order.payload_hash, id);
  answer(core_.view_of(id));
}

Result<void> Batch::begin(const TransferOrder& order, const TransferId& id) {
  USTP_TRY(auto terms, core_.terms_of(order, now_));
  const auto& peer = core_.registry_.ledger(order.target_ledger)->gateway;
  if (!core_.paces_[peer].keeps(core_.options_.order_within, now_))
    return Error{Code::overloaded, "transfers to " + peer.str() + " take longer than timing.order_within_ms"};
  protocol::OrderInput input;
  input.transfer = id;
  input.settlement = core_.random_.id<SettlementId>();
  input.session = core_.random_.id<SessionId>();
  input.leg_salt = core_.random_.id<Salt>();
  input.terms = std::move(terms);
  input.owner = order.participant;
  input.encoding = encoding_with(peer);
  StepEntry entry;
  entry.kind = StepEntry::Kind::kOrder;
  entry.owner = order.participant;
  return advance(nullptr, std::move(input), std::move(entry));
}

void Batch::on(CancelCommand command) {
  const auto answer = [&](Result<TransferView> view) {
    effects_.replies.push_back([reply = std::move(command.reply), view = std::move(view)] { reply(view); });
  };
  if (const auto* scheduled = core_.schedule_.find(command.transfer);
      scheduled && scheduled->order.participant == command.participant) {
    if (scheduled->stage != ScheduledOrder::Stage::kWaiting)
      return answer(Error{Code::cannot_cancel, std::string(to_string(scheduled->stage))});
    end_scheduled(command.transfer, ScheduledOrder::Stage::kWithdrawn, std::nullopt);
    return answer(core_.view_of(command.transfer));
  }
  const auto found = core_.recall(command.transfer);
  if (!found) return fail(found.error());
  auto* transfer = *found;
  if (!transfer || transfer->state.owner != command.participant)
    return answer(Error{Code::not_found, command.transfer.hex()});
  if (!core_.may_give_up(*transfer)) return answer(Error{Code::recovery_only, "heads are not compared yet"});
  StepEntry entry;
  entry.kind = StepEntry::Kind::kCancel;
  if (auto done = advance(transfer, protocol::CancelInput{}, std::move(entry)); !done) return answer(done.error());
  answer(core_.view(*core_.find(command.transfer)));
}

void Batch::on(SnapshotInput input) {
  core_.archived_at_ = input.position;
  core_.looks_ = core_.ended_.size();
}

void Batch::on(QueryCommand command) {
  effects_.replies.push_back(command.look(core_));
}

// A clock that was ahead and is put right leaves behind times to ask again that are far away: they count anew. Deadlines
// are absolute and stay.
void Batch::notice_clock() {
  const bool put_back = now_ + Duration::seconds(1) < core_.last_now_;
  core_.last_now_ = now_;
  if (!put_back) return;
  core_.next_requery_ = core_.next_hello_ = now_;
  core_.schedule_.recount();
  for (auto& [id, operation] : core_.operations_) operation.asked = {};
  for (auto& [id, transfer] : core_.transfers_)
    if (transfer.state.state == State::kInDoubt || protocol::awaits_recheck(transfer.state.state))
      core_.arm(transfer, now_);
}

void Batch::fire_timers() {
  notice_clock();
  while (!core_.timers_.empty() && core_.timers_.begin()->first <= now_) {
    const auto [at, id] = *core_.timers_.begin();
    auto& transfer = core_.transfers_.at(id);
    core_.arm(transfer, {INT64_MAX});
    StepEntry entry;
    if (transfer.state.state == State::kInDoubt && !core_.reaches(transfer.state.peer)) {
      core_.arm(transfer, now_ + core_.options_.status_retry);  // the question waits in the channel: once is enough
      continue;
    }
    if (protocol::awaits_recheck(transfer.state.state)) {
      entry.kind = StepEntry::Kind::kRecheck;
      if (!advance(&transfer, protocol::RecheckInput{}, std::move(entry)))
        core_.arm(transfer, now_ + core_.options_.recheck_every);  // still not eligible: nothing to record
    } else if (transfer.state.state != State::kReady && transfer.state.state != State::kInDoubt &&
               !core_.may_give_up(transfer)) {  // doubt gives up nothing: it asks
      core_.arm(transfer, now_ + core_.options_.status_retry);
      continue;
    } else {
      entry.kind = StepEntry::Kind::kDeadline;
      (void)advance(&transfer, protocol::DeadlineInput{}, std::move(entry));
    }
    take_refused();
  }
  begin_scheduled();
  refresh_hellos();
  if (now_ < core_.next_requery_) return;
  for (auto& [id, operation] : core_.operations_) {
    // A ledger that is slow is not asked to death: the pause doubles up to 16 times what is configured.
    const auto times = operation.unseen ? 1 : std::int64_t{1} << std::min(operation.questions, 4u);
    if (now_ - operation.asked < Duration{core_.options_.requery_every.ns * times} || operation.intent.octets.empty()) continue;
    operation.asked = now_;
    ++operation.questions;
    // What was lost on the way to the ledger is sent again: under the same id it is the same operation (decision 8).
    (operation.unseen ? effects_.executes : effects_.queries).push_back(operation.intent);
    operation.unseen = false;
  }
  core_.next_requery_ = core_.operations_.empty() ? Instant{INT64_MAX} : now_ + core_.options_.requery_every;
}

// Clocks and statement logs are compared again and again on a link that stays up (USTP-MSG-040).
void Batch::refresh_hellos() {
  if (now_ < core_.next_hello_) return;
  core_.next_hello_ = now_ + core_.options_.hello_every;
  for (const auto& [peer, channel] : core_.channels_)
    if (channel.link != 0 && channel.greeted)
      effects_.sends.push_back(
          {peer, channel.link, std::make_shared<const Bytes>(core_.hello_for(peer, channel, now_))});
}

void Batch::send(const GatewayId& peer, std::span<const wire::OutgoingMessage> messages) {
  if (core_.speaks_json(peer)) return send_json(peer, messages.front().octets);
  auto& channel = core_.channels_[peer];
  wire::BatchHeader header;
  header.sender = core_.options_.self;
  header.recipient = peer;
  header.channel = core_.options_.shard;
  header.sequence = channel.sent.sequence + 1;
  header.previous = channel.sent.hash;
  header.key = core_.signer_.key_id();
  header.time = now_;
  const auto frame = std::make_shared<const Bytes>(wire::seal_batch(header, messages, core_.signer_).value());
  const auto sealed = wire::parse_batch(*frame, core_.options_.limits).value();
  channel.sent = {header.sequence, crypto::sha256(sealed.header_octets)};
  channel.unacknowledged.emplace_back(header.sequence, frame);
  entries_.frame(false, peer, *frame);
  if (channel.link != 0 && channel.greeted) effects_.sends.push_back({peer, channel.link, frame});
}

BatchResult Batch::seal() {
  if (failed_) return {{}, {}, failed_};
  for (const auto& [peer, outgoing] : outgoing_)
    for (const auto& messages : outgoing.frames) send(peer, messages);
  for (const auto& peer : acknowledge_) {
    const auto& channel = core_.channels_[peer];
    if (channel.link == 0) continue;
    const wire::Ack ack{core_.options_.shard, channel.received};
    effects_.sends.push_back({peer, channel.link, std::make_shared<const Bytes>(wire::encode_ack(ack))});
  }
  BatchResult out;
  if (!entries_.empty()) out.payload = entries_.take();
  out.effects = std::move(effects_);
  out.effects.events = core_.events_.last();
  return out;
}

}  // namespace ustp::gateway
