// The start of every frame, hello, acknowledgement, and a single message with its proof.
#include "frames.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::wire {

namespace {
constexpr std::string_view kMagic = "USTP";
constexpr std::string_view kHelloTag = "USTP-HELLO-1";
constexpr std::size_t kMaxContent = 512, kMaxFrameSignature = 128;

void put(Writer& w, const ChannelHead& head) {
  w.integer(head.sequence);
  w.octets(head.hash.view());
}
Result<ChannelHead> read_head(Reader& r) {
  ChannelHead head;
  USTP_TRY(head.sequence, r.integer<std::uint64_t>());
  USTP_TRY(head.hash, r.fixed<Hash256>());
  if (head.hash.is_zero() != (head.sequence == 0)) return Error{Code::zero_hash, "channel head"};
  return head;
}

Result<FrameKind> read_start(Reader& r, const FrameLimits& limits) {
  if (r.left() > limits.frame_octets) return Error{Code::frame_too_large, std::to_string(r.left()) + " octets"};
  USTP_TRY(const BytesView magic, r.octets(kMagic.size()));
  if (as_text(magic) != kMagic) return Error{Code::frame_magic, "frame"};
  USTP_TRY(const std::uint8_t kind, r.integer<std::uint8_t>());
  if (kind < 1 || kind > 4) return Error{Code::unknown_tag, "frame kind " + std::to_string(kind)};
  USTP_TRY(const std::uint8_t reserved, r.integer<std::uint8_t>());
  if (reserved != 0) return Error{Code::frame_trailing, "reserved octet 5"};
  return static_cast<FrameKind>(kind);
}
}  // namespace

void begin_frame(Writer& w, FrameKind kind, BytesView content, BytesView signature) {
  w.octets(as_bytes(kMagic));
  w.integer(static_cast<std::uint8_t>(kind));
  w.integer(std::uint8_t{0});
  w.integer(static_cast<std::uint16_t>(content.size()));
  w.integer(static_cast<std::uint16_t>(signature.size()));
  w.integer(std::uint16_t{0});
  w.integer(std::uint32_t{0});
  w.octets(content);
  w.octets(signature);
  w.pad8();
}

Result<SignedPart> read_signed_part(Reader& r, FrameKind kind, const FrameLimits& limits) {
  USTP_TRY(const FrameKind found, read_start(r, limits));
  if (found != kind) return Error{Code::unknown_tag, "another frame kind than asked for"};
  USTP_TRY(const std::uint16_t content, r.integer<std::uint16_t>());
  USTP_TRY(const std::uint16_t signature, r.integer<std::uint16_t>());
  USTP_TRY(const BytesView reserved, r.octets(6));
  for (const std::uint8_t octet : reserved)
    if (octet != 0) return Error{Code::frame_trailing, "reserved octets 10 to 15"};
  // A statement is the content of its frame and as large as the 16-bit length allows; headers and hellos are small.
  if (kind != FrameKind::kStatement && content > kMaxContent) return Error{Code::too_long, "frame header"};
  if (signature > kMaxFrameSignature) return Error{Code::too_long, "frame signature"};
  SignedPart part;
  USTP_TRY(part.content, r.octets(content));
  USTP_TRY(part.signature, r.octets(signature));
  USTP_CHECK(r.pad8());
  return part;
}

Result<void> verify_with(const KeyLookup& keys, const GatewayId& gateway, const KeyId& key, BytesView content,
                         BytesView signature) {
  USTP_TRY(const auto verifier, keys(gateway, key));
  if (!verifier->verify_canonical(content, signature)) return Error{Code::bad_signature, gateway.str()};
  return {};
}

