// Requests against a fake Service, without a socket.
#include <doctest/doctest.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "gateway/api/handler.hpp"
#include "tests/unit/api/fake_service.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::gateway::api;
using nlohmann::json;

namespace {

const char* const kOrder =
    R"({"instrument":"US0378331005","quantity":"10.50","originator":"acc-1","beneficiary":"0xabc","target_ledger":"eth-1"})";
const std::string kId(32, 'a');

struct Fixture {
  test::FakeService service;
  std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
  Instant now{1'000'000'000'000};
  HandlerOptions options;
  std::vector<std::string> access;
  Fixture() {
    options.run = [](std::function<void()> closure) { closure(); };
    options.now = [this] { return now; };
    options.access = [this](const AccessRecord& r) { access.push_back(std::string(r.route) + " " + std::string(r.code)); };
  }
  std::optional<Handler> made;
  Handler& handler() {
    if (!made) made.emplace(options, service, metrics);
    return *made;
  }
  static Request request(std::string method, std::string target, std::string body = {}) {
    Request out;
    out.method = std::move(method);
    out.target = std::move(target);
    out.body = std::move(body);
    out.participant = ParticipantId::literal("alice");
    out.role = Role::kOperator;
    if (!out.body.empty()) out.content_type = "application/json";
    return out;
  }
  static Request order(std::string body = kOrder) {
    auto out = request("POST", "/v1/transfers", std::move(body));
    out.idempotency_key = "key-1";
    return out;
  }
  Response ask(Request request) {
    std::optional<Response> got;
    handler().handle(std::move(request), [&](Response response) {
      CHECK_FALSE(got.has_value());
      got = std::move(response);
    });
    REQUIRE(got.has_value());
    return *got;
  }
  // The problem's code, with its place behind it.
  std::string problem(Request r) {
    const auto response = ask(std::move(r));
    if (response.status < 400) return "no problem: " + std::to_string(response.status);
    CHECK(response.content_type == "application/problem+json");
    const auto body = json::parse(response.body);
    CHECK(body["status"] == response.status);
    CHECK(body["request_id"] == response.request_id);
    std::string out = body["code"];
    for (const char* place : {"pointer", "parameter", "header"})
      if (body.contains(place)) out += " " + body[place].get<std::string>();
    return out;
  }
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [have, value] : response.headers)
    if (have == name) return value;
  return {};
}

// The sample order with one member replaced or added, or taken away (null).
std::string order_with(const char* name, const json& value) {
  auto body = json::parse(kOrder);
  if (value.is_null()) body.erase(name);
  else body[name] = value;
  return body.dump();
}

}  // namespace

TEST_CASE("an order becomes a TransferOrder with every field, answered 201 with its place") {
  Fixture f;
  auto body = json::parse(kOrder);
  body.update(json::parse(R"({"lots":[{"quantity":"4.5","acquired":"2026-01-02","origin":"issue",
    "locked_until":"2026-11-24T00:00:00Z","restriction":"insider"},{"quantity":"6"}],"ownership_effect":"none",
    "transaction_type":"OWNE","entitled_party":"transferor","trade_date":"2026-11-24","cum_ex":"ex","venue":"XFRA",
    "place_of_settlement":"DAKVDEFF","governing_law":"DE","jurisdiction":"DE","reference":"r1","beneficial_owner":"b1",
    "vote_within_ms":5000})"));
  const auto text = body.dump();
  const auto response = f.ask(Fixture::order(text));
  CHECK(response.status == 201);
  CHECK(header(response, "Location") == "/v1/transfers/" + std::string(32, '1'));
  CHECK(header(response, "Idempotency-Replayed").empty());
  const auto order = f.service.last_order();
  CHECK(order.participant.str() == "alice");
  CHECK(order.key.str() == "key-1");
  CHECK(order.payload_hash == crypto::sha256(as_bytes(text)));
  CHECK(order.instrument.str() == "US0378331005");
  CHECK(order.quantity == "10.50");
  CHECK(order.originator.str() == "acc-1");
  CHECK(order.beneficiary.str() == "0xabc");
  CHECK(order.target_ledger.str() == "eth-1");
  REQUIRE(order.lots.size() == 2);
  CHECK(order.lots[0].quantity == Quantity(45, 1));
  CHECK(order.lots[0].acquired == Date{2026, 1, 2});
  CHECK(order.lots[0].origin == "issue");
  CHECK(order.lots[0].locked_until == parse_rfc3339("2026-11-24T00:00:00Z").value());
  CHECK(order.lots[0].restriction == token::Restriction::kInsider);
  CHECK(order.lots[1].quantity == Quantity(6, 0));
  CHECK(order.ownership_effect == token::OwnershipEffect::kNone);
  CHECK(order.transaction_type == "OWNE");
  CHECK(order.entitled_party == token::EntitledParty::kTransferor);
  CHECK(order.trade_date == Date{2026, 11, 24});
  CHECK(order.cum_ex == token::CumEx::kEx);
  CHECK(order.venue.str() == "XFRA");
  CHECK(order.place_of_settlement == "DAKVDEFF");
  CHECK(order.governing_law == "DE");
  CHECK(order.jurisdiction == "DE");
  CHECK(order.reference == "r1");
  CHECK(order.beneficial_owner == "b1");
  CHECK(order.vote_within == Duration::seconds(5));
  const auto answer = json::parse(response.body);
  CHECK(answer["terms"]["quantity"] == "123.45");
  CHECK(answer["terms"]["reference"] == "a \"quoted\" \xC3\xA9 line");
  CHECK(answer["role"] == "sender");
  CHECK(answer["waiting_on"] == "peer");
  CHECK(answer["reason"].is_null());
  CHECK(answer["timeline"][0]["state"] == "proposed");
}

