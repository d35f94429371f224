// The JSON binding's channel (spec/03c, section 6): one message per sequence, each a JWS; every request gets one answer,
// when what it tells of is durable.
#include <algorithm>

#include "gateway/engine/batch.hpp"
#include "gateway/engine/exchange.hpp"
#include "gateway/engine/inputs.hpp"
#include "ustp/wire/json_link.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::gateway {
namespace {

// Messages given to the link ahead of their acknowledgements; it sends one after the other anyway.
constexpr std::uint64_t kOfferedMax = 16;

}  // namespace

std::uint32_t Batch::encoding_with(const GatewayId& peer) const {
  return core_.speaks_json(peer) ? wire::kJsonEncoding : wire::kFlatBuffersEncoding;
}

void Batch::on_exchange(const FrameInput& input) {
  if (input.frame.empty()) return refuse_frame(input, {Code::unknown_tag, "an empty exchange"});
  const bool answered = (input.frame.front() & kAnswer) != 0;
  const BytesView body = BytesView(input.frame).subspan(1);
  switch (static_cast<Exchange>(input.frame.front() & ~kAnswer)) {
    case Exchange::kHello: return on_json_hello(input, body, !answered);
    case Exchange::kMessage: return answered ? on_json_ack(input, body) : on_json_message(input, body);
    case Exchange::kStatement: return answered ? on_json_stated(input, body) : on_json_statement(input, body);
  }
  refuse_frame(input, {Code::unknown_tag, "exchange"});
}

void Batch::answer(const FrameInput& input, Exchange kind, BytesView body) {
  effects_.sends.push_back({input.peer, input.link, std::make_shared<const Bytes>(exchange(kind, body, kAnswer))});
}

void Batch::acknowledge_json(const FrameInput& input) {
  const wire::Ack ack{core_.options_.shard, core_.channels_[input.peer].received};
  answer(input, Exchange::kMessage, as_bytes(wire::encode_json_ack(ack)));
}

// Either side's hello tells both what the other has (USTP-NET-002 to -007).
void Batch::on_json_hello(const FrameInput& input, BytesView body, bool asked) {
  const auto hello = wire::receive_json_hello(as_text(body), core_.registry_.key_lookup());
  if (!check_hello(input, hello)) return;
  auto& channel = core_.channels_[input.peer];
  channel.heard = true;
  if (asked) {
    auto own = core_.hello_for(input.peer, channel, now_);
    own.front() |= kAnswer;
    effects_.sends.push_back({input.peer, input.link, std::make_shared<const Bytes>(std::move(own))});
  }
  while (!channel.unacknowledged.empty() && channel.unacknowledged.front().first <= hello->received.sequence)
    channel.unacknowledged.pop_front();
  if (!std::exchange(channel.greeted, true)) channel.offered = channel.stated = 0;
  state_next(input.peer, channel);
  offer(input.peer, channel);
}

// One statement is under way at a time: its answer says how many the peer has now.
void Batch::state_next(const GatewayId& peer, Core::Channel& channel) {
  const auto& log = core_.registry_.log();
  const auto next = channel.statements;
  if (channel.link == 0 || !channel.greeted || next >= log.size() || next < channel.stated) return;
  channel.stated = next + 1;
  effects_.sends.push_back({peer, channel.link, std::make_shared<const Bytes>(exchange(
                                                    Exchange::kStatement, wire::encode_statement_frame(log[next])))});
}

void Batch::on_json_stated(const FrameInput& input, BytesView body) {
  const auto count = wire::parse_statement_count(body);
  if (!count) return refuse_frame(input, count.error());
  auto& channel = core_.channels_[input.peer];
  channel.statements = std::max(channel.statements, *count);
  state_next(input.peer, channel);
}

void Batch::on_json_ack(const FrameInput& input, BytesView body) {
  const auto ack = wire::parse_json_ack(body);
  if (!ack) return refuse_frame(input, ack.error());
  auto& channel = core_.channels_[input.peer];
  if (ack->channel != core_.options_.shard) return refuse_frame(input, {Code::wrong_channel, "acknowledgement"});
  if (ack->received.sequence > channel.sent.sequence)
    return refuse_frame(input, {Code::journal_behind_peer, input.peer.str()});
  while (!channel.unacknowledged.empty() && channel.unacknowledged.front().first <= ack->received.sequence)
    channel.unacknowledged.pop_front();
  offer(input.peer, channel);
}

void Batch::on_json_statement(const FrameInput& input, BytesView frame) {
  const auto statement = wire::parse_statement_frame(frame);
  if (!statement) return refuse_frame(input, statement.error());
  auto& channel = core_.channels_[input.peer];
  channel.statements = std::max(channel.statements, core_.registry_.position() + 1);
  if (const auto done = apply_statement(*statement); !done) return refuse_frame(input, done.error());
  answer(input, Exchange::kStatement, as_bytes(wire::encode_statement_count(core_.registry_.position())));
}

// Unlike a batch's, its link may be older than ours to the peer: what counts is that the peer's hello came in this run.
void Batch::on_json_message(const FrameInput& input, BytesView jws) {
  auto& channel = core_.channels_[input.peer];
  if (!channel.heard) return refuse_frame(input, {Code::unexpected_message, "a message before the hello"});
  const wire::ChannelExpectation expected{input.peer, core_.options_.self, core_.options_.shard, channel.received};
  const auto message = wire::receive_json(as_text(jws), expected, core_.registry_.key_lookup());
  if (!message) {
    if (message.error().code == Code::sequence_replayed) return acknowledge_json(input);  // USTP-JSN-052
    if (message.error().code == Code::equivocation) keep_equivocation(channel, input.peer, jws);
    return refuse_frame(input, message.error());
  }
  channel.received = {message->header.sequence, message->signed_hash};
  const auto frame = incoming_frames_[input.peer]++;
  entries_.frame(true, input.peer, jws);
  on_message(input.peer, {true, input.peer, frame, 0}, view_of(*message), 0);
  acknowledge_json(input);
  if (!core_.held_.empty()) take_held();
}

void Batch::send_json(const GatewayId& peer, BytesView message) {
  auto& channel = core_.channels_[peer];
  wire::JsonHeader header;
  header.sender = core_.options_.self;
  header.recipient = peer;
  header.channel = core_.options_.shard;
  header.sequence = channel.sent.sequence + 1;
  header.previous = channel.sent.hash;
  header.time = now_;
  const auto jws = wire::seal_json(header, message, core_.signer_).value();
  const auto frame = std::make_shared<const Bytes>(jws.begin(), jws.end());
  channel.sent = {header.sequence, crypto::sha256(as_bytes(jws).first(jws.rfind('.')))};
  channel.unacknowledged.emplace_back(header.sequence, frame);
  entries_.frame(false, peer, *frame);
  offer(peer, channel);
}

void Batch::offer(const GatewayId& peer, Core::Channel& channel) {
  if (channel.link == 0 || !channel.greeted || channel.unacknowledged.empty()) return;
  const auto first = channel.unacknowledged.front().first;
  const auto end = std::min(channel.unacknowledged.back().first + 1, first + kOfferedMax);
  for (auto next = std::max(channel.offered + 1, first); next < end; ++next) {
    const auto& jws = channel.unacknowledged[next - first].second;
    effects_.sends.push_back({peer, channel.link, std::make_shared<const Bytes>(exchange(Exchange::kMessage, *jws))});
    channel.offered = next;
  }
}

}  // namespace ustp::gateway
