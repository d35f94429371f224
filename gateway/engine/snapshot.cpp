// The core's state in octets (USTP-JRN-011): written from a core that replayed durable blocks, read at start.
#include "gateway/engine/core.hpp"
#include "gateway/engine/entry_parts.hpp"

namespace ustp::gateway {
namespace {

constexpr std::uint16_t kSnapshotVersion = 5;

Error damaged(const char* what) { return {Code::journal_damaged, std::string("snapshot: ") + what}; }

void put(Writer& w, Instant at) { w.u64(static_cast<std::uint64_t>(at.ns)); }
Instant get_instant(Reader& r) { return {static_cast<std::int64_t>(r.u64())}; }

void put(Writer& w, const wire::ChannelHead& head) {
  w.u64(head.sequence);
  w.id(head.hash);
}
wire::ChannelHead get_head(Reader& r) {
  const auto sequence = r.u64();
  return {sequence, r.id<Hash256>()};
}

void put(Writer& w, const std::optional<wire::ProvenMessage>& proven) {
  w.u8(proven.has_value());
  if (!proven) return;
  w.octets(proven->octets);
  w.id(proven->salt);
  w.u32(proven->proof.index);
  w.u32(proven->proof.count);
  w.u32(static_cast<std::uint32_t>(proven->proof.path.size()));
  for (const auto& hash : proven->proof.path) w.id(hash);
  w.octets(proven->batch_header);
  w.octets(proven->signature);
}
std::optional<wire::ProvenMessage> get_proven(Reader& r) {
  if (r.u8() == 0) return std::nullopt;
  wire::ProvenMessage proven;
  proven.octets = r.bytes();
  proven.salt = r.id<Salt>();
  proven.proof.index = r.u32();
  proven.proof.count = r.u32();
  for (auto n = r.u32(); n > 0 && r.ok(); --n) proven.proof.path.push_back(r.id<Hash256>());
  proven.batch_header = r.bytes();
  proven.signature = r.bytes();
  return proven;
}

// Terms travel as the proposal that would carry them in FlatBuffers, with all its checks. A tombstone has none.
Bytes proposal_octets(const protocol::TransferState& s) {
  if (s.terms.instrument.empty()) return {};
  wire::Message message;
  message.session = s.session;
  message.transfer = s.id;
  message.settlement = s.settlement;
  message.body = wire::TransferProposal{s.terms, s.leg_salt, {crypto::Algorithm::kEs256}, 1};
  return wire::encode(message);
}

void put(Writer& w, const protocol::TransferState& s) {
  w.id(s.id);
  w.id(s.settlement);
  w.id(s.session);
  w.u8(static_cast<std::uint8_t>(s.role));
  w.u8(static_cast<std::uint8_t>(s.state));
  w.text(s.peer.str());
  w.octets(proposal_octets(s));
  for (const auto* hash : {&s.claim_hash, &s.legs_root, &s.last_received, &s.last_sent, &s.commence_hash, &s.vote_hash})
    w.id(*hash);
  w.octets(s.last_answer);
  w.u32(static_cast<std::uint32_t>(s.seen.size()));
  for (const auto& seen : s.seen) {
    w.u16(static_cast<std::uint16_t>(seen.type));
    w.id(seen.hash);
  }
  w.u8(s.decision.has_value());
  if (s.decision) put(w, *s.decision);
  w.u8(s.reason.has_value());
  if (s.reason) put(w, *s.reason);
  w.text(s.rule);
  w.u8(static_cast<std::uint8_t>(s.disposition));
  w.u8(s.complete_received);
  w.u8(s.notice_pending);
  w.u64(s.alarms);
  w.u128(s.base_units);
  w.text(s.home.str());
  put(w, s.proposal_proof);
  put(w, s.commit_proof);
  w.u32(static_cast<std::uint32_t>(s.timeline.size()));
  for (const auto& entry : s.timeline) {
    w.u8(static_cast<std::uint8_t>(entry.state));
    put(w, entry.at);
  }
  w.text(s.owner.str());
  w.u32(s.encoding);
}

Result<protocol::TransferState> get_state(Reader& r) {
  protocol::TransferState s;
  s.id = r.id<TransferId>();
  s.settlement = r.id<SettlementId>();
  s.session = r.id<SessionId>();
  s.role = static_cast<protocol::Role>(r.u8());
  s.state = static_cast<protocol::State>(r.u8());
  s.peer = r.text_id<GatewayId>();
  if (const auto proposal = r.octets(); !proposal.empty()) {
    USTP_TRY(auto message, wire::decode(proposal));
    auto* body = std::get_if<wire::TransferProposal>(&message.body);
    if (!body) return damaged("terms");
    s.terms = std::move(body->terms);
    s.leg_salt = body->leg_salt;
  }
  for (auto* hash : {&s.claim_hash, &s.legs_root, &s.last_received, &s.last_sent, &s.commence_hash, &s.vote_hash})
    *hash = r.id<Hash256>();
  s.last_answer = r.bytes();
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    const auto type = static_cast<wire::MessageType>(r.u16());
    s.seen.push_back({type, r.id<Hash256>()});
  }
  if (r.u8() != 0) s.decision = get_decision(r);
  if (r.u8() != 0) s.reason = get_error(r);
  s.rule = r.text();
  s.disposition = static_cast<wire::Disposition>(r.u8());
  s.complete_received = r.u8() != 0;
  s.notice_pending = r.u8() != 0;
  s.alarms = r.u64();
  s.base_units = r.u128();
  s.home = r.text_id<GatewayId>();
  s.proposal_proof = get_proven(r);
  s.commit_proof = get_proven(r);
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    const auto state = static_cast<protocol::State>(r.u8());
    s.timeline.push_back({state, get_instant(r)});
  }
  s.owner = r.text_id<ParticipantId>();
  s.encoding = r.u32();
  return s;
}