TEST_CASE("each bad body is refused with its code and the pointer to the place, and reaches no engine (USTP-API-003, USTP-API-004)") {
  Fixture f;
  f.options.requests_per_second = 0;
  std::string deep = R"({"lots":)" + std::string(17, '[') + std::string(17, ']') + "}";
  std::string many = R"({"lots":[)";
  for (int i = 0; i < 5000; ++i) many += i ? ",1" : "1";
  const std::pair<std::string, std::string> cases[] = {
      {"", "unsupported_media Content-Type"},
      {"{", "malformed_text"},
      {"[]", "malformed_text"},
      {"null", "malformed_text"},
      {std::string(kOrder) + "x", "malformed_text"},
      {"{\"instrument\":\"\xFF\"}", "malformed_text"},
      {R"({"quantity":"1","quantity":"2"})", "duplicate_field /quantity"},
      {R"({"lots":[{"origin":"a","origin":"b"}]})", "duplicate_field /lots/0/origin"},
      {deep, "nesting_too_deep /lots/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
      {many + "]}", "too_long /lots/4094"},
      {R"({"reference":")" + std::string(5000, 'x') + "\"}", "too_long /reference"},
      {order_with("a/b~", 1), "unknown_field /a~1b~0"},
      {order_with("instrument", nullptr), "missing_field /instrument"},
      {order_with("quantity", nullptr), "missing_field /quantity"},
      {order_with("originator", nullptr), "missing_field /originator"},
      {order_with("beneficiary", nullptr), "missing_field /beneficiary"},
      {order_with("target_ledger", nullptr), "missing_field /target_ledger"},
      {order_with("instrument", "US0378331006"), "invalid_isin /instrument"},
      {order_with("instrument", 5), "malformed_text /instrument"},
      {order_with("quantity", 10), "malformed_text /quantity"},
      {order_with("quantity", 10.5), "malformed_text /quantity"},
      {order_with("quantity", "-1"), "malformed_text /quantity"},
      {order_with("quantity", "1e3"), "malformed_text /quantity"},
      {order_with("quantity", "01"), "malformed_text /quantity"},
      {order_with("quantity", "0." + std::string(31, '1')), "out_of_range /quantity"},
      {order_with("quantity", std::string(40, '9')), "overflow /quantity"},
      {order_with("originator", ""), "missing_field /originator"},
      {order_with("originator", "a b"), "invalid_character /originator"},
      {order_with("originator", std::string(141, 'a')), "too_long /originator"},
      {order_with("lots", "x"), "malformed_text /lots"},
      {order_with("lots", json::array({json::object()})), "missing_field /lots/0/quantity"},
      {order_with("lots", json::array({{{"quantity", 1}}})), "malformed_text /lots/0/quantity"},
      {order_with("lots", json::array({{{"quantity", "1"}, {"x", 1}}})), "unknown_field /lots/0/x"},
      {order_with("lots", json::array({{{"quantity", "1"}, {"restriction", "odd"}}})), "unknown_tag /lots/0/restriction"},
      {order_with("lots", json::array({{{"quantity", "1"}, {"acquired", "2026-02-30"}}})), "invalid_time /lots/0/acquired"},
      {order_with("lots", json::array({{{"quantity", "1"}, {"locked_until", "2026"}}})),
       "invalid_time /lots/0/locked_until"},
      {order_with("lots", std::vector<json>(65, {{"quantity", "1"}})), "too_long /lots"},
      {order_with("ownership_effect", "CHANGE"), "unknown_tag /ownership_effect"},
      {order_with("transaction_type", "trad"), "malformed_text /transaction_type"},
      {order_with("entitled_party", "x"), "unknown_tag /entitled_party"},
      {order_with("trade_date", "24.11.2026"), "invalid_time /trade_date"},
      {order_with("cum_ex", true), "malformed_text /cum_ex"},
      {order_with("venue", "xx"), "invalid_mic /venue"},
      {order_with("place_of_settlement", std::string(351, 'x')), "too_long /place_of_settlement"},
      {order_with("governing_law", "a\nb"), "invalid_character /governing_law"},
      {order_with("reference", std::string(36, 'x')), "too_long /reference"},
      {order_with("vote_within_ms", "5"), "malformed_text /vote_within_ms"},
      {order_with("vote_within_ms", 0), "out_of_range /vote_within_ms"},
      {order_with("vote_within_ms", 1e30), "malformed_text /vote_within_ms"},
      {order_with("vote_within_ms", 604800001), "out_of_range /vote_within_ms"},
  };
  for (const auto& [body, wanted] : cases) {
    CAPTURE(body.substr(0, 200));
    CHECK(f.problem(Fixture::order(body)) == wanted);
  }
  CHECK(f.service.calls() == 0);
}

