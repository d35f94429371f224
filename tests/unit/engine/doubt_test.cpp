// What ends a transfer early, what stays in doubt, and what an authority that comes between leaves behind.
#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using protocol::State;
using test::Attack;
using test::covers;
using wire::MessageType;

namespace {

const protocol::TransferState& at(Attack& a, test::Node& node) { return *node.core->find(a.transfer); }

Code cancel(Attack& a) {
  Code code{};
  a.world.feed(a.world.csd(), gateway::CancelCommand{ParticipantId::literal("bank-gw-csd"), a.transfer,
                                                     [&](const Result<gateway::TransferView>& view) {
                                                       if (!view) code = view.error().code;
                                                     }});
  return code;
}

// A copy of the request that the driver sent reaches the ledger now.
ledger::OutcomeKind copy_of(test::FakeLedger& ledger, OperationKind kind) {
  for (const auto& [id, request] : ledger.mailbox)
    if (request.kind == kind) return ledger.run(request).kind;
  FAIL("no such request was sent");
  return {};
}

OperationKind undo_of(OperationKind kind) {
  return kind == OperationKind::kLock ? OperationKind::kUnlock : OperationKind::kDestroy;
}

void run(Attack& a) {
  while (a.world.step()) {
  }
}

}  // namespace

TEST_CASE("before the lock, a cancel or the deadline ends the transfer with a signed decision to abort") {
  covers("USTP-TRF-020");
  for (const bool by_deadline : {false, true}) {
    Attack a(71, MessageType::kProposalReceipt);
    if (by_deadline) {
      a.world.advance(Duration::seconds(61));
    } else {
      CHECK(cancel(a) == Code{});
    }
    run(a);
    CHECK(at(a, a.world.csd()).state == State::kAborted);
    CHECK(at(a, a.world.csd()).decision->outcome == wire::DecisionOutcome::kAbort);
    CHECK(at(a, a.world.csd()).reason->code == (by_deadline ? Code::deadline_expired : Code::cancelled));
    CHECK(a.world.csd().ledger->effects() == 0);
    a.world.check_invariants(true);
  }
}

TEST_CASE("a cancel after the decision comes too late, and somebody else's cancel finds nothing") {
  covers("USTP-TRF-006");
  Attack a(72, MessageType::kAckCommitFinal);
  CHECK(cancel(a) == Code::cannot_cancel);
  Code code{};
  a.world.feed(a.world.csd(), gateway::CancelCommand{ParticipantId::literal("bank-gw-eth"), a.transfer,
                                                     [&](const Result<gateway::TransferView>& view) {
                                                       if (!view) code = view.error().code;
                                                     }});
  CHECK(code == Code::not_found);
  CHECK(at(a, a.world.csd()).state == State::kFinalising);
}

TEST_CASE("answers that crossed an abort are recorded and change nothing") {
  covers({"USTP-TRF-027", "USTP-TRF-023", "USTP-TRF-025"});
  Attack a(73, MessageType::kCommitReady);
  a.world.advance(Duration::seconds(61));
  run(a);
  REQUIRE(at(a, a.victim).state == State::kAborted);
  const auto before = at(a, a.victim).decision;
  const auto effects = a.victim.ledger->effects();
  CHECK(a.frame(a.held()) == Code{});
  run(a);
  CHECK(at(a, a.victim).state == State::kAborted);
  CHECK(at(a, a.victim).decision == before);
  CHECK(a.victim.ledger->effects() == effects);
  a.world.check_invariants(true);
}

TEST_CASE("a hold that was broken after the vote: decided and unexecutable, alarmed, and nothing is assigned") {
  covers("USTP-TRF-028");
  Attack a(74, MessageType::kCommitReady);
  a.victim.ledger->refuse_next(OperationKind::kExtinguish, Code::lock_broken);
  CHECK(a.frame(a.held()) == Code{});
  run(a);
  CHECK(at(a, a.victim).state == State::kUnexecutable);
  CHECK(at(a, a.victim).reason->code == Code::lock_broken);
  CHECK(at(a, a.victim).alarms == 1);
  a.world.advance(Duration::seconds(61));
  run(a);
  CHECK(at(a, a.attacker).state == State::kInDoubt);
  CHECK(a.attacker.ledger->units(AccountId::literal("bob")) == 0);
  a.world.check_invariants(false);
}

