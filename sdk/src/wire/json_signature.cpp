// JWS for JSON messages (spec/03c, section 4): nothing of a message is read as JSON before its signature is verified; of
// the header only what a fixed, flat form can hold.
#include "ustp/wire/json_signature.hpp"

#include <algorithm>

#include "json_compact.hpp"
#include "json_header.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::wire {
namespace json {
namespace {

constexpr std::size_t kMaxHeader = 512;
constexpr std::size_t base64_size(std::size_t octets) { return (octets * 4 + 2) / 3; }
constexpr std::size_t kMaxCompact =
    base64_size(kMaxHeader) + base64_size(kMaxJsonNotice) + base64_size(kMaxSignaturePart) + 2;

Result<Bytes> part(std::string_view text, const char* what) {
  auto octets = strict_base64url(text);
  if (!octets) return Error{octets.error().code, std::string(what) + ": " + octets.error().detail};
  return octets;
}

// "1.0": two decimal numbers without leading zeros.
Result<std::uint16_t> version_part(std::string_view text) {
  USTP_TRY(const std::uint64_t value, parse_uint64(text));
  if (value > UINT16_MAX) return Error{Code::out_of_range, "version"};
  return static_cast<std::uint16_t>(value);
}

}  // namespace

Result<Version> read_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return at_place("/ustp/version", Code::malformed_text, "MAJOR.MINOR");
  const auto major = version_part(text.substr(0, dot)), minor = version_part(text.substr(dot + 1));
  if (!major) return at_place("/ustp/version", major.error().code, major.error().detail);
  if (!minor) return at_place("/ustp/version", minor.error().code, minor.error().detail);
  if (*major != kVersionMajor) return at_place("/ustp/version", Code::frame_version, text);
  return Version{*major, *minor};
}

