// The evidence bundle's file (USTP-EVD-001 to 003).
#include "ustp/wire/bundle.hpp"

#include "octets.hpp"
#include "parts.hpp"

namespace ustp::wire {

namespace {
constexpr std::string_view kMagic = "USTPEVB1";
constexpr std::size_t kSignature = 64, kStart = kMagic.size() + KeyId::kSize + kSignature;
constexpr std::size_t kMaxBundle = 16u << 20, kMaxBundleMessages = 256, kMaxStatements = 65536;
constexpr std::size_t kMaxStatementOctets = 64u << 10;

// What the seal covers: the mark and the key too, so that neither can be exchanged.
Bytes signed_octets(BytesView key, BytesView content) {
  Bytes out;
  out.reserve(kMagic.size() + key.size() + content.size());
  append(out, as_bytes(kMagic));
  append(out, key);
  append(out, content);
  return out;
}

Result<SignedStatement> unpack(const fbs::SignedStatement& from) {
  SignedStatement s;
  const BytesView octets = view(from.octets()), signature = view(from.signature());
  if (octets.size() > kMaxStatementOctets) return Error{Code::too_long, "statement"};
  if (signature.size() > kMaxSignature) return Error{Code::too_long, "statement signature"};
  s.octets.assign(octets.begin(), octets.end());
  s.signature.assign(signature.begin(), signature.end());
  USTP_TRY(s.key, unpack_set<KeyId>(from.key(), "statement key"));
  return s;
}
}  // namespace

Result<Bytes> seal_bundle(const EvidenceBundle& bundle, crypto::Signer& signer) {
  fb::FlatBufferBuilder b(64u << 10);
  std::vector<fb::Offset<fbs::SignedStatement>> statements;
  statements.reserve(bundle.statements.size());
  for (const SignedStatement& s : bundle.statements) {
    const auto octets = pack(b, BytesView(s.octets)), signature = pack(b, BytesView(s.signature));
    const Hash256 key(s.key.octets());
    statements.push_back(fbs::CreateSignedStatement(b, octets, pack(key), signature));
  }
  std::vector<fb::Offset<fbs::Proven>> messages;
  messages.reserve(bundle.messages.size());
  for (const ProvenMessage& m : bundle.messages) messages.push_back(pack(b, m));
  const auto packed_statements = b.CreateVector(statements);
  const auto packed_messages = b.CreateVector(messages);
  const auto exporter = b.CreateString(bundle.exporter.str());
  fbs::FinishSizePrefixedBundleBuffer(b, fbs::CreateBundle(b, pack(bundle.transfer), exporter, bundle.exported.ns,
                                                           packed_statements, packed_messages));
  const BytesView content(b.GetBufferPointer(), b.GetSize());
  if (kStart + content.size() > kMaxBundle) return Error{Code::too_long, "evidence bundle"};
  USTP_TRY(const Bytes signature, signer.sign(signed_octets(signer.key_id().view(), content)));
  if (signature.size() != kSignature) return Error{Code::bad_key, "signature length"};
  Bytes file;
  file.reserve(kStart + content.size());
  append(file, as_bytes(kMagic));
  append(file, signer.key_id().view());
  append(file, signature);
  append(file, content);
  return file;
}

Result<OpenedBundle> open_bundle(BytesView file) {
  if (file.size() > kMaxBundle) return Error{Code::too_long, "evidence bundle"};
  Reader r(file);
  USTP_TRY(const BytesView magic, r.octets(kMagic.size()));
  if (as_text(magic) != kMagic) return Error{Code::frame_magic, "evidence bundle"};
  OpenedBundle opened;
  USTP_TRY(opened.key, r.fixed<KeyId>());
  USTP_TRY(const BytesView signature, r.octets(kSignature));
  opened.signature.assign(signature.begin(), signature.end());
  USTP_TRY(const BytesView content, r.octets(r.left()));
  opened.signed_octets = signed_octets(opened.key.view(), content);

  Bytes aligned;
  USTP_TRY(const BytesView buffer, checked_buffer(content, fbs::BundleIdentifier(), aligned));
  fb::Verifier verifier(buffer.data(), buffer.size(), 16, kMaxStatements + kMaxBundleMessages + 16);
  if (!fbs::VerifySizePrefixedBundleBuffer(verifier)) return Error{Code::buffer_invalid, "evidence bundle"};
  const fbs::Bundle& from = *fbs::GetSizePrefixedBundle(buffer.data());
  EvidenceBundle& bundle = opened.bundle;
  USTP_TRY(bundle.transfer, unpack_set<TransferId>(from.transfer(), "bundle transfer"));
  USTP_TRY(bundle.exporter, required_id<GatewayId>(from.exporter(), "bundle exporter"));
  bundle.exported = {from.exported()};
  if (from.statements() != nullptr) {
    if (from.statements()->size() > kMaxStatements) return Error{Code::too_long, "statements"};
    for (const fbs::SignedStatement* s : *from.statements()) {
      USTP_TRY(auto statement, unpack(*s));
      bundle.statements.push_back(std::move(statement));
    }
  }
  if (from.messages() != nullptr) {
    if (from.messages()->size() > kMaxBundleMessages) return Error{Code::too_long, "messages"};
    for (const fbs::Proven* m : *from.messages()) {
      USTP_TRY(auto message, wire::unpack(*m));
      bundle.messages.push_back(std::move(message));
    }
  }
  return opened;
}

}  // namespace ustp::wire