TEST_CASE("an undo that the ledger refuses is alarmed and never taken for done") {
  covers({"USTP-TRF-026", "USTP-TRF-074"});
  Attack a(75, MessageType::kCommitReady);
  a.victim.ledger->refuse_next(OperationKind::kUnlock, Code::lock_broken);
  a.attacker.ledger->refuse_next(OperationKind::kDestroy, Code::ledger_rejected);
  a.world.advance(Duration::seconds(61));
  run(a);
  CHECK(at(a, a.victim).state == State::kUnexecutable);
  CHECK(at(a, a.victim).alarms == 1);
  // The vote is held back; the recipient hears of the abort and its own undo is refused as well.
  a.world.crash(a.victim);
  a.world.settle();
  CHECK(at(a, a.attacker).state == State::kDestroying);
  CHECK(at(a, a.attacker).alarms == 1);
  a.world.check_replay();
}

TEST_CASE("a create that the ledger refuses ends the transfer on both sides, and no copy of it takes effect later") {
  covers("USTP-TRF-072");
  Attack a(76, MessageType::kCommitPrepare);
  a.victim.ledger->refuse_next(OperationKind::kCreate, Code::ledger_rejected);
  CHECK(a.frame(a.held()) == Code{});
  a.world.settle();
  CHECK(at(a, a.victim).state == State::kRefused);
  CHECK(at(a, a.attacker).state == State::kAborted);
  CHECK(at(a, a.attacker).reason->code == Code::ledger_rejected);
  CHECK(copy_of(*a.victim.ledger, OperationKind::kCreate) == ledger::OutcomeKind::kNever);
  a.world.check_invariants(true);
  a.world.check_replay();
}

TEST_CASE("what can never take effect needs no undo: both sides end at once") {
  covers({"USTP-TRF-022", "USTP-TRF-072"});
  for (const auto kind : {OperationKind::kLock, OperationKind::kCreate}) {
    Attack a(79, kind == OperationKind::kLock ? MessageType::kAckCommence : MessageType::kCommitPrepare);
    a.victim.ledger->refuse_next(kind, Code::operation_tombstoned);
    CHECK(a.frame(a.held()) == Code{});
    a.world.settle();
    CHECK(at(a, a.victim).state == (kind == OperationKind::kLock ? State::kAborted : State::kRefused));
    for (const auto& [id, request] : a.victim.ledger->mailbox) CHECK(request.kind != undo_of(kind));
    a.world.check_invariants(true);
    a.world.check_replay();
  }
}

