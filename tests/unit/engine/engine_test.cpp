#include <doctest/doctest.h>

#include <optional>

#include "gateway/engine/idle_driver.hpp"
#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"

using namespace ustp;
using test::World;

namespace {

std::string state_of(test::Node& node, const TransferId& id) {
  const auto* state = node.core->find(id);
  return state ? std::string(to_string(state->state)) : "unknown";
}

}  // namespace

TEST_CASE("a security moves from the CSD to Ethereum and every unit is where it should be") {
  ustp::test::covers({"USTP-SAT-001", "USTP-TOK-001", "USTP-TOK-041", "USTP-TRF-001", "USTP-TRF-002", "USTP-TRF-003",
          "USTP-TRF-004", "USTP-TRF-005", "USTP-TRF-006", "USTP-TRF-007", "USTP-TRF-008", "USTP-TRF-041",
          "USTP-TRF-043", "USTP-TRF-044", "USTP-TRF-045", "USTP-TRF-047", "USTP-TRF-050"});
  World world(1);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
  REQUIRE_MESSAGE(view.has_value(), (view ? "" : to_string(view.error())));
  world.settle();
  CHECK(state_of(world.csd(), view->id) == "completed");
  CHECK(state_of(world.eth(), view->id) == "received");
  CHECK(world.csd().ledger->units(AccountId::literal("alice")) == 999'000);
  CHECK(world.csd().ledger->custody() == 1000);
  CHECK(world.eth().ledger->units(AccountId::literal("bob")) == 1'000'000);  // thousandths
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("what one block says to a peer leaves in as many frames as the limits demand, and replays") {
  ustp::test::covers("USTP-MSG-002");
  World world(3);
  world.settle();
  auto& node = world.csd();
  gateway::IdleDriver idle(node.driver->profile());
  const auto replica = node.core->replica(idle);
  REQUIRE(replica->load(node.core->snapshot()));
  std::vector<gateway::CoreInput> inputs;
  const std::size_t kOrders = wire::FrameLimits().messages + 76;
  for (std::size_t i = 0; i < kOrders; ++i)
    inputs.push_back(gateway::OrderCommand{world.order(node, "alice", world.eth(), "bob", "1"), [](const auto&) {}});
  auto result = node.core->process(std::move(inputs), world.now());
  std::vector<std::size_t> counts;
  for (const auto& send : result.effects.sends) counts.push_back(wire::parse_batch(*send.frame).value().items.size());
  CHECK(counts == std::vector<std::size_t>{wire::FrameLimits().messages, 76});
  gateway::Block block;
  block.position = node.core->position();
  block.payload = std::move(result.payload);
  REQUIRE(replica->replay(block));
  CHECK(replica->state_hash() == node.core->state_hash());
}

TEST_CASE("all six directions, the home gateway learns of moves between other ledgers by the signed notice") {
  ustp::test::covers({"USTP-MSG-116", "USTP-TOK-040", "USTP-TOK-041", "USTP-TOK-043", "USTP-TOK-044", "USTP-TOK-046",
          "USTP-TRF-047", "USTP-TRF-051"});
  World world(2);
  const auto move = [&](test::Node& from, const char* whose, test::Node& to, const char* whom, const char* quantity) {
    const auto view = world.submit(from, world.order(from, whose, to, whom, quantity));
    REQUIRE_MESSAGE(view.has_value(), (view ? "" : to_string(view.error())));
    world.settle();
    CHECK(state_of(from, view->id) == "completed");
    CHECK(state_of(to, view->id) == "received");
    world.check_invariants(true);
  };
  move(world.csd(), "alice", world.eth(), "bob", "1000");
  move(world.eth(), "bob", world.corda(), "carol", "400");
  CHECK(world.csd().core->home_book().outstanding(World::isin(), world.eth().ledger_id, 0).units() == 600);
  CHECK(world.csd().core->home_book().outstanding(World::isin(), world.corda().ledger_id, 0).units() == 400);
  move(world.corda(), "carol", world.csd(), "bob", "150");
  move(world.csd(), "alice", world.corda(), "alice", "50");
  move(world.corda(), "alice", world.eth(), "alice", "25");
  move(world.eth(), "alice", world.csd(), "carol", "25");
  CHECK(world.csd().ledger->units(AccountId::literal("bob")) == 150);
  CHECK(world.csd().ledger->units(AccountId::literal("carol")) == 25);
  CHECK(world.eth().ledger->supply() == 600'000);
  CHECK(world.corda().ledger->supply() == 275);
  world.check_replay();
}

TEST_CASE("a crash at every journal boundary, before the effects leave, on either side: one outcome, effects once") {
  ustp::test::covers({"USTP-LED-007", "USTP-LED-011", "USTP-MSG-004", "USTP-NET-003", "USTP-TRF-010", "USTP-TRF-012"});
  // Run 0 counts the boundaries; then one run for each.
  int boundaries = 0;
  for (int kill = -1; kill < boundaries || kill == -1; ++kill) {
    World world(3);
    world.settle();
    const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
    REQUIRE(view.has_value());
    int seen = 0;
    for (int i = 0; i < 2000; ++i) {
      const bool moved = world.step([&](test::Node& node) {
        if (node.id == world.corda().id) return false;
        return seen++ == kill;
      });
      for (auto& node : world.nodes())
        if (!node.core) world.start(node);
      if (!moved) break;
    }
    if (kill == -1) boundaries = seen;
    CAPTURE(kill);
    world.settle();
    CHECK(state_of(world.csd(), view->id) == "completed");
    CHECK(state_of(world.eth(), view->id) == "received");
    CHECK(world.csd().ledger->effects() == 2);  // lock, extinguish
    CHECK(world.eth().ledger->effects() == 2);  // create, assign
    world.check_invariants(true);
    world.check_replay();
  }
  CHECK(boundaries > 15);
}

TEST_CASE("a return beyond what is outstanding on that ledger is refused by the home gateway") {
  ustp::test::covers({"USTP-TRF-021", "USTP-TRF-040"});
  World world(4);
  REQUIRE(world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "10")));
  world.settle();
  world.eth().ledger->deposit(AccountId::literal("bob"), 5000);  // what a stolen gateway could mint
  const auto view = world.submit(world.eth(), world.order(world.eth(), "bob", world.csd(), "carol", "15"));
  REQUIRE(view.has_value());
  while (world.step()) {  // the forged units break the identities of the whole on purpose
  }
  const auto* state = world.eth().core->find(view->id);
  REQUIRE(state->reason.has_value());
  CHECK(state->state == protocol::State::kAborted);
  CHECK(state->reason->code == Code::outstanding_exceeded);
  CHECK(world.csd().ledger->units(AccountId::literal("carol")) == 0);
}

TEST_CASE("notices that overtake each other wait for what they rest on, and all are confirmed") {
  ustp::test::covers("USTP-MSG-116");
  World world(41);
  const auto move = [&](test::Node& from, const char* whose, test::Node& to, const char* whom, const char* quantity) {
    const auto view = world.submit(from, world.order(from, whose, to, whom, quantity));
    REQUIRE_MESSAGE(view.has_value(), (view ? "" : to_string(view.error())));
    while (world.step()) {
    }
    return view->id;
  };
  (void)move(world.csd(), "alice", world.eth(), "bob", "100");
  // What gw-corda says to the home gateway is lost for now: the notice of the first move comes after that of the second.
  const auto corda = world.corda().id, home = world.csd().id;
  world.on_wire = [&](const test::Carried& frame) { return frame.from == corda && frame.to == home; };
  const auto first = move(world.eth(), "bob", world.corda(), "carol", "100");
  const auto second = move(world.corda(), "carol", world.eth(), "alice", "60");
  const auto outstanding = [&](test::Node& node) {
    return world.csd().core->home_book().outstanding(World::isin(), node.ledger_id, 0).units();
  };
  CHECK(state_of(world.eth(), second) == "notifying");
  CHECK(world.csd().core->home_book().content().waiting.size() == 1);
  CHECK(outstanding(world.eth()) == 100);
  world.check_replay();  // what waits is in the journal and in the snapshot
  world.on_wire = {};
  world.crash(world.corda());
  world.settle();
  CHECK(state_of(world.corda(), first) == "received");
  CHECK(state_of(world.eth(), second) == "received");
  CHECK(world.csd().core->home_book().content().waiting.empty());
  CHECK(outstanding(world.eth()) == 60);
  CHECK(outstanding(world.corda()) == 40);
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("only so many notices wait at the home gateway; one more is refused and changes nothing") {
  ustp::test::covers("USTP-MSG-116");
  World world(42);
  std::optional<wire::Message> notice;
  Hash256 hash;
  world.on_wire = [&](const test::Carried& frame) {
    const auto batch = wire::parse_batch(frame.frame);
    if (batch && frame.from == world.corda().id && frame.to == world.csd().id)
      for (const auto& item : batch->items)
        if (auto message = wire::decode(item.octets); message && message->type() == wire::MessageType::kMoveNotice) {
          notice = *std::move(message);
          hash = wire::message_hash(item.octets);
        }
    return false;
  };
  REQUIRE(world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "100")));
  world.settle();
  REQUIRE(world.submit(world.eth(), world.order(world.eth(), "bob", world.corda(), "carol", "100")));
  world.settle();
  REQUIRE(notice.has_value());
  // A book that knows of nothing on Ethereum, and of all those that may wait but one.
  protocol::HomeBook book(world.csd().id);
  protocol::HomeBook::Content content;
  content.waiting.resize(protocol::HomeBook::kMostWaiting - 1);
  book.restore(content);
  CHECK(book.on_notice(*notice, hash, world.corda().id, world.csd().core->registry()));
  CHECK(book.content().waiting.size() == protocol::HomeBook::kMostWaiting);
  CHECK(book.content().lines.empty());
  content.waiting.resize(protocol::HomeBook::kMostWaiting);
  book.restore(content);
  const auto refused = book.on_notice(*notice, hash, world.corda().id, world.csd().core->registry());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::outstanding_exceeded);
  CHECK(book.content() == content);
  CHECK(book.take_counted().empty());
}

