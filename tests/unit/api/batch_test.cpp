// POST /v1/transfers:batch and orders for later, against a fake Service.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "gateway/api/batch_order.hpp"
#include "gateway/api/handler.hpp"
#include "gateway/api/json_value.hpp"
#include "tests/unit/api/fake_service.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::gateway::api;
using nlohmann::json;

namespace {

const std::string kOrder =
    R"({"instrument":"US0378331005", "quantity":"10","originator":"a","beneficiary":"b","target_ledger":"eth-1"})";

struct Fixture {
  test::FakeService service;
  HandlerOptions options;
  std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
  Instant now{1'000'000'000'000};
  std::optional<Handler> made;
  std::optional<Response> got;
  Fixture() {
    options.run = [](std::function<void()> closure) { closure(); };
    options.now = [this] { return now; };
  }
  std::shared_ptr<Call> send(std::string body, std::string target = "/v1/transfers:batch") {
    if (!made) made.emplace(options, service, metrics);
    Request request;
    request.method = "POST";
    request.target = std::move(target);
    request.body = std::move(body);
    request.content_type = "application/json";
    request.idempotency_key = "key";
    request.participant = ParticipantId::literal("alice");
    request.role = Role::kTrader;
    got.reset();
    return made->handle(std::move(request), [this](Response response) {
      CHECK_FALSE(got);
      got = std::move(response);
    });
  }
  json ask(std::string body) {
    const auto call = send(std::move(body));
    REQUIRE(got);
    return json::parse(got->body);
  }
};

std::string item(const std::string& key, const std::string& order = kOrder) {
  return R"( {"idempotency_key" : ")" + key + R"(", "order":)" + order + "}";
}
std::string batch(const std::vector<std::string>& items) {
  std::string out = R"({"orders":[)";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i ? "," : "") + items[i];
  return out + "]}";
}

}  // namespace

TEST_CASE("each order of a batch is answered in its place as it would be alone; a refused one touches no other (USTP-API-015)") {
  Fixture f;
  auto wrong = kOrder;
  wrong.replace(wrong.find("\"10\""), 4, "10");
  const auto body = f.ask(batch({item("k1"), item("k2", wrong), item("k3"), R"({"order":{}})", R"({"idempotency_key":"k5"})",
                                 R"([1])", item("k 7"), R"({"idempotency_key":"k8","order":{},"x":1})"}));
  CHECK(f.got->status == 207);
  CHECK(f.got->content_type == "application/json");
  const auto& answers = body["answers"];
  REQUIRE(answers.size() == 8);
  CHECK(f.service.calls() == 2);
  CHECK(answers[0]["status"] == 201);
  CHECK(answers[0]["idempotency_key"] == "k1");
  CHECK(answers[0]["transfer"]["id"] == std::string(32, '1'));
  CHECK_FALSE(answers[0].contains("replayed"));
  const auto problem = [&](std::size_t i) {
    CHECK(answers[i]["status"] == answers[i]["problem"]["status"]);
    CHECK_FALSE(answers[i].contains("transfer"));
    return answers[i]["problem"]["code"].get<std::string>() + " " + answers[i]["problem"].value("pointer", "");
  };
  CHECK(problem(1) == "malformed_text /orders/1/order/quantity");
  CHECK(answers[2]["status"] == 201);
  CHECK(problem(3) == "idempotency_key_missing /orders/3/idempotency_key");
  CHECK(problem(4) == "missing_field /orders/4/order");
  CHECK(problem(5) == "malformed_text /orders/5");
  CHECK(problem(6) == "invalid_character /orders/6/idempotency_key");
  CHECK(problem(7) == "unknown_field /orders/7/x");
  // The payload hash is that of the octets of the order alone, as they were sent.
  CHECK(f.service.last_order().key.str() == "k3");
  CHECK(f.service.last_order().participant.str() == "alice");
  CHECK(f.service.last_order().payload_hash == crypto::sha256(as_bytes(kOrder)));
}

TEST_CASE("the engine's refusal of one order is its own, with the field in the body; a repeat says so (USTP-API-015)") {
  Fixture f;
  f.service.transfer = Error{Code::denomination, "5"};
  auto body = f.ask(batch({item("k1")}));
  CHECK(body["answers"][0]["status"] == 422);
  CHECK(body["answers"][0]["problem"]["pointer"] == "/orders/0/order/quantity");
  f.service.transfer = test::sample_view();
  f.service.transfer->replayed = true;
  body = f.ask(batch({item("k1")}));
  CHECK(body["answers"][0]["replayed"] == true);
}

