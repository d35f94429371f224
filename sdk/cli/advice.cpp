#include "sdk/cli/advice.hpp"

#include <cstdio>

namespace ustp::cli {

std::string_view advice(Code code) noexcept {
  switch (code) {
    case Code::io_error:
      return "look at the path and who may read it; an existing file is never replaced: name another one";
    case Code::bad_key:
      return "a key is PEM, P-256 or Ed25519: PKCS#8 when private, SubjectPublicKeyInfo when public; see ustp keys inspect FILE";
    case Code::bad_signature:
    case Code::statement_authority:
      return "compare the key ids: ustp keys inspect KEY, and who was to sign";
    case Code::unknown_key:
      return "the signer's key must be in the statements, or be the one given; ustp keys inspect KEY shows its id";
    case Code::statement_chain:
      return "the log must hold every statement from 000001.stm on, unchanged; fetch what is missing from a gateway";
    case Code::statement_invalid:
      return "what a statement names must stand in one before it; ustp statement show FILE… prints what there is";
    case Code::unknown_instrument:
    case Code::unknown_account:
    case Code::unknown_ledger:
    case Code::unknown_participant:
      return "only what the authority's statements name exists; ustp instruments, ustp statement show FILE…";
    case Code::frame_magic:
      return "is this the right file, and not hexadecimal text (--hex)?";
    case Code::journal_damaged:
      return "change nothing: keep the files as they are and restore the whole set from a copy (guide: running a gateway)";
    case Code::journal_format:
      return "a newer build wrote it, or an older one; use the tool of the gateway's own version";
    case Code::idempotency_payload:
      return "that key belongs to another order; give another --idempotency-key";
    case Code::idempotency_in_progress:
    case Code::overloaded:
    case Code::rate_limited:
    case Code::no_reply:
    case Code::timeout:
    case Code::stopping:
      return "give the same command again, with the same --idempotency-key if it has one";
    case Code::unauthenticated:
      return "show a certificate (--cert, --key) or a token (--token)";
    case Code::token_expired:
      return "write a new token into the file of --token; nothing else has to be done";
    case Code::token_form:
    case Code::token_algorithm:
    case Code::token_key:
    case Code::token_signature:
    case Code::token_claims:
    case Code::token_issuer:
    case Code::token_audience:
    case Code::token_not_yet_valid:
      return "ask whoever issues your tokens: ES256, the gateway's issuer and audience, participant and roles (--token)";
    case Code::forbidden:
      return "your token's role does not reach so far: reader, trader, operator";
    case Code::tls_identity_mismatch:
      return "the certificate must name an admitted participant: urn:ustp:participant:ID (--cert)";
    case Code::account_not_owned:
      return "ustp positions INSTRUMENT shows the accounts that are yours";
    case Code::insufficient_available:
      return "ustp positions INSTRUMENT shows what is locked and blocked";
    case Code::cannot_cancel:
      return "it will end by itself: ustp transfer watch ID";
    case Code::recovery_only:
      return "the gateway's operator must find its complete journal (guide: running a gateway)";
    default:
      return {};
  }
}

std::string_view advice(std::string_view code) noexcept {
  for (const auto& one : all_codes())
    if (one.name == code) return advice(one.code);
  return {};
}

void advise(std::string_view what) {
  if (!what.empty()) std::fprintf(stderr, "      what to do: %.*s\n", static_cast<int>(what.size()), what.data());
}

}  // namespace ustp::cli
