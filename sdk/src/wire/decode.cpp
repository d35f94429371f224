// Octets -> domain type: verifier, exact size, tags, character sets, meaning, in this order (USTP-MSG-020).
#include "parts.hpp"

namespace ustp::wire {

namespace {

using B = fbs::Body;
constexpr std::size_t kMaxDepth = 16, kMaxTables = 256;

Result<Body> body_of(const fbs::TransferProposal& m) {
  TransferProposal p;
  USTP_TRY(p.terms, unpack(*m.terms()));
  USTP_TRY(p.leg_salt, unpack_set<Salt>(m.leg_salt(), "leg salt"));
  if (m.signature_algorithms()->size() == 0) return Error{Code::missing_field, "signature algorithms"};
  if (m.signature_algorithms()->size() > kMaxAlgorithms) return Error{Code::too_long, "signature algorithms"};
  for (const std::uint8_t a : *m.signature_algorithms()) {
    USTP_TRY(const auto algorithm, enumerated(a, crypto::Algorithm::kEs256, crypto::Algorithm::kEd25519, "algorithm"));
    p.signature_algorithms.push_back(algorithm);
  }
  if (m.encoding() != 1) return Error{Code::unknown_tag, "encoding " + std::to_string(m.encoding())};
  p.encoding = m.encoding();
  return Body(std::move(p));
}
Result<Body> body_of(const fbs::ProposalReceipt& m) {
  USTP_TRY(const auto hash, unpack_set<Hash256>(m.claim_hash(), "claim hash"));
  return Body(ProposalReceipt{hash, {m.received()}});
}
Result<Body> body_of(const fbs::TransferCommence& m) {
  USTP_TRY(const auto hash, unpack_set<Hash256>(m.claim_hash(), "claim hash"));
  return Body(TransferCommence{hash});
}
Result<Body> body_of(const fbs::LockAssert& m) {
  USTP_TRY(auto evidence, unpack(*m.evidence()));
  return Body(LockAssert{std::move(evidence), {m.expires()}});
}
Result<Body> body_of(const fbs::CommitReady& m) {
  USTP_TRY(const auto root, unpack_set<Hash256>(m.legs_root(), "legs root"));
  USTP_TRY(auto evidence, unpack(*m.evidence()));
  return Body(CommitReady{root, std::move(evidence)});
}
Result<Body> body_of(const fbs::CommitFinal& m) {
  USTP_TRY(auto decision, unpack(*m.decision()));
  if (decision.outcome != DecisionOutcome::kCommit) return Error{Code::decision_invalid, "commit-final with an abort"};
  USTP_TRY(auto evidence, unpack(*m.evidence()));
  return Body(CommitFinal{std::move(decision), std::move(evidence)});
}
Result<Body> body_of(const fbs::AckCommitFinal& m) {
  AckCommitFinal a;
  USTP_TRY(a.disposition,
           enumerated(m.disposition(), Disposition::kBeneficiary, Disposition::kSuspense, "disposition"));
  USTP_TRY(a.rule, text(m.rule(), 64, "rule"));
  // USTP-MSG-045: suspense always says why, and only suspense does.
  if (a.rule.empty() != (a.disposition == Disposition::kBeneficiary)) return Error{Code::missing_field, "rule"};
  USTP_TRY(a.evidence, unpack(*m.evidence()));
  return Body(std::move(a));
}
Result<Body> body_of(const fbs::TransferComplete& m) {
  USTP_TRY(const auto hash, unpack_set<Hash256>(m.commence_hash(), "commence hash"));
  return Body(TransferComplete{hash});
}
Result<Body> body_of(const fbs::ErrorMessage& m) {
  ErrorMessage e;
  USTP_CHECK(known_code(m.code(), "error code"));
  e.code = static_cast<Code>(m.code());
  USTP_TRY(e.detail, text(m.detail(), token::kMaxText, "detail"));
  USTP_TRY(e.offending_type,
           enumerated(m.offending_type(), MessageType{}, MessageType::kMoveNoticeReceipt, "offending type"));
  e.offending = unpack<Hash256>(m.offending());
  if (e.offending_type != MessageType{} && e.offending.is_zero()) return Error{Code::zero_hash, "offending message"};
  e.time = {m.time()};
  return Body(std::move(e));
}
Result<Body> body_of(const fbs::SessionAbort& m) {
  USTP_CHECK(known_code(m.reason(), "abort reason"));
  USTP_TRY(auto decision, unpack(*m.decision()));
  if (decision.outcome != DecisionOutcome::kAbort) return Error{Code::decision_invalid, "session-abort with a commit"};
  return Body(SessionAbort{static_cast<Code>(m.reason()), std::move(decision)});
}
Result<Body> body_of(const fbs::StatusReport& m) {
  StatusReport r;
  USTP_TRY(r.state, enumerated(m.state(), ReportedState::kUnknown, ReportedState::kCompleted, "reported state"));
  if (m.decision() != nullptr) {
    USTP_TRY(r.decision, unpack(*m.decision()));
  }
  return Body(std::move(r));
}
Result<Body> body_of(const fbs::MoveNotice& m) {
  MoveNotice n;
  USTP_TRY(n.proposal, unpack(*m.proposal()));
  USTP_TRY(n.commit_final, unpack(*m.commit_final()));
  return Body(std::move(n));
}
Result<Body> body_of(const fbs::MoveNoticeReceipt& m) {
  USTP_TRY(const auto hash, unpack_set<Hash256>(m.notice_hash(), "notice hash"));
  return Body(MoveNoticeReceipt{hash});
}

Result<Body> body_of(const fbs::Message& m) {
  switch (m.body_type()) {
    case B::TransferProposal: return body_of(*m.body_as_TransferProposal());
    case B::ProposalReceipt: return body_of(*m.body_as_ProposalReceipt());
    case B::TransferCommence: return body_of(*m.body_as_TransferCommence());
    case B::AckCommence: return Body(AckCommence{});
    case B::LockAssert: return body_of(*m.body_as_LockAssert());
    case B::AssertionReceipt: return Body(AssertionReceipt{});
    case B::CommitPrepare: return Body(CommitPrepare{});
    case B::CommitReady: return body_of(*m.body_as_CommitReady());
    case B::CommitFinal: return body_of(*m.body_as_CommitFinal());
    case B::AckCommitFinal: return body_of(*m.body_as_AckCommitFinal());
    case B::TransferComplete: return body_of(*m.body_as_TransferComplete());
    case B::ErrorMessage: return body_of(*m.body_as_ErrorMessage());
    case B::SessionAbort: return body_of(*m.body_as_SessionAbort());
    case B::StatusRequest: return Body(StatusRequest{});
    case B::StatusReport: return body_of(*m.body_as_StatusReport());
    case B::MoveNotice: return body_of(*m.body_as_MoveNotice());
    case B::MoveNoticeReceipt: return body_of(*m.body_as_MoveNoticeReceipt());
    case B::NONE: break;
  }
  return Error{Code::unknown_tag, "message type " + std::to_string(static_cast<unsigned>(m.body_type()))};
}

// USTP-MSG-022: no extension is defined in version 1.0, so every critical one is unknown.
Result<std::vector<Extension>> extensions_of(const fbs::Message& m) {
  std::vector<Extension> extensions;
  if (m.extensions() == nullptr) return extensions;
  if (m.extensions()->size() > kMaxExtensions) return Error{Code::too_long, "extensions"};
  for (const fbs::Extension* from : *m.extensions()) {
    USTP_TRY(auto name, text(from->name(), 64, "extension name"));
    if (name.empty()) return Error{Code::missing_field, "extension name"};
    if (from->critical()) return Error{Code::unknown_critical_extension, name};
    const BytesView value = view(from->value());
    if (value.size() > kMaxExtensionOctets) return Error{Code::too_long, "extension " + name};
    extensions.push_back({std::move(name), false, Bytes(value.begin(), value.end())});
  }
  return extensions;
}

}  // namespace

Result<Message> decode(BytesView octets) {
  if (octets.size() > kMaxMessageOctets) return Error{Code::too_long, "message"};
  Bytes aligned;
  USTP_TRY(const BytesView buffer, checked_buffer(octets, fbs::MessageIdentifier(), aligned));
  fb::Verifier verifier(buffer.data(), buffer.size(), kMaxDepth, kMaxTables);
  if (!fbs::VerifySizePrefixedMessageBuffer(verifier)) return Error{Code::buffer_invalid, "message"};
  const fbs::Message& from = *fbs::GetSizePrefixedMessage(buffer.data());

  Message m;
  USTP_TRY(m.extensions, extensions_of(from));
  m.session = unpack<SessionId>(from.session());
  m.transfer = unpack<TransferId>(from.transfer());
  m.settlement = unpack<SettlementId>(from.settlement());
  m.previous = unpack<Hash256>(from.previous());
  USTP_TRY(m.body, body_of(from));
  USTP_CHECK(check_envelope(m));
  return m;
}

}  // namespace ustp::wire
