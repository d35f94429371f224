// Each identity is found violated when it is, and only then.
#include <doctest/doctest.h>

#include <functional>

#include "tests/support/requirement.hpp"
#include "ustp/testing/invariants.hpp"

using namespace ustp;
using namespace ustp::testing;
using test::covers;

namespace {

AccountId account(const char* name) { return AccountId::literal(name); }
PositionPicture position(const char* name, Uint128 units, token::Capacity capacity = token::Capacity::kClient) {
  PositionPicture p;
  p.account = account(name);
  p.capacity = capacity;
  p.base_units = units;
  return p;
}

// 1,000 issued: 700 at holders, 300 backing; 250 rights on another ledger that counts in tenths, 50 on the way.
Picture sound() {
  Picture p;
  p.figures = {2000, 1500, 1000, 100};
  p.now = {1000};
  p.ledgers.resize(2);
  auto& home = p.ledgers[0];
  home.ledger = LedgerId::literal("csd");
  home.issuer = true;
  home.positions = {position("a", 400), position("b", 300), position("backing", 300, token::Capacity::kBacking)};
  auto& away = p.ledgers[1];
  away.ledger = LedgerId::literal("eth");
  away.ratio = UnitRatio::make(10, 1, 1).value();
  away.provisional = 500;
  away.positions = {position("c", 2500), position("custody", 500, token::Capacity::kBacking)};
  p.in_transit = {{home.ledger, away.ledger, 50}};
  auto& a = home.positions[0];
  a.locks = {100, 50};
  a.encumbrances = {120, 30};
  a.claimed = 200;
  a.entitlements = {250, 150};
  token::Lot old, young;
  old.quantity = Quantity(300, 0);
  old.acquired = {2020, 1, 2};
  young.quantity = Quantity(100, 0);
  young.acquired = {2026, 1, 2};
  young.locked_until = {2000};
  a.lots = {old, young};
  return p;
}

std::string first(const std::vector<Violation>& found) {
  return found.empty() ? "" : found.front().requirement + " " + found.front().identity;
}

}  // namespace

TEST_CASE("a sound picture violates nothing, and at rest only what is still moving") {
  CHECK(first(check_picture(sound(), false)) == "");
  CHECK(first(check_picture(sound(), true)) == "USTP-TOK-041 at rest T = 0");
  CHECK(check_picture(sound(), true).size() == 2);
  CHECK(first(check_picture(Picture{}, true)) == "USTP-TOK-001 exactly one issuer ledger");
}

