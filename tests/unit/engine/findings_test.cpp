#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"

using namespace ustp;
using test::World;

namespace {

std::string codes(const std::vector<token::Finding>& findings) {
  std::string out;
  for (const auto& one : findings) out += (out.empty() ? "" : " ") + std::string(info(one.code).name);
  return out;
}

}  // namespace

TEST_CASE("a dry run tells every rule that an order breaks, as the order would be refused, and changes nothing (USTP-API-012)") {
  World world(51);
  auto& node = world.csd();
  const auto before = node.core->state_hash();
  const auto good = world.order(node, "alice", world.eth(), "bob", "10");
  CHECK(node.core->findings(good, world.now()).empty());
  auto bad = world.order(node, "alice", world.eth(), "nobody", "0");
  bad.originator = AccountId::literal("nobody");
  const auto findings = node.core->findings(bad, world.now());
  CHECK(findings.size() >= 3);
  CHECK(codes(findings).find("quantity_zero") != std::string::npos);
  CHECK(codes(findings).find("unknown_account") != std::string::npos);
  auto strange = good;
  strange.instrument = InstrumentId::literal("US5949181045");
  CHECK(codes(node.core->findings(strange, world.now())) == "unknown_instrument");
  strange = good;
  strange.participant = ParticipantId::literal("mallory");
  CHECK(codes(node.core->findings(strange, world.now())) == "account_not_owned");
  strange = good;
  strange.quantity = "0.5";
  CHECK_FALSE(node.core->findings(strange, world.now()).empty());
  CHECK(node.core->state_hash() == before);
  // The same rules, and the first of them is what the order is refused with.
  for (const auto& order : {bad, strange}) {
    const auto answer = world.submit(node, order);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == node.core->findings(order, world.now()).front().code);
  }
}

TEST_CASE("a halted ledger is a finding and shows in the list of ledgers; a list of transfers is filtered") {
  World world(52);
  auto& node = world.csd();
  const auto made = world.submit(node, world.order(node, "alice", world.eth(), "bob", "10"));
  REQUIRE(made);
  world.settle();
  REQUIRE(world.submit(node, world.order(node, "alice", world.eth(), "bob", "11")));
  const auto operator_of = ParticipantId::literal("bank-" + node.id.str());
  const auto list = [&](const gateway::TransferFilter& filter) {
    return gateway::page_of(node.core->list_for(operator_of, filter, {}, 10).value(), nullptr).value().transfers.size();
  };
  CHECK(list({}) == 2);
  CHECK(list({"completed", {}, {}, {}}) == 1);
  CHECK(list({{}, "proposed", {}, {}}) == 1);
  CHECK(list({{}, {}, World::isin(), {}}) == 2);
  CHECK(list({{}, {}, InstrumentId::literal("US5949181045"), {}}) == 0);
  CHECK(list({{}, {}, {}, true}) == 2);
  CHECK(list({{}, {}, {}, false}) == 0);
  for (const auto& one : node.core->ledgers()) {
    CHECK(one.own == (one.profile.id == node.ledger_id));
    CHECK(one.reachable);
    CHECK_FALSE(one.halted);
  }
  wire::LedgerStatement halt;
  halt.profile = *node.core->registry().ledger(world.eth().ledger_id);
  halt.halted = true;
  world.apply_statement(halt);
  world.settle();
  CHECK(codes(node.core->findings(world.order(node, "alice", world.eth(), "bob", "10"), world.now())) == "ledger_halted");
  for (const auto& one : node.core->ledgers()) CHECK(one.halted == (one.profile.id == world.eth().ledger_id));
}
