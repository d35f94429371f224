// Messages inside a conversation that must change nothing: replayed, out of order, for another transfer, with hashes,
// decisions or evidence that do not fit.
#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using test::Attack;
using test::covers;
using test::prove_fake;
using wire::Message;
using wire::MessageType;

namespace {

template <class Body>
void refused(MessageType held, Code code, const std::function<void(Message&, Body&)>& spoil) {
  CAPTURE(std::string(info(code).name));
  Attack a(61, held);
  CHECK(a.spoiled<Body>(spoil) == code);
}
template <class Id>
Id other(Id id) {
  id.mutable_octets()[0] ^= 1;
  return id;
}

// Every way in which evidence can prove something else (the fake ledger's layout).
template <class Body>
void every_wrong_evidence(MessageType held) {
  const std::pair<Code, std::function<void(Evidence&)>> table[] = {
      {Code::evidence_mismatch, [](Evidence& e) { e.ledger = LedgerId::literal("corda"); }},
      {Code::evidence_mismatch, [](Evidence& e) { e.kind = EvidenceKind::kCordaTearOff; }},
      {Code::evidence_mismatch, [](Evidence& e) { e.octets[0] ^= 1; }},    // operation id
      {Code::evidence_mismatch, [](Evidence& e) { e.octets[32] ^= 4; }},   // kind
      {Code::evidence_mismatch, [](Evidence& e) { e.octets[40] ^= 1; }},   // request hash
      {Code::evidence_mismatch, [](Evidence& e) { e.octets[80] ^= 1; }},   // quantity
      {Code::evidence_mismatch, [](Evidence& e) { e.octets.back() ^= 1; }},  // account
      {Code::evidence_invalid, [](Evidence& e) { e.octets.resize(20); }},
  };
  for (const auto& [code, spoil] : table)
    refused<Body>(held, code, [&spoil = spoil](Message&, Body& b) { spoil(b.evidence); });
}

}  // namespace

TEST_CASE("a message of another session, settlement or transfer, or of a third gateway, is refused") {
  covers({"USTP-MSG-025", "USTP-MSG-103", "USTP-TRF-010", "USTP-TRF-011", "USTP-TRF-041", "USTP-ERR-001"});
  using Commence = wire::TransferCommence;
  const auto held = MessageType::kTransferCommence;
  refused<Commence>(held, Code::session_mismatch, [](Message& m, Commence&) { m.session = other(m.session); });
  refused<Commence>(held, Code::unknown_transfer, [](Message& m, Commence&) { m.settlement = other(m.settlement); });
  refused<Commence>(held, Code::unknown_transfer, [](Message& m, Commence&) { m.transfer = other(m.transfer); });
  refused<Commence>(held, Code::hash_prev_mismatch, [](Message& m, Commence&) { m.previous = other(m.previous); });
  refused<Commence>(held, Code::claim_hash_mismatch, [](Message&, Commence& b) { b.claim_hash = other(b.claim_hash); });
  refused<Commence>(held, Code::zero_hash, [](Message&, Commence& b) { b.claim_hash = {}; });
  refused<Commence>(held, Code::zero_hash, [](Message& m, Commence&) { m.previous = {}; });

  Attack a(62, held);  // the right message, signed by a gateway that is no party to the transfer
  CHECK(a.from_stranger(wire::encode(a.honest)) == Code::unknown_transfer);
}

TEST_CASE("a message out of order is refused in every state before its turn") {
  covers({"USTP-SAT-001", "USTP-TRF-011"});
  for (const auto held : {MessageType::kTransferCommence, MessageType::kLockAssert, MessageType::kCommitPrepare}) {
    const wire::Body bodies[] = {wire::TransferCommence{}, wire::CommitPrepare{}, wire::TransferComplete{},
                                 wire::AckCommence{}, wire::ProposalReceipt{}};
    for (const auto& body : bodies) {
      Attack a(63, held);
      auto forged = a.honest;
      forged.body = body;
      if (auto* b = std::get_if<wire::TransferCommence>(&forged.body)) b->claim_hash = a.victim.core->find(a.transfer)->claim_hash;
      if (auto* b = std::get_if<wire::ProposalReceipt>(&forged.body)) {
        b->claim_hash = a.victim.core->find(a.transfer)->claim_hash;
        b->received = a.world.now();
      }
      if (auto* b = std::get_if<wire::TransferComplete>(&forged.body))
        b->commence_hash = a.victim.core->find(a.transfer)->commence_hash.is_zero()
                               ? a.victim.core->find(a.transfer)->claim_hash
                               : a.victim.core->find(a.transfer)->commence_hash;
      if (forged.type() == held) continue;
      CAPTURE(std::string(to_string(held)) + " expected, " + std::string(to_string(forged.type())));
      const auto code = a.message(forged);
      const bool out_of_order = code == Code::unexpected_message || code == Code::conflict ||
                                code == Code::hash_prev_mismatch;
      CHECK(out_of_order);
    }
  }
}

