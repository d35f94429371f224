// The bodies and the envelope of spec/03c, section 3, on the archives of json_fields.hpp; then the meaning, which is that
// of the other encoding.
#include "json_compact.hpp"
#include "json_map.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::wire {
namespace json {
namespace {

constexpr std::string_view kSatpType = "urn:ietf:params:satp:core:msgtype:", kOwnType = "urn:ustp:msgtype:";
constexpr std::string_view kVersion = "1.0";

std::string urn_of(MessageType type) {
  return std::string(type >= MessageType::kStatusRequest ? kOwnType : kSatpType) + std::string(to_string(type));
}

void message_type(Reader& r, const char* name, MessageType& out, Need need) {
  std::string text;
  r.text(name, text, 128, need);
  if (r.failed() || text.empty()) return;
  for (int i = 1; i <= static_cast<int>(MessageType::kMoveNoticeReceipt); ++i)
    if (urn_of(static_cast<MessageType>(i)) == text) {
      out = static_cast<MessageType>(i);
      return;
    }
  r.fail(name, Code::unknown_tag, {});
}
void message_type(Writer& w, const char* name, MessageType type, Need) {
  if (type != MessageType{}) w.put(name, Node::of(std::string_view(urn_of(type))));
}

// A code by its name in registry/errors.csv (USTP-MSG-046).
void code(Reader& r, const char* name, Code& out) {
  std::string text;
  r.text(name, text, 64, kRequired);
  if (r.failed()) return;
  for (const CodeInfo& known : all_codes())
    if (known.name == text) {
      out = known.code;
      return;
    }
  r.fail(name, Code::unknown_tag, {});
}
void code(Writer& w, const char* name, Code value) { w.put(name, Node::of(info(value).name)); }

// The preferred algorithm first, as SATP's default; those after it as SATP's supported ones.
void algorithms(Reader& r, std::vector<crypto::Algorithm>& out) {
  r.object("gatewayAndNetworkCapabilities", [&out](Reader& inner) {
    inner.tag("gatewayDefaultSignatureAlgorithm", out.emplace_back(), kAlgorithms);
    inner.list("gatewaySupportedSignatureAlgorithms", out, kMaxAlgorithms - 1,
               [](const Node& node, const std::string& at, crypto::Algorithm& one, std::optional<Error>& error) {
                 for (const auto& [known, word] : kAlgorithms)
                   if (node.kind == Node::Kind::kText && node.text == word) {
                     one = known;
                     return;
                   }
                 error = at_place(at, node.kind == Node::Kind::kText ? Code::unknown_tag : Code::json_type, {});
               });
  });
}
void algorithms(Writer& w, const std::vector<crypto::Algorithm>& from) {
  w.object("gatewayAndNetworkCapabilities", [&from](Writer& inner) {
    Node others = Node::list();
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (i == 0) inner.tag("gatewayDefaultSignatureAlgorithm", from[i], kAlgorithms);
      else others.items.push_back(Node::of(crypto::to_string(from[i])));
    }
    if (!others.items.empty()) inner.put("gatewaySupportedSignatureAlgorithms", std::move(others));
  });
}

template <class A>
void body_fields(A& a, TransferProposal& m) {
  a.constant("version", kVersion, Code::frame_version);
  a.constant("transferInitClaimFormat", "USTP_TERMS_1", Code::json_fixed);
  a.object("transferInitClaim", [&m](auto& inner) { fields(inner, m.terms); });
  a.fixed("legSalt", m.leg_salt);
  algorithms(a, m.signature_algorithms);
  a.constant("encoding", "json", Code::unknown_tag);
}
template <class A>
void body_fields(A& a, ProposalReceipt& m) {
  a.constant("version", kVersion, Code::frame_version);
  a.fixed("hashTransferInitClaim", m.claim_hash);
  a.instant("timestamp", m.received);
}
template <class A>
void body_fields(A& a, TransferCommence& m) {
  a.fixed("hashTransferInitClaim", m.claim_hash);
}
template <class A>
void body_fields(A& a, LockAssert& m) {
  claim(a, "lock", m.evidence);
  a.instant("lockAssertionExpiration", m.expires);
}
template <class A>
void body_fields(A& a, CommitReady& m) {
  a.fixed("legsRoot", m.legs_root);
  claim(a, "mint", m.evidence);
}
template <class A>
void body_fields(A& a, CommitFinal& m) {
  a.object("decision", [&m](auto& inner) { fields(inner, m.decision); });
  claim(a, "burn", m.evidence);
}
template <class A>
void body_fields(A& a, AckCommitFinal& m) {
  a.tag("disposition", m.disposition, kDispositions);
  a.text("rule", m.rule, 64);
  claim(a, "assignment", m.evidence);
}
template <class A>
void body_fields(A& a, TransferComplete& m) {
  a.fixed("hashTransferCommence", m.commence_hash);
}
// An RFC 9457 problem, as SATP has it; what follows from the code has no other value.
template <class A>
void body_fields(A& a, ErrorMessage& m) {
  a.constant("version", kVersion, Code::frame_version);
  code(a, "code", m.code);
  const CodeInfo& of = info(m.code);
  const auto type = of.satp.empty() ? "urn:ustp:problem:" + std::string(of.name)
                                    : "urn:ietf:params:satp:core:error:" + std::string(of.satp);
  a.constant("type", type, Code::json_fixed);
  a.number("status", static_cast<std::uint64_t>(of.http), Code::json_fixed);
  a.constant("title", of.text, Code::json_fixed);
  a.text("detail", m.detail, token::kMaxText);
  message_type(a, "prevMsgType", m.offending_type, kOptional);
  a.fixed("prevMsgHash", m.offending, kOptional);
  a.instant("timestamp", m.time);
}
template <class A>
void body_fields(A& a, SessionAbort& m) {
  code(a, "reason", m.reason);
  a.object("decision", [&m](auto& inner) { fields(inner, m.decision); });
}
template <class A>
void decision_if_any(A& a, std::optional<DecisionRecord>& decision) {
  DecisionRecord held = decision.value_or(DecisionRecord{});
  const auto inside = [&held](auto& inner) { fields(inner, held); };
  if constexpr (std::is_same_v<A, Writer>) {
    if (decision) a.object("decision", inside);
  } else if (a.object("decision", inside, kOptional)) {
    decision = std::move(held);
  }
}
template <class A>
void body_fields(A& a, StatusReport& m) {
  a.tag("state", m.state, kStates, kOptional);
  decision_if_any(a, m.decision);
}

// A message that was signed in a batch of the other encoding is an object; one that was signed as a JWS is that JWS.
void proven_object(Reader& r, ProvenMessage& p) {
  r.octets("octets", p.octets, kMaxMessageOctets, kRequired);
  r.fixed("salt", p.salt, kOptional);
  r.number("index", p.proof.index);
  r.number("count", p.proof.count);
  const Node* path = r.take("path", kOptional);
  if (path != nullptr && path->kind != Node::Kind::kList) return r.fail("path", Code::json_type, "a list is expected");
  if (path != nullptr && path->items.empty()) return r.fail("path", Code::json_default, "an empty list");
  if (path != nullptr && path->items.size() > kMaxPath) return r.fail("path", Code::bad_proof, "longer than any tree");
  for (std::size_t i = 0; path != nullptr && i < path->items.size(); ++i) {
    const auto& item = path->items[i];
    if (item.kind != Node::Kind::kText) return r.fail("path", Code::json_type, "a text is expected");
    const auto hash = Hash256::from_hex(item.text);
    if (!hash) return r.fail("path", hash.error().code, hash.error().detail);
    if (hash->hex() != item.text) return r.fail("path", Code::json_not_canonical, "upper-case hexadecimal");
    p.proof.path.push_back(*hash);
  }
  r.octets("batchHeader", p.batch_header, kMaxBatchHeader, kRequired);
  r.octets("signature", p.signature, kMaxSignature, kRequired);
  if (!r.failed() && is_json_proof(p)) r.fail("batchHeader", Code::jws_form, "a JWS stands as a text");
}
void proven(Reader& r, const char* name, ProvenMessage& p) {
  const Node* value = r.take(name, kRequired);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::kText) {
    r.object(name, [&p](Reader& inner) { proven_object(inner, p); });
    return;
  }
  auto parts = split_compact(value->text);
  if (!parts) return r.fail(name, parts.error().code, parts.error().detail);
  if (parts->signature.empty()) return r.fail(name, Code::missing_field, "signature");
  if (parts->payload.size() > kMaxMessageOctets || parts->header.size() > kMaxBatchHeader ||
      parts->signature.size() > kMaxSignature)
    return r.fail(name, Code::too_long, "a part of a proven message");
  p = {std::move(parts->payload), {}, {0, 1, {}}, std::move(parts->header), std::move(parts->signature)};
  if (!is_json_proof(p)) r.fail(name, Code::jws_form, "the protected header is no object");
}
void proven(Writer& w, const char* name, const ProvenMessage& p) {
  if (is_json_proof(p)) {
    if (!p.salt.is_zero() || p.proof != crypto::MerkleProof{0, 1, {}})
      return w.fail(name, Code::malformed_text, "a tree around a JWS");
    return w.put(name, Node::of(std::string_view(json_compact(p))));
  }
  w.object(name, [&p](Writer& inner) {
    inner.octets("octets", p.octets, kMaxMessageOctets);
    inner.fixed("salt", p.salt);
    inner.number("index", p.proof.index);
    inner.number("count", p.proof.count);
    Node path = Node::list();
    for (const Hash256& hash : p.proof.path) path.items.push_back(Node::of(std::string_view(hash.hex())));
    if (!path.items.empty()) inner.put("path", std::move(path));
    inner.octets("batchHeader", p.batch_header, kMaxBatchHeader);
    inner.octets("signature", p.signature, kMaxSignature);
  });
}
template <class A>
void body_fields(A& a, MoveNotice& m) {
  proven(a, "proposal", m.proposal);
  proven(a, "commitFinal", m.commit_final);
}
template <class A>
void body_fields(A& a, MoveNoticeReceipt& m) {
  a.fixed("noticeHash", m.notice_hash);
}
template <class A, class Empty>
void body_fields(A&, Empty&)
  requires std::is_empty_v<Empty>
{}

