// Orders that begin later (USTP-API-016): taken, kept, begun at their time, withdrawn, refused.
#include <doctest/doctest.h>

#include "gateway/engine/schedule.hpp"
#include "tests/support/world.hpp"

using namespace ustp;
using test::World;

namespace {

constexpr auto kLater = Duration::seconds(3600);
Duration plus(Duration a, Duration b) { return {a.ns + b.ns}; }

gateway::TransferOrder later(World& world, const std::string& quantity = "1000", Duration by = kLater) {
  auto order = world.order(world.csd(), "alice", world.eth(), "bob", quantity);
  order.not_before = world.now() + by;
  return order;
}
gateway::TransferView seen(World& world, const TransferId& id) {
  const auto view = world.csd().core->view_for(ParticipantId::literal("bank-gw-csd"), id);
  REQUIRE(view);
  return *view;
}
Result<gateway::TransferView> cancel(World& world, const TransferId& id, const char* who = "bank-gw-csd") {
  Result<gateway::TransferView> answer = Error{Code::internal, "no answer"};
  world.feed(world.csd(), gateway::CancelCommand{ParticipantId::literal(who), id, [&](auto view) { answer = std::move(view); }});
  return answer;
}
std::string events_of(World& world, const TransferId& id) {
  gateway::EventQuery query;
  query.participant = ParticipantId::literal("bank-gw-csd");
  query.limit = 1000;
  std::string out;
  for (const auto& event : world.csd().core->events_for(query, UINT64_MAX).events)
    if (event.transfer == id) out += event.state + " ";
  return out;
}

}  // namespace

