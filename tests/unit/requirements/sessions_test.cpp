// Chapter 03b against the core: hello, repetition, statements between gateways, recovery.
#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using test::Attack;
using test::World;
using wire::MessageType;

namespace {

constexpr std::uint64_t kLink = 9001;

wire::Hello hello_of(World& world, test::Node& from, test::Node& to) {
  wire::Hello hello;
  hello.sender = from.id;
  hello.recipient = to.id;
  hello.statements = to.core->registry().position();
  hello.time = world.now();
  hello.key = from.signer->key_id();
  return hello;
}
Bytes sealed(const wire::Hello& hello, test::Node& signer) { return wire::seal_hello(hello, *signer.signer).value(); }

std::size_t sent(const gateway::BatchResult& result, wire::FrameKind kind) {
  std::size_t n = 0;
  for (const auto& one : result.effects.sends)
    if (const auto found = wire::frame_kind(*one.frame); found && *found == kind) ++n;
  return n;
}
Code reason(const gateway::BatchResult& result) {
  return result.effects.closes.empty() ? Code{} : result.effects.closes[0].reason.code;
}

}  // namespace

TEST_CASE("the first frame of a link is the hello (USTP-NET-002)") {
  World world(61);
  world.settle();
  const auto up = world.feed(world.csd(), gateway::LinkInput{world.eth().id, kLink, true});
  REQUIRE(up.effects.sends.size() == 1);
  const auto kind = wire::frame_kind(*up.effects.sends[0].frame);
  CHECK(kind.value() == wire::FrameKind::kHello);
  const auto ack = world.feed(world.csd(), gateway::FrameInput{world.eth().id, kLink, wire::encode_ack({})});
  CHECK(reason(ack) == Code::unexpected_message);
}

TEST_CASE("a hello of another gateway, for another one or channel, or badly signed ends the link (USTP-NET-005)") {
  const auto end_of = [](const std::function<Bytes(World&)>& make) {
    World world(62);
    world.settle();
    world.feed(world.csd(), gateway::LinkInput{world.eth().id, kLink, true});
    return reason(world.feed(world.csd(), gateway::FrameInput{world.eth().id, kLink, make(world)}));
  };
  CHECK(end_of([](World& w) { return sealed(hello_of(w, w.eth(), w.csd()), w.eth()); }) == Code{});
  CHECK(end_of([](World& w) { return sealed(hello_of(w, w.corda(), w.csd()), w.corda()); }) == Code::tls_identity_mismatch);
  CHECK(end_of([](World& w) { return sealed(hello_of(w, w.eth(), w.corda()), w.eth()); }) == Code::wrong_channel);
  CHECK(end_of([](World& w) {
          auto hello = hello_of(w, w.eth(), w.csd());
          hello.channel = 1;
          return sealed(hello, w.eth());
        }) == Code::wrong_channel);
  CHECK(end_of([](World& w) { return sealed(hello_of(w, w.eth(), w.csd()), w.corda()); }) == Code::unknown_key);
  CHECK(end_of([](World& w) {
          auto frame = sealed(hello_of(w, w.eth(), w.csd()), w.eth());
          frame[20] ^= 1;
          frame[frame.size() - 20] ^= 1;
          return frame;
        }) != Code{});
}

TEST_CASE("statements pass on, to a peer that lacks them after its hello too; a refused one ends the link (USTP-NET-020, USTP-NET-021)") {
  World world(63);
  world.settle();
  auto account = *world.csd().core->registry().account(world.csd().ledger_id, AccountId::literal("bob"));
  account.status = token::AccountStatus::kBlocked;
  world.apply_statement(wire::AccountStatement{account});
  const auto command = std::get<gateway::StatementCommand>(world.csd().inbox.back());
  for (auto* other : {&world.eth(), &world.corda()}) other->inbox.pop_back();  // the authority reaches one gateway only
  world.settle();
  for (auto& node : world.nodes()) CHECK(node.core->registry().position() == world.csd().core->registry().position());

  world.feed(world.csd(), gateway::LinkInput{world.eth().id, kLink, true});
  auto hello = hello_of(world, world.eth(), world.csd());
  hello.statements -= 2;
  const auto told = world.feed(world.csd(), gateway::FrameInput{world.eth().id, kLink, sealed(hello, world.eth())});
  CHECK(sent(told, wire::FrameKind::kStatement) == 2);

  auto forged = command.statement;
  forged.signature[0] ^= 1;
  const auto before = world.csd().core->registry().head();
  const auto refused =
      world.feed(world.csd(), gateway::FrameInput{world.eth().id, kLink, wire::encode_statement_frame(forged)});
  CHECK(reason(refused) == Code::bad_signature);
  CHECK(world.csd().core->registry().head() == before);
}

TEST_CASE("what was not acknowledged is sent again on a new link, octet for octet; acknowledged with the block that holds it (USTP-NET-010, USTP-NET-011)") {
  World world(64);
  world.settle();
  std::vector<Bytes> lost, seen;
  bool lose = true;
  world.on_wire = [&](const test::Carried& one) {
    if (one.from != world.csd().id || wire::frame_kind(one.frame).value() != wire::FrameKind::kBatch) return false;
    (lose ? lost : seen).push_back(one.frame);
    return lose;
  };
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "5"));
  REQUIRE(view);
  for (int i = 0; i < 500 && world.step(); ++i) {
  }
  REQUIRE(lost.size() == 1);
  lose = false;
  world.crash(world.eth());
  world.settle();
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.front() == lost.front());
  CHECK(world.csd().core->view(*world.csd().core->find(view->id)).state == "completed");

  Attack a(64, MessageType::kTransferCommence);
  const auto taken = a.world.feed(a.victim, gateway::FrameInput{a.attacker.id, a.link(), a.held()});
  CHECK(sent(taken, wire::FrameKind::kAck) == 1);
  CHECK_FALSE(taken.payload.empty());  // the acknowledgement is an effect of this block, and leaves after it
}

