// The JSON form of statements: every field of every kind comes through, every bad input has its own refusal.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "ustp/wire/statement.hpp"

using namespace ustp;
using namespace ustp::wire;
using Json = nlohmann::json;

namespace {

StatementBody participant() {
  ParticipantStatement s;
  s.participant = ParticipantId::literal("bank-a");
  s.lei = Lei::literal("213800KUD8LAJWSQ9D15");
  s.name = "Bänk A";
  s.gateway = GatewayId::literal("gw-a");
  s.endpoint = "wss://127.0.0.1:7101";
  s.admitted = false;
  return s;
}
StatementBody key() {
  return KeyStatement{GatewayId::literal("gw-a"), crypto::Algorithm::kEd25519, {1, 2, 3}, true};
}
StatementBody ledger_statement() {
  LedgerStatement s;
  s.profile.id = LedgerId::literal("eth-1");
  s.profile.kind = ledger::LedgerKind::kEthereum;
  s.profile.model = ledger::LedgerModel::kConsortium;
  s.profile.gateway = GatewayId::literal("gw-a");
  s.profile.liable_operator = Lei::literal("213800KUD8LAJWSQ9D15");
  s.profile.finality_rule = "finalized";
  s.profile.finality_depth = 64;
  s.profile.evidence = EvidenceKind::kEthereumReceipt;
  s.profile.rewriters = 3;
  s.profile.carries_lots = s.profile.releases_itself = true;
  s.profile.custody_account = AccountId::literal("0xcustody");
  s.profile.suspense_account = AccountId::literal("0xsuspense");
  s.profile.anchor = {s.profile.id, {9, 8, 7}, Bytes(20, 7), 31337};
  s.halted = true;
  return s;
}
StatementBody instrument() {
  token::Instrument i;
  i.id = InstrumentId::literal("US0378331005");
  i.version = 4;
  i.name = "A share";
  i.cfi = Cfi::literal("ESVUFR");
  i.issuer = Lei::literal("213800KUD8LAJWSQ9D15");
  i.scale = 2;
  i.authorised = Quantity(400'00, 2);
  i.approved = Quantity(300'00, 2);
  i.issued = Quantity(200'50, 2);
  i.treasury = Quantity(10'25, 2);
  i.denomination = Quantity(25, 2);
  i.issuer_ledger = LedgerId::literal("csd-1");
  i.home_gateway = GatewayId::literal("gw-a");
  token::Representation home{i.issuer_ledger, token::RepresentationKind::kNative, "class A", {}, 2, {}};
  token::Representation away{LedgerId::literal("eth-1"),
                             token::RepresentationKind::kDepositary,
                             "0xabc",
                             AccountId::literal("backing"),
                             18,
                             UnitRatio::make(1000, 3, 7).value()};
  i.representations = {home, away};
  i.rights.push_back({"vote", token::RightClass::kMembership, 10, token::ExercisableBy::kPledgee, "close of day"});
  i.rights.push_back({"dividend", token::RightClass::kEconomic, 1, token::ExercisableBy::kRegistered, ""});
  i.offer = token::OfferKind::kExempt;
  i.admissions.push_back({Mic::literal("XFRA"), token::AdmissionKind::kRegional, {2026, 1, 2}, {2027, 3, 4}});
  i.holder_cap = 200;
  i.investor_class = "professional";
  i.finality_moment = token::FinalityMoment::kTargetBooking;
  i.governing_law = "DE";
  i.system_designation = "SFD";
  i.contract.code_hash.mutable_octets()[3] = 5;
  i.contract.prose_hash.mutable_octets()[4] = 6;
  i.contract.language = "de";
  i.contract.liable_party = Lei::literal("213800KUD8LAJWSQ9D15");
  i.contract.filing = "F-1";
  i.status = token::InstrumentStatus::kHalted;
  return InstrumentStatement{i};
}
StatementBody account() {
  token::Account a;
  a.ledger = LedgerId::literal("csd-1");
  a.id = AccountId::literal("1234");
  a.participant = ParticipantId::literal("bank-a");
  a.asset = token::AssetKind::kCash;
  a.capacity = token::Capacity::kSuspense;
  a.segregation = token::Segregation::kOmnibus;
  a.status = token::AccountStatus::kClosed;
  a.investor_class = "professional";
  a.jurisdiction = "DE";
  a.identity_expires = {1'800'000'000'123'456'789};
  return AccountStatement{a};
}

// The body as people would write it: without the header that statement_to_json puts before it.
Json written(StatementBody body) {
  Statement s;
  s.authority = AuthorityId::literal("association");
  s.sequence = 1;
  s.effective_from = {1};
  s.body = std::move(body);
  auto json = Json::parse(statement_to_json(s));
  CHECK(json.at("authority") == "association");
  CHECK(json.at("sequence") == 1);
  CHECK(json.at("previous") == std::string(64, '0'));
  CHECK(json.at("effective_from") == "1970-01-01T00:00:00.000000001Z");
  for (const char* name : {"authority", "sequence", "previous", "effective_from"}) json.erase(name);
  return json;
}
Error refusal(const Json& json) {
  const auto body = statement_body_from_json(json.dump());
  REQUIRE_FALSE(body.has_value());
  return body.error();
}
// What `json` is refused with once the member at `pointer` has another value.
Error refusal(StatementBody body, const char* pointer, Json value) {
  auto json = written(std::move(body));
  json[Json::json_pointer(pointer)] = std::move(value);
  return refusal(json);
}

}  // namespace

TEST_CASE("every kind of statement comes through JSON with all its fields") {
  for (const auto& body : {participant(), key(), ledger_statement(), instrument(), account()}) {
    const auto json = written(body);
    CAPTURE(json.dump());
    const auto again = statement_body_from_json(json.dump());
    REQUIRE_MESSAGE(again.has_value(), (again ? "" : to_string(again.error())));
    CHECK(*again == body);
  }
}

TEST_CASE("what is left out keeps its default") {
  const auto body =
      statement_body_from_json(R"({"kind":"account","account":{"ledger":"csd-1","id":"1234","participant":"bank-a"}})");
  REQUIRE(body.has_value());
  token::Account expected;
  expected.ledger = LedgerId::literal("csd-1");
  expected.id = AccountId::literal("1234");
  expected.participant = ParticipantId::literal("bank-a");
  CHECK(*body == StatementBody(AccountStatement{expected}));
}

TEST_CASE("an unknown member is refused by its place, at every depth") {
  CHECK(refusal(participant(), "/nam", "x") == Error{Code::unknown_field, "/nam"});
  CHECK(refusal(ledger_statement(), "/profile/anchor/chain", 1) == Error{Code::unknown_field, "/profile/anchor/chain"});
  CHECK(refusal(instrument(), "/instrument/representations/1/ratio/kind", 1) ==
        Error{Code::unknown_field, "/instrument/representations/1/ratio/kind"});
  CHECK(refusal(account(), "/sequence", 1) == Error{Code::unknown_field, "/sequence"});
  CHECK(refusal(account(), "/a~1b\n", 1) == Error{Code::unknown_field, "/a~1b?"});
}

TEST_CASE("a required member that is absent is named") {
  const auto without = [](StatementBody body, const char* parent, const char* name) {
    auto json = written(std::move(body));
    json[Json::json_pointer(parent)].erase(name);
    return refusal(json);
  };
  CHECK(without(participant(), "", "kind") == Error{Code::missing_field, "/kind"});
  CHECK(without(participant(), "", "participant") == Error{Code::missing_field, "/participant"});
  CHECK(without(key(), "", "spki") == Error{Code::missing_field, "/spki"});
  CHECK(without(ledger_statement(), "", "profile") == Error{Code::missing_field, "/profile"});
  CHECK(without(ledger_statement(), "/profile", "evidence") == Error{Code::missing_field, "/profile/evidence"});
  CHECK(without(instrument(), "/instrument", "issued") == Error{Code::missing_field, "/instrument/issued"});
  CHECK(without(instrument(), "/instrument/rights/0", "class") ==
        Error{Code::missing_field, "/instrument/rights/0/class"});
  CHECK(without(account(), "/account", "ledger") == Error{Code::missing_field, "/account/ledger"});
  // Empty is as good as absent: what cannot be written may not be read.
  CHECK(refusal(account(), "/account/id", "").code == Code::missing_field);
  CHECK(refusal(key(), "/spki", "") == Error{Code::missing_field, "/spki: empty"});
  CHECK(refusal(instrument(), "/instrument/rights/0/code", "") ==
        Error{Code::missing_field, "/instrument/rights/0/code: empty"});
}

TEST_CASE("each wrong value has its own code") {
  CHECK(refusal(participant(), "/kind", "Participant") == Error{Code::unknown_tag, "/kind"});
  CHECK(refusal(participant(), "/kind", 1).code == Code::malformed_text);
  CHECK(refusal(participant(), "/lei", "213800KUD8LAJWSQ9D16").code == Code::invalid_lei);
  CHECK(refusal(participant(), "/participant", "bank a").code == Code::invalid_character);
  CHECK(refusal(participant(), "/participant", std::string(65, 'a')).code == Code::too_long);
  CHECK(refusal(participant(), "/name", std::string(351, 'a')).code == Code::too_long);
  CHECK(refusal(participant(), "/name", "a\nb").code == Code::invalid_character);
  CHECK(refusal(participant(), "/admitted", 1).code == Code::malformed_text);
  CHECK(refusal(key(), "/algorithm", "ES256").code == Code::unknown_tag);
  CHECK(refusal(key(), "/spki", "!!!!").code == Code::invalid_character);
  CHECK(refusal(key(), "/spki", "AQI").code == Code::malformed_text);
  CHECK(refusal(key(), "/spki", to_base64(Bytes(1025, 1))).code == Code::too_long);
  CHECK(refusal(ledger_statement(), "/profile", Json::array()).code == Code::malformed_text);
  CHECK(refusal(ledger_statement(), "/profile/kind", "fabric").code == Code::unknown_tag);
  CHECK(refusal(ledger_statement(), "/profile/finality_depth", -1).code == Code::out_of_range);
  CHECK(refusal(ledger_statement(), "/profile/finality_depth", 1.5).code == Code::malformed_text);
  CHECK(refusal(ledger_statement(), "/profile/rewriters", 1ull << 32).code == Code::out_of_range);
  CHECK(refusal(ledger_statement(), "/profile/anchor/contract", to_base64(Bytes(21, 1))).code == Code::too_long);
  CHECK(refusal(account(), "/account/identity_expires", "2026-13-01T00:00:00Z").code == Code::invalid_time);
}

TEST_CASE("an instrument's values and rules are checked") {
  CHECK(refusal(instrument(), "/instrument/id", "US0378331006").code == Code::invalid_isin);
  CHECK(refusal(instrument(), "/instrument/cfi", "XXXXXX").code == Code::invalid_cfi);
  CHECK(refusal(instrument(), "/instrument/scale", 31).code == Code::out_of_range);
  CHECK(refusal(instrument(), "/instrument/issued", 200).code == Code::malformed_text);
  CHECK(refusal(instrument(), "/instrument/issued", "1.005").code == Code::inexact);
  CHECK(refusal(instrument(), "/instrument/issued", "-1").code != Code::missing_field);
  CHECK(refusal(instrument(), "/instrument/issued", "300.01") ==
        Error{Code::out_of_range, "/instrument: issued exceeds approved"});
  CHECK(refusal(instrument(), "/instrument/representations/1/ratio/security_units", 0).code == Code::out_of_range);
  CHECK(refusal(instrument(), "/instrument/representations/1/ledger", "csd-1").code == Code::conflict);
  CHECK(refusal(instrument(), "/instrument/rights", 1).code == Code::malformed_text);
  CHECK(refusal(instrument(), "/instrument/rights", Json(33, Json::object())).code == Code::too_long);
  CHECK(refusal(instrument(), "/instrument/admissions/0/mic", "xfra").code == Code::invalid_mic);
  CHECK(refusal(instrument(), "/instrument/admissions/0/from", "2026-02-30").code == Code::invalid_time);
  CHECK(refusal(instrument(), "/instrument/contract/code_hash", "00").code == Code::malformed_text);
}

TEST_CASE("a document is bounded and said once") {
  const auto code = [](const std::string& text) { return statement_body_from_json(text).error().code; };
  CHECK(code("") == Code::malformed_text);
  CHECK(code("{") == Code::malformed_text);
  CHECK(code("[]") == Code::malformed_text);
  CHECK(code(written(participant()).dump() + std::string(1, '\0') + "x") == Code::malformed_text);
  CHECK(code("\"\xff\"") == Code::malformed_text);
  CHECK(code(R"({"kind":"key"} x)") == Code::malformed_text);
  CHECK(code(R"({"kind":"key","kind":"key"})") == Code::duplicate_field);
  CHECK(code("{\"kind\":" + std::string(9, '[') + std::string(9, ']') + "}") == Code::nesting_too_deep);
  CHECK(code("{\"kind\":\"" + std::string(64u << 10, 'a') + "\"}") == Code::too_long);
  std::string wide = "{\"kind\":\"key\"";
  for (int i = 0; i < 64; ++i) wide += ",\"" + std::to_string(i) + "\":1";
  CHECK(code(wide + "}") == Code::too_long);
}