const std::string* text_member(const Node& in, const char* name, const std::string& at, std::optional<Error>& error) {
  if (error) return nullptr;
  const Node* value = in.find(name);
  if (value == nullptr) error = at_place(at + "/" + name, Code::missing_field, {});
  else if (value->kind != Node::Kind::kText) error = at_place(at + "/" + name, Code::json_type, "a text is expected");
  return error ? nullptr : &value->text;
}
Result<void> only(const Node& object, std::string at, std::initializer_list<std::string_view> known) {
  for (const std::string& name : object.names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return at_place(at + "/" + pointer_part(name), Code::jws_header, {});
  return {};
}

Result<std::uint32_t> read_channel(const Node& in, const std::string& at) {
  const Node* channel = in.find("channel");
  if (channel == nullptr) return at_place(at + "/channel", Code::missing_field, {});
  if (channel->kind != Node::Kind::kNumber) return at_place(at + "/channel", Code::json_type, "a number is expected");
  if (channel->number > UINT32_MAX) return at_place(at + "/channel", Code::out_of_range, {});
  return static_cast<std::uint32_t>(channel->number);
}
Result<Instant> read_time(const std::string& text, const char* place) {
  const auto at = parse_rfc3339(text);
  if (!at) return at_place(place, at.error().code, at.error().detail);
  if (to_rfc3339(*at) != text) return at_place(place, Code::json_not_canonical, {});
  return at;
}
Result<std::uint64_t> read_count(const std::string& text, const char* place) {
  const auto number = parse_uint64(text);
  if (!number) return at_place(place, number.error().code, number.error().detail);
  return number;
}

namespace {

Result<void> read_place(const Node& ustp, JsonHeader& h) {
  USTP_TRY(h.channel, read_channel(ustp, "/ustp"));
  std::optional<Error> error;
  const auto* previous = text_member(ustp, "previous", "/ustp", error);
  const auto* recipient = text_member(ustp, "recipient", "/ustp", error);
  const auto* sender = text_member(ustp, "sender", "/ustp", error);
  const auto* sequence = text_member(ustp, "sequence", "/ustp", error);
  const auto* time = text_member(ustp, "time", "/ustp", error);
  const auto* version = text_member(ustp, "version", "/ustp", error);
  if (error) return std::move(*error);
  USTP_TRY(const Version spoken, read_version(*version));
  h.version_major = spoken.major;
  h.version_minor = spoken.minor;
  USTP_TRY(h.previous, lower_hex<Hash256>(*previous, "/ustp/previous"));
  USTP_TRY(h.recipient, parsed<GatewayId>(*recipient, "/ustp/recipient"));
  USTP_TRY(h.sender, parsed<GatewayId>(*sender, "/ustp/sender"));
  USTP_TRY(h.sequence, read_count(*sequence, "/ustp/sequence"));
  if (h.sequence == 0) return at_place("/ustp/sequence", Code::out_of_range, "0");
  USTP_TRY(h.time, read_time(*time, "/ustp/time"));
  // USTP-MSG-006: the first message of a channel, and only it, follows nothing.
  if (h.previous.is_zero() != (h.sequence == 1)) return at_place("/ustp/previous", Code::chain_broken, {});
  return {};
}

}  // namespace

// USTP-MSG-016, and a key of the one algorithm: a registered Ed25519 key signs batches, not this.
Result<void> verify_es256(const KeyLookup& keys, const GatewayId& sender, const KeyId& key, std::string_view input,
                          BytesView signature) {
  USTP_TRY(const auto verifier, keys(sender, key));
  if (verifier->algorithm() != crypto::Algorithm::kEs256) return at_place("/kid", Code::bad_key, "no ES256 key");
  if (!verifier->verify_canonical(as_bytes(input), signature)) return Error{Code::bad_signature, sender.str()};
  return {};
}

Result<Signed> read_header(BytesView octets, std::size_t most, std::size_t depth, std::string_view type) {
  USTP_TRY(const Node root, parse(octets, {.octets = most, .depth = depth, .members = 16}));
  USTP_CHECK(only(root, "", {"alg", "kid", "typ", "ustp"}));
  std::optional<Error> error;
  const auto* alg = text_member(root, "alg", "", error);
  const auto* kid = text_member(root, "kid", "", error);
  const auto* typ = text_member(root, "typ", "", error);
  if (error) return std::move(*error);
  // USTP-JSN-042: the algorithm is the key's (USTP-MSG-015); the name only has to agree.
  if (*alg != "ES256") return at_place("/alg", Code::jws_algorithm, {});
  if (*typ != type) return at_place("/typ", Code::json_fixed, type);
  Signed out;
  USTP_TRY(out.key, lower_hex<KeyId>(*kid, "/kid"));
  const Node* place = root.find("ustp");
  if (place == nullptr) return at_place("/ustp", Code::missing_field, {});
  if (place->kind != Node::Kind::kObject) return at_place("/ustp", Code::json_type, "an object is expected");
  out.place = *place;
  return out;
}
std::string header_text(const KeyId& key, std::string_view type, Node place) {
  Node header = Node::object();
  header.add("alg", Node::of(std::string_view("ES256")));
  header.add("kid", Node::of(std::string_view(key.hex())));
  header.add("typ", Node::of(type));
  header.add("ustp", std::move(place));
  return canonical(header);
}
std::string version_text(std::uint16_t major, std::uint16_t minor) {
  return std::to_string(major) + '.' + std::to_string(minor);
}

Result<Compact> split_compact(std::string_view jws) {
  if (jws.size() > kMaxCompact) return Error{Code::too_long, "JWS"};
  const auto first = jws.find('.');
  const auto second = first == std::string_view::npos ? first : jws.find('.', first + 1);
  if (second == std::string_view::npos || jws.find('.', second + 1) != std::string_view::npos)
    return Error{Code::jws_form, "not three parts"};
  if (first == 0 || second == first + 1) return Error{Code::jws_form, "an empty part"};
  Compact c;
  USTP_TRY(c.header, part(jws.substr(0, first), "header"));
  USTP_TRY(c.payload, part(jws.substr(first + 1, second - first - 1), "payload"));
  USTP_TRY(c.signature, part(jws.substr(second + 1), "signature"));
  return c;
}
std::string signing_input(BytesView header, BytesView payload) {
  return to_base64url(header) + '.' + to_base64url(payload);
}
std::string join_compact(BytesView header, BytesView payload, BytesView signature) {
  return signing_input(header, payload) + '.' + to_base64url(signature);
}

}  // namespace json

Bytes json_header_octets(const JsonHeader& h) {
  using json::Node;
  Node place = Node::object();
  const std::string version = json::version_text(h.version_major, h.version_minor);
  place.add("version", Node::of(std::string_view(version)));
  place.add("sender", Node::of(std::string_view(h.sender.str())));
  place.add("recipient", Node::of(std::string_view(h.recipient.str())));
  place.add("channel", Node::of(std::uint64_t{h.channel}));
  place.add("sequence", Node::of(std::string_view(std::to_string(h.sequence))));
  place.add("previous", Node::of(std::string_view(h.previous.hex())));
  place.add("time", Node::of(std::string_view(to_rfc3339(h.time))));
  const std::string text = json::header_text(h.key, "ustp+jws", std::move(place));
  return Bytes(text.begin(), text.end());
}