TEST_CASE("the same octets again get the same answer and no effect, others of the same type are a conflict") {
  covers("USTP-TRF-010");
  Attack a(64, MessageType::kLockAssert);
  const auto commence = Bytes(wire::parse_batch(a.earlier)->items[0].octets.begin(),
                              wire::parse_batch(a.earlier)->items[0].octets.end());
  std::vector<Bytes> answers;
  a.world.on_wire = [&](const test::Carried& one) {
    if (const auto batch = wire::parse_batch(one.frame); batch && one.from == a.victim.id)
      for (const auto& item : batch->items) answers.emplace_back(item.octets.begin(), item.octets.end());
    return true;
  };
  const auto last = a.victim.core->find(a.transfer)->last_answer;
  CHECK(a.octets(commence) == Code::sequence_replayed);  // in a batch of its own
  REQUIRE(answers.size() == 1);
  CHECK(answers[0] == last);

  Attack b(64, MessageType::kLockAssert);
  auto twin = wire::decode(commence).value();
  twin.extensions = {{"note", false, {1}}};
  CHECK(b.message(twin) == Code::conflict);
}

TEST_CASE("a lock must be proven, be exactly the one that was agreed, and not release itself") {
  covers({"USTP-LED-007", "USTP-MSG-041", "USTP-MSG-105", "USTP-TRF-042"});
  refused<wire::LockAssert>(MessageType::kLockAssert, Code::deadline_too_far,
                            [](Message&, wire::LockAssert& b) { b.expires = {1}; });
  every_wrong_evidence<wire::LockAssert>(MessageType::kLockAssert);
}

TEST_CASE("the sender takes no receipt, vote or acknowledgement that does not fit") {
  covers({"USTP-MSG-102", "USTP-MSG-108", "USTP-MSG-110", "USTP-TRF-002", "USTP-TRF-006", "USTP-TRF-008"});
  refused<wire::ProposalReceipt>(MessageType::kProposalReceipt, Code::claim_hash_mismatch,
                                 [](Message&, wire::ProposalReceipt& b) { b.claim_hash = other(b.claim_hash); });
  refused<wire::CommitReady>(MessageType::kCommitReady, Code::decision_invalid,
                             [](Message&, wire::CommitReady& b) { b.legs_root = other(b.legs_root); });
  every_wrong_evidence<wire::CommitReady>(MessageType::kCommitReady);
  every_wrong_evidence<wire::AckCommitFinal>(MessageType::kAckCommitFinal);
  refused<wire::AckCommitFinal>(MessageType::kAckCommitFinal, Code::evidence_mismatch,
                                [](Message&, wire::AckCommitFinal& b) {
                                  b.disposition = wire::Disposition::kSuspense;  // though it was assigned
                                  b.rule = "TOK-R17";
                                });
}

TEST_CASE("nothing is assigned but on the decision to commit and the evidence of the extinguish, both right") {
  covers({"USTP-MSG-042", "USTP-MSG-043", "USTP-MSG-044", "USTP-MSG-109", "USTP-TRF-045"});
  using Final = wire::CommitFinal;
  const auto held = MessageType::kCommitFinal;
  every_wrong_evidence<Final>(held);
  refused<Final>(held, Code::decision_invalid,
                 [](Message&, Final& b) { b.decision.outcome = wire::DecisionOutcome::kAbort; });
  refused<Final>(held, Code::decision_invalid,
                 [](Message&, Final& b) { b.decision.legs_root = other(b.decision.legs_root); });
  refused<Final>(held, Code::vote_mismatch,
                 [](Message&, Final& b) { b.decision.votes_root = other(b.decision.votes_root); });
  refused<Final>(held, Code::decision_invalid,
                 [](Message&, Final& b) { b.decision.signer = GatewayId::literal("gw-eth"); });
  refused<Final>(held, Code::decision_invalid,
                 [](Message&, Final& b) { b.decision.settlement = other(b.decision.settlement); });
  refused<Final>(held, Code::zero_hash, [](Message&, Final& b) { b.decision.votes_root = {}; });
}

TEST_CASE("after the vote no error of the sender undoes the create, and an abort needs its decision") {
  covers({"USTP-MSG-112", "USTP-MSG-113", "USTP-TRF-060"});
  Attack a(65, MessageType::kCommitFinal);
  auto forged = a.honest;
  forged.body = wire::ErrorMessage{Code::internal, "", {}, {}, a.world.now()};
  CHECK(a.message(forged) == Code::unexpected_message);
  Attack b(65, MessageType::kCommitFinal);
  forged = b.honest;
  wire::DecisionRecord decision = std::get<wire::CommitFinal>(b.honest.body).decision;
  decision.outcome = wire::DecisionOutcome::kAbort;
  decision.signer = GatewayId::literal("gw-corda");
  forged.body = wire::SessionAbort{Code::cancelled, decision};
  CHECK(b.message(forged) == Code::decision_invalid);
}

TEST_CASE("the completion names the hash of the commence") {
  covers({"USTP-MSG-111", "USTP-TRF-050"});
  refused<wire::TransferComplete>(MessageType::kTransferComplete, Code::hash_prev_mismatch,
                                  [](Message&, wire::TransferComplete& b) { b.commence_hash = other(b.commence_hash); });
}

TEST_CASE("a vote that comes after the sender's own deadline is answered by an abort, never by a commit") {
  covers({"USTP-TRF-024", "USTP-TRF-023", "USTP-TRF-062"});
  Attack a(66, MessageType::kCommitReady);
  a.world.advance(Duration::seconds(61));
  CHECK(a.frame(a.held()) == Code{});
  a.world.settle();
  CHECK(a.victim.core->find(a.transfer)->state == protocol::State::kAborted);
  CHECK(a.victim.core->find(a.transfer)->decision->outcome == wire::DecisionOutcome::kAbort);
  CHECK(a.attacker.core->find(a.transfer)->state == protocol::State::kRefused);
  a.world.check_invariants(true);
}
