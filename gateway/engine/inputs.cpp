#include "gateway/engine/inputs.hpp"

namespace ustp::gateway {

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
  if (!home.empty() && home != self && home != from) input.proven = prove_item(batch, item);
  input.message = std::move(message);
  return input;
}

}  // namespace ustp::gateway