TEST_CASE("each identity of a picture is found violated, by name") {
  covers({"USTP-TOK-040", "USTP-TOK-041", "USTP-TOK-042", "USTP-TOK-044", "USTP-TOK-046"});
  const std::tuple<const char*, const char*, std::function<void(Picture&)>> table[] = {
      {"USTP-TOK-040", "issue: authorised", [](Picture& p) { p.figures.approved = 2001; }},
      {"USTP-TOK-040", "issue: authorised", [](Picture& p) { p.figures.treasury = 1001; }},
      {"USTP-TOK-040", "issue: issued =", [](Picture& p) { p.ledgers[0].positions[1].base_units = 301; }},
      {"USTP-TOK-001", "exactly one issuer", [](Picture& p) { p.ledgers[1].issuer = true; }},
      {"USTP-TOK-041", "backing", [](Picture& p) { p.ledgers[1].positions[0].base_units = 2510; }},
      {"USTP-TOK-041", "backing", [](Picture& p) { p.in_transit.clear(); }},
      {"USTP-TOK-041", "count once", [](Picture& p) { p.in_transit[0].units = 51; }},
      {"USTP-TOK-042", "position: q = sum", [](Picture& p) { p.ledgers[0].positions[0].lots.pop_back(); }},
      {"USTP-TOK-042", "position: a lock", [](Picture& p) { p.ledgers[0].positions[0].claimed = 149; }},
      {"USTP-TOK-042", "position: nothing is claimed", [](Picture& p) { p.ledgers[0].positions[0].claimed = 401; }},
      {"USTP-TOK-042", "position: available", [](Picture& p) { p.ledgers[0].positions[0].locks = {250, 151}; }},
      {"USTP-TOK-042", "position: available",
       [](Picture& p) { p.ledgers[0].positions[0].encumbrances = {401}, p.ledgers[0].positions[0].claimed = 401; }},
      {"USTP-TOK-042", "position: a lock", [](Picture& p) {
         p.ledgers[0].positions[0].lots[0].locked_until = {1001};  // an unexpired lot lock claims 400
       }},
      {"USTP-TOK-008", "identical lots", [](Picture& p) {
         auto& lots = p.ledgers[0].positions[0].lots;
         lots[0].quantity = Quantity(150, 0);
         lots.push_back(lots[0]);
       }},
      {"USTP-TOK-044", "segregation", [](Picture& p) { p.ledgers[0].positions[0].entitlements[0] = 251; }},
      {"USTP-TOK-021", "ratio", [](Picture& p) { p.ledgers[1].positions[0].base_units = 2505; }},
      {"USTP-TOK-022", "lots have", [](Picture& p) {
         p.ledgers[0].positions[0].lots[0].quantity = Quantity(300, 2);
       }},
      {"USTP-TOK-022", "amounts", [](Picture& p) { p.ledgers[0].positions[1].base_units = ~Uint128{0}; }},
      {"USTP-TOK-046", "exclusivity: no more", [](Picture& p) { p.ledgers[0].provisional = 301; }},
      {"USTP-TOK-046", "exclusivity: created units", [](Picture& p) { p.ledgers[1].provisional = 400; }},
      {"USTP-TOK-046", "exclusivity: spendable", [](Picture& p) {
         p.ledgers[1].positions[0].base_units = 3010;
         p.in_transit.clear();
       }},
  };
  for (const auto& [requirement, identity, spoil] : table) {
    CAPTURE(identity);
    auto picture = sound();
    spoil(picture);
    bool found = false;
    for (const auto& one : check_picture(picture, false))
      found = found || (one.requirement == requirement && one.identity.rfind(identity, 0) == 0);
    CHECK(found);
  }
}

TEST_CASE("entries explain every account, debits equal credits, only the issuer changes what is issued") {
  covers({"USTP-TOK-043", "USTP-TOK-044"});
  const auto csd = LedgerId::literal("csd"), eth = LedgerId::literal("eth");
  const auto before = sound();
  auto after = before;
  after.ledgers[0].positions[0].base_units -= 20;
  after.ledgers[0].positions[1].base_units += 20;
  const std::vector<Entry> move{{csd, account("a"), false, 20, EntryCause::kTransfer},
                                {csd, account("b"), true, 20, EntryCause::kTransfer}};
  CHECK(first(check_entries(before, after, move)) == "");
  CHECK(first(check_entries(before, after, {move[0]})) == "USTP-TOK-043 entry: sum of debits = sum of credits");
  CHECK(first(check_entries(before, after, {})) == "USTP-TOK-044 day: q(t) = q(t-1) + credits - debits");
  auto unexplained = after;
  unexplained.ledgers[1].positions[0].base_units += 10;
  CHECK(first(check_entries(before, unexplained, move)) == "USTP-TOK-044 day: q(t) = q(t-1) + credits - debits");

  after.ledgers[0].positions[1].base_units += 5;
  auto issue = move;
  issue.push_back({csd, account("b"), true, 5, EntryCause::kIssue});
  CHECK(first(check_entries(before, after, issue)) ==
        "USTP-TOK-043 entry: issued changes only by issue, redemption or event");
  after.figures.issued += 5;
  CHECK(first(check_entries(before, after, issue)) == "");

  auto minted = before;
  minted.ledgers[1].positions[0].base_units += 10;
  const char* who = "USTP-TOK-043 entry: the issuer ledger issues and redeems, the others create and extinguish";
  CHECK(first(check_entries(before, minted, {{eth, account("c"), true, 10, EntryCause::kRepresentation}})) == "");
  CHECK(first(check_entries(before, minted, {{eth, account("c"), true, 10, EntryCause::kIssue}})) == who);
  auto conjured = before;
  conjured.ledgers[0].positions[0].base_units += 10;
  CHECK(first(check_entries(before, conjured, {{csd, account("a"), true, 10, EntryCause::kRepresentation}})) == who);
}

