#pragma once
// The messages of a transfer in SATP's JSON (spec/03c): the same domain types as messages.hpp, another encoding. What is
// encoded here is canonical (RFC 8785), and only what is canonical is read: a message has one spelling.
//
// Pure functions, thread-safe. Errors name the octet or the JSON pointer (RFC 6901) of the flaw.

#include "ustp/wire/messages.hpp"

namespace ustp::wire {

// TransferProposal::encoding of a transfer whose messages are these (registry: encoding).
inline constexpr std::uint32_t kFlatBuffersEncoding = 1, kJsonEncoding = 2;

// A move-notice-msg carries two whole messages and may be longer than any other.
inline constexpr std::size_t kMaxJsonMessage = 64u << 10, kMaxJsonNotice = 192u << 10;

// Octets of the message: what is signed, hashed (message_hash), kept and sent. Fails on what this encoding has no form
// for: a text with a noncharacter (invalid_character), a proposal that names another encoding (unknown_tag), more octets
// than the bound (too_long), a proven JSON message with a tree around it (malformed_text).
Result<Bytes> encode_json(const Message& message);
// Limits -> characters -> grammar -> canonical form -> members -> meaning (USTP-JSN-010).
Result<Message> decode_json(BytesView octets);

}  // namespace ustp::wire
