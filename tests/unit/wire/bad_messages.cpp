#include <doctest/doctest.h>

#include <functional>

#include "tests/support/requirement.hpp"
#include "samples.hpp"
#include "sdk/src/wire/parts.hpp"

using namespace ustp;
using namespace ustp::wire;

namespace {
Code refusal(BytesView octets) {
  const auto result = decode(octets);
  return result ? Code{} : result.error().code;
}
Message sample(MessageType type) { return samples::all(true)[static_cast<std::size_t>(type) - 1]; }
// A minimal envelope around any body, also one our encoder would never make.
Bytes raw(fbs::Body tag, const std::function<fb::Offset<void>(fb::FlatBufferBuilder&)>& body) {
  fb::FlatBufferBuilder b;
  const auto offset = body(b);
  const auto id = samples::id<SessionId>(1);
  const auto hash = samples::id<Hash256>(4);
  const auto settlement = samples::id<SettlementId>(3);
  fbs::FinishSizePrefixedMessageBuffer(
      b, fbs::CreateMessage(b, pack(id), pack(id), pack(settlement), pack(hash), 0, tag, offset));
  return Bytes(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
}
}  // namespace

TEST_CASE("a message cut at any length, or with anything after it, is refused") {
  ustp::test::covers("USTP-MSG-021");
  for (const Message& m : samples::all(true)) {
    Bytes octets = encode(m);
    for (std::size_t n = 0; n < octets.size(); ++n) CHECK(refusal(BytesView(octets).first(n)) == Code::frame_truncated);
    octets.push_back(0);
    CHECK(refusal(octets) == Code::buffer_trailing);
  }
}

TEST_CASE("a message with the wrong mark, a wild offset or too many octets is refused") {
  ustp::test::covers({"USTP-MSG-002", "USTP-MSG-020", "USTP-MSG-021"});
  Bytes octets = encode(sample(MessageType::kTransferProposal));
  Bytes mark = octets;
  mark[8] ^= 1;
  CHECK(refusal(mark) == Code::frame_magic);
  Bytes offset = octets;
  offset[7] = 0x7F;
  CHECK(refusal(offset) == Code::buffer_invalid);
  CHECK(refusal(Bytes(kMaxMessageOctets + 1)) == Code::too_long);
}

TEST_CASE("each value that has no place is refused with its own code") {
  ustp::test::covers({"USTP-MSG-022", "USTP-MSG-023", "USTP-MSG-024", "USTP-MSG-025", "USTP-MSG-040", "USTP-MSG-041",
          "USTP-MSG-043", "USTP-MSG-044", "USTP-MSG-045", "USTP-MSG-046"});
  struct Case {
    const char* name;
    MessageType type;
    std::function<void(Message&)> spoil;
    Code code;
  };
  const auto proposal = [](Message& m) -> TransferProposal& { return std::get<TransferProposal>(m.body); };
  const Case cases[] = {
      {"session", MessageType::kAckCommence, [](Message& m) { m.session = {}; }, Code::zero_hash},
      {"transfer", MessageType::kAckCommence, [](Message& m) { m.transfer = {}; }, Code::zero_hash},
      {"settlement", MessageType::kAckCommence, [](Message& m) { m.settlement = {}; }, Code::zero_hash},
      {"previous", MessageType::kAckCommence, [](Message& m) { m.previous = {}; }, Code::zero_hash},
      {"claim hash", MessageType::kProposalReceipt,
       [](Message& m) { std::get<ProposalReceipt>(m.body).claim_hash = {}; }, Code::zero_hash},
      {"commit without votes", MessageType::kCommitFinal,
       [](Message& m) { std::get<CommitFinal>(m.body).decision.votes_root = {}; }, Code::zero_hash},
      {"commit without legs", MessageType::kCommitFinal,
       [](Message& m) { std::get<CommitFinal>(m.body).decision.legs_root = {}; }, Code::zero_hash},
      {"leg salt", MessageType::kTransferProposal, [&](Message& m) { proposal(m).leg_salt = {}; }, Code::zero_hash},
      {"offending", MessageType::kError, [](Message& m) { std::get<ErrorMessage>(m.body).offending = {}; },
       Code::zero_hash},
      {"critical", MessageType::kAckCommence, [](Message& m) { m.extensions[0].critical = true; },
       Code::unknown_critical_extension},
      {"extension name", MessageType::kAckCommence, [](Message& m) { m.extensions[0].name = ""; },
       Code::missing_field},
      {"extension value", MessageType::kAckCommence, [](Message& m) { m.extensions[0].value.resize(4097); },
       Code::too_long},
      {"many extensions", MessageType::kAckCommence, [](Message& m) { m.extensions.resize(17, m.extensions[0]); },
       Code::too_long},
      {"abort in commit-final", MessageType::kCommitFinal,
       [](Message& m) { std::get<CommitFinal>(m.body).decision.outcome = DecisionOutcome::kAbort; },
       Code::decision_invalid},
      {"commit in abort", MessageType::kSessionAbort,
       [](Message& m) { std::get<SessionAbort>(m.body).decision.outcome = DecisionOutcome::kCommit; },
       Code::decision_invalid},
      {"decision of another settlement", MessageType::kStatusReport,
       [](Message& m) { std::get<StatusReport>(m.body).decision->settlement = samples::id<SettlementId>(99); },
       Code::decision_invalid},
      {"outcome", MessageType::kCommitFinal,
       [](Message& m) { std::get<CommitFinal>(m.body).decision.outcome = DecisionOutcome{9}; }, Code::unknown_tag},
      {"error code", MessageType::kError, [](Message& m) { std::get<ErrorMessage>(m.body).code = Code{9999}; },
       Code::unknown_tag},
      {"evidence kind", MessageType::kLockAssert,
       [](Message& m) { std::get<LockAssert>(m.body).evidence.kind = EvidenceKind{9}; }, Code::unknown_tag},
      {"evidence octets", MessageType::kLockAssert,
       [](Message& m) { std::get<LockAssert>(m.body).evidence.octets.resize(kMaxEvidenceOctets + 1); },
       Code::too_long},
      {"control character", MessageType::kError,
       [](Message& m) { std::get<ErrorMessage>(m.body).detail = "a\nb"; }, Code::invalid_character},
      {"UTF-8", MessageType::kError, [](Message& m) { std::get<ErrorMessage>(m.body).detail = "\xC0\x80"; },
       Code::invalid_character},
      {"suspense without a rule", MessageType::kAckCommitFinal,
       [](Message& m) { std::get<AckCommitFinal>(m.body).rule.clear(); }, Code::missing_field},
      {"encoding", MessageType::kTransferProposal, [&](Message& m) { proposal(m).encoding = 2; }, Code::unknown_tag},
      {"algorithm", MessageType::kTransferProposal,
       [&](Message& m) { proposal(m).signature_algorithms = {crypto::Algorithm{7}}; }, Code::unknown_tag},
      {"no algorithm", MessageType::kTransferProposal, [&](Message& m) { proposal(m).signature_algorithms.clear(); },
       Code::missing_field},
      {"date", MessageType::kTransferProposal, [&](Message& m) { proposal(m).terms.trade_date = {2026, 2, 30}; },
       Code::invalid_time},
      {"lots", MessageType::kTransferProposal, [&](Message& m) { proposal(m).terms.lots.pop_back(); },
       Code::lots_sum},
      {"restriction", MessageType::kTransferProposal,
       [&](Message& m) { proposal(m).terms.lots[0].restriction = token::Restriction{8}; }, Code::unknown_tag},
      {"path", MessageType::kMoveNotice,
       [](Message& m) { std::get<MoveNotice>(m.body).proposal.proof.path.resize(33); }, Code::bad_proof},
      {"no signature", MessageType::kMoveNotice,
       [](Message& m) { std::get<MoveNotice>(m.body).commit_final.signature.clear(); }, Code::missing_field},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Message m = sample(c.type);
    REQUIRE(decode(encode(m)));
    c.spoil(m);
    CHECK(refusal(encode(m)) == c.code);
  }
}

TEST_CASE("a message of unknown type is refused") {
  ustp::test::covers("USTP-MSG-023");
  const auto body = [](fb::FlatBufferBuilder& b) { return fbs::CreateAckCommence(b).Union(); };
  CHECK(refusal(raw(fbs::Body::AckCommence, body)) == Code{});
  CHECK(refusal(raw(static_cast<fbs::Body>(18), body)) == Code::unknown_tag);
  CHECK(refusal(raw(fbs::Body::NONE, body)) != Code{});
}

TEST_CASE("an unknown extension that is not critical is preserved") {
  ustp::test::covers("USTP-MSG-022");
  const Message m = sample(MessageType::kStatusRequest);
  CHECK(decode(encode(m))->extensions == m.extensions);
}
