// Statements, the log they form, evidence bundles; and the check of a vector.
#include <algorithm>

#include "sdk/vectors/judge.hpp"
#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/verify_bundle.hpp"

namespace ustp::vectors {
namespace {

Result<Value> statement(const Value& in) {
  const Bytes octets = octets_of(in["octets"]);
  USTP_TRY(const auto decoded, wire::decode_statement(octets));
  return Value(Members{{"hash", hex(crypto::sha256(octets))}, {"statement", value_of(decoded)}});
}

Result<Value> statement_frame(const Value& in) {
  USTP_TRY(const auto s, wire::parse_statement_frame(octets_of(in["frame"])));
  return Value(Members{{"key", hex(s.key)},
                       {"hash", hex(crypto::sha256(s.octets))},
                       {"signature", to_hex(s.signature)}});
}

// The log of an authority, frame by frame; the first refusal is the verdict.
Result<Value> log(const Value& in) {
  USTP_TRY(const auto authority, AuthorityId::parse(in["authority"].text()));
  USTP_TRY(const auto key, crypto::make_verifier(octets_of(in["spki"])));
  protocol::Registry registry(authority, key);
  for (const auto& frame : in["frames"].list()) {
    USTP_TRY(const auto s, wire::parse_statement_frame(octets_of(frame)));
    USTP_CHECK(registry.apply(s));
  }
  return Value(Members{{"position", decimal(registry.position())}, {"head", hex(registry.head())}});
}

Result<Value> bundle(const Value& in) {
  USTP_TRY(const auto opened, wire::open_bundle(octets_of(in["file"])));
  List statements, messages;
  for (const auto& s : opened.bundle.statements) statements.emplace_back(hex(crypto::sha256(s.octets)));
  for (const auto& m : opened.bundle.messages) messages.emplace_back(hex(crypto::sha256(m.octets)));
  return Value(Members{{"key", hex(opened.key)},
                       {"transfer", hex(opened.bundle.transfer)},
                       {"exporter", opened.bundle.exporter.str()},
                       {"exported", decimal(opened.bundle.exported)},
                       {"statements", statements},
                       {"messages", messages}});
}

// Ledger evidence in vectors is the plain form of spec/vectors/README.md, whatever its kind.
Result<ProvenOperation> plain_evidence(const Evidence& evidence, const LedgerAnchor& anchor) {
  const BytesView o(evidence.octets);
  constexpr std::size_t kFixed = 32 + 1 + 32 + 16;
  if (evidence.ledger != anchor.ledger || o.size() < kFixed + 4) return Error{Code::evidence_invalid, "plain form"};
  ProvenOperation out;
  out.id = OperationId::from_bytes(o.first(32)).value();
  out.kind = static_cast<OperationKind>(o[32]);
  out.request_hash = Hash256::from_bytes(o.subspan(33, 32)).value();
  for (std::size_t i = 65; i < kFixed; ++i) out.base_units = out.base_units << 8 | o[i];
  const auto text = [&](std::size_t& at) -> Result<std::string> {
    if (o.size() - at < 2) return Error{Code::evidence_invalid, "plain form"};
    const std::size_t size = static_cast<std::size_t>(o[at]) << 8 | o[at + 1];
    if (o.size() - at - 2 < size) return Error{Code::evidence_invalid, "plain form"};
    const std::string found(as_text(o.subspan(at + 2, size)));
    at += 2 + size;
    return found;
  };
  std::size_t at = kFixed;
  USTP_TRY(const auto instrument, text(at));
  USTP_TRY(const auto account, text(at));
  if (at != o.size()) return Error{Code::evidence_invalid, "plain form"};
  USTP_TRY(out.instrument, InstrumentId::parse(instrument));
  USTP_TRY(out.account, AccountId::parse(account));
  return out;
}

// Which requirement a check of verify_bundle stands for.
std::string requirement_of(const std::string& check) {
  const std::pair<const char*, const char*> known[] = {
      {"statements", "USTP-EVD-011"},     {"seal", "USTP-EVD-012"},       {"statement position", "USTP-EVD-013"},
      {"proposal present", "USTP-EVD-015"}, {"message ", "USTP-EVD-014"}, {"one outcome", "USTP-EVD-015"},
      {"order of ", "USTP-EVD-015"},      {"claim hash", "USTP-EVD-016"}, {"commence hash", "USTP-EVD-016"},
      {"legs root", "USTP-EVD-017"},      {"votes root", "USTP-EVD-017"}, {"decision", "USTP-EVD-017"},
      {"evidence of ", "USTP-EVD-018"}};
  for (const auto& [begin, id] : known)
    if (check.starts_with(begin)) return id;
  return "USTP-EVD-010";
}

struct EvidenceVerdict {
  Value output;
  std::vector<std::string> broken;
};
Result<EvidenceVerdict> evidence(const Value& in) {
  USTP_TRY(const auto authority, AuthorityId::parse(in["authority"].text()));
  USTP_TRY(const auto key, crypto::make_verifier(octets_of(in["spki"])));
  const protocol::EvidenceVerifiers verifiers{{EvidenceKind::kCsdConfirmation, plain_evidence},
                                              {EvidenceKind::kEthereumReceipt, plain_evidence},
                                              {EvidenceKind::kCordaTearOff, plain_evidence}};
  USTP_TRY(const auto report, protocol::verify_bundle(octets_of(in["file"]), authority, key, verifiers));
  EvidenceVerdict out;
  for (const auto& check : report.checks)
    if (!check.ok) out.broken.push_back(requirement_of(check.name));
  out.output = Members{{"transfer", hex(report.transfer)}, {"outcome", small(report.outcome)}};
  return out;
}

Verdict check_evidence(const Vector& v) {
  const auto found = evidence(v.input);
  if (!found) return {!v.valid && v.code == info(found.error().code).name, to_string(found.error())};
  if (v.valid) return {found->broken.empty() && found->output == v.output, "breaks " + std::to_string(found->broken.size())};
  const bool named = std::find(found->broken.begin(), found->broken.end(), v.code) != found->broken.end();
  std::string all;
  for (const auto& one : found->broken) all += one + " ";
  return {named, "breaks " + (all.empty() ? "nothing" : all)};
}

}  // namespace

Judgement judge_record(const std::string& kind, const Value& in) {
  if (kind == "statement") return statement(in);
  if (kind == "statement_frame") return statement_frame(in);
  if (kind == "log") return log(in);
  if (kind == "bundle") return bundle(in);
  if (kind == "evidence") {
    const auto found = evidence(in);
    return found ? Result<Value>(found->output) : Result<Value>(found.error());
  }
  return std::nullopt;
}

Verdict check(const Vector& v) {
  if (v.kind == "evidence") return check_evidence(v);
  for (const auto judge : {judge_form, judge_proof, judge_wire, judge_record, judge_json}) {
    const auto found = judge(v.kind, v.input);
    if (!found) continue;
    if (!*found) {
      const auto& error = found->error();
      return {!v.valid && v.code == info(error.code).name, to_string(error)};
    }
    if (!v.valid) return {false, "accepted, though " + v.title};
    return {**found == v.output, "gives " + to_text(**found)};
  }
  return {false, "unknown kind " + v.kind};
}

}  // namespace ustp::vectors
