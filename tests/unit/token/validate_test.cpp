// The form of instruments and terms: every bound and every relation has an input that fails it.
#include <doctest/doctest.h>

#include <functional>

#include "tests/support/requirement.hpp"
#include "ustp/token/token.hpp"

using namespace ustp;
using namespace ustp::token;
using ustp::test::covers;

namespace {

Instrument instrument() {
  Instrument i;
  i.id = InstrumentId::literal("US0378331005");
  i.scale = 2;
  i.authorised = Quantity(400, 2), i.approved = Quantity(300, 2), i.issued = Quantity(200, 2);
  i.treasury = Quantity(100, 2), i.denomination = Quantity(1, 2);
  i.issuer_ledger = LedgerId::literal("csd");
  i.home_gateway = GatewayId::literal("gw");
  i.representations.resize(2);
  i.representations[0].ledger = i.issuer_ledger;
  i.representations[0].kind = RepresentationKind::kNative;
  i.representations[1].ledger = LedgerId::literal("eth");
  i.representations[1].backing_account = AccountId::literal("backing");
  i.rights.push_back({"vote", RightClass::kMembership, 1, ExercisableBy::kRegistered, ""});
  return i;
}

TransferTerms terms() {
  TransferTerms t;
  t.instrument = InstrumentId::literal("US0378331005");
  t.sender_gateway = GatewayId::literal("a"), t.recipient_gateway = GatewayId::literal("b");
  t.source_ledger = LedgerId::literal("csd"), t.target_ledger = LedgerId::literal("eth");
  t.originator = AccountId::literal("A"), t.beneficiary = AccountId::literal("B");
  t.quantity = Quantity(100, 2);
  t.lots.resize(1);
  t.lots[0].quantity = t.quantity;
  t.originator_chain.links.push_back({"213800KUD8LAJWSQ9D15", AccountId::literal("A"), HoldingCapacity::kNominee});
  t.vote_by = {10};
  return t;
}

template <class T>
struct Case {
  Code code;
  std::function<void(T&)> spoil;
};
template <class T>
void each_refused(const std::function<T()>& make, const std::vector<Case<T>>& table) {
  REQUIRE(validate(make()).has_value());
  for (std::size_t i = 0; i < table.size(); ++i) {
    CAPTURE(i);
    auto value = make();
    table[i].spoil(value);
    const auto done = validate(value);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == table[i].code);
  }
}

}  // namespace

TEST_CASE("an instrument is refused for any figure, representation, right or text that has no place") {
  covers({"USTP-TOK-001", "USTP-TOK-002", "USTP-TOK-003", "USTP-TOK-004"});
  each_refused<Instrument>(instrument, {
      {Code::missing_field, [](auto& i) { i.id = {}; }},
      {Code::missing_field, [](auto& i) { i.home_gateway = {}; }},
      {Code::out_of_range, [](auto& i) { i.version = 0; }},
      {Code::out_of_range, [](auto& i) { i.approved = Quantity(401, 2); }},
      {Code::out_of_range, [](auto& i) { i.issued = Quantity(301, 2); }},
      {Code::out_of_range, [](auto& i) { i.treasury = Quantity(201, 2); }},
      {Code::scale_mismatch, [](auto& i) { i.issued = Quantity(2, 0); }},
      {Code::scale_mismatch, [](auto& i) { i.denomination = Quantity(1, 0); }},
      {Code::out_of_range, [](auto& i) { i.scale = 31; }},
      {Code::missing_field, [](auto& i) { i.representations.erase(i.representations.begin()); }},
      {Code::out_of_range, [](auto& i) { i.representations[1].kind = RepresentationKind::kNative; }},
      {Code::out_of_range, [](auto& i) { i.representations[0].kind = RepresentationKind::kBacked; }},
      {Code::out_of_range, [](auto& i) { i.representations[0].backing_account = AccountId::literal("x"); }},
      {Code::missing_field, [](auto& i) { i.representations[1].backing_account = {}; }},
      {Code::conflict, [](auto& i) { i.representations.push_back(i.representations[1]); }},
      {Code::too_long, [](auto& i) { i.representations.resize(kMaxRepresentations + 1); }},
      {Code::missing_field, [](auto& i) { i.rights[0].code = ""; }},
      {Code::conflict, [](auto& i) { i.rights.push_back(i.rights[0]); }},
      {Code::too_long, [](auto& i) { i.rights.resize(kMaxRights + 1); }},
      {Code::too_long, [](auto& i) { i.admissions.resize(kMaxAdmissions + 1); }},
      {Code::too_long, [](auto& i) { i.name = std::string(kMaxText + 1, 'a'); }},
      {Code::invalid_character, [](auto& i) { i.governing_law = "a\tb"; }},
      {Code::invalid_character, [](auto& i) { i.system_designation = "\x7f"; }},
  });
}

