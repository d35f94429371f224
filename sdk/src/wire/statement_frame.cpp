// Signing a statement and carrying it between gateways.
#include "frames.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::wire {

namespace {
constexpr std::size_t kMaxSignedStatement = (64u << 10) - 256;
}

Result<SignedStatement> sign_statement(const Statement& statement, crypto::Signer& signer) {
  SignedStatement out;
  out.octets = encode_statement(statement);
  if (out.octets.size() > kMaxSignedStatement) return Error{Code::too_long, "statement"};
  USTP_CHECK(decode_statement(out.octets));  // nothing is signed that its readers would refuse
  out.key = signer.key_id();
  USTP_TRY(out.signature, signer.sign(out.octets));
  return out;
}

// Content: key id ‖ statement octets.
Bytes encode_statement_frame(const SignedStatement& statement) {
  Bytes content(statement.key.octets().begin(), statement.key.octets().end());
  append(content, statement.octets);
  Writer w(content.size() + 128);
  begin_frame(w, FrameKind::kStatement, content, statement.signature);
  return w.take();
}

Result<SignedStatement> parse_statement_frame(BytesView frame) {
  Reader r(frame);
  USTP_TRY(const auto part, read_signed_part(r, FrameKind::kStatement, FrameLimits{}));
  if (r.left() != 0) return Error{Code::frame_trailing, "statement frame"};
  if (part.content.size() <= KeyId::kSize) return Error{Code::frame_truncated, "statement frame"};
  SignedStatement out;
  USTP_TRY(out.key, KeyId::from_bytes(part.content.first(KeyId::kSize)));
  const auto octets = part.content.subspan(KeyId::kSize);
  out.octets.assign(octets.begin(), octets.end());
  out.signature.assign(part.signature.begin(), part.signature.end());
  return out;
}

}  // namespace ustp::wire
