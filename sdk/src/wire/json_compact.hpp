#pragma once
// Inside wire only: a JWS in compact serialisation (RFC 7515, section 7.1) taken apart and put together.

#include <string>

#include "ustp/base/bytes.hpp"

namespace ustp::wire::json {

struct Compact {
  Bytes header, payload, signature;
};
// Three base64url texts with a dot between, none of the first two empty (jws_form, base64_form, too_long).
Result<Compact> split_compact(std::string_view jws);
// What is signed: the first two parts and the dot between.
std::string signing_input(BytesView header, BytesView payload);
std::string join_compact(BytesView header, BytesView payload, BytesView signature);

}  // namespace ustp::wire::json
