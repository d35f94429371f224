#pragma once
// How a message in a frame becomes a machine's input; the same live and in replay (private to engine).

#include <deque>

#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/transfer.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::gateway {

// A frame of either binding taken apart, nothing verified. A JWS holds one message and is seen as a batch of one
// (USTP-JSN-032); what it holds is decoded into `held`, which must stay where it is.
Result<wire::BatchView> open_frame(BytesView frame, std::deque<wire::JsonSigned>& held, const wire::FrameLimits& limits = {});
wire::BatchView view_of(const wire::JsonSigned& message);
wire::ChannelHead head_of(BytesView frame, const wire::BatchView& batch);
std::uint32_t encoding_of(const wire::BatchView& batch);
Result<wire::Message> decode_item(const wire::BatchView& batch, std::uint32_t item);

wire::ProvenMessage prove_item(const wire::BatchView& batch, std::uint32_t item);
// The proof is kept only where a notice to a third gateway will need it (decision 22).
protocol::MessageInput message_input(const GatewayId& from, wire::Message message, const wire::BatchView& batch,
                                     std::uint32_t item, const protocol::TransferState* state,
                                     const protocol::Registry& registry, const GatewayId& self);

}  // namespace ustp::gateway