TEST_CASE("a suspense that the ledger refuses is alarmed; both ways to deliver are asked again until one is open") {
  covers("USTP-TRF-048");
  Attack a(77, MessageType::kCommitFinal);
  a.victim.ledger->block(AccountId::literal("bob"), true);
  a.victim.ledger->refuse_next(OperationKind::kSuspend, Code::ledger_rejected);
  CHECK(a.frame(a.held()) == Code{});
  run(a);
  CHECK(at(a, a.victim).state == State::kUndelivered);
  CHECK(protocol::waiting_on(at(a, a.victim)) == "ledger");
  CHECK(at(a, a.victim).alarms == 1);
  CHECK(a.victim.ledger->custody() == 10'000);
  CHECK(at(a, a.attacker).state == State::kFinalising);
  a.world.check_invariants(false);
  SUBCASE("the beneficiary's account is open again") {
    a.victim.ledger->block(AccountId::literal("bob"), false);
    a.world.advance(Duration::seconds(6));
    a.world.settle();
    CHECK(at(a, a.victim).state == State::kReceived);
    CHECK(a.victim.ledger->units(AccountId::literal("bob")) == 10'000);
  }
  SUBCASE("the suspense account is open again") {
    a.world.advance(Duration::seconds(6));
    a.world.settle();
    CHECK(at(a, a.victim).state == State::kSuspended);
    CHECK(a.victim.ledger->units(AccountId::literal("suspense")) == 10'000);
  }
  SUBCASE("by the statements the beneficiary may not receive: only the suspense is asked for") {
    token::Account bob;
    bob.ledger = a.victim.ledger_id;
    bob.id = AccountId::literal("bob");
    bob.participant = ParticipantId::literal("bank-gw-eth");
    bob.status = token::AccountStatus::kBlocked;
    a.victim.ledger->block(bob.id, false);
    a.world.apply_statement(wire::AccountStatement{bob});
    a.world.settle();
    CHECK(at(a, a.victim).state == State::kSuspended);
  }
  SUBCASE("a copy of the refused assign took effect in between") {
    a.victim.ledger->block(AccountId::literal("bob"), false);
    CHECK(copy_of(*a.victim.ledger, OperationKind::kAssign) == ledger::OutcomeKind::kFinal);
    a.world.advance(Duration::seconds(6));
    a.world.settle();
    CHECK(at(a, a.victim).state == State::kReceived);
    CHECK(a.victim.ledger->units(AccountId::literal("bob")) == 10'000);
  }
  CHECK(at(a, a.attacker).state == State::kCompleted);
  a.world.check_invariants(true);
  a.world.check_replay();
}

TEST_CASE("a copy of a refused release that takes effect late is the release; there is no second one") {
  covers({"USTP-TRF-049", "USTP-LED-009"});
  Attack a(80, MessageType::kCommitFinal);
  auto& ledger = *a.victim.ledger;
  ledger.block(AccountId::literal("bob"), true);
  CHECK(a.frame(a.held()) == Code{});
  a.world.settle();
  CHECK(at(a, a.victim).state == State::kSuspended);
  a.world.advance(Duration::seconds(6));  // by the statements bob may receive: the release is asked for, and refused
  run(a);
  CHECK(at(a, a.victim).state == State::kSuspended);
  ledger.block(AccountId::literal("bob"), false);
  CHECK(copy_of(ledger, OperationKind::kRelease) == ledger::OutcomeKind::kFinal);
  const auto effects = ledger.effects();
  a.world.advance(Duration::seconds(6));
  a.world.settle();
  CHECK(at(a, a.victim).state == State::kReceived);
  CHECK(ledger.effects() == effects);
  a.world.check_invariants(true);
  a.world.check_replay();
}

TEST_CASE("a reported decision to commit assigns nothing: the evidence of commit-final is awaited") {
  covers({"USTP-TRF-060", "USTP-TRF-061", "USTP-MSG-114", "USTP-MSG-115"});
  Attack a(78, MessageType::kCommitFinal);
  const auto decision = std::get<wire::CommitFinal>(a.honest.body).decision;
  auto forged = a.honest;
  forged.body = wire::StatusReport{wire::ReportedState::kCommitted, decision};
  CHECK(a.message(forged) == Code{});
  CHECK(at(a, a.victim).state == State::kReady);
  a.world.on_wire = [](const test::Carried&) { return true; };
  a.world.advance(Duration::seconds(61));
  run(a);
  CHECK(at(a, a.victim).state == State::kInDoubt);
  CHECK(at(a, a.victim).decision == decision);
  CHECK(a.victim.ledger->units(AccountId::literal("bob")) == 0);
  CHECK(a.victim.ledger->custody() == 10'000);

  Attack lost(78, MessageType::kCommitFinal);  // the same with the line alone at fault: it ends well
  lost.world.advance(Duration::seconds(61));
  lost.world.settle();
  CHECK(at(lost, lost.victim).state == State::kReceived);
  lost.world.check_invariants(true);

  Attack b(78, MessageType::kCommitFinal);
  forged = b.honest;
  forged.body = wire::StatusReport{wire::ReportedState::kOpen, std::nullopt};
  CHECK(b.message(forged) == Code::in_doubt);
  Attack c(78, MessageType::kCommitFinal);
  forged.body = wire::StatusReport{wire::ReportedState::kCommitted, decision};
  std::get<wire::StatusReport>(forged.body).decision->signer = GatewayId::literal("gw-corda");
  CHECK(c.message(forged) == Code::decision_invalid);
}

TEST_CASE("a question about an id never heard of gets an abort that was durable first; a stranger learns nothing") {
  covers({"USTP-TRF-063", "USTP-MSG-114", "USTP-TRF-012", "USTP-ERR-002"});
  Attack a(79, MessageType::kProposalReceipt);
  std::vector<wire::Message> answers;
  a.world.on_wire = [&](const test::Carried& one) {
    if (const auto batch = wire::parse_batch(one.frame); batch && one.from == a.victim.id)
      for (const auto& item : batch->items) answers.push_back(wire::decode(item.octets).value());
    return true;
  };
  auto question = a.honest;
  question.transfer.mutable_octets()[0] ^= 1;
  question.previous = {};
  question.body = wire::StatusRequest{};
  const auto blocks = a.victim.journal.size();
  CHECK(a.message(question) == Code{});
  CHECK(a.victim.journal.size() == blocks + 1);
  REQUIRE(answers.size() == 1);
  const auto& report = std::get<wire::StatusReport>(answers[0].body);
  CHECK(report.state == wire::ReportedState::kAborted);
  REQUIRE(report.decision.has_value());
  CHECK(report.decision->outcome == wire::DecisionOutcome::kAbort);
  CHECK(a.victim.core->find(question.transfer)->state == State::kAborted);

  Attack b(79, MessageType::kProposalReceipt);
  question = b.honest;
  question.previous = {};
  question.body = wire::StatusRequest{};
  CHECK(b.from_stranger(wire::encode(question)) == Code::unknown_transfer);
}