Result<Bytes> seal_hello(const Hello& given, crypto::Signer& signer) {
  Hello h = given;
  h.key = signer.key_id();
  Writer c(420);
  c.octets(as_bytes(kHelloTag));  // no hello can be passed off as a batch header
  c.integer(h.version_major);
  c.integer(h.version_minor);
  c.text8(h.sender.str());
  c.text8(h.recipient.str());
  c.integer(h.channel);
  put(c, h.sent);
  put(c, h.received);
  c.integer(h.statements);
  c.octets(h.statement_head.view());
  c.integer(h.time.ns);
  c.octets(h.key.view());
  const Bytes content = c.take();
  USTP_TRY(const Bytes signature, signer.sign(content));
  Writer w(content.size() + 96);
  begin_frame(w, FrameKind::kHello, content, signature);
  return w.take();
}

Result<Hello> receive_hello(BytesView frame, const KeyLookup& keys) {
  Reader f(frame);
  USTP_TRY(const SignedPart part, read_signed_part(f, FrameKind::kHello, {}));
  USTP_CHECK(f.end());
  Reader r(part.content);
  Hello h;
  USTP_TRY(const BytesView tag, r.octets(kHelloTag.size()));
  if (as_text(tag) != kHelloTag) return Error{Code::frame_magic, "hello"};
  USTP_TRY(h.version_major, r.integer<std::uint16_t>());
  if (h.version_major != kVersionMajor) return Error{Code::frame_version, std::to_string(h.version_major)};
  USTP_TRY(h.version_minor, r.integer<std::uint16_t>());
  USTP_TRY(h.sender, r.text8<GatewayId>());
  USTP_TRY(h.recipient, r.text8<GatewayId>());
  USTP_TRY(h.channel, r.integer<std::uint32_t>());
  USTP_TRY(h.sent, read_head(r));
  USTP_TRY(h.received, read_head(r));
  USTP_TRY(h.statements, r.integer<std::uint64_t>());
  USTP_TRY(h.statement_head, r.fixed<Hash256>());
  USTP_TRY(h.time.ns, r.integer<std::int64_t>());
  USTP_TRY(h.key, r.fixed<KeyId>());
  USTP_CHECK(r.end());
  USTP_CHECK(verify_with(keys, h.sender, h.key, part.content, part.signature));
  return h;
}

Bytes encode_ack(const Ack& ack) {
  Writer w(64);
  w.octets(as_bytes(kMagic));
  w.integer(static_cast<std::uint8_t>(FrameKind::kAck));
  w.integer(std::uint8_t{0});
  w.integer(std::uint16_t{0});
  w.integer(ack.channel);
  put(w, ack.received);
  return w.take();
}

Result<Ack> parse_ack(BytesView frame) {
  Reader r(frame);
  USTP_TRY(const FrameKind kind, read_start(r, {}));
  if (kind != FrameKind::kAck) return Error{Code::unknown_tag, "another frame kind than asked for"};
  USTP_TRY(const std::uint16_t reserved, r.integer<std::uint16_t>());
  if (reserved != 0) return Error{Code::frame_trailing, "reserved octets 6 and 7"};
  Ack ack;
  USTP_TRY(ack.channel, r.integer<std::uint32_t>());
  USTP_TRY(ack.received, read_head(r));
  USTP_CHECK(r.end());
  return ack;
}

Result<FrameKind> frame_kind(BytesView frame, const FrameLimits& limits) {
  Reader r(frame);
  return read_start(r, limits);
}

Result<BatchHeader> verify_proven(const ProvenMessage& message, const KeyLookup& keys) {
  if (is_json_proof(message)) return verify_json_proven(message, keys);
  USTP_TRY(const BatchHeader header, parse_header(message.batch_header));
  if (message.proof.count != header.count) return Error{Code::bad_proof, "count differs from the signed header's"};
  const Hash256 leaf = crypto::merkle_leaf(message.salt, message.octets);
  USTP_TRY(const Hash256 root, crypto::merkle_root_from_proof(leaf, message.proof));
  if (root != header.root) return Error{Code::bad_proof, "the path leads to another root"};
  USTP_CHECK(verify_with(keys, header.sender, header.key, message.batch_header, message.signature));
  return header;
}

}  // namespace ustp::wire
