// JSON messages and their signatures.
#include "sdk/vectors/judge.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;

Bytes given(const Value& in, const char* name) {
  if (!in["octets"].is_null()) return octets_of(in["octets"]);
  const std::string text = in[name].text();
  return Bytes(text.begin(), text.end());
}

// The same message in the other encoding, but for the one field that names the encoding.
Result<void> same_as_twin(Message message, const Value& twin) {
  if (twin.is_null()) return {};
  USTP_TRY(const Message other, decode(octets_of(twin)));
  if (auto* proposal = std::get_if<TransferProposal>(&message.body)) proposal->encoding = kFlatBuffersEncoding;
  if (!(message == other)) return Error{Code::internal, "not its twin"};
  return {};
}

Result<Value> message(const Value& in) {
  const Bytes octets = given(in, "text");
  USTP_TRY(const auto decoded, decode_json(octets));
  USTP_CHECK(same_as_twin(decoded, in["flatbuffers"]));
  const auto again = encode_json(decoded);
  if (!again || *again != octets) return Error{Code::internal, "encodes to other octets"};
  return Value(Members{{"hash", hex(message_hash(octets))}, {"message", vectors::value_of(decoded)}});
}

Value value_of(const JsonHeader& h) {
  return Members{{"version_major", small(h.version_major)},
                 {"version_minor", small(h.version_minor)},
                 {"sender", h.sender.str()},
                 {"recipient", h.recipient.str()},
                 {"channel", small(h.channel)},
                 {"sequence", decimal(h.sequence)},
                 {"previous", hex(h.previous)},
                 {"key", hex(h.key)},
                 {"time", decimal(h.time)}};
}

Result<Value> signed_message(const Value& in) {
  USTP_TRY(const auto expected, expectation_of(in));
  const Bytes jws = given(in, "jws");
  USTP_TRY(const auto found, receive_json(as_text(jws), expected, keys_of(in["keys"])));
  return Value(Members{{"header", value_of(found.header)},
                       {"signed_hash", hex(found.signed_hash)},
                       {"hash", hex(message_hash(found.message))}});
}

}  // namespace

Judgement judge_json(const std::string& kind, const Value& in) {
  if (kind == "json_message") return message(in);
  if (kind == "json_signed") return signed_message(in);
  return std::nullopt;
}

}  // namespace ustp::vectors
