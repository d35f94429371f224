#include "gateway/engine/inputs.hpp"

#include "ustp/wire/json_message.hpp"

namespace ustp::gateway {
namespace {

// Base64url of `{"`, with which a protected header begins; other frames begin with "USTP".
bool is_jws(BytesView frame) { return as_text(frame).starts_with("eyJ"); }

}  // namespace

wire::BatchView view_of(const wire::JsonSigned& message) {
  wire::BatchView view;
  view.header = {message.header.version_major, message.header.version_minor, message.header.sender,
                 message.header.recipient,     message.header.channel,       message.header.sequence,
                 1,                            wire::message_hash(message.message), message.header.previous,
                 message.header.key,           message.header.time};
  view.header_octets = message.header_octets;
  view.signature = message.signature;
  view.items.push_back({{}, message.message});
  return view;
}

Result<wire::BatchView> open_frame(BytesView frame, std::deque<wire::JsonSigned>& held, const wire::FrameLimits& limits) {
  if (!is_jws(frame)) return wire::parse_batch(frame, limits);
  USTP_TRY(auto message, wire::parse_json_signed(as_text(frame)));
  return view_of(held.emplace_back(std::move(message)));
}

wire::ChannelHead head_of(BytesView frame, const wire::BatchView& batch) {
  if (!is_jws(frame)) return {batch.header.sequence, crypto::sha256(batch.header_octets)};
  return {batch.header.sequence, crypto::sha256(frame.first(as_text(frame).rfind('.')))};
}

std::uint32_t encoding_of(const wire::BatchView& batch) {
  return batch.header_octets.front() == '{' ? wire::kJsonEncoding : wire::kFlatBuffersEncoding;
}

Result<wire::Message> decode_item(const wire::BatchView& batch, std::uint32_t item) {
  const auto octets = batch.items[item].octets;
  return encoding_of(batch) == wire::kJsonEncoding ? wire::decode_json(octets) : wire::decode(octets);
}

wire::ProvenMessage prove_item(const wire::BatchView& batch, std::uint32_t item) {
  std::vector<Hash256> leaves;
  leaves.reserve(batch.items.size());
  for (const auto& one : batch.items) leaves.push_back(crypto::merkle_leaf(one.salt, one.octets));
  const auto copy = [](BytesView v) { return Bytes(v.begin(), v.end()); };
  return {copy(batch.items[item].octets), batch.items[item].salt, crypto::merkle_prove(leaves, item),
          copy(batch.header_octets), copy(batch.signature)};
}

protocol::MessageInput message_input(const GatewayId& from, wire::Message message, const wire::BatchView& batch,
                                     std::uint32_t item, const protocol::TransferState* state,
                                     const protocol::Registry& registry, const GatewayId& self) {
  GatewayId home;
  if (const auto* proposal = std::get_if<wire::TransferProposal>(&message.body)) {
    const auto* instrument = registry.instrument(proposal->terms.instrument);
    if (instrument) home = instrument->home_gateway;
  } else if (std::holds_alternative<wire::CommitFinal>(message.body) && state) {
    home = state->home;
  }
  protocol::MessageInput input;
  input.from = from;
  input.hash = wire::message_hash(batch.items[item].octets);
  input.encoding = encoding_of(batch);
  if (!home.empty() && home != self && home != from) input.proven = prove_item(batch, item);
  input.message = std::move(message);
  return input;
}

}  // namespace ustp::gateway