TEST_CASE("terms are refused for any missing part, wrong sum, unknown party or text out of bounds") {
  covers({"USTP-TOK-002", "USTP-TOK-005", "USTP-TOK-006", "USTP-TOK-008"});
  each_refused<TransferTerms>(terms, {
      {Code::missing_field, [](auto& t) { t.instrument = {}; }},
      {Code::missing_field, [](auto& t) { t.sender_gateway = {}; }},
      {Code::missing_field, [](auto& t) { t.recipient_gateway = {}; }},
      {Code::missing_field, [](auto& t) { t.source_ledger = {}; }},
      {Code::missing_field, [](auto& t) { t.target_ledger = {}; }},
      {Code::missing_field, [](auto& t) { t.originator = {}; }},
      {Code::missing_field, [](auto& t) { t.beneficiary = {}; }},
      {Code::missing_field, [](auto& t) { t.lots.clear(); }},
      {Code::missing_field, [](auto& t) { t.vote_by = {}; }},
      {Code::too_long, [](auto& t) { t.lots.resize(kMaxLots + 1, t.lots[0]); }},
      {Code::lots_sum, [](auto& t) { t.lots[0].quantity = Quantity(99, 2); }},
      {Code::scale_mismatch, [](auto& t) { t.lots[0].quantity = Quantity(1, 0); }},
      {Code::malformed_text, [](auto& t) { t.originator_chain.links[0].party = "somebody"; }},
      {Code::too_long, [](auto& t) { t.beneficiary_chain.links.resize(kMaxChain + 1); }},
      {Code::invalid_character, [](auto& t) { t.beneficiary_chain.beneficial_owner = "\n"; }},
      {Code::malformed_text, [](auto& t) { t.transaction_type = "TRA"; }},
      {Code::malformed_text, [](auto& t) { t.transaction_type = "trad"; }},
      {Code::too_long, [](auto& t) { t.reference = std::string(36, 'r'); }},
      {Code::out_of_range, [](auto& t) { t.complete_by = {9}; }},
  });
}

TEST_CASE("lots merge only when they agree in all but the quantity") {
  covers("USTP-TOK-008");
  const auto base = terms().lots[0];
  CHECK(merge_lots({base, base})->size() == 1);
  CHECK(merge_lots({base, base})->front().quantity == Quantity(200, 2));
  for (const auto& spoil : std::vector<std::function<void(Lot&)>>{
           [](Lot& l) { l.acquired = {2026, 1, 1}; }, [](Lot& l) { l.origin = "bonus"; },
           [](Lot& l) { l.locked_until = {1}; }, [](Lot& l) { l.restriction = Restriction::kInsider; }}) {
    auto other = base;
    spoil(other);
    CHECK(merge_lots({base, other})->size() == 2);
  }
  auto huge = base;
  huge.quantity = Quantity(~Uint128{0}, 2);
  CHECK(merge_lots({base, huge}).error().code == Code::overflow);
}
