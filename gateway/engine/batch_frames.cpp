// What comes from peers: links, hellos, acknowledgements, statements, batches.
#include <algorithm>

#include "gateway/engine/batch.hpp"
#include "gateway/engine/inputs.hpp"

namespace ustp::gateway {

using protocol::State;

void Batch::on(LinkInput input) {
  auto& channel = core_.channels_[input.peer];
  if (!input.up) {
    if (channel.link == input.link) {
      channel.link = 0;
      channel.greeted = false;
    }
    return;
  }
  channel.link = input.link;
  channel.greeted = false;
  effects_.sends.push_back(
      {input.peer, input.link, std::make_shared<const Bytes>(core_.hello_for(input.peer, channel, now_))});
}

void Batch::refuse_frame(const FrameInput& input, const Error& error) {
  ++core_.counters_.frames_refused;
  effects_.closes.push_back({input.peer, input.link, error});
}

void Batch::on(FrameInput input) {
  const auto it = core_.channels_.find(input.peer);
  if (it == core_.channels_.end() || it->second.link != input.link) return;  // of a link that is gone
  if (core_.speaks_json(input.peer)) return on_exchange(input);
  const auto kind = wire::frame_kind(input.frame, core_.options_.limits);
  if (!kind) return refuse_frame(input, kind.error());
  if (*kind != wire::FrameKind::kHello && *kind != wire::FrameKind::kStatement && !it->second.greeted)
    return refuse_frame(input, {Code::unexpected_message, "a frame before the hello"});
  switch (*kind) {
    case wire::FrameKind::kHello: return on_hello(input);
    case wire::FrameKind::kAck: return on_ack(input);
    case wire::FrameKind::kStatement: return on_statement(input);
    case wire::FrameKind::kBatch: return on_batch(std::move(input));
  }
}

void Batch::on_hello(const FrameInput& input) {
  const auto hello = wire::receive_hello(input.frame, core_.registry_.key_lookup());
  if (!check_hello(input, hello)) return;
  auto& channel = core_.channels_[input.peer];
  const auto& log = core_.registry_.log();
  for (std::uint64_t i = hello->statements; i < log.size(); ++i)
    effects_.sends.push_back(
        {input.peer, input.link, std::make_shared<const Bytes>(wire::encode_statement_frame(log[i]))});
  if (channel.greeted) return;  // a later one only refreshes clock and statements
  channel.greeted = true;
  while (!channel.unacknowledged.empty() && channel.unacknowledged.front().first <= hello->received.sequence)
    channel.unacknowledged.pop_front();
  for (const auto& [sequence, frame] : channel.unacknowledged) effects_.sends.push_back({input.peer, input.link, frame});
}

// What a hello says in either binding.
bool Batch::check_hello(const FrameInput& input, const Result<wire::Hello>& hello) {
  const auto refuse = [&](const Error& error) {
    refuse_frame(input, error);
    return false;
  };
  if (!hello) return refuse(hello.error());
  if (hello->sender != input.peer) return refuse({Code::tls_identity_mismatch, hello->sender.str()});
  if (hello->recipient != core_.options_.self || hello->channel != core_.options_.shard)
    return refuse({Code::wrong_channel, "hello"});
  auto& channel = core_.channels_[input.peer];
  const auto apart = now_ - hello->time;
  channel.skewed = apart > core_.options_.skew_limit || Duration{-apart.ns} > core_.options_.skew_limit;
  channel.statements = hello->statements;
  // Decision 4: the peer has seen more of us than we remember. An older journal was restored: start nothing new.
  if (hello->received.sequence > channel.sent.sequence) {
    core_.recovery_only_ = true;
    return refuse({Code::journal_behind_peer, input.peer.str()});
  }
  if (!std::exchange(channel.compared, true)) {
    channel.owed = hello->sent.sequence;
    take_held();
  }
  return true;
}

void Batch::on_ack(const FrameInput& input) {
  const auto ack = wire::parse_ack(input.frame);
  if (!ack) return refuse_frame(input, ack.error());
  auto& channel = core_.channels_[input.peer];
  // It is not signed, so it proves nothing: the hello of the next link tells what the peer has.
  if (ack->received.sequence > channel.sent.sequence)
    return refuse_frame(input, {Code::journal_behind_peer, input.peer.str()});
  while (!channel.unacknowledged.empty() && channel.unacknowledged.front().first <= ack->received.sequence)
    channel.unacknowledged.pop_front();
}

Result<void> Batch::apply_statement(const wire::SignedStatement& statement) {
  const auto before = core_.registry_.position();
  USTP_CHECK(core_.registry_.apply(statement));
  if (core_.registry_.position() == before) return {};
  ++core_.counters_.statements;
  auto frame = wire::encode_statement_frame(statement);
  const auto shared = std::make_shared<const Bytes>(frame);
  for (auto& [peer, channel] : core_.channels_) {
    if (channel.link == 0 || !channel.greeted || channel.statements > before) continue;
    if (core_.speaks_json(peer)) {
      state_next(peer, channel);
      continue;
    }
    effects_.sends.push_back({peer, channel.link, shared});
    channel.statements = before + 1;
  }
  entries_.add(StatementEntry{std::move(frame)});
  core_.bind_channels();
  effects_.peers_changed = true;
  recheck_suspended();
  return {};
}

void Batch::recheck_suspended() {  // decision 16: suspense ends by a passed re-check
  for (auto& [id, transfer] : core_.transfers_)
    if (protocol::awaits_recheck(transfer.state.state)) core_.arm(transfer, now_);
}

void Batch::on_statement(const FrameInput& input) {
  const auto statement = wire::parse_statement_frame(input.frame);
  if (!statement) return refuse_frame(input, statement.error());
  auto& channel = core_.channels_[input.peer];
  channel.statements = std::max(channel.statements, core_.registry_.position() + 1);
  if (const auto done = apply_statement(*statement); !done) refuse_frame(input, done.error());
}

void Batch::on(StatementCommand command) {
  auto done = apply_statement(command.statement);
  Result<std::uint64_t> answer = core_.registry_.position();
  if (!done) answer = done.error();
  effects_.replies.push_back([reply = std::move(command.reply), answer = std::move(answer)] { reply(answer); });
}

void Batch::on_batch(FrameInput input) {
  auto& channel = core_.channels_[input.peer];
  const wire::ChannelExpectation expected{input.peer, core_.options_.self, core_.options_.shard, channel.received};
  auto batch = wire::receive_batch(input.frame, expected, core_.registry_.key_lookup(), core_.options_.limits);
  if (!batch) {
    if (batch.error().code == Code::sequence_replayed) return;  // retransmitted octets that are here already
    if (batch.error().code == Code::equivocation) keep_equivocation(channel, input.peer, input.frame);
    return refuse_frame(input, batch.error());
  }
  channel.received = {batch->header.sequence, crypto::sha256(batch->header_octets)};
  acknowledge_.insert(input.peer);
  const auto frame = incoming_frames_[input.peer]++;
  entries_.frame(true, input.peer, input.frame);
  for (std::uint32_t item = 0; item < batch->items.size(); ++item)
    on_message(input.peer, {true, input.peer, frame, item}, *batch, item);
  if (!core_.held_.empty()) take_held();
}

// Evidence against the peer: the signed octets of both batches, the first where they came in. One for each number, so a
// peer that repeats itself fills no journal.
void Batch::keep_equivocation(Core::Channel& channel, const GatewayId& peer, BytesView frame) {
  if (std::exchange(channel.equivocated, channel.received.sequence) == channel.received.sequence) return;
  ++core_.counters_.equivocations;
  entries_.add(EquivocationEntry{peer, channel.received.sequence, channel.received.hash, Bytes(frame.begin(), frame.end())});
}

void Batch::on_message(const GatewayId& peer, MessageRef ref, const wire::BatchView& batch, std::uint32_t item) {
  auto message = decode_item(batch, item);
  if (!message) {
    ++core_.counters_.messages_refused;
    entries_.add(RefusalEntry{ref, message.error()});
    return;
  }
  if (std::holds_alternative<wire::StatusRequest>(message->body)) return on_status_request(peer, ref, *message, encoding_of(batch));
  if (std::holds_alternative<wire::MoveNotice>(message->body))
    return on_notice(peer, ref, *message, batch, item);
  const auto known = core_.recall(message->transfer);
  if (!known) return fail(known.error());
  auto* transfer = *known;
  // Decision 4: in recovery nothing new is started, open ones go on. Of what it does not know it says nothing else.
  if (!transfer && core_.recovery_only_) {
    const Error refused{Code::recovery_only, ""};
    entries_.add(RefusalEntry{ref, refused});
    if (std::holds_alternative<wire::TransferProposal>(message->body))
      queue(protocol::error_answer(peer, *message, wire::message_hash(batch.items[item].octets), refused, now_,
                                   encoding_of(batch)));
    return;
  }
  auto input = message_input(peer, *std::move(message), batch, item, transfer ? &transfer->state : nullptr,
                             core_.registry_, core_.options_.self);
  StepEntry entry;
  entry.kind = StepEntry::Kind::kMessage;
  entry.message = ref;
  (void)advance(transfer, std::move(input), std::move(entry));
  take_refused();
}

void Batch::on_status_request(const GatewayId& peer, MessageRef ref, const wire::Message& message,
                              std::uint32_t encoding) {
  const auto known = core_.recall(message.transfer);
  if (!known) return fail(known.error());
  const auto* state = *known ? &(*known)->state : nullptr;
  if (state && state->peer == peer && state->encoding != encoding) {
    entries_.add(RefusalEntry{ref, {Code::unexpected_message, "another encoding than the transfer's"}});
    return;
  }
  if (state && state->peer == peer) {
    queue(protocol::status_answer(peer, *state));
    return;
  }
  if (state) {
    entries_.add(RefusalEntry{ref, {Code::unknown_transfer, message.transfer.hex()}});
    return;
  }
  if (core_.recovery_only_) return;  // presume nothing (decision 4)
  // Decision 14: never heard of it, so it can never be committed: a signed abort tombstone, durable before the answer.
  const auto tombstone = protocol::abort_tombstone(core_.options_.self, peer, message, now_, encoding);
  const auto answer = queue(protocol::status_answer(peer, tombstone));
  core_.keep_tombstone(tombstone, now_, core_.position_ + 1);
  entries_.add(TombstoneEntry{ref, answer, now_});
}

void Batch::on_notice(const GatewayId& peer, MessageRef ref, const wire::Message& message, const wire::BatchView& batch,
                      std::uint32_t item) {
  const auto hash = wire::message_hash(batch.items[item].octets);
  const auto done = core_.home_book_.on_notice(message, hash, peer, core_.registry_);
  if (!done) {
    ++core_.counters_.notices_refused;
    entries_.add(RefusalEntry{ref, done.error()});
    queue(protocol::error_answer(peer, message, hash, done.error(), now_, encoding_of(batch)));
    return;
  }
  entries_.add(NoticeEntry{ref});
  confirm_counted();
}

void Batch::confirm_counted() {
  for (const auto& one : core_.home_book_.take_counted()) {
    const wire::Message receipt{one.session, one.transfer, one.settlement, one.notice, {}, wire::MoveNoticeReceipt{one.notice}};
    queue({one.recipient, receipt.type(), protocol::encoded(receipt, encoding_with(one.recipient))});
  }
}

}  // namespace ustp::gateway
