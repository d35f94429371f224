#include "gateway/engine/core.hpp"

#include <algorithm>

#include "gateway/engine/archive.hpp"
#include "gateway/engine/batch.hpp"
#include "gateway/engine/exchange.hpp"
#include "gateway/engine/octets.hpp"
#include "ustp/wire/json_link.hpp"

namespace ustp::gateway {

using protocol::State;

Core::Core(CoreOptions options, protocol::Registry registry, crypto::Signer& signer, Random& random,
           ledger::Driver& driver,
           std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> prove)
    : options_(std::move(options)), registry_(std::move(registry)), signer_(signer), random_(random), driver_(driver),
      prove_(std::move(prove)), home_book_(options_.self),
      events_(options_.events_kept) {
  bind_channels();
}

BatchResult Core::process(std::vector<CoreInput> inputs, Instant now) {
  let_go(256);  // a snapshot holds thousands: no batch is held up by all of them
  Batch batch(*this, now);
  for (auto& input : inputs) batch.take(std::move(input));
  batch.fire_timers();
  auto result = batch.seal();
  if (!result.payload.empty()) ++position_;
  return result;
}

Core::Transfer& Core::first_seen(const TransferId& id) {
  const auto scheduled = schedule_.begin(id);
  auto& transfer = transfers_[id];
  if (scheduled) {  // it keeps its place
    transfer.ordinal = scheduled->ordinal;
    transfer.key = scheduled->order.key;
  } else {
    transfer.ordinal = next_ordinal_++;
    order_[transfer.ordinal] = id;
  }
  return transfer;
}

void Core::keep_tombstone(const protocol::TransferState& state, Instant at, std::uint64_t position) {
  auto& transfer = first_seen(state.id);
  transfer.state = state;
  transfer.changed = position;
  ended_.push_back(state.id);
  events_.add(state, {}, at);
}

void Core::keep_order(const ParticipantId& participant, const IdempotencyKey& key, const Hash256& payload,
                      const TransferId& id) {
  if (const auto it = transfers_.find(id); it != transfers_.end()) it->second.key = key;
  idempotency_[{participant, key}] = {payload, id};
}

namespace {

// When a transfer in this state wants to be looked at by itself; INT64_MAX: never.
Instant due_at(const protocol::TransferState& state, const CoreOptions& options, Instant since) {
  switch (state.state) {
    case State::kProposed: case State::kCommenced: case State::kLocking: case State::kLockAsserted:
    case State::kPreparing: case State::kAccepted: case State::kCommenceAcked: case State::kLockAccepted:
    case State::kCreating: case State::kReady:
      return state.terms.vote_by + Duration{1};
    // Doubt is asked about again and again, never resolved by time (USTP-TRF-060).
    case State::kInDoubt: return since + options.status_retry;
    case State::kSuspended: case State::kUndelivered: return since + options.recheck_every;
    default: return {INT64_MAX};
  }
}

}  // namespace

void Core::absorb(Transfer& transfer, const protocol::Record& record, std::uint64_t position) {
  const bool was_open = record.from != State::kNone && !protocol::is_terminal(record.from);
  const bool is_open = !protocol::is_terminal(record.to);
  const bool sends = transfer.state.role == protocol::Role::kSender;
  if (is_open && !was_open) {
    ++open_;
    if (sends) paces_[transfer.state.peer].opened(record.time);
  } else if (!is_open && was_open) {
    --open_;
    if (sends) paces_[transfer.state.peer].ended(record.time);
  }
  home_book_.on_record(transfer.state, record);
  if (transfer.blocks.empty() || transfer.blocks.back() != position) transfer.blocks.push_back(position);
  transfer.changed = position;
  if (!is_open && (was_open || record.from == State::kNone)) ended_.push_back(transfer.state.id);
  rearm(transfer, record.time);
  if (!is_open) {
    for (const auto& id : transfer.operations) operations_.erase(id);
    transfer.operations.clear();
  }
  ++counters_.steps;
  if (record.from == record.to) return;
  if (record.from == State::kNone) {
    const auto& s = transfer.state;
    const auto* account = registry_.account(s.terms.target_ledger, s.terms.beneficiary);
    transfer.viewer = s.role == protocol::Role::kSender ? s.owner : account ? account->participant : ParticipantId{};
  }
  events_.add(transfer.state, transfer.viewer, record.time);
}

void Core::rearm(Transfer& transfer, Instant since) { arm(transfer, due_at(transfer.state, options_, since)); }

void Core::arm(Transfer& transfer, Instant at) {
  if (transfer.armed == at) return;
  if (transfer.armed.ns != INT64_MAX) timers_.erase({transfer.armed, transfer.state.id});
  transfer.armed = at;
  if (at.ns != INT64_MAX) timers_.insert({at, transfer.state.id});
}

void Core::open_operation(Transfer& transfer, OperationKind operation, ledger::Intent intent, Instant now) {
  const auto id = intent.id;
  if (!intent.octets.empty()) last_intent_ = intent;
  transfer.operations.push_back(id);
  operations_[id] = {transfer.state.id, operation, std::move(intent), now, false};
  if (next_requery_.ns == INT64_MAX) next_requery_ = now + options_.requery_every;
}

bool Core::may_give_up(const Transfer& transfer) const {
  if (!transfer.inherited) return true;
  const auto channel = channels_.find(transfer.state.peer);
  return !recovery_only_ && channel != channels_.end() && channel->second.compared &&
         channel->second.received.sequence >= channel->second.owed;
}

void Core::close_operation(const OperationId& id) {
  const auto it = operations_.find(id);
  if (it == operations_.end()) return;
  std::erase(transfers_[it->second.transfer].operations, id);
  operations_.erase(it);
}

Instant Core::next_timer() const {
  const Instant transfer = timers_.empty() ? Instant{INT64_MAX} : timers_.begin()->first;
  return std::min({transfer, schedule_.next(), next_requery_, next_hello_});
}

const protocol::TransferState* Core::find(const TransferId& id) const {
  const auto it = transfers_.find(id);
  return it == transfers_.end() ? nullptr : &it->second.state;
}

bool Core::reaches(const GatewayId& peer) const {
  const auto it = channels_.find(peer);
  return it != channels_.end() && it->second.link != 0 && it->second.greeted;
}

void Core::links(std::map<GatewayId, bool>& out) const {
  for (const auto& [peer, channel] : channels_) out[peer] = channel.link != 0 && channel.greeted;
}

std::vector<PeerAddress> Core::peers() const {
  std::vector<PeerAddress> out;
  for (const auto* participant : registry_.participants())
    if (!participant->gateway.empty() && participant->gateway != options_.self && participant->admitted)
      out.push_back({participant->gateway, participant->endpoint, speaks_json(participant->gateway)});
  return out;
}

// A key that signs no JWS speaks the other binding and is refused by whoever states this one.
void Core::bind_channels() {
  const auto states_https = [](const auto& one) { return one.endpoint.starts_with("https://"); };
  json_peers_.clear();
  if (signer_.algorithm() != crypto::Algorithm::kEs256) return;
  const auto all = registry_.participants();
  const bool own = std::any_of(all.begin(), all.end(),
                               [&](const auto* one) { return one->gateway == options_.self && states_https(*one); });
  for (const auto* one : all)
    if (!one->gateway.empty() && one->gateway != options_.self && (own || states_https(*one)))
      json_peers_.insert(one->gateway);
}

TransferView Core::view(const protocol::TransferState& state) {
  TransferView out;
  out.id = state.id;
  out.settlement = state.settlement;
  out.sender = state.role == protocol::Role::kSender;
  out.state = to_string(state.state);
  out.waiting_on = waiting_on(state);
  out.reason = reason_of(state);
  out.status = status_of(state.state);
  out.terms = state.terms;
  for (const auto& entry : state.timeline) out.timeline.push_back({std::string(to_string(entry.state)), entry.at});
  return out;
}

std::vector<LedgerView> Core::ledgers() const {
  std::vector<LedgerView> out;
  for (const auto* profile : registry_.ledgers()) {
    const bool own = profile->id == options_.ledger;
    out.push_back({*profile, registry_.ledger_halted(profile->id), own, own || reaches(profile->gateway),
                   own ? operations_.size() : 0});
  }
  return out;
}

// A participant sees the transfers it ordered and those that reach its own account (decision 21), as for their events;
// whoever runs the gateway sees them all.
bool Core::sees(const ParticipantId& participant, const Transfer& transfer) const {
  return transfer.viewer == participant || operates(participant);
}
bool Core::sees(const ParticipantId& participant, const ScheduledOrder& scheduled) const {
  return scheduled.order.participant == participant || operates(participant);
}

bool Core::operates(const ParticipantId& participant) const {
  const auto* party = registry_.participant(participant);
  return party && party->gateway == options_.self;
}

EventPage Core::events_for(const EventQuery& query, std::uint64_t until) const {
  return events_.page(query.participant, operates(query.participant), query.after, until, query.limit);
}

Bytes Core::hello_for(const GatewayId& peer, const Channel& channel, Instant now) {
  wire::Hello hello;
  hello.sender = options_.self;
  hello.recipient = peer;
  hello.channel = options_.shard;
  hello.sent = channel.sent;
  hello.received = channel.received;
  hello.statements = registry_.position();
  hello.statement_head = registry_.head();
  hello.time = now;
  hello.key = signer_.key_id();
  if (!speaks_json(peer)) return wire::seal_hello(hello, signer_).value();
  return exchange(Exchange::kHello, as_bytes(wire::seal_json_hello(hello, signer_).value()));
}

Hash256 Core::state_hash() const {
  Writer w;
  auto all = archived_hash_;
  for (const auto& [id, transfer] : transfers_) mix(all, hash_of(transfer.state));
  w.id(all);
  for (const auto& [peer, channel] : channels_) {
    if (channel.sent.sequence == 0 && channel.received.sequence == 0) continue;  // only a link, nothing said
    w.text(peer.str());
    w.u64(channel.sent.sequence);
    w.id(channel.sent.hash);
    w.u64(channel.received.sequence);
    w.id(channel.received.hash);
  }
  std::set<OperationId> open;
  for (const auto& [id, operation] : operations_) open.insert(id);
  for (const auto& id : open) w.id(id);
  w.u64(registry_.position());
  w.id(registry_.head());
  for (const auto& [id, scheduled] : schedule_.all()) put(w, scheduled);
  events_.put(w);
  return crypto::sha256(w.take());
}

Effects Core::resume(Instant now) {
  Effects effects;
  for (auto& [peer, pace] : paces_) pace.begin(now);
  // Executing again under the same operation id is the same operation (decision 8).
  for (auto& [id, operation] : operations_) {
    operation.asked = now;
    if (operation.intent.octets.empty()) continue;
    effects.executes.push_back(operation.intent);
  }
  next_requery_ = operations_.empty() ? Instant{INT64_MAX} : now + options_.requery_every;  // replay left the past's
  next_hello_ = now + options_.hello_every;
  for (auto& [id, transfer] : transfers_) {
    transfer.inherited = !protocol::is_terminal(transfer.state.state);
    // The clock may have been ahead when the time to ask again was set, and is ahead now when it is put back later.
    if (transfer.state.state == protocol::State::kInDoubt || transfer.state.state == protocol::State::kSuspended)
      arm(transfer, now);
  }
  schedule_.inherit();
  last_now_ = now;
  effects.peers_changed = true;
  return effects;
}

}  // namespace ustp::gateway
