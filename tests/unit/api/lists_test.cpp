// Filters of lists, ledgers, participants and the dry run, against a fake Service.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "gateway/api/handler.hpp"
#include "tests/unit/api/fake_service.hpp"

using namespace ustp;
using namespace ustp::gateway::api;
using nlohmann::json;

namespace {

const char* const kOrder =
    R"({"instrument":"US0378331005","quantity":"10","originator":"a","beneficiary":"b","target_ledger":"eth-1"})";

struct Fixture {
  test::FakeService service;
  HandlerOptions options;
  Fixture() {
    options.run = [](std::function<void()> closure) { closure(); };
    options.now = [] { return Instant{1'000'000'000'000}; };
    options.doc_url = "https://docs.example/errors.html";
  }
  json ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    Handler handler(options, service, std::make_shared<Metrics>());
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.participant = ParticipantId::literal("alice");
    request.role = Role::kOperator;
    if (!body.empty()) request.content_type = "application/json";
    std::optional<Response> got;
    const auto call = handler.handle(std::move(request), [&](Response response) { got = std::move(response); });
    REQUIRE(got);
    return json::parse(got->body);
  }
};

}  // namespace

TEST_CASE("transfers are filtered by status, state, role and instrument; what is none of them is refused with its place") {
  Fixture f;
  f.service.listed = {test::sample_view(1), test::sample_view(2)};
  f.ask("GET", "/v1/transfers?status=suspense&state=suspended&role=recipient&instrument=US0378331005&limit=3");
  CHECK(f.service.last_filter.status == "suspense");
  CHECK(f.service.last_filter.state == "suspended");
  CHECK(f.service.last_filter.instrument.str() == "US0378331005");
  CHECK(f.service.last_filter.sender == false);
  f.ask("GET", "/v1/transfers?role=sender");
  CHECK(f.service.last_filter.sender == true);
  CHECK(f.service.last_filter.status.empty());
  f.ask("GET", "/v1/transfers");
  CHECK_FALSE(f.service.last_filter.sender);
  const std::pair<const char*, const char*> wrong[] = {{"status=done", "unknown_tag status"},
                                                       {"state=none", "unknown_tag state"},
                                                       {"state=unknown", "unknown_tag state"},
                                                       {"role=buyer", "unknown_tag role"},
                                                       {"instrument=US0378331006", "invalid_isin instrument"}};
  for (const auto& [query, wanted] : wrong) {
    CAPTURE(query);
    const auto problem = f.ask("GET", std::string("/v1/transfers?") + query);
    CHECK(problem["code"].get<std::string>() + " " + problem["parameter"].get<std::string>() == wanted);
  }
}

TEST_CASE("a page that was cut before its limit says where to go on") {
  Fixture f;
  f.service.listed = {test::sample_view(1)};
  f.service.looked_to.mutable_octets().fill(9);
  const std::string next = f.ask("GET", "/v1/transfers?limit=5")["next"];
  f.ask("GET", "/v1/transfers?after=" + next);
  CHECK(f.service.last_after == f.service.looked_to);
}

TEST_CASE("a dry run tells every rule that the order breaks, with the page of its code") {
  Fixture f;
  auto good = f.ask("POST", "/v1/transfers:check", kOrder);
  CHECK(good["ok"] == true);
  CHECK(good["findings"].empty());
  f.service.found = {{{Code::quantity_zero, "TOK-R09", "quantity"}, {Code::ledger_halted, "", "eth-1"}}, 17};
  const auto bad = f.ask("POST", "/v1/transfers:check", kOrder);
  CHECK(bad["ok"] == false);
  CHECK(bad["statement_position"] == 17);
  REQUIRE(bad["findings"].size() == 2);
  CHECK(bad["findings"][0]["code"] == "quantity_zero");
  CHECK(bad["findings"][0]["rule"] == "TOK-R09");
  CHECK(bad["findings"][0]["doc_url"] == "https://docs.example/errors.html#quantity_zero");
  CHECK(bad["findings"][1]["retryable"] == true);
  CHECK_FALSE(bad["findings"][1].contains("rule"));
  CHECK(f.service.last_order().participant.str() == "alice");
  const auto malformed = f.ask("POST", "/v1/transfers:check", R"({"quantity":5})");
  CHECK(malformed["code"] == "malformed_text");
  CHECK(malformed["pointer"] == "/quantity");
  CHECK(malformed["doc_url"] == "https://docs.example/errors.html#malformed_text");
}

TEST_CASE("ledgers and participants are shown as their statements say, with what the gateway knows") {
  Fixture f;
  gateway::LedgerView own;
  own.profile.id = LedgerId::literal("csd-1");
  own.profile.kind = ledger::LedgerKind::kCsd;
  own.profile.model = ledger::LedgerModel::kBookEntry;
  own.profile.gateway = GatewayId::literal("gw-1");
  own.profile.finality_rule = "confirmed";
  own.profile.finality_depth = 2;
  own.profile.evidence = EvidenceKind::kCsdConfirmation;
  own.own = own.reachable = own.halted = true;
  own.open_operations = 3;
  f.service.known_ledgers = {own, own};
  f.service.known_ledgers[1].own = false;
  const auto ledgers = f.ask("GET", "/v1/ledgers")["ledgers"];
  CHECK(ledgers[0] == json::parse(R"({"id":"csd-1","kind":"csd","model":"book_entry","gateway":"gw-1","finality":
    {"rule":"confirmed","depth":2},"evidence":"csd_confirmation","rewriters":1,"carries_lots":false,"halted":true,"own":true,
    "reachable":true,"open_operations":3})"));
  CHECK_FALSE(ledgers[1].contains("open_operations"));
  wire::ParticipantStatement bank;
  bank.participant = ParticipantId::literal("bank-a");
  bank.name = "Bank A";
  bank.lei = Lei::literal("213800KUD8LAJWSQ9D15");
  bank.admitted = false;
  f.service.known_participants = {bank};
  CHECK(f.ask("GET", "/v1/participants")["participants"] ==
        json::parse(R"([{"id":"bank-a","lei":"213800KUD8LAJWSQ9D15","name":"Bank A","admitted":false}])"));
}