Result<JsonHeader> parse_json_header(BytesView octets) {
  USTP_TRY(const auto root, json::read_header(octets, json::kMaxHeader, 2, "ustp+jws"));
  JsonHeader h;
  h.key = root.key;
  USTP_CHECK(json::only(root.place, "/ustp", {"channel", "previous", "recipient", "sender", "sequence", "time", "version"}));
  USTP_CHECK(json::read_place(root.place, h));
  return h;
}

Result<std::string> seal_json(JsonHeader header, BytesView message, crypto::Signer& signer) {
  if (signer.algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "JSON messages are signed with ES256"};
  if (message.empty() || message.size() > kMaxJsonNotice) return Error{Code::too_long, "message"};
  header.key = signer.key_id();
  const Bytes octets = json_header_octets(header);
  const std::string input = json::signing_input(octets, message);
  USTP_TRY(const Bytes signature, signer.sign(as_bytes(input)));
  return input + '.' + to_base64url(signature);
}

Result<JsonSigned> parse_json_signed(std::string_view jws) {
  USTP_TRY(auto parts, json::split_compact(jws));
  if (parts.payload.size() > kMaxJsonNotice) return Error{Code::too_long, "message"};
  if (parts.signature.size() > json::kMaxSignaturePart) return Error{Code::too_long, "signature"};
  JsonSigned out;
  USTP_TRY(out.header, parse_json_header(parts.header));
  out.signed_hash = crypto::sha256(as_bytes(jws.substr(0, jws.rfind('.'))));
  out.header_octets = std::move(parts.header);
  out.message = std::move(parts.payload);
  out.signature = std::move(parts.signature);
  return out;
}

Result<JsonSigned> receive_json(std::string_view jws, const ChannelExpectation& expected, const KeyLookup& keys) {
  USTP_TRY(auto message, parse_json_signed(jws));
  const JsonHeader& h = message.header;
  if (h.sender != expected.sender) return Error{Code::wrong_channel, "sender"};
  if (h.recipient != expected.recipient) return Error{Code::wrong_channel, "recipient"};
  if (h.channel != expected.channel) return Error{Code::wrong_channel, "channel " + std::to_string(h.channel)};
  const ChannelHead& head = expected.head;
  const std::string which = "message " + std::to_string(h.sequence);
  if (h.sequence > head.sequence && h.sequence - head.sequence > 1)
    return Error{Code::sequence_gap, which + " after " + std::to_string(head.sequence)};
  if (h.sequence > head.sequence && h.previous != head.hash) return Error{Code::chain_broken, which};
  USTP_CHECK(json::verify_es256(keys, h.sender, h.key, jws.substr(0, jws.rfind('.')), message.signature));
  if (h.sequence > head.sequence) return message;
  // USTP-MSG-010, USTP-MSG-011
  if (h.sequence == head.sequence && message.signed_hash != head.hash) return Error{Code::equivocation, which};
  return Error{Code::sequence_replayed, which};
}

Result<JwsParts> split_jws(std::string_view jws) {
  USTP_TRY(auto parts, json::split_compact(jws));
  return JwsParts{std::move(parts.header), std::move(parts.payload), std::move(parts.signature),
                  jws.substr(0, jws.rfind('.'))};
}

ProvenMessage proven_json(const JsonSigned& m) { return {m.message, {}, {0, 1, {}}, m.header_octets, m.signature}; }

// A batch header begins with its major version, 0x00 0x01.
bool is_json_proof(const ProvenMessage& m) { return !m.batch_header.empty() && m.batch_header.front() == '{'; }

std::string json_compact(const ProvenMessage& m) { return json::join_compact(m.batch_header, m.octets, m.signature); }

Result<Message> decode_proven(const ProvenMessage& m) {
  return is_json_proof(m) ? decode_json(m.octets) : decode(m.octets);
}

Result<BatchHeader> proven_header(const ProvenMessage& m) {
  if (!is_json_proof(m)) return parse_header(m.batch_header);
  USTP_TRY(const JsonHeader h, parse_json_header(m.batch_header));
  return BatchHeader{h.version_major, h.version_minor, h.sender, h.recipient, h.channel, h.sequence, 1,
                     message_hash(m.octets), h.previous, h.key, h.time};
}

Result<BatchHeader> verify_json_proven(const ProvenMessage& m, const KeyLookup& keys) {
  if (!m.salt.is_zero() || m.proof != crypto::MerkleProof{0, 1, {}})
    return Error{Code::bad_proof, "a tree around a JWS"};
  USTP_TRY(const JsonHeader h, parse_json_header(m.batch_header));
  USTP_CHECK(json::verify_es256(keys, h.sender, h.key, json::signing_input(m.batch_header, m.octets), m.signature));
  return proven_header(m);
}

}  // namespace ustp::wire