TEST_CASE("Idempotency-Key: missing, malformed, used otherwise, in progress, repeated; quotes make no other key (USTP-API-002)") {
  Fixture f;
  auto request = Fixture::order();
  request.idempotency_key.reset();
  CHECK(f.ask(request).status == 400);
  CHECK(f.problem(request) == "idempotency_key_missing Idempotency-Key");
  request.idempotency_key = "a b";
  CHECK(f.problem(request) == "invalid_character Idempotency-Key");
  request.idempotency_key = std::string(129, 'k');
  CHECK(f.problem(request) == "too_long Idempotency-Key");
  f.service.transfer = Error{Code::idempotency_payload, "key-1"};
  CHECK(f.ask(Fixture::order()).status == 422);
  f.service.transfer = Error{Code::idempotency_in_progress, "key-1"};
  CHECK(f.ask(Fixture::order()).status == 409);
  auto view = test::sample_view();
  view.replayed = true;
  f.service.transfer = view;
  request.idempotency_key = "\"key-1\"";
  const auto again = f.ask(request);
  CHECK(again.status == 201);
  CHECK(header(again, "Idempotency-Replayed") == "true");
  CHECK(f.service.last_order().key.str() == "key-1");
}

TEST_CASE("what the engine refuses points to the field it speaks of; a full engine says when to come again") {
  Fixture f;
  f.service.transfer = Error{Code::unknown_account, "TOK-R16: beneficiary"};
  CHECK(f.problem(Fixture::order()) == "unknown_account /beneficiary");
  f.service.transfer = Error{Code::lots_sum, "TOK-R11: lots"};
  CHECK(f.problem(Fixture::order()) == "lots_sum /lots");
  f.service.transfer = Error{Code::overloaded, "open transfers"};
  const auto busy = f.ask(Fixture::order());
  CHECK(busy.status == 429);
  CHECK(header(busy, "Retry-After") == "1");
}

