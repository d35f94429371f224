#pragma once
// Statements of an authority (decision 19): signed, append-only, numbered. They say who takes part, with which keys, in
// front of which ledgers, with which instruments and accounts. Everything that changes a verdict is one of these.

#include <variant>

#include "ustp/crypto/crypto.hpp"
#include "ustp/domain/ledger_profile.hpp"
#include "ustp/token/token.hpp"

namespace ustp::wire {

struct ParticipantStatement {
  ParticipantId participant;
  Lei lei;
  std::string name;
  GatewayId gateway;        // empty unless the participant runs one
  std::string endpoint;     // "wss://host:port" of that gateway
  bool admitted = true;
  friend bool operator==(const ParticipantStatement&, const ParticipantStatement&) = default;
};
struct KeyStatement {
  GatewayId gateway;
  crypto::Algorithm algorithm = crypto::Algorithm::kEs256;
  Bytes spki;
  bool revoked = false;
  friend bool operator==(const KeyStatement&, const KeyStatement&) = default;
};
struct LedgerStatement {
  ledger::LedgerProfile profile;
  bool halted = false;
  friend bool operator==(const LedgerStatement&, const LedgerStatement&) = default;
};
struct InstrumentStatement {
  token::Instrument instrument;
  friend bool operator==(const InstrumentStatement&, const InstrumentStatement&) = default;
};
struct AccountStatement {
  token::Account account;
  friend bool operator==(const AccountStatement&, const AccountStatement&) = default;
};
using StatementBody =
    std::variant<ParticipantStatement, KeyStatement, LedgerStatement, InstrumentStatement, AccountStatement>;

struct Statement {
  AuthorityId authority;
  std::uint64_t sequence = 0;   // 1, 2, …
  Hash256 previous;             // SHA-256 of the previous signed statement's octets; zero for the first
  Instant effective_from;
  StatementBody body;
  friend bool operator==(const Statement&, const Statement&) = default;
};
struct SignedStatement {
  Bytes octets;                 // the encoded Statement: what is signed
  KeyId key;
  Bytes signature;
  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

Bytes encode_statement(const Statement& statement);
Result<Statement> decode_statement(BytesView octets);
Result<SignedStatement> sign_statement(const Statement& statement, crypto::Signer& signer);

// Whole frame of kind kStatement carrying one signed statement.
Bytes encode_statement_frame(const SignedStatement& statement);
Result<SignedStatement> parse_statement_frame(BytesView frame);

// The form people write: a JSON object {"kind": "participant"|"key"|"ledger"|"instrument"|"account", …}. The other
// members are those of the struct of that kind, under the same names and nested the same way: a ledger's under
// "profile" (its anchor there as {key, contract, chain_id}), an instrument's under "instrument", an account's under
// "account"; `cls` is written "class". Enumerations are lower-case words ("es256", "book_entry", "issuer_booking",
// "csd_confirmation", "ethereum_receipt", "corda_tear_off"), quantities decimal strings, octets base64, hashes
// hexadecimal, instants RFC 3339, a ratio {token_base_units, security_units, version}. Absent members keep their
// defaults. Errors name the place by JSON pointer: unknown_field, missing_field, unknown_tag, malformed_text and those
// of the values; duplicate_field for a member that appears twice; nesting_too_deep and too_long for the bounds (64 KiB).
// statement_to_json gives the same form, with the header (authority, sequence, previous, effective_from) before it.
Result<StatementBody> statement_body_from_json(std::string_view json);
std::string statement_to_json(const Statement& statement);

}  // namespace ustp::wire
