#include "parts.hpp"

namespace ustp::wire {

namespace {

using Builder = fb::FlatBufferBuilder;
using Offset = fb::Offset<void>;

Offset pack(Builder& b, const TransferProposal& m) {
  const auto terms = wire::pack(b, m.terms);
  std::vector<std::uint8_t> algorithms;
  for (const auto a : m.signature_algorithms) algorithms.push_back(static_cast<std::uint8_t>(a));
  const auto packed = b.CreateVector(algorithms);
  return fbs::CreateTransferProposal(b, terms, wire::pack(m.leg_salt), packed, m.encoding).Union();
}
Offset pack(Builder& b, const ProposalReceipt& m) {
  return fbs::CreateProposalReceipt(b, wire::pack(m.claim_hash), m.received.ns).Union();
}
Offset pack(Builder& b, const TransferCommence& m) {
  return fbs::CreateTransferCommence(b, wire::pack(m.claim_hash)).Union();
}
Offset pack(Builder& b, const AckCommence&) { return fbs::CreateAckCommence(b).Union(); }
Offset pack(Builder& b, const LockAssert& m) {
  return fbs::CreateLockAssert(b, wire::pack(b, m.evidence), m.expires.ns).Union();
}
Offset pack(Builder& b, const AssertionReceipt&) { return fbs::CreateAssertionReceipt(b).Union(); }
Offset pack(Builder& b, const CommitPrepare&) { return fbs::CreateCommitPrepare(b).Union(); }
Offset pack(Builder& b, const CommitReady& m) {
  return fbs::CreateCommitReady(b, wire::pack(m.legs_root), wire::pack(b, m.evidence)).Union();
}
Offset pack(Builder& b, const CommitFinal& m) {
  const auto decision = wire::pack(b, m.decision);
  return fbs::CreateCommitFinal(b, decision, wire::pack(b, m.evidence)).Union();
}
Offset pack(Builder& b, const AckCommitFinal& m) {
  const auto rule = wire::pack(b, m.rule);
  const auto evidence = wire::pack(b, m.evidence);
  return fbs::CreateAckCommitFinal(b, static_cast<std::uint8_t>(m.disposition), rule, evidence).Union();
}
Offset pack(Builder& b, const TransferComplete& m) {
  return fbs::CreateTransferComplete(b, wire::pack(m.commence_hash)).Union();
}
Offset pack(Builder& b, const ErrorMessage& m) {
  const auto detail = wire::pack(b, m.detail);
  return fbs::CreateErrorMessage(b, static_cast<std::uint16_t>(m.code), detail,
                                 static_cast<std::uint16_t>(m.offending_type), wire::pack(m.offending), m.time.ns)
      .Union();
}
Offset pack(Builder& b, const SessionAbort& m) {
  return fbs::CreateSessionAbort(b, static_cast<std::uint16_t>(m.reason), wire::pack(b, m.decision)).Union();
}
Offset pack(Builder& b, const StatusRequest&) { return fbs::CreateStatusRequest(b).Union(); }
Offset pack(Builder& b, const StatusReport& m) {
  const auto decision = m.decision ? wire::pack(b, *m.decision) : fb::Offset<fbs::Decision>();
  return fbs::CreateStatusReport(b, static_cast<std::uint8_t>(m.state), decision).Union();
}
Offset pack(Builder& b, const MoveNotice& m) {
  const auto proposal = wire::pack(b, m.proposal);
  return fbs::CreateMoveNotice(b, proposal, wire::pack(b, m.commit_final)).Union();
}
Offset pack(Builder& b, const MoveNoticeReceipt& m) {
  return fbs::CreateMoveNoticeReceipt(b, wire::pack(m.notice_hash)).Union();
}

}  // namespace

std::string_view to_string(MessageType type) {
  static constexpr std::string_view kNames[] = {"",
                                                "transfer-proposal-msg",
                                                "proposal-receipt-msg",
                                                "transfer-commence-msg",
                                                "ack-commence-msg",
                                                "lock-assert-msg",
                                                "assertion-receipt-msg",
                                                "commit-prepare-msg",
                                                "commit-ready-msg",
                                                "commit-final-msg",
                                                "ack-commit-final-msg",
                                                "commit-transfer-complete-msg",
                                                "error-msg",
                                                "session-abort-msg",
                                                "status-request-msg",
                                                "status-report-msg",
                                                "move-notice-msg",
                                                "move-notice-receipt-msg"};
  const auto index = static_cast<std::size_t>(type);
  return index < std::size(kNames) ? kNames[index] : std::string_view();
}

Bytes encode(const Message& m) {
  thread_local Builder b(4096);  // its memory is kept from message to message
  b.Clear();
  const Offset body = std::visit([&](const auto& alternative) { return pack(b, alternative); }, m.body);
  fb::Offset<fb::Vector<fb::Offset<fbs::Extension>>> extensions;
  if (!m.extensions.empty()) {
    std::vector<fb::Offset<fbs::Extension>> packed;
    for (const Extension& e : m.extensions) {
      const auto name = b.CreateString(e.name);
      packed.push_back(fbs::CreateExtension(b, name, e.critical, wire::pack(b, BytesView(e.value))));
    }
    extensions = b.CreateVector(packed);
  }
  const auto root = fbs::CreateMessage(b, wire::pack(m.session), wire::pack(m.transfer), wire::pack(m.settlement),
                                       wire::pack(m.previous), extensions, static_cast<fbs::Body>(m.type()), body);
  fbs::FinishSizePrefixedMessageBuffer(b, root);
  if (b.GetSize() > kMaxMessageOctets) std::abort();  // the parts are bounded; beyond that it is a bug of ours
  return Bytes(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
}

}  // namespace ustp::wire
