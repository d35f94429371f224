#include <doctest/doctest.h>

#include "gateway/engine/event_waiters.hpp"
#include "gateway/engine/idle_driver.hpp"
#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"

using namespace ustp;
using gateway::EventLog;
using gateway::EventPage;
using gateway::EventQuery;
using test::World;

namespace {

const auto kAlice = ParticipantId::literal("alice");

EventLog log_of(std::size_t kept, std::size_t events, const std::function<ParticipantId(std::size_t)>& viewer) {
  EventLog log(kept);
  for (std::size_t i = 1; i <= events; ++i) {
    protocol::TransferState state;
    state.id.mutable_octets().fill(static_cast<std::uint8_t>(i));
    state.state = protocol::State::kProposed;
    state.role = protocol::Role::kSender;
    log.add(state, viewer(i), Instant{static_cast<std::int64_t>(i)});
  }
  return log;
}

EventQuery query(const ParticipantId& who, std::optional<std::uint64_t> after = {}, std::size_t limit = 1000) {
  EventQuery out;
  out.participant = who;
  out.after = after;
  out.limit = limit;
  return out;
}

std::string states(const EventPage& page) {
  std::string out;
  for (const auto& event : page.events) out += event.state + " ";
  return out;
}

}  // namespace

TEST_CASE("each change of a transfer's state is one event, in order, for the participants it belongs to (USTP-API-009)") {
  World world(41);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
  REQUIRE(view);
  world.settle();
  const auto& owner = world.csd().core->find(view->id)->owner;
  const auto of = [](test::Node& node, const ParticipantId& who) { return node.core->events_for(query(who), UINT64_MAX); };
  const auto sent = of(world.csd(), owner);
  CHECK(states(sent) ==
        "proposed commenced locking lock_asserted preparing extinguishing finalising completed ");
  std::uint64_t last = 0;
  for (const auto& event : sent.events) {
    CHECK(event.sequence == ++last);
    CHECK(event.transfer == view->id);
    CHECK(event.sender);
  }
  CHECK(sent.events[2].waiting_on == "ledger");
  CHECK(sent.events.back().status == "completed");
  const auto* account = world.eth().core->registry().account(world.eth().ledger_id, view->terms.beneficiary);
  REQUIRE(account != nullptr);
  CHECK(states(of(world.eth(), account->participant)) ==
        "accepted commence_acked lock_accepted creating ready assigning assigned received ");
  // Nobody else's, but the operator's, who sees all.
  CHECK(of(world.csd(), ParticipantId::literal("mallory")).events.empty());
  for (const auto* party : world.csd().core->registry().participants()) {
    if (party->gateway != world.csd().id) continue;
    CHECK(of(world.csd(), party->participant).events.size() == sent.events.size());
  }
}

TEST_CASE("the events are those of the journal: the same after replay, and from a snapshot and the blocks behind") {
  World world(42);
  for (const char* quantity : {"1000", "10", "2000000"})
    (void)world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", quantity));
  for (int i = 0; i < 40; ++i) world.step();
  world.crash(world.csd());
  world.settle();
  CHECK(world.csd().core->events().last() > 10);
  world.check_replay();  // state_hash() holds every event
}

TEST_CASE("only so many are kept, and a cursor that is older or from the future is answered with where to go on") {
  const auto log = log_of(10, 25, [](std::size_t) { return kAlice; });
  CHECK(log.first() == 16);
  CHECK(log.last() == 25);
  const auto all = log.page(kAlice, false, {}, UINT64_MAX, 1000);
  CHECK_FALSE(all.gap);
  CHECK(all.events.front().sequence == 16);
  CHECK(all.next == 25);
  CHECK(log.page(kAlice, false, 15, UINT64_MAX, 1000).events.size() == 10);
  const auto old = log.page(kAlice, false, 14, UINT64_MAX, 1000);
  REQUIRE(old.gap);
  CHECK(old.gap->code == Code::cursor_expired);
  CHECK(old.restart == 15);
  CHECK(old.events.empty());
  CHECK(log.page(kAlice, false, 25, UINT64_MAX, 1000).events.empty());
  const auto ahead = log.page(kAlice, false, 26, UINT64_MAX, 1000);
  REQUIRE(ahead.gap);
  CHECK(ahead.gap->code == Code::cursor_ahead);
}

TEST_CASE("a page ends at its limit, at what is durable, and after so many looks; it says where to go on") {
  const auto log = log_of(100'000, 40'000, [](std::size_t i) { return i % 2 ? kAlice : ParticipantId::literal("bob"); });
  const auto three = log.page(kAlice, false, 0, UINT64_MAX, 3);
  CHECK(three.events.size() == 3);
  CHECK(three.next == 5);
  CHECK(three.more);
  const auto durable = log.page(kAlice, false, 0, 4, 100);
  CHECK(durable.events.size() == 2);
  CHECK(durable.next == 4);
  CHECK_FALSE(durable.more);
  const auto nobody = log.page(ParticipantId::literal("carol"), false, 0, UINT64_MAX, 100);
  CHECK(nobody.events.empty());
  CHECK(nobody.more);
  CHECK(nobody.next < 40'000);
  CHECK(log.page(ParticipantId{}, false, 0, UINT64_MAX, 100).events.empty());
  EventLog hidden = log_of(10, 1, [](std::size_t) { return ParticipantId{}; });
  CHECK(hidden.page(ParticipantId{}, false, 0, UINT64_MAX, 100).events.empty());
  CHECK(hidden.page(ParticipantId{}, true, 0, UINT64_MAX, 100).events.size() == 1);
}

TEST_CASE("who waits is told what is durable, never earlier; who has gone is forgotten; the oldest gives its place") {
  World world(43);
  REQUIRE(world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000")));
  auto& core = *world.csd().core;
  const auto owner = ParticipantId::literal("bank-" + world.csd().id.str());
  const auto before = core.events().last();
  gateway::EventWaiters waiters(2);
  std::vector<std::string> told;
  const auto asker = std::make_shared<int>();
  auto gone = std::make_shared<int>();
  const auto ask = [&](const char* name, std::shared_ptr<int> by, Duration wait) {
    auto q = query(owner, before);
    q.wait = wait;
    q.asker = by;
    waiters.ask(q, [&told, name](Result<EventPage> page) {
      told.push_back(name + (page ? " " + std::to_string(page->events.size()) : to_string(page.error())));
    }, core, before);
  };
  ask("at once", asker, {});
  CHECK(told == std::vector<std::string>{"at once 0"});
  ask("a", asker, Duration::seconds(600));
  ask("gone", gone, Duration::seconds(600));
  gone.reset();
  ask("b", asker, Duration::seconds(600));  // takes the place of the one that has gone
  CHECK(told.size() == 1);
  ask("c", asker, Duration::seconds(600));
  CHECK(told.back() == "a 0");
  ask("d", asker, Duration{1});
  CHECK(told.back() == "b 0");
  while (told.size() < 4) waiters.expire(core, before);
  CHECK(told.back() == "d 0");
  world.settle();
  waiters.tell(core, before);
  CHECK(told.size() == 4);  // there are events, and none is durable
  waiters.tell(core, before + 1);
  CHECK(told.size() == 5);
  CHECK(told.back().starts_with("c "));
  ask("e", asker, Duration::seconds(600));
  waiters.refuse({Code::stopping, ""});
  CHECK(waiters.empty());
  CHECK(told.back().starts_with("e"));
}