template <class A>
void envelope(A& a, Message& m) {
  a.fixed("sessionId", m.session);
  a.fixed("transferContextId", m.transfer);
  a.fixed("settlementId", m.settlement);
  a.fixed("hashPrevMessage", m.previous, kOptional);
  a.objects("extensions", m.extensions, kMaxExtensions);
}

template <std::size_t... I>
Body empty_body(std::size_t index, std::index_sequence<I...>) {
  Body body;
  ((I == index ? void(body.emplace<I>()) : void()), ...);
  return body;
}

// What the other encoding's decoder checks beyond the form of each field (chapters 03 and 03a).
struct Meaning {
  Result<void> operator()(const TransferProposal& m) const {
    if (auto valid = token::validate(m.terms); !valid)
      return at_place("/transferInitClaim", valid.error().code, valid.error().detail);
    return {};
  }
  Result<void> operator()(const CommitFinal& m) const {
    if (m.decision.outcome != DecisionOutcome::kCommit)
      return at_place("/decision/outcome", Code::decision_invalid, "commit-final with an abort");
    return roots(m.decision);
  }
  Result<void> operator()(const AckCommitFinal& m) const {
    // USTP-MSG-045: suspense always says why, and only suspense does.
    if (m.rule.empty() != (m.disposition == Disposition::kBeneficiary)) return at_place("/rule", Code::missing_field, {});
    return {};
  }
  Result<void> operator()(const ErrorMessage& m) const {
    if (m.offending_type != MessageType{} && m.offending.is_zero()) return at_place("/prevMsgHash", Code::zero_hash, {});
    return {};
  }
  Result<void> operator()(const SessionAbort& m) const {
    if (m.decision.outcome != DecisionOutcome::kAbort)
      return at_place("/decision/outcome", Code::decision_invalid, "session-abort with a commit");
    return {};
  }
  Result<void> operator()(const StatusReport& m) const { return m.decision ? roots(*m.decision) : Result<void>(); }
  template <class Other>
  Result<void> operator()(const Other&) const {
    return {};
  }
  // USTP-MSG-043
  static Result<void> roots(const DecisionRecord& d) {
    if (d.outcome != DecisionOutcome::kCommit) return {};
    if (d.legs_root.is_zero()) return at_place("/decision/legsRoot", Code::zero_hash, {});
    if (d.votes_root.is_zero()) return at_place("/decision/votesRoot", Code::zero_hash, {});
    return {};
  }
};

