#pragma once
// How a message in a frame becomes a machine's input; the same live and in replay (private to engine).

#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::gateway {

wire::ProvenMessage prove_item(const wire::BatchView& batch, std::uint32_t item);
// The proof is kept only where a notice to a third gateway will need it (decision 22).
protocol::MessageInput message_input(const GatewayId& from, wire::Message message, const wire::BatchView& batch,
                                     std::uint32_t item, const protocol::TransferState* state,
                                     const protocol::Registry& registry, const GatewayId& self);

}  // namespace ustp::gateway
