// The hello as a JWS, and the two short answers of the JSON binding's link (spec/03c, section 6).
#include "ustp/wire/json_link.hpp"

#include <algorithm>

#include "json_compact.hpp"
#include "json_header.hpp"

namespace ustp::wire {
namespace {

using json::Node;

constexpr std::size_t kMaxHelloHeader = 1024, kMaxHello = 2048, kMaxAnswer = 512;
constexpr std::string_view kHelloType = "ustp-hello+jws", kNothing = "{}";

Node head_node(const ChannelHead& head) {
  Node node = Node::object();
  node.add("hash", Node::of(std::string_view(head.hash.hex())));
  node.add("sequence", Node::of(std::string_view(std::to_string(head.sequence))));
  return node;
}
Result<ChannelHead> read_head(const Node& in, const char* name, const std::string& at) {
  const std::string place = at + "/" + name;
  const Node* node = in.find(name);
  if (node == nullptr) return json::at_place(place, Code::missing_field, {});
  if (node->kind != Node::Kind::kObject) return json::at_place(place, Code::json_type, "an object is expected");
  for (const std::string& known : node->names)
    if (known != "hash" && known != "sequence") return json::at_place(place + "/" + json::pointer_part(known), Code::unknown_field, {});
  std::optional<Error> error;
  const auto* hash = json::text_member(*node, "hash", place, error);
  const auto* sequence = json::text_member(*node, "sequence", place, error);
  if (error) return std::move(*error);
  ChannelHead head;
  USTP_TRY(head.hash, json::lower_hex<Hash256>(*hash, (place + "/hash").c_str()));
  USTP_TRY(head.sequence, json::read_count(*sequence, (place + "/sequence").c_str()));
  if (head.hash.is_zero() != (head.sequence == 0)) return json::at_place(place, Code::zero_hash, {});
  return head;
}

Result<Hello> read_hello(const json::Signed& root) {
  const Node& place = root.place;
  USTP_CHECK(json::only(place, "/ustp", {"channel", "received", "recipient", "sender", "sent", "statementHead", "statements", "time", "version"}));
  Hello h;
  h.key = root.key;
  USTP_TRY(h.channel, json::read_channel(place, "/ustp"));
  std::optional<Error> error;
  const auto* recipient = json::text_member(place, "recipient", "/ustp", error);
  const auto* sender = json::text_member(place, "sender", "/ustp", error);
  const auto* statement_head = json::text_member(place, "statementHead", "/ustp", error);
  const auto* statements = json::text_member(place, "statements", "/ustp", error);
  const auto* time = json::text_member(place, "time", "/ustp", error);
  const auto* version = json::text_member(place, "version", "/ustp", error);
  if (error) return std::move(*error);
  USTP_TRY(const auto spoken, json::read_version(*version));
  h.version_major = spoken.major;
  h.version_minor = spoken.minor;
  USTP_TRY(h.sender, json::parsed<GatewayId>(*sender, "/ustp/sender"));
  USTP_TRY(h.recipient, json::parsed<GatewayId>(*recipient, "/ustp/recipient"));
  USTP_TRY(h.received, read_head(place, "received", "/ustp"));
  USTP_TRY(h.sent, read_head(place, "sent", "/ustp"));
  USTP_TRY(h.statements, json::read_count(*statements, "/ustp/statements"));
  USTP_TRY(h.statement_head, json::lower_hex<Hash256>(*statement_head, "/ustp/statementHead"));
  USTP_TRY(h.time, json::read_time(*time, "/ustp/time"));
  return h;
}

Result<Node> read_answer(BytesView octets, std::initializer_list<std::string_view> members) {
  USTP_TRY(Node root, json::parse(octets, {.octets = kMaxAnswer, .depth = 2, .members = 4}));
  for (const std::string& name : root.names)
    if (std::find(members.begin(), members.end(), name) == members.end())
      return json::at_place("/" + json::pointer_part(name), Code::unknown_field, {});
  return root;
}

}  // namespace

Result<std::string> seal_json_hello(const Hello& h, crypto::Signer& signer) {
  if (signer.algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "JSON hellos are signed with ES256"};
  Node place = Node::object();
  place.add("channel", Node::of(std::uint64_t{h.channel}));
  place.add("received", head_node(h.received));
  place.add("recipient", Node::of(std::string_view(h.recipient.str())));
  place.add("sender", Node::of(std::string_view(h.sender.str())));
  place.add("sent", head_node(h.sent));
  place.add("statementHead", Node::of(std::string_view(h.statement_head.hex())));
  place.add("statements", Node::of(std::string_view(std::to_string(h.statements))));
  place.add("time", Node::of(std::string_view(to_rfc3339(h.time))));
  place.add("version", Node::of(std::string_view(json::version_text(h.version_major, h.version_minor))));
  const std::string header = json::header_text(signer.key_id(), kHelloType, std::move(place));
  const std::string input = json::signing_input(as_bytes(header), as_bytes(kNothing));
  USTP_TRY(const Bytes signature, signer.sign(as_bytes(input)));
  return input + '.' + to_base64url(signature);
}

Result<Hello> receive_json_hello(std::string_view jws, const KeyLookup& keys) {
  if (jws.size() > kMaxHello) return Error{Code::too_long, "hello"};
  USTP_TRY(const auto parts, json::split_compact(jws));
  if (parts.signature.size() > json::kMaxSignaturePart) return Error{Code::too_long, "signature"};
  USTP_TRY(const auto root, json::read_header(parts.header, kMaxHelloHeader, 3, kHelloType));
  USTP_TRY(const Hello hello, read_hello(root));
  if (as_text(parts.payload) != kNothing) return Error{Code::json_fixed, "the payload of a hello is {}"};
  USTP_CHECK(json::verify_es256(keys, hello.sender, hello.key, jws.substr(0, jws.rfind('.')), parts.signature));
  return hello;
}

std::string encode_json_ack(const Ack& ack) {
  Node root = Node::object();
  root.add("channel", Node::of(std::uint64_t{ack.channel}));
  root.add("received", head_node(ack.received));
  return json::canonical(root);
}

Result<Ack> parse_json_ack(BytesView octets) {
  USTP_TRY(const Node root, read_answer(octets, {"channel", "received"}));
  Ack ack;
  USTP_TRY(ack.channel, json::read_channel(root, ""));
  USTP_TRY(ack.received, read_head(root, "received", ""));
  return ack;
}

std::string encode_statement_count(std::uint64_t count) {
  Node root = Node::object();
  root.add("statements", Node::of(std::string_view(std::to_string(count))));
  return json::canonical(root);
}

Result<std::uint64_t> parse_statement_count(BytesView octets) {
  USTP_TRY(const Node root, read_answer(octets, {"statements"}));
  std::optional<Error> error;
  const auto* count = json::text_member(root, "statements", "", error);
  if (error) return std::move(*error);
  return json::read_count(*count, "/statements");
}

}  // namespace ustp::wire