void put(Writer& w, const protocol::HomeBook::Content& book) {
  w.u32(static_cast<std::uint32_t>(book.lines.size()));
  for (const auto& [key, line] : book.lines) {
    w.text(key.first.str());
    w.text(key.second.str());
    w.u128(line.outstanding);
    w.u128(line.reserved);
  }
  w.u32(static_cast<std::uint32_t>(book.noticed.size()));
  for (const auto& settlement : book.noticed) w.id(settlement);
  w.u32(static_cast<std::uint32_t>(book.waiting.size()));
  for (const auto& move : book.waiting) {
    w.text(move.from.recipient.str());
    w.id(move.from.session);
    w.id(move.from.transfer);
    w.id(move.from.settlement);
    w.id(move.from.notice);
    w.text(move.instrument.str());
    w.text(move.source.str());
    w.text(move.target.str());
    w.u128(move.units);
  }
}
protocol::HomeBook::Content get_book(Reader& r) {
  protocol::HomeBook::Content book;
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    const auto instrument = r.text_id<InstrumentId>();
    auto& line = book.lines[{instrument, r.text_id<LedgerId>()}];
    line.outstanding = r.u128();
    line.reserved = r.u128();
  }
  for (auto n = r.u32(); n > 0 && r.ok(); --n) book.noticed.insert(r.id<SettlementId>());
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    auto& move = book.waiting.emplace_back();
    move.from.recipient = r.text_id<GatewayId>();
    move.from.session = r.id<SessionId>();
    move.from.transfer = r.id<TransferId>();
    move.from.settlement = r.id<SettlementId>();
    move.from.notice = r.id<Hash256>();
    move.instrument = r.text_id<InstrumentId>();
    move.source = r.text_id<LedgerId>();
    move.target = r.text_id<LedgerId>();
    move.units = r.u128();
  }
  return book;
}

}  // namespace

void Core::put_transfer(Writer& w, const Transfer& transfer) {
  put(w, transfer.state);
  w.u64(transfer.ordinal);
  w.text(transfer.viewer.str());
  w.text(transfer.key ? transfer.key->str() : "");
  w.u32(static_cast<std::uint32_t>(transfer.blocks.size()));
  for (const auto position : transfer.blocks) w.u64(position);
}

Result<Core::Transfer> Core::get_transfer(Reader& r) {
  Transfer transfer;
  USTP_TRY(transfer.state, get_state(r));
  transfer.ordinal = r.u64();
  transfer.viewer = r.text_id<ParticipantId>();
  if (const auto key = r.text_id<IdempotencyKey>(); !key.empty()) transfer.key = key;
  for (auto n = r.u32(); n > 0 && r.ok(); --n) transfer.blocks.push_back(r.u64());
  if (!r.ok() || transfer.ordinal == 0 || transfer.state.timeline.empty()) return damaged("a transfer");
  return transfer;
}

void Core::put_operations(Writer& w, const Transfer& transfer) const {
  w.u32(static_cast<std::uint32_t>(transfer.operations.size()));
  for (const auto& id : transfer.operations) {
    const auto& open = operations_.at(id);
    w.id(id);
    w.u8(static_cast<std::uint8_t>(open.operation));
    w.octets(open.intent.octets);
    put(w, open.asked);
  }
}

void Core::get_operations(Reader& r, Transfer& transfer) {
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    const auto id = r.id<OperationId>();
    const auto kind = static_cast<OperationKind>(r.u8());
    ledger::Intent intent{id, r.bytes()};
    const auto asked = get_instant(r);
    if (!intent.octets.empty()) driver_.restore(intent);
    open_operation(transfer, kind, std::move(intent), asked);
  }
}