TEST_CASE("an order for later is answered at once, moves nothing before its time and begins then under its id (USTP-API-016)") {
  World world(71);
  const auto order = later(world);
  const auto view = world.submit(world.csd(), order);
  REQUIRE(view);
  CHECK(view->scheduled);
  CHECK(view->state == "scheduled");
  CHECK(view->status == "scheduled");
  CHECK(view->waiting_on == "time");
  CHECK(view->not_before == order.not_before);
  CHECK(view->terms.quantity.str() == "1000");
  world.settle();
  CHECK(world.csd().core->open_transfers() == 0);
  CHECK(world.csd().core->find(view->id) == nullptr);
  world.advance(plus(kLater, Duration{-1}));
  world.settle();
  CHECK(seen(world, view->id).state == "scheduled");
  world.advance(Duration{1});
  world.settle();
  const auto done = seen(world, view->id);
  CHECK(done.status == "completed");
  CHECK_FALSE(done.scheduled);
  CHECK(done.terms.vote_by >= order.not_before + order.vote_within);
  CHECK(events_of(world, view->id).starts_with("scheduled proposed commenced "));
  const auto again = world.submit(world.csd(), order);
  REQUIRE(again);
  CHECK(again->replayed);
  CHECK(again->id == view->id);
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("a time that has come is no time to wait for, and one too far ahead is refused with its field") {
  World world(72);
  auto order = later(world, "1000", Duration{});
  const auto now = world.submit(world.csd(), order);
  REQUIRE(now);
  CHECK_FALSE(now->scheduled);
  const auto far = world.submit(world.csd(), later(world, "1", Duration::seconds(366LL * 24 * 3600 + 1)));
  CHECK(far.error().code == Code::deadline_too_far);
  CHECK(far.error().detail.starts_with("not_before"));
  order = later(world);
  order.instrument = InstrumentId::literal("US5949181045");
  CHECK(world.submit(world.csd(), order).error().code == Code::unknown_instrument);  // it could never begin
  CHECK(world.submit(world.csd(), later(world, "0")).error().code == Code::quantity_zero);
}

TEST_CASE("the same key gives the same order while it waits; with another payload it is refused") {
  World world(73);
  auto order = later(world);
  const auto first = world.submit(world.csd(), order), second = world.submit(world.csd(), order);
  REQUIRE(second);
  CHECK(second->id == first->id);
  CHECK(second->replayed);
  CHECK(second->scheduled);
  order.payload_hash = crypto::sha256(as_bytes("another"));
  CHECK(world.submit(world.csd(), order).error().code == Code::idempotency_payload);
}

TEST_CASE("its owner withdraws it until it begins, and then it never does; nobody else sees it") {
  World world(74);
  const auto view = world.submit(world.csd(), later(world));
  REQUIRE(view);
  CHECK(cancel(world, view->id, "bank-gw-eth").error().code == Code::not_found);
  CHECK(world.csd().core->view_for(ParticipantId::literal("bank-gw-eth"), view->id).error().code == Code::not_found);
  const auto withdrawn = cancel(world, view->id);
  REQUIRE(withdrawn);
  CHECK(withdrawn->state == "withdrawn");
  CHECK(withdrawn->status == "aborted");
  CHECK(withdrawn->waiting_on.empty());
  CHECK(cancel(world, view->id).error().code == Code::cannot_cancel);
  world.advance(plus(kLater, kLater));
  world.settle();
  CHECK(seen(world, view->id).state == "withdrawn");
  CHECK(events_of(world, view->id) == "scheduled withdrawn ");
  world.check_replay();
}

TEST_CASE("after a restart it begins once the peer's head is known, also when its time passed meanwhile") {
  World world(75);
  const auto view = world.submit(world.csd(), later(world));
  const auto other = world.submit(world.csd(), later(world, "5", plus(kLater, kLater)));
  REQUIRE(view);
  world.settle();
  world.crash(world.csd());
  world.crash(world.eth());
  world.advance(plus(kLater, Duration::seconds(600)));  // longer than the vote may take
  world.start(world.csd());                            // the peer is away
  for (int i = 0; i < 50; ++i) world.step();
  CHECK(seen(world, view->id).state == "scheduled");
  world.settle();                                      // it comes back
  world.advance(Duration::seconds(2));
  world.settle();
  CHECK(seen(world, view->id).status == "completed");
  CHECK(seen(world, other->id).state == "scheduled");
  world.check_invariants(true);
  world.check_replay();
}

TEST_CASE("what the rules of its time refuse ends it, with the reason, as an event") {
  World world(76);
  const auto view = world.submit(world.csd(), later(world));
  REQUIRE(view);
  auto account = *world.csd().core->registry().account(world.csd().ledger_id, AccountId::literal("alice"));
  account.status = token::AccountStatus::kBlocked;
  world.apply_statement(wire::AccountStatement{account});
  world.settle();
  world.advance(kLater);
  world.settle();
  const auto ended = seen(world, view->id);
  CHECK(ended.state == "refused");
  CHECK(ended.status == "aborted");
  REQUIRE(ended.reason);
  CHECK(ended.reason->code == Code::account_blocked);
  CHECK(events_of(world, view->id) == "scheduled refused ");
  CHECK(world.csd().core->open_transfers() == 0);
  world.check_replay();
}

TEST_CASE("a refusal that may pass is tried again until as long after its time as the vote may take") {
  for (const bool lifted : {true, false}) {
    CAPTURE(lifted);
    World world(77);
    const auto order = later(world);
    const auto view = world.submit(world.csd(), order);
    REQUIRE(view);
    const auto halt = [&](bool on) {
      world.apply_statement(wire::LedgerStatement{world.eth().ledger->profile(), on});
      world.settle();
    };
    halt(true);
    world.advance(kLater);
    world.settle();
    CHECK(seen(world, view->id).state == "scheduled");
    world.advance(plus(order.vote_within, Duration{-1}));
    if (lifted) halt(false);
    world.settle();
    CHECK(seen(world, view->id).state == (lifted ? "completed" : "scheduled"));
    world.advance(Duration::seconds(2));
    world.settle();
    const auto ended = seen(world, view->id);
    CHECK(ended.state == (lifted ? "completed" : "refused"));
    if (!lifted) CHECK(ended.reason->code == Code::ledger_halted);
    world.check_replay();
  }
}

TEST_CASE("a clock that was ahead and is put right holds no order back that was tried meanwhile") {
  World world(79);
  const auto view = world.submit(world.csd(), later(world));
  REQUIRE(view);
  world.apply_statement(wire::LedgerStatement{world.eth().ledger->profile(), true});
  world.settle();
  auto process = [&](Duration ahead) { return world.csd().core->process({}, world.now() + ahead); };
  const auto ahead = plus(kLater, Duration::seconds(30));
  CHECK(process(ahead).payload.empty());                             // tried, halted, put off by a second
  CHECK(world.csd().core->next_timer() <= world.now() + ahead + Duration::seconds(1));
  CHECK(process(Duration{}).payload.empty());                        // the clock is put back
  CHECK(world.csd().core->schedule().next() == view->not_before);
}

TEST_CASE("those that wait count as open, stand in lists at their place, and are filtered") {
  World world(78);
  const auto first = world.submit(world.csd(), later(world));
  const auto second = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7"));
  world.settle();
  const auto list = [&](const char* status, const TransferId& after = {}, std::size_t limit = 10) {
    gateway::TransferFilter filter;
    filter.status = status;
    std::vector<TransferId> out;
    const auto page = gateway::page_of(world.csd().core->list_for(ParticipantId::literal("bank-gw-csd"), filter, after, limit).value(), nullptr);
    REQUIRE(page);
    for (const auto& one : page->transfers) out.push_back(one.id);
    return out;
  };
  CHECK(list("") == std::vector{second->id, first->id});
  CHECK(list("", second->id) == std::vector{first->id});
  CHECK(list("scheduled") == std::vector{first->id});
  CHECK(list("completed") == std::vector{second->id});
  world.advance(kLater);
  world.settle();
  CHECK(list("") == std::vector{second->id, first->id});  // its place is that of the order
  CHECK(list("scheduled").empty());
  world.check_replay();
}

TEST_CASE("a scheduled order goes through octets with every field") {
  gateway::ScheduledOrder in;
  in.id.mutable_octets().fill(7);
  in.stage = gateway::ScheduledOrder::Stage::kRefused;
  in.accepted = Instant{1};
  in.ended = Instant{2};
  in.reason = Error{Code::ledger_halted, "eth"};
  auto& o = in.order;
  o.participant = ParticipantId::literal("bank");
  o.key = IdempotencyKey::literal("k");
  o.payload_hash = crypto::sha256(as_bytes("x"));
  o.instrument = World::isin();
  o.quantity = "1.50";
  o.originator = AccountId::literal("a");
  o.beneficiary = AccountId::literal("b");
  o.target_ledger = LedgerId::literal("eth");
  o.lots.push_back({Quantity(150, 2), {2026, 1, 2}, "issue", Instant{9}, token::Restriction::kInsider});
  o.ownership_effect = token::OwnershipEffect::kNone;
  o.transaction_type = "OWNE";
  o.entitled_party = token::EntitledParty::kTransferor;
  o.trade_date = {2026, 11, 24};
  o.cum_ex = token::CumEx::kEx;
  o.venue = Mic::literal("XFRA");
  o.place_of_settlement = "p";
  o.governing_law = "DE";
  o.jurisdiction = "FR";
  o.reference = "r";
  o.beneficial_owner = "w";
  o.vote_within = Duration::seconds(5);
  o.not_before = Instant{3};
  gateway::Writer w;
  gateway::put(w, in);
  const auto octets = w.take();
  gateway::Reader r(octets);
  const auto out = gateway::get_scheduled(r);
  REQUIRE(r.ok());
  CHECK(r.at_end());
  gateway::Writer again;
  gateway::put(again, out);
  CHECK(again.take() == octets);
  CHECK(out.order.lots == o.lots);
  CHECK(out.order.not_before == o.not_before);
  CHECK(out.order.reference == "r");
  CHECK(out.order.beneficial_owner == "w");
  CHECK(out.order.trade_date == o.trade_date);
  CHECK(out.reason->code == Code::ledger_halted);
  for (std::size_t cut = 0; cut < octets.size(); ++cut) {
    gateway::Reader part(BytesView(octets).first(cut));
    (void)gateway::get_scheduled(part);
    CHECK_FALSE(part.ok());
  }
}