TEST_CASE("an acknowledgement of more than was sent ends the link, and nothing else: it is not signed (USTP-NET-013)") {
  Attack a(68, MessageType::kTransferProposal);
  wire::Ack ack;
  ack.received = {9, crypto::sha256(as_bytes("nine"))};
  const auto ended = a.world.feed(a.victim, gateway::FrameInput{a.attacker.id, a.link(), wire::encode_ack(ack)});
  CHECK(reason(ended) == Code::journal_behind_peer);
  CHECK_FALSE(a.victim.core->recovery_only());
}

TEST_CASE("in recovery a proposal is answered as refused and no unknown id is presumed aborted (USTP-NET-007, USTP-ERR-004)") {
  Attack a(65, MessageType::kTransferProposal);
  auto behind = hello_of(a.world, a.world.corda(), a.victim);
  behind.received = {9, crypto::sha256(as_bytes("nine"))};
  a.world.feed(a.victim, gateway::LinkInput{a.world.corda().id, kLink, true});
  const auto ended = a.world.feed(a.victim, gateway::FrameInput{a.world.corda().id, kLink, sealed(behind, a.world.corda())});
  CHECK(reason(ended) == Code::journal_behind_peer);
  REQUIRE(a.victim.core->recovery_only());

  wire::Message question = a.honest;
  question.body = wire::StatusRequest{};
  const auto first = a.sealed({wire::encode(question)});
  const auto asked = a.world.feed(a.victim, gateway::FrameInput{a.attacker.id, a.link(), first});
  CHECK(asked.effects.closes.empty());
  CHECK(sent(asked, wire::FrameKind::kBatch) == 0);
  CHECK(a.victim.core->find(question.transfer) == nullptr);

  a.header.previous = crypto::sha256(wire::parse_batch(first)->header_octets);
  a.header.sequence++;
  const auto proposed = a.world.feed(a.victim, gateway::FrameInput{a.attacker.id, a.link(), a.sealed({wire::encode(a.honest)})});
  CHECK(proposed.effects.closes.empty());
  CHECK(sent(proposed, wire::FrameKind::kBatch) == 1);
  CHECK(a.victim.core->find(a.transfer) == nullptr);
}

TEST_CASE("peers are the admitted participants that run a gateway (USTP-NET-001)") {
  World world(66);
  world.settle();
  CHECK(world.csd().core->peers().size() == 2);
  auto gone = *world.csd().core->registry().participant_of_gateway(world.corda().id);
  gone.admitted = false;
  world.apply_statement(gone);
  world.settle();
  const auto peers = world.csd().core->peers();
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].peer == world.eth().id);
}

TEST_CASE("accepted or unknown is not final: nothing is said of a lock before it is (USTP-LED-002, USTP-TRF-004)") {
  Attack a(67, MessageType::kAckCommence);
  REQUIRE(a.message(a.honest) == Code{});
  const auto* state = a.victim.core->find(a.transfer);
  REQUIRE(state->state == protocol::State::kLocking);
  const auto id = protocol::operation_id(a.victim.ledger_id, a.victim.id, a.transfer, OperationKind::kLock);
  for (const auto kind : {ledger::OutcomeKind::kPending, ledger::OutcomeKind::kUnknown}) {
    const auto result = a.world.feed(a.victim, ledger::Outcome{id, kind, {}, {}});
    CHECK(sent(result, wire::FrameKind::kBatch) == 0);
    CHECK(state->state == protocol::State::kLocking);
  }
  for (int i = 0; i < 50 && state->state == protocol::State::kLocking; ++i) a.world.step();
  CHECK(state->state != protocol::State::kLocking);  // the ledger's own final answer
}

TEST_CASE("a refused message is answered by an error-msg that names it, a refused error-msg by nothing (USTP-ERR-002, USTP-ERR-003)") {
  Attack a(68, MessageType::kLockAssert);
  auto forged = a.honest;
  std::get<wire::LockAssert>(forged.body).expires = {1};
  const auto octets = wire::encode(forged);
  const auto refused = a.world.feed(a.victim, gateway::FrameInput{a.attacker.id, a.link(), a.sealed({octets})});
  std::optional<wire::Message> answer;
  for (const auto& one : refused.effects.sends)
    if (const auto batch = wire::parse_batch(*one.frame)) answer = wire::decode(batch->items.at(0).octets).value();
  REQUIRE(answer);
  const auto& error = std::get<wire::ErrorMessage>(answer->body);
  CHECK(error.code == Code::deadline_too_far);
  CHECK(error.offending_type == MessageType::kLockAssert);
  CHECK(error.offending == wire::message_hash(octets));
  CHECK(answer->previous == wire::message_hash(octets));
  CHECK(error.time == a.world.now());

  Attack b(68, MessageType::kCommitFinal);  // after the vote an error-msg has no effect
  auto late = b.honest;
  late.body = wire::ErrorMessage{Code::conflict, "", {}, {}, b.world.now()};
  const auto silent = b.world.feed(b.victim, gateway::FrameInput{b.attacker.id, b.link(), b.sealed({wire::encode(late)})});
  CHECK(sent(silent, wire::FrameKind::kBatch) == 0);
}
