#pragma once
// What two gateways tell each other over HTTPS beside messages (spec/03c, section 6): the hello, and the answers to
// messages and statements. The values are those of frame.hpp.
//
// Pure functions, thread-safe. Errors name the octet or the JSON pointer (RFC 6901) of the flaw.

#include <string>

#include "ustp/wire/frame.hpp"

namespace ustp::wire {

// A JWS in compact serialisation that says everything in its protected header. Fills `key`; bad_key unless the signer is
// ES256.
Result<std::string> seal_json_hello(const Hello& hello, crypto::Signer& signer);
// Form -> header -> key and signature; whom it means is the caller's to compare.
Result<Hello> receive_json_hello(std::string_view jws, const KeyLookup& keys);

// {"channel":0,"received":{"hash":"…","sequence":"6"}}
std::string encode_json_ack(const Ack& ack);
Result<Ack> parse_json_ack(BytesView octets);

// {"statements":"12"}: how many there are now.
std::string encode_statement_count(std::uint64_t count);
Result<std::uint64_t> parse_statement_count(BytesView octets);

}  // namespace ustp::wire
