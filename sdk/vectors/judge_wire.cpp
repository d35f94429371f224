// Messages and frames.
#include "sdk/vectors/judge.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;

Value value_of(const ChannelHead& head) {
  return Members{{"sequence", decimal(head.sequence)}, {"hash", hex(head.hash)}};
}
Value value_of(const BatchHeader& h) {
  return Members{{"version_major", small(h.version_major)},
                 {"version_minor", small(h.version_minor)},
                 {"sender", h.sender.str()},
                 {"recipient", h.recipient.str()},
                 {"channel", small(h.channel)},
                 {"sequence", decimal(h.sequence)},
                 {"count", small(h.count)},
                 {"root", hex(h.root)},
                 {"previous", hex(h.previous)},
                 {"key", hex(h.key)},
                 {"time", decimal(h.time)}};
}

Result<Value> message(const Value& in) {
  const Bytes octets = octets_of(in["octets"]);
  USTP_TRY(const auto decoded, decode(octets));
  return Value(Members{{"hash", hex(message_hash(octets))}, {"message", vectors::value_of(decoded)}});
}

Result<Value> batch(const Value& in) {
  USTP_TRY(const auto expected, expectation_of(in));
  const Bytes frame = octets_of(in["frame"]);
  USTP_TRY(const auto view, receive_batch(frame, expected, keys_of(in["keys"])));
  List items;
  for (const auto& item : view.items)
    items.emplace_back(Members{{"salt", hex(item.salt)}, {"hash", hex(message_hash(item.octets))}});
  return Value(Members{{"header", value_of(view.header)},
                       {"header_hash", hex(crypto::sha256(view.header_octets))},
                       {"items", items}});
}

Result<Value> hello(const Value& in) {
  USTP_TRY(const auto h, receive_hello(octets_of(in["frame"]), keys_of(in["keys"])));
  return Value(Members{{"version_major", small(h.version_major)},
                       {"version_minor", small(h.version_minor)},
                       {"sender", h.sender.str()},
                       {"recipient", h.recipient.str()},
                       {"channel", small(h.channel)},
                       {"sent", value_of(h.sent)},
                       {"received", value_of(h.received)},
                       {"statements", decimal(h.statements)},
                       {"statement_head", hex(h.statement_head)},
                       {"time", decimal(h.time)},
                       {"key", hex(h.key)}});
}

Result<Value> acknowledgement(const Value& in) {
  USTP_TRY(const auto ack, parse_ack(octets_of(in["frame"])));
  return Value(Members{{"channel", small(ack.channel)}, {"received", value_of(ack.received)}});
}

Result<Value> proven(const Value& in) {
  ProvenMessage m;
  m.octets = octets_of(in["octets"]);
  USTP_TRY(m.salt, Salt::from_hex(in["salt"].text()));
  m.proof = {static_cast<std::uint32_t>(in["index"].number()), static_cast<std::uint32_t>(in["count"].number()), {}};
  for (const auto& one : in["path"].list()) {
    USTP_TRY(const auto hash, Hash256::from_hex(one.text()));
    m.proof.path.push_back(hash);
  }
  m.batch_header = octets_of(in["batch_header"]);
  m.signature = octets_of(in["signature"]);
  USTP_TRY(const auto header, verify_proven(m, keys_of(in["keys"])));
  return value_of(header);
}

}  // namespace

Result<ChannelExpectation> expectation_of(const Value& in) {
  ChannelExpectation expected;
  USTP_TRY(expected.sender, GatewayId::parse(in["sender"].text()));
  USTP_TRY(expected.recipient, GatewayId::parse(in["recipient"].text()));
  expected.channel = static_cast<std::uint32_t>(in["channel"].number());
  USTP_TRY(const auto sequence, parse_uint128(in["head"]["sequence"].text()));
  expected.head.sequence = static_cast<std::uint64_t>(sequence);
  USTP_TRY(expected.head.hash, Hash256::from_hex(in["head"]["hash"].text()));
  return expected;
}

KeyLookup keys_of(const Value& list) {
  std::vector<std::pair<std::string, std::shared_ptr<const crypto::Verifier>>> keys;
  for (const auto& one : list.list())
    if (auto verifier = crypto::make_verifier(octets_of(one["spki"]))) keys.emplace_back(one["gateway"].text(), *verifier);
  return [keys](const GatewayId& gateway, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    for (const auto& [owner, verifier] : keys)
      if (owner == gateway.str() && verifier->key_id() == id) return verifier;
    return Error{Code::unknown_key, id.hex()};
  };
}

Judgement judge_wire(const std::string& kind, const Value& in) {
  if (kind == "message") return message(in);
  if (kind == "batch") return batch(in);
  if (kind == "hello") return hello(in);
  if (kind == "acknowledgement") return acknowledgement(in);
  if (kind == "proven") return proven(in);
  return std::nullopt;
}

}  // namespace ustp::vectors