Result<void> Core::load_transfers(Reader& r) {
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    if (r.u8() != 0) {
      const auto ordinal = r.u64();
      auto scheduled = get_scheduled(r);
      scheduled.ordinal = ordinal;
      if (!r.ok() || schedule_.find(scheduled.id) || !order_.emplace(ordinal, scheduled.id).second)
        return damaged("a scheduled order");
      schedule_.accept(std::move(scheduled));
      continue;
    }
    USTP_TRY(auto read, get_transfer(r));
    const auto id = read.state.id;
    if (transfers_.contains(id) || order_.contains(read.ordinal)) return damaged("a transfer");
    auto& transfer = transfers_[id] = std::move(read);
    order_[transfer.ordinal] = id;
    transfer.changed = position_;
    get_operations(r, transfer);
    if (protocol::is_terminal(transfer.state.state)) {
      ended_.push_back(id);
    } else {
      ++open_;
      if (transfer.state.role == protocol::Role::kSender)
        paces_[transfer.state.peer].opened(transfer.state.timeline.back().at);
    }
    rearm(transfer, transfer.state.timeline.back().at);
  }
  return {};
}

Bytes Core::snapshot() const {
  Writer w;
  w.u16(kSnapshotVersion);
  w.text(options_.self.str());
  w.u64(position_);
  w.u32(static_cast<std::uint32_t>(registry_.log().size()));
  for (const auto& statement : registry_.log()) w.octets(wire::encode_statement_frame(statement));
  put(w, home_book_.content());
  w.u32(static_cast<std::uint32_t>(channels_.size()));
  for (const auto& [peer, channel] : channels_) {
    w.text(peer.str());
    put(w, channel.sent);
    put(w, channel.received);
    w.u32(static_cast<std::uint32_t>(channel.unacknowledged.size()));
    for (const auto& [sequence, frame] : channel.unacknowledged) {
      w.u64(sequence);
      w.octets(*frame);
    }
  }
  w.u64(next_ordinal_);
  w.u64(archived_at_);
  w.u64(archived_count_);
  w.id(archived_hash_);
  w.u32(static_cast<std::uint32_t>(order_.size()));
  for (const auto& [ordinal, id] : order_) {
    const auto* scheduled = schedule_.find(id);
    w.u8(scheduled != nullptr);
    if (scheduled) {
      w.u64(ordinal);
      gateway::put(w, *scheduled);
    } else {
      put_transfer(w, transfers_.at(id));
      put_operations(w, transfers_.at(id));
    }
  }
  // Sorted, so that equal states give equal octets.
  std::map<std::pair<ParticipantId, IdempotencyKey>, std::pair<Hash256, TransferId>> keys;
  for (const auto& [key, of] : idempotency_) keys[{key.participant, key.key}] = of;
  w.u32(static_cast<std::uint32_t>(keys.size()));
  for (const auto& [key, of] : keys) {
    w.text(key.first.str());
    w.text(key.second.str());
    w.id(of.first);
    w.id(of.second);
  }
  events_.put(w);
  w.id(last_intent_.id);
  w.octets(last_intent_.octets);
  return w.take();
}

Result<void> Core::load(BytesView snapshot) {
  Reader r(snapshot);
  if (const auto version = r.u16(); version != kSnapshotVersion)
    return Error{Code::journal_format, "snapshot version " + std::to_string(version)};
  if (r.text_id<GatewayId>() != options_.self) return Error{Code::journal_format, "the snapshot of another gateway"};
  position_ = r.u64();
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    USTP_TRY(const auto statement, wire::parse_statement_frame(r.octets()));
    USTP_CHECK(registry_.apply(statement));
  }
  home_book_.restore(get_book(r));
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    auto& channel = channels_[r.text_id<GatewayId>()];
    channel.sent = get_head(r);
    channel.received = get_head(r);
    for (auto frames = r.u32(); frames > 0 && r.ok(); --frames) {
      const auto sequence = r.u64();
      channel.unacknowledged.emplace_back(sequence, std::make_shared<const Bytes>(r.bytes()));
    }
  }
  next_ordinal_ = r.u64();
  archived_at_ = r.u64();
  archived_count_ = r.u64();
  archived_hash_ = r.id<Hash256>();
  USTP_CHECK(load_transfers(r));
  for (auto n = r.u32(); n > 0 && r.ok(); --n) {
    const auto participant = r.text_id<ParticipantId>();
    const auto key = r.text_id<IdempotencyKey>();
    const auto payload = r.id<Hash256>();
    idempotency_[{participant, key}] = {payload, r.id<TransferId>()};
  }
  if (!events_.get(r)) return damaged("events");
  last_intent_.id = r.id<OperationId>();
  last_intent_.octets = r.bytes();
  if (!r.ok() || !r.at_end()) return damaged("octets");
  if (!last_intent_.octets.empty()) driver_.restore(last_intent_);
  bind_channels();
  return {};
}

std::unique_ptr<Core> Core::replica(ledger::Driver& idle) const {
  auto core = std::make_unique<Core>(options_, registry_.blank(), signer_, random_, idle, prove_);
  core->archive_ = archive_;
  return core;
}

}  // namespace ustp::gateway