TEST_CASE("lots and encumbrances persist: what is lost, new or changed is found") {
  covers("USTP-TOK-045");
  const auto lots = sound().ledgers[0].positions[0].lots;
  CHECK(check_lots_persist(lots, {lots[1], lots[0]}).empty());
  auto split = lots;
  split[0].quantity = Quantity(100, 0);
  split.push_back(split[0]);
  split.back().quantity = Quantity(200, 0);
  CHECK(check_lots_persist(lots, split).empty());
  for (const auto& spoil : std::vector<std::function<void(std::vector<token::Lot>&)>>{
           [](auto& l) { l[0].acquired.year++; }, [](auto& l) { l[1].locked_until = {}; },
           [](auto& l) { l[0].quantity = Quantity(299, 0); }, [](auto& l) { l.pop_back(); },
           [](auto& l) { l[0].restriction = token::Restriction::kInsider; }}) {
    auto other = lots;
    spoil(other);
    CHECK(first(check_lots_persist(lots, other)) ==
          "USTP-TOK-045 persistence: a lot's acquisition and lock survive a round trip");
  }
  token::Encumbrance pledge, attachment;
  pledge.kind = token::EncumbranceKind::kPledge;
  attachment.kind = token::EncumbranceKind::kAttachment;
  attachment.rank = 2;
  CHECK(check_encumbrances_persist({pledge}, {attachment}, {pledge}, {attachment}).empty());
  CHECK(first(check_encumbrances_persist({pledge}, {}, {}, {})) ==
        "USTP-TOK-045 persistence: an encumbrance ends by an authorised release");
  CHECK(first(check_encumbrances_persist({}, {}, {}, {pledge})) ==
        "USTP-TOK-045 persistence: an encumbrance appears by registration");
  CHECK(first(check_encumbrances_persist({}, {}, {pledge}, {})) ==
        "USTP-TOK-045 persistence: only what is registered is released");
}

TEST_CASE("a correction undoes entry by entry and overwrites nothing") {
  covers({"USTP-TOK-014", "USTP-TOK-050"});
  const auto csd = LedgerId::literal("csd");
  const std::vector<Entry> wrong{{csd, account("a"), false, 7, EntryCause::kTransfer},
                                 {csd, account("b"), true, 7, EntryCause::kTransfer}};
  std::vector<Entry> contra{{csd, account("a"), true, 7, EntryCause::kCorrection},
                            {csd, account("b"), false, 7, EntryCause::kCorrection}};
  const std::vector<Hash256> before(2), after(3);
  CHECK(check_correction(wrong, contra, before, after).empty());
  Hash256 changed;
  changed.mutable_octets()[0] = 1;
  CHECK(first(check_correction(wrong, contra, before, {changed, {}, {}})) ==
        "USTP-TOK-050 correction: earlier hashes are unchanged");
  CHECK(first(check_correction(wrong, contra, before, {{}})) == "USTP-TOK-050 correction: earlier hashes are unchanged");
  contra[1].base_units = 6;
  CHECK(first(check_correction(wrong, contra, before, after)) == "USTP-TOK-050 correction: original + contra = 0");
  contra[1].base_units = 7;
  contra[0].cause = EntryCause::kTransfer;
  CHECK(first(check_correction(wrong, contra, before, after)) == "USTP-TOK-014 a correction says that it is one");
}