TEST_CASE("methods, paths and media types that do not fit") {
  Fixture f;
  const auto status = [&](const char* method, std::string target) { return f.ask(Fixture::request(method, std::move(target))).status; };
  CHECK(status("GET", "/v1/none") == 404);
  CHECK(status("GET", "/v1/transfers/") == 404);
  CHECK(status("GET", "/v1/transfers/zz") == 404);
  CHECK(status("GET", "/v2/transfers") == 404);
  CHECK(status("GET", "/v1//transfers") == 400);
  CHECK(status("GET", "/v1/%zz") == 400);
  CHECK(status("GET", "/v1/../v1/transfers") == 400);
  CHECK(status("GET", "/1/2/3/4/5/6/7/8") == 404);
  CHECK(status("GET", "/1/2/3/4/5/6/7/8/") == 400);
  CHECK(status("GET", "https://gw:7201/v1/transfers") == 200);
  CHECK(status("GET", "*") == 400);
  CHECK(status("OPTIONS", "*") == 204);
  const auto wrong = f.ask(Fixture::request("DELETE", "/v1/transfers"));
  CHECK(wrong.status == 405);
  CHECK(header(wrong, "Allow") == "POST, GET, HEAD, OPTIONS");
  const auto options = f.ask(Fixture::request("OPTIONS", "/v1/transfers/" + kId));
  CHECK(options.status == 204);
  CHECK(header(options, "Allow") == "GET, HEAD, OPTIONS");
  const auto head = f.ask(Fixture::request("HEAD", "/v1/transfers/" + kId));
  CHECK(head.status == 200);
  CHECK(head.head);
  CHECK(status("POST", "/v1/transfers/" + kId + ":cancel") == 200);
  CHECK(status("POST", "/v1/transfers/" + kId + "%3Acancel") == 200);
  auto request = Fixture::order();
  request.content_type = "text/plain";
  CHECK(f.problem(request) == "unsupported_media Content-Type");
  request.content_type = "application/json; charset=latin1";
  CHECK(f.problem(request) == "unsupported_media Content-Type");
  request.content_type = "Application/JSON; charset=UTF-8";
  CHECK(f.ask(request).status == 201);
  request.accept = "text/html, application/json;q=0";
  CHECK(f.problem(request) == "not_acceptable Accept");
  request.accept = "text/html, application/*;q=0.5";
  CHECK(f.ask(request).status == 201);
  CHECK(f.problem(Fixture::request("GET", "/v1/transfers", "{}")) == "unsupported_media Content-Type");
}

TEST_CASE("somebody else's transfer is 404, as one that is not there (USTP-API-007)") {
  Fixture f;
  auto request = Fixture::request("GET", "/v1/transfers/" + kId);
  CHECK(f.ask(request).status == 200);
  request.participant = ParticipantId::literal("mallory");
  CHECK(f.problem(request) == "not_found");
}

TEST_CASE("lists have pages behind an opaque cursor; parameters are checked by name and value") {
  Fixture f;
  for (std::uint8_t i = 1; i <= 5; ++i) f.service.listed.push_back(test::sample_view(i));
  const auto first = json::parse(f.ask(Fixture::request("GET", "/v1/transfers?limit=2")).body);
  CHECK(f.service.last_limit == 3);
  CHECK(first["transfers"].size() == 2);
  const std::string next = first["next"];
  CHECK(f.ask(Fixture::request("GET", "/v1/transfers?limit=5&after=" + next)).status == 200);
  CHECK(f.service.last_after == f.service.listed[1].id);
  CHECK_FALSE(json::parse(f.ask(Fixture::request("GET", "/v1/transfers?limit=5")).body).contains("next"));
  const std::pair<const char*, const char*> cases[] = {
      {"/v1/transfers?limit=0", "out_of_range limit"},       {"/v1/transfers?limit=101", "out_of_range limit"},
      {"/v1/transfers?limit=x", "malformed_text limit"},     {"/v1/transfers?limit=1&limit=2", "duplicate_field limit"},
      {"/v1/transfers?after=abc", "malformed_text after"},   {"/v1/transfers?order=asc", "unknown_field order"},
      {"/v1/positions", "missing_field instrument"},         {"/v1/positions?instrument=x", "invalid_isin instrument"},
      {"/v1/statements?from=0", "out_of_range from"},        {"/v1/instruments?x=1", "unknown_field x"},
  };
  for (const auto& [target, wanted] : cases) {
    CAPTURE(target);
    CHECK(f.problem(Fixture::request("GET", target)) == wanted);
  }
}

TEST_CASE("evidence is the bundle's octets; positions come in base units and in the security's") {
  Fixture f;
  const auto evidence = f.ask(Fixture::request("GET", "/v1/transfers/" + kId + "/evidence"));
  CHECK(evidence.content_type == "application/octet-stream");
  CHECK(evidence.body == std::string("\x01\x02\x00\xFF", 4));
  auto& held = f.service.held;
  held.ledger = LedgerId::literal("eth-1");
  held.instrument.id = InstrumentId::literal("US0378331005");
  held.instrument.scale = 2;
  held.instrument.representations.resize(1);
  held.instrument.representations[0].ledger = held.ledger;
  held.instrument.representations[0].ratio = UnitRatio::make(1000, 1, 1).value();
  held.positions.resize(1);
  held.positions[0].base_units = 12345000;
  const auto body = json::parse(f.ask(Fixture::request("GET", "/v1/positions?instrument=US0378331005")).body);
  CHECK(body["positions"][0]["base_units"] == "12345000");
  CHECK(body["positions"][0]["quantity"] == "123.45");
  CHECK(json::parse(f.ask(Fixture::request("GET", "/v1/instruments")).body)["instruments"][0]["id"] == "US0378331005");
}