TEST_CASE("a ledger that does not answer is asked with a pause that doubles up to sixteen times the first") {
  World world(43);
  auto order = world.order(world.csd(), "alice", world.eth(), "bob", "10");
  order.vote_within = Duration::seconds(3600);
  const auto view = world.submit(world.csd(), std::move(order));
  REQUIRE(view.has_value());
  for (int i = 0; i < 200 && state_of(world.csd(), view->id) != "locking"; ++i) REQUIRE(world.step());
  REQUIRE(state_of(world.csd(), view->id) == "locking");
  // From here on its answers stay where they are: time passes, and the gateway looks at its clock.
  std::vector<int> asked;
  for (int second = 1; second <= 130; ++second) {
    world.advance(Duration::seconds(1));
    const gateway::QueryCommand look{[](const gateway::Core&) { return [] {}; }};
    const auto result = world.feed(world.csd(), look);
    CHECK(result.effects.executes.empty());
    if (!result.effects.queries.empty()) asked.push_back(second);
  }
  CHECK(asked == std::vector<int>{2, 6, 14, 30, 62, 94, 126});
}

TEST_CASE("a beneficiary blocked between vote and assign: suspense, acknowledged as such, and out of it again") {
  ustp::test::covers({"USTP-MSG-045", "USTP-TOK-015", "USTP-TRF-008", "USTP-TRF-046", "USTP-TRF-047", "USTP-TRF-049"});
  World world(5);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7"));
  REQUIRE(view.has_value());
  token::Account bob;
  bob.ledger = world.eth().ledger_id;
  bob.id = AccountId::literal("bob");
  bob.participant = ParticipantId::literal("bank-gw-eth");
  SUBCASE("by a statement") {
    while (state_of(world.eth(), view->id) != "ready") REQUIRE(world.step());
    bob.status = token::AccountStatus::kBlocked;
    world.apply_statement(wire::AccountStatement{bob});
  }
  SUBCASE("by the ledger itself") {
    while (state_of(world.eth(), view->id) != "ready") REQUIRE(world.step());
    world.eth().ledger->block(bob.id, true);
  }
  world.settle();
  CHECK(state_of(world.csd(), view->id) == "completed");
  CHECK(world.csd().core->find(view->id)->disposition == wire::Disposition::kSuspense);
  CHECK(state_of(world.eth(), view->id) == "suspended");
  CHECK(world.eth().ledger->units(AccountId::literal("suspense")) == 7000);
  world.check_invariants(true);
  world.check_replay();

  world.eth().ledger->block(bob.id, false);
  if (bob.status == token::AccountStatus::kBlocked) {
    bob.status = token::AccountStatus::kOpen;
    world.apply_statement(wire::AccountStatement{bob});
  }
  world.advance(Duration::seconds(6));
  world.settle();
  CHECK(state_of(world.eth(), view->id) == "received");
  CHECK(world.eth().ledger->units(bob.id) == 7000);
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("the deadline aborts before the vote and resolves nothing after it") {
  ustp::test::covers({"USTP-TRF-023", "USTP-TRF-024", "USTP-TRF-025", "USTP-TRF-060", "USTP-TRF-062", "USTP-TRF-070",
          "USTP-TRF-071", "USTP-TRF-073"});
  World world(6);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7"));
  REQUIRE(view.has_value());
  SUBCASE("before the vote both sides undo") {
    while (state_of(world.csd(), view->id) != "lock_asserted") REQUIRE(world.step());
    world.advance(Duration::seconds(61));
    world.settle();
    CHECK(state_of(world.csd(), view->id) == "aborted");
    CHECK(state_of(world.eth(), view->id) == "refused");
    CHECK(world.csd().ledger->custody() == 0);
    CHECK(world.eth().ledger->supply() == 0);
  }
  SUBCASE("after the vote the recipient waits for the decision") {
    while (state_of(world.eth(), view->id) != "ready") REQUIRE(world.step());
    world.crash(world.csd());
    world.advance(Duration::seconds(61));
    while (world.step()) {
    }
    CHECK(state_of(world.eth(), view->id) == "in_doubt");
    CHECK(world.eth().ledger->custody() == 7000);  // still held
    world.settle();                                // the coordinator is back: its deadline has passed, it decides abort
    CHECK(state_of(world.csd(), view->id) == "aborted");
    CHECK(state_of(world.eth(), view->id) == "refused");
  }
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("an order is answered once: the same key gives the same transfer, another body is refused") {
  ustp::test::covers({"USTP-TOK-030", "USTP-TRF-001"});
  World world(7);
  auto order = world.order(world.csd(), "alice", world.eth(), "bob", "7");
  const auto first = world.submit(world.csd(), order);
  REQUIRE(first.has_value());
  const auto second = world.submit(world.csd(), order);
  REQUIRE(second.has_value());
  CHECK(second->id == first->id);
  CHECK(second->replayed);
  CHECK_FALSE(first->replayed);
  order.payload_hash = crypto::sha256(as_bytes("another"));
  CHECK(world.submit(world.csd(), order).error().code == Code::idempotency_payload);
  order.key = IdempotencyKey::literal("fresh");
  order.originator = AccountId::literal("nobody");
  CHECK(world.submit(world.csd(), order).error().code == Code::unknown_account);
  order.originator = AccountId::literal("alice");
  order.participant = ParticipantId::literal("bank-gw-eth");
  CHECK(world.submit(world.csd(), order).error().code == Code::account_not_owned);
  world.settle();
  CHECK(world.csd().core->view_for(ParticipantId::literal("bank-gw-eth"), first->id).error().code == Code::not_found);
  CHECK(world.csd().core->view_for(ParticipantId::literal("bank-gw-csd"), first->id).has_value());
}

TEST_CASE("the lots of an order are taken at any scale that holds them exactly, and never rounded") {
  World world(9);
  auto order = world.order(world.csd(), "alice", world.eth(), "bob", "7");
  order.lots.resize(2);
  order.lots[0].quantity = Quantity(50, 1);  // "5.0" of an instrument without decimals
  order.lots[1].quantity = Quantity(2, 0);
  const auto view = world.submit(world.csd(), order);
  REQUIRE(view.has_value());
  CHECK(view->terms.lots[0].quantity == Quantity(5, 0));
  order.key = IdempotencyKey::literal("half");
  order.lots[0].quantity = Quantity(55, 1);
  CHECK(world.submit(world.csd(), order).error().code == Code::inexact);
}

TEST_CASE("more than the holder has: the ledger refuses the lock, both sides end, nothing moved") {
  ustp::test::covers({"USTP-TRF-022", "USTP-TRF-071"});
  World world(8);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "bob", world.eth(), "bob", "7"));
  REQUIRE(view.has_value());
  world.settle();
  CHECK(state_of(world.csd(), view->id) == "aborted");
  CHECK(world.csd().core->find(view->id)->reason->code == Code::insufficient_available);
  CHECK(state_of(world.eth(), view->id) == "refused");
  for (const auto& [id, request] : world.csd().ledger->mailbox)  // nor does a copy of the request lock them later
    if (request.kind == OperationKind::kLock) CHECK(world.csd().ledger->run(request).kind == ledger::OutcomeKind::kNever);
  world.check_replay();
}

TEST_CASE("an older journal is noticed by the peer's head: the gateway starts nothing new") {
  World world(9);
  REQUIRE(world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7")));
  world.settle();
  world.crash(world.csd());
  world.csd().journal.resize(world.csd().journal.size() / 2);
  world.start(world.csd());
  for (int i = 0; i < 50; ++i) world.step();
  CHECK(world.csd().core->recovery_only());
  const auto refused = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7"));
  CHECK(refused.error().code == Code::recovery_only);
}