// USTP-MSG-022, USTP-MSG-026
Result<void> check_extensions(const std::vector<Extension>& extensions) {
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    const std::string at = "/extensions/" + std::to_string(i);
    if (extensions[i].name.empty()) return at_place(at + "/name", Code::missing_field, {});
    if (extensions[i].critical) return at_place(at, Code::unknown_critical_extension, pointer_part(extensions[i].name));
  }
  return {};
}

}  // namespace
}  // namespace json

Result<Bytes> encode_json(const Message& message) {
  Message m = message;
  if (const auto* proposal = std::get_if<TransferProposal>(&m.body))
    if (proposal->encoding != kJsonEncoding) return Error{Code::unknown_tag, "encoding of the proposal"};
  json::Node root;
  std::optional<Error> error;
  json::Writer writer(root, "", error);
  json::message_type(writer, "messageType", m.type(), json::kRequired);
  json::envelope(writer, m);
  std::visit([&writer](auto& body) { json::body_fields(writer, body); }, m.body);
  if (error) return std::move(*error);
  const std::string text = json::canonical(root);
  if (text.size() > (m.type() == MessageType::kMoveNotice ? kMaxJsonNotice : kMaxJsonMessage))
    return Error{Code::too_long, "message"};
  return Bytes(text.begin(), text.end());
}

Result<Message> decode_json(BytesView octets) {
  USTP_TRY(const json::Node root, json::parse(octets, {.octets = kMaxJsonNotice}));
  std::optional<Error> error;
  json::Reader reader(root, "", error);
  MessageType type{};
  json::message_type(reader, "messageType", type, json::kRequired);
  if (error) return std::move(*error);
  if (type == MessageType{}) return Error{Code::unknown_tag, "/messageType"};
  if (type != MessageType::kMoveNotice && octets.size() > kMaxJsonMessage) return Error{Code::too_long, "message"};
  Message m;
  json::envelope(reader, m);
  m.body = json::empty_body(static_cast<std::size_t>(type) - 1, std::make_index_sequence<std::variant_size_v<Body>>());
  std::visit([&reader](auto& body) { json::body_fields(reader, body); }, m.body);
  if (auto* proposal = std::get_if<TransferProposal>(&m.body)) proposal->encoding = kJsonEncoding;
  reader.finish();
  if (error) return std::move(*error);
  USTP_CHECK(json::check_extensions(m.extensions));
  USTP_CHECK(std::visit(json::Meaning{}, m.body));
  USTP_CHECK(check_envelope(m));
  return m;
}

}  // namespace ustp::wire