TEST_CASE("statements: a frame is taken and shown again as it was signed; what is no frame is refused") {
  Fixture f;
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  const auto signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  wire::Statement statement;
  statement.authority = AuthorityId::literal("association");
  statement.sequence = 1;
  statement.effective_from = Instant{1};
  wire::ParticipantStatement participant;
  participant.participant = ParticipantId::literal("alice");
  statement.body = participant;
  const auto one = wire::sign_statement(statement, *signer).value();
  const auto frame = wire::encode_statement_frame(one);
  auto request = Fixture::request("POST", "/v1/statements", std::string(as_text(frame)));
  CHECK(f.problem(request) == "unsupported_media Content-Type");
  request.content_type = "application/octet-stream";
  const auto done = f.ask(request);
  CHECK(done.status == 201);
  CHECK(header(done, "Location") == "/v1/statements?from=7");
  request.body.pop_back();
  CHECK(f.ask(request).status == 400);
  f.service.log.assign(100, one);
  const auto body = json::parse(f.ask(Fixture::request("GET", "/v1/statements?from=5")).body);
  CHECK(body["statements"].size() == 64);
  CHECK(body["next"] == 69);
  CHECK(body["statements"][0]["kind"] == "participant");
  CHECK(from_base64(body["statements"][0]["frame"].get<std::string>()).value() == frame);
}

TEST_CASE("requests in flight are bounded until the engine answers, even when the client was told 504") {
  Fixture f;
  f.options.in_flight = 1;
  f.service.hold(true);
  int answers = 0, status = 0;
  const auto call = f.handler().handle(Fixture::order(), [&](Response response) {
    ++answers;
    status = response.status;
  });
  CHECK(answers == 0);
  CHECK(f.problem(Fixture::order()) == "overloaded");
  call->give_up(Code::no_reply);
  CHECK(status == 504);
  CHECK(f.problem(Fixture::order()) == "overloaded");
  f.service.release();
  CHECK(answers == 1);
  CHECK(f.metrics->late_replies == 1);
  CHECK(f.metrics->in_flight == 0);
  CHECK(f.ask(Fixture::order()).status == 201);
}

TEST_CASE("requests per second are bounded for each participant") {
  Fixture f;
  f.options.requests_per_second = 3;
  const auto request = Fixture::request("GET", "/v1/transfers/" + kId);
  for (int i = 0; i < 3; ++i) CHECK(f.ask(request).status == 200);
  const auto refused = f.ask(request);
  CHECK(refused.status == 429);
  CHECK(header(refused, "Retry-After") == "1");
  CHECK(f.problem(request) == "rate_limited");
  auto other = request;
  other.participant = ParticipantId::literal("bob");
  CHECK(f.ask(other).status == 404);
  f.now = f.now + Duration::milliseconds(334);
  CHECK(f.ask(request).status == 200);
  CHECK(f.ask(request).status == 429);
}

TEST_CASE("a valid X-Request-Id comes back, another is replaced; answers are counted by route and status") {
  Fixture f;
  auto request = Fixture::request("GET", "/v1/transfers/" + kId);
  request.request_id = "trace-1.A_b";
  CHECK(f.ask(request).request_id == "trace-1.A_b");
  request.request_id = "a b\r\nX: y";
  const auto replaced = f.ask(request).request_id;
  CHECK(replaced.size() > 10);
  CHECK(replaced.find(' ') == std::string::npos);
  CHECK(f.ask(Fixture::request("GET", "/none")).status == 404);
  const auto text = f.metrics->render();
  CHECK(text.find("ustp_api_requests_total{route=\"getTransfer\",status=\"200\"} 2") != std::string::npos);
  CHECK(text.find("ustp_api_requests_total{route=\"none\",status=\"404\"} 1") != std::string::npos);
  CHECK(text.find("ustp_api_request_seconds_count{route=\"getTransfer\"} 2") != std::string::npos);
  CHECK(f.access.back() == "none not_found");
}
