#pragma once
// The body of POST /v1/transfers -> TransferOrder.

#include "gateway/api/json_value.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway::api {

// Form only: what the engine's rules judge is left to it. Quantities are decimal strings, never JSON numbers; those of
// lots keep the scale they are written with until the engine knows the instrument. Unknown and repeated fields are
// refused. `order` keeps what is not of the body (participant, key, hash); on a fault it is not to be used.
std::optional<Fault> read_order(std::string_view body, TransferOrder& order);
// One that is a value of a larger body, at this pointer.
std::optional<Fault> read_order(const JsonValue& value, const std::string& at, TransferOrder& order);

// The field of the body that an engine's refusal speaks of, as a JSON pointer; empty where there is not one.
std::string_view order_field_of(const Error& error);

}  // namespace ustp::gateway::api
