#pragma once
// A signed JSON message (spec/03c): a JWS in compact serialisation whose protected header is what a batch header is and
// whose payload is the message. The rules of a channel are those of frame.hpp: sequence, chain, equivocation.

#include <string>

#include "ustp/wire/frame.hpp"

namespace ustp::wire {

struct JsonHeader {
  std::uint16_t version_major = kVersionMajor, version_minor = kVersionMinor;
  GatewayId sender, recipient;
  std::uint32_t channel = 0;
  std::uint64_t sequence = 0;  // 1, 2, … per (sender, recipient, channel), each message its own
  Hash256 previous;            // signed_hash of the message before; zero for sequence 1
  KeyId key;                   // "kid"
  Instant time;
  friend bool operator==(const JsonHeader&, const JsonHeader&) = default;
};

// Canonical octets of the protected header, and back: exactly the members of spec/03c, ES256 only.
Bytes json_header_octets(const JsonHeader& header);
Result<JsonHeader> parse_json_header(BytesView octets);

struct JsonSigned {
  JsonHeader header;
  Bytes header_octets;
  Bytes message;       // payload; decode_json() judges it
  Bytes signature;
  Hash256 signed_hash;  // SHA-256 of the signing input: what the next header's `previous` names
};

// Signs; fills `key`. bad_key unless the signer is ES256.
Result<std::string> seal_json(JsonHeader header, BytesView message, crypto::Signer& signer);
// Structure only, for journals and tools that have verified before.
Result<JsonSigned> parse_json_signed(std::string_view jws);
// Limits and structure -> sender, recipient, channel -> gap and chain -> key and signature -> repetition: as
// receive_batch, with the same codes, and jws_form, jws_header, jws_algorithm, base64_form, json_… for what is JSON's.
Result<JsonSigned> receive_json(std::string_view jws, const ChannelExpectation& expected, const KeyLookup& keys);

// A JWS of any purpose in compact serialisation, taken apart: three parts in the one form of base64url, neither of the first
// two empty (jws_form, base64_form, too_long). Nothing is verified and nothing of header and payload is read.
struct JwsParts {
  Bytes header, payload, signature;
  std::string_view input;  // what is signed; inside the text that was given
};
Result<JwsParts> split_jws(std::string_view jws);

// A signed JSON message as something provable alone: the payload, the header where a batch header is, the signature; no
// salt, no path. verify_proven() takes both kinds, and tells them apart by the first octet of the header.
ProvenMessage proven_json(const JsonSigned& message);
bool is_json_proof(const ProvenMessage& message);
// The compact serialisation of a proven JSON message.
std::string json_compact(const ProvenMessage& message);
// The message and the header in a proof of either kind; nothing is verified. A JSON header has count 1 and as root the
// hash of the message.
Result<Message> decode_proven(const ProvenMessage& message);
Result<BatchHeader> proven_header(const ProvenMessage& message);
Result<BatchHeader> verify_json_proven(const ProvenMessage& message, const KeyLookup& keys);

}  // namespace ustp::wire
