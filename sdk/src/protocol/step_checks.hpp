#pragma once
// What a message or an order must satisfy before it becomes an event (private to protocol).

#include "ustp/protocol/step.hpp"

namespace ustp::protocol {

Result<Event> check_order(const OrderInput& order, const Facts& facts, Instant now);
Result<Event> message_event(const TransferState& state, const MessageInput& in, const Facts& facts, Instant now);
// Messages that come once per transfer; a second one of the type with other content is a conflict.
bool comes_once(wire::MessageType type);

}  // namespace ustp::protocol
