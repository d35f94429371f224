#include <doctest/doctest.h>

#include <functional>

#include "tests/support/requirement.hpp"
#include "ustp/token/token.hpp"

using namespace ustp;
using namespace ustp::token;

namespace {
struct Case {
  Instrument i;
  TransferTerms t;
  Account a, b;
  CheckFacts f;
  Case() {
    i.id = t.instrument = InstrumentId::literal("US0378331005");
    i.issued = Quantity(1000, 0);
    i.denomination = Quantity(10, 0);
    t.source_ledger = a.ledger = LedgerId::literal("s");
    t.target_ledger = b.ledger = LedgerId::literal("t");
    t.originator = a.id = AccountId::literal("A");
    t.beneficiary = b.id = AccountId::literal("B");
    i.representations.resize(2);
    i.representations[0].ledger = a.ledger, i.representations[1].ledger = b.ledger;
    t.quantity = Quantity(100, 0);
    t.lots.resize(1);
    t.lots[0].quantity = t.quantity;
    f.now = {1000};
  }
  std::vector<Finding> run() {
    f.instrument = &i, f.originator = &a, f.beneficiary = &b;
    return check(t, f);
  }
};
}  // namespace

TEST_CASE("a right transfer has no finding, and each broken rule is found by its id") {
  ustp::test::covers({"USTP-TOK-007", "USTP-TOK-008", "USTP-TOK-030"});
  CHECK(Case().run().empty());
  const std::pair<const char*, std::function<void(Case&)>> table[] = {
      {"TOK-R01", [](Case& c) { c.i.id = InstrumentId::literal("CNE100000HB8"); }},
      {"TOK-R02", [](Case& c) { c.i.version = 2; }},
      {"TOK-R03", [](Case& c) { c.i.status = InstrumentStatus::kHalted; }},
      {"TOK-R04", [](Case& c) { c.t.target_ledger = c.t.source_ledger; }},
      {"TOK-R05", [](Case& c) { c.i.representations.erase(c.i.representations.begin()); }},
      {"TOK-R06", [](Case& c) { c.i.representations.pop_back(); }},
      {"TOK-R07", [](Case& c) { c.t.source_ratio_version = 2; }},
      {"TOK-R08", [](Case& c) { c.i.representations[1].ratio = *UnitRatio::make(1, 3, 1); }},
      {"TOK-R09", [](Case& c) { c.t.quantity = Quantity(0, 0); }},
      {"TOK-R10", [](Case& c) { c.t.quantity = Quantity(100, 1); }},
      {"TOK-R11", [](Case& c) { c.t.lots[0].quantity = Quantity(90, 0); }},
      {"TOK-R12", [](Case& c) { c.i.issued = Quantity(99, 0); }},
      {"TOK-R13", [](Case& c) { c.i.denomination = Quantity(30, 0); }},
      {"TOK-R14", [](Case& c) { c.t.lots[0].locked_until = {1001}; }},
      {"TOK-R15", [](Case& c) { c.t.lots[0].restriction = Restriction::kLockUp; }},
      {"TOK-R16", [](Case& c) { c.b.id = AccountId::literal("C"); }},
      {"TOK-R17", [](Case& c) { c.b.status = AccountStatus::kBlocked; }},
      {"TOK-R18", [](Case& c) { c.b.asset = AssetKind::kCash; }},
      {"TOK-R19", [](Case& c) { c.a.identity_expires = {1000}; }},
      {"TOK-R20", [](Case& c) { c.a.capacity = Capacity::kBacking; }},
      {"TOK-R21", [](Case& c) { c.i.investor_class = "professional"; }},
      {"TOK-R22", [](Case& c) { c.f.acting = ParticipantId::literal("p"); }},
      {"TOK-R23", [](Case& c) { c.t.ownership_effect = OwnershipEffect::kNone, c.b.capacity = Capacity::kHouse; }},
  };
  for (const auto& [rule, broken] : table) {
    CAPTURE(rule);
    Case c;
    broken(c);
    bool found = false;
    for (const Finding& finding : c.run()) found = found || finding.rule == rule;
    CHECK(found);
  }
}