TEST_CASE("a body that is no list of 1 to 1,000 orders is refused as a whole, and nothing of it reaches the engine") {
  Fixture f;
  std::vector<std::string> many;
  for (int i = 0; i < 1001; ++i) many.push_back(item("k" + std::to_string(i)));
  std::string wide = "{";
  for (int i = 0; i < 65; ++i) wide += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "malformed_text "},
      {"{}", "missing_field /orders"},
      {R"({"orders":{}})", "malformed_text /orders"},
      {R"({"orders":[]})", "out_of_range /orders"},
      {R"({"orders":[],"x":1})", "unknown_field /x"},
      {R"({"orders":[)" + item("k") + "]", "malformed_text "},
      {R"({"orders":[)" + item("k") + R"(],"orders":[]})", "duplicate_field /orders"},
      {batch({wide + "}"}), "too_long /orders/0"},
      {batch(many), "out_of_range /orders"},
  };
  for (const auto& [body, said] : cases) {
    CAPTURE(body.substr(0, 80));
    const auto problem = f.ask(body);
    CHECK(f.got->status >= 400);
    CHECK(problem["code"].get<std::string>() + " " + problem.value("pointer", "") == said);
  }
  CHECK(f.service.calls() == 0);
  many.pop_back();
  CHECK(f.ask(batch(many))["answers"].size() == 1000);
}

TEST_CASE("a batch counts as its orders: in flight and per second (USTP-API-005)") {
  Fixture f;
  f.options.in_flight = 4;
  f.options.requests_per_second = 10;
  f.service.hold(true);
  const std::vector<std::string> three = {item("a"), item("b"), item("c")};
  const auto waiting = f.send(batch(three));
  CHECK_FALSE(f.got);
  CHECK(f.metrics->in_flight == 3);
  f.send(batch(three));
  CHECK(f.got->status == 429);
  CHECK(json::parse(f.got->body)["code"] == "overloaded");
  f.got.reset();
  f.service.release();
  REQUIRE(f.got);
  CHECK(f.got->status == 207);
  CHECK(f.metrics->in_flight == 0);
  // Of ten a second five are left: three of the first batch, two of the one that was refused.
  int taken = 0;
  while (f.send(batch({item("x")})), f.got->status == 207) ++taken;
  CHECK(json::parse(f.got->body)["code"] == "rate_limited");
  CHECK(taken == 6);
}

TEST_CASE("who gave up waiting is answered once, and late answers are counted") {
  Fixture f;
  f.service.hold(true);
  const auto waiting = f.send(batch({item("a"), item("b")}));
  waiting->give_up(Code::no_reply);
  CHECK(f.got->status == 504);
  f.service.release();
  CHECK(f.metrics->late_replies == 2);
}

TEST_CASE("an order for later is read with its time and answered 202 while it waits (USTP-API-016)") {
  Fixture f;
  auto order = kOrder;
  order.insert(1, R"("not_before":"2027-06-01T09:00:00Z",)");
  f.service.transfer->scheduled = true;
  f.service.transfer->not_before = parse_rfc3339("2027-06-01T09:00:00Z").value();
  f.send(order, "/v1/transfers");
  CHECK(f.got->status == 202);
  CHECK(json::parse(f.got->body)["not_before"] == "2027-06-01T09:00:00Z");
  CHECK(f.service.last_order().not_before == f.service.transfer->not_before);
  CHECK(f.ask(batch({item("k", order)}))["answers"][0]["status"] == 202);
  f.service.transfer = Error{Code::deadline_too_far, "not_before: more than 366 days ahead"};
  f.send(order, "/v1/transfers");
  CHECK(json::parse(f.got->body)["pointer"] == "/not_before");
  order.replace(order.find("09:00:00Z"), 9, "soon");
  f.send(order, "/v1/transfers");
  CHECK(json::parse(f.got->body)["pointer"] == "/not_before");
  CHECK(f.got->status == 400);
}

TEST_CASE("the parts of a JSON text are its values as they stand, whatever is inside of them") {
  const auto parts = json_parts(R"(  [ 1 , "a,]\"\\" ,{"x":[1,{"}":"]"}]}, [ ],null,-1.5e3 ]  )");
  CHECK(parts == std::vector<std::string_view>{"1", R"("a,]\"\\")", R"({"x":[1,{"}":"]"}]})", "[ ]", "null", "-1.5e3"});
  CHECK(json_parts(R"({"a":1,"b" : {"c":[2]} ,"d,:":"e"})") == std::vector<std::string_view>{"1", R"({"c":[2]})", R"("e")"});
  CHECK(json_parts("[]").empty());
  CHECK(json_parts("{}").empty());
  CHECK(json_parts("").empty());
  CHECK(json_parts("7").empty());
  CHECK(json_parts("[1").size() == 1);
}
