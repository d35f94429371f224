// The client over a transport that answers from a list: what is repeated, what is not, and what each answer becomes.
#include "ustp/client/client.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <nlohmann/json.hpp>

using namespace ustp;
using namespace ustp::client;

namespace {

const std::string kId = "00112233445566778899aabbccddeeff";

struct Line {  // what the test holds of the transport after the client took it
  std::deque<Result<HttpReply>> answers;
  std::vector<HttpRequest> seen;
  std::vector<Duration> waits;
};
class Scripted final : public Transport {
 public:
  explicit Scripted(Line& line) : line_(line) {}
  Result<HttpReply> send(const HttpRequest& request) override {
    line_.seen.push_back(request);
    REQUIRE_FALSE(line_.answers.empty());
    auto answer = line_.answers.front();
    line_.answers.pop_front();
    return answer;
  }

 private:
  Line& line_;
};
Client over(Line& line, RetryPolicy retry = {}) {
  return Client(
      std::make_unique<Scripted>(line), std::make_unique<SeededRandom>(1),
      [&line](Duration wait) { line.waits.push_back(wait); }, retry);
}
HttpReply ok(std::string body) {
  return {200, "application/json", std::move(body), "r", {}};
}
HttpReply problem(int status, const std::string& code, bool retryable = true) {
  const nlohmann::json body = {{"status", status},       {"code", code},       {"detail", "d"},
                               {"retryable", retryable}, {"request_id", "r2"}, {"pointer", "/lots/0"}};
  return {status, "application/problem+json; charset=utf-8", body.dump(), "r", {}};
}
TransferId id() {
  return TransferId::from_hex(kId).value();
}
std::string transfer() {
  return R"({"id":")" + kId + R"(","state":"proposed","status":"open","waiting_on":null,"reason":null})";
}
TransferOrder order() {
  TransferOrder o;
  o.instrument = InstrumentId::literal("US0378331005");
  o.quantity = "1.50";
  o.originator = AccountId::literal("A");
  o.beneficiary = AccountId::literal("B");
  o.target_ledger = LedgerId::literal("eth");
  return o;
}

}  // namespace

TEST_CASE("an order is sent with every field that says something") {
  Line line;
  auto client = over(line);
  auto o = order();
  o.lots = {{Quantity(150, 2), {2026, 1, 2}, "issue", {1}, token::Restriction::kLockUp}};
  o.ownership_effect = token::OwnershipEffect::kNone;
  o.transaction_type = "COLO";
  o.entitled_party = token::EntitledParty::kTransferor;
  o.trade_date = {2026, 3, 4};
  o.cum_ex = token::CumEx::kEx;
  o.venue = Mic::literal("XFRA");
  o.place_of_settlement = "P";
  o.governing_law = "DE";
  o.jurisdiction = "FR";
  o.reference = "ref";
  o.beneficial_owner = "own";
  o.vote_within = Duration::milliseconds(1500);
  line.answers.push_back(ok(transfer()));
  REQUIRE(client.start_transfer(o, IdempotencyKey::literal("k")));
  const auto& request = line.seen.at(0);
  CHECK(request.method + " " + request.target == "POST /v1/transfers");
  CHECK(std::count(request.headers.begin(), request.headers.end(),
                   std::pair<std::string, std::string>{"Idempotency-Key", "k"}) == 1);
  CHECK(nlohmann::json::parse(request.body) == nlohmann::json::parse(R"({"instrument":"US0378331005","quantity":"1.50",
    "originator":"A","beneficiary":"B","target_ledger":"eth","lots":[{"quantity":"1.50","acquired":"2026-01-02","origin":"issue",
    "locked_until":"1970-01-01T00:00:00.000000001Z","restriction":"lock_up"}],"ownership_effect":"none","transaction_type":"COLO",
    "entitled_party":"transferor","trade_date":"2026-03-04","cum_ex":"ex","venue":"XFRA","place_of_settlement":"P",
    "governing_law":"DE","jurisdiction":"FR","reference":"ref","beneficial_owner":"own","vote_within_ms":1500})"));
}

TEST_CASE("what may be repeated is repeated, with waits that grow and stay within their bounds") {
  Line line;
  auto client = over(line, {5, Duration::milliseconds(100), Duration::milliseconds(300)});
  line.answers = {Error{Code::no_reply, "cut"}, problem(503, "overloaded"), problem(409, "idempotency_in_progress"),
                  problem(504, "no_reply"), ok(transfer())};
  const auto outcome = client.start_transfer(order(), IdempotencyKey::literal("k"));
  CHECK(outcome);
  REQUIRE(line.seen.size() == 5);
  for (const auto& request : line.seen) CHECK(request.headers == line.seen[0].headers);
  REQUIRE(line.waits.size() == 4);
  const std::int64_t most[] = {100, 200, 300, 300};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(line.waits[i].ns >= most[i] * 500'000);
    CHECK(line.waits[i].ns <= most[i] * 1'000'000);
  }
}

TEST_CASE("a gateway that says when is not asked sooner, and not waited for beyond the bound") {
  Line line;
  auto client = over(line, {3, Duration::milliseconds(100), Duration::seconds(5)});
  auto soon = problem(429, "rate_limited"), late = problem(429, "rate_limited");
  soon.retry_after = Duration::seconds(2);
  late.retry_after = Duration::seconds(3600);
  line.answers = {soon, late, ok(transfer())};
  CHECK(client.transfer(id()));
  CHECK(line.waits == std::vector<Duration>{Duration::seconds(2), Duration::seconds(5)});
}

TEST_CASE("attempts end, and the last failure is the answer") {
  Line line;
  auto client = over(line, {2, Duration::milliseconds(1), Duration::milliseconds(1)});
  line.answers = {Error{Code::timeout, "t"}, Error{Code::no_reply, "cut"}};
  const auto outcome = client.transfer(id());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.failure().kind == Failure::Kind::kUnreachable);
  CHECK(outcome.failure().error == Error{Code::no_reply, "cut"});
  CHECK(line.seen.size() == 2);
}

TEST_CASE("a cancellation and a refusal are never repeated") {
  Line line;
  auto client = over(line);
  line.answers = {problem(503, "stopping")};
  CHECK_FALSE(client.cancel_transfer(id()));
  line.answers = {Error{Code::no_reply, ""}};
  CHECK_FALSE(client.cancel_transfer(id()));
  // Retryable for whoever changes something first, not by itself.
  line.answers = {problem(409, "instrument_halted")};
  CHECK_FALSE(client.start_transfer(order(), IdempotencyKey::literal("k")));
  CHECK(line.seen.size() == 3);
  CHECK(line.waits.empty());
}

TEST_CASE("a problem becomes a typed failure, known code or not") {
  Line line;
  auto client = over(line);
  line.answers = {problem(422, "lots_sum", false),
                  problem(422, "code_of_a_later_version", false),
                  {HttpReply{500, "text/html", "<", "r", {}}}};
  const auto known = client.transfer(id());
  CHECK(known.failure().error == Error{Code::lots_sum, "d"});
  CHECK(known.failure().status == 422);
  CHECK_FALSE(known.failure().retryable);
  CHECK(to_string(known.failure()) == "lots_sum: d (at /lots/0) [request r2]");
  const auto later = client.transfer(id());
  CHECK(later.failure().code == "code_of_a_later_version");
  CHECK(later.failure().error.code == Code::internal);
  const auto page = client.transfer(id());
  CHECK(page.failure().kind == Failure::Kind::kReply);
  CHECK(page.failure().error.detail == "HTTP status 500");
}

TEST_CASE("an answer that does not fit is a failure, one with more in it is not") {
  const auto kind = [](const std::string& body) {
    Line line;
    auto client = over(line);
    line.answers = {ok(body)};
    const auto outcome = client.transfer(id());
    REQUIRE_FALSE(outcome);
    return outcome.failure().error.code;
  };
  CHECK(kind("") == Code::malformed_text);
  CHECK(kind("[]") == Code::malformed_text);
  CHECK(kind(transfer() + std::string(1, '\0')) == Code::malformed_text);
  CHECK(kind("{}") == Code::malformed_text);  // no id
  CHECK(kind(R"({"id":")" + kId + R"(","state":[]})") == Code::malformed_text);
  CHECK(kind(R"({"id":")" + kId + R"(","timeline":{}})") == Code::malformed_text);
  CHECK(kind("{\"id\":" + std::string(40, '[') + std::string(40, ']') + "}") == Code::nesting_too_deep);
  Line line;
  auto client = over(line);
  line.answers = {
      ok(R"({"id":")" + kId + R"(","status":"aborted","reason":{"code":"cancelled","detail":"x"},"later":{"a":1},
    "terms":{"quantity":"5","instrument":"I"},"timeline":[{"state":"s","at":"t"}]})")};
  const auto outcome = client.transfer(id());
  REQUIRE(outcome);
  CHECK(outcome->is_final());
  CHECK(outcome->reason_code == "cancelled");
  CHECK(outcome->quantity == "5");
  CHECK(outcome->timeline.size() == 1);
  CHECK(nlohmann::json::parse(outcome->json).contains("later"));
}

TEST_CASE("pages, evidence and statements go where they belong") {
  Line line;
  auto client = over(line);
  line.answers = {ok(R"({"transfers":[)" + transfer() + R"(],"next":"c-_1"})"), ok(std::string("\0\xff", 2)),
                  ok(R"({"sequence":9})"), ok(R"({"sequence":"9"})")};
  const auto page = client.transfers(7, "a-_9");
  REQUIRE(page);
  CHECK(page->transfers.size() == 1);
  CHECK(page->next == "c-_1");
  const auto evidence = client.evidence(id());
  CHECK(*evidence == Bytes{0, 0xff});
  CHECK(*client.apply_statement(as_bytes("frame")) == 9);
  CHECK_FALSE(client.apply_statement(as_bytes("frame")));
  CHECK(line.seen[0].target == "/v1/transfers?limit=7&after=a-_9");
  CHECK(line.seen[1].target == "/v1/transfers/" + kId + "/evidence");
  CHECK(line.seen[2].body == "frame");
  CHECK_FALSE(client.transfers(7, "a&limit=9"));
  CHECK(line.seen.size() == 4);
}

namespace {
std::string event(unsigned sequence) {
  return R"({"cursor":"c)" + std::to_string(sequence) + R"(","sequence":)" + std::to_string(sequence) +
         R"(,"type":"transfer.state","transfer":")" + kId +
         R"(","role":"sender","state":"aborted","status":"aborted","waiting_on":null,"reason":{"code":"cancelled","detail":"d"},"at":"t"})";
}
std::string events(std::initializer_list<unsigned> sequences, const std::string& next, bool more = false) {
  std::string out = "{\"events\":[";
  for (const auto one : sequences) out += (out.back() == '[' ? "" : ",") + event(one);
  return out + "],\"next\":\"" + next + "\",\"more\":" + (more ? "true}" : "false}");
}
}  // namespace

TEST_CASE("a page of events is read with everything that it says") {
  Line line;
  auto client = over(line);
  line.answers.push_back(ok(events({7}, "c9", true)));
  const auto page = client.events("c6", 5, Duration::seconds(20));
  REQUIRE(page);
  CHECK(line.seen.at(0).target == "/v1/events?limit=5&after=c6&wait=20");
  REQUIRE(page->events.size() == 1);
  const auto& one = page->events[0];
  CHECK(one.cursor + one.type + one.role + one.state + one.status + one.waiting_on + one.reason_code + one.at ==
        "c7transfer.statesenderabortedabortedcancelledt");
  CHECK(one.sequence == 7);
  CHECK(one.transfer == id());
  CHECK(page->next == "c9");
  CHECK(page->more);
  CHECK(client.events("c 6").failure().error.code == Code::malformed_text);
  for (const char* body : {R"({"events":[]})", R"({"events":[{"cursor":"c"}],"next":"c"})",
                           R"({"events":[{"sequence":1,"transfer":"x"}],"next":"c"})", R"({"events":1,"next":"c"})"}) {
    line.answers.push_back(ok(body));
    CHECK(client.events("").failure().kind == Failure::Kind::kReply);
  }
}

TEST_CASE("following goes on behind the last answer across failures, and gives each event once") {
  Line line;
  auto client = over(line, {.attempts = 1});
  line.answers = {ok(events({1, 2}, "c4")), Error{Code::no_reply, ""}, problem(503, "stopping"), ok(events({}, "c5")),
                  ok(events({6, 7}, "c7"))};
  std::vector<std::uint64_t> seen;
  std::vector<std::string> cursors;
  FollowOptions options;
  options.between = [&](const std::string& cursor) { return cursors.push_back(cursor), true; };
  const auto end = client.follow(options, [&](const Event& e) { return seen.push_back(e.sequence), e.sequence < 6; });
  REQUIRE(end);
  CHECK(*end == "c6");  // 7 was not taken
  CHECK(seen == std::vector<std::uint64_t>{1, 2, 6});
  CHECK(line.seen.at(1).target == "/v1/events?limit=100&after=c4&wait=20");
  CHECK(line.seen.at(3).target == line.seen.at(1).target);
  CHECK(line.seen.at(4).target == "/v1/events?limit=100&after=c5&wait=20");
  CHECK(cursors == std::vector<std::string>{"c4", "c4", "c4", "c5"});
  CHECK(line.waits.size() == 2);
}

TEST_CASE("following ends where waiting mends nothing, and says where to start again") {
  Line line;
  auto client = over(line, {.attempts = 1});
  auto gone = problem(410, "cursor_expired", false);
  gone.body.insert(1, R"("restart_after":"c9",)");
  line.answers = {gone};
  const auto end = client.follow({}, [](const Event&) { return true; });
  REQUIRE_FALSE(end);
  CHECK(end.failure().error.code == Code::cursor_expired);
  CHECK(end.failure().restart_after == "c9");
  line.answers = {Error{Code::no_reply, ""}, Error{Code::no_reply, ""}};
  FollowOptions twice;
  twice.failures = 2;
  CHECK(client.follow(twice, [](const Event&) { return true; }).failure().kind == Failure::Kind::kUnreachable);
  line.answers = {ok(events({1}, "c1"))};
  FollowOptions once;
  once.between = [](const std::string&) { return false; };
  CHECK(*client.follow(once, [](const Event&) { return true; }) == "c1");
}

TEST_CASE("a batch is sent in as many calls as it takes, each repeated, and every order has its own answer in order") {
  Line line;
  std::vector<BatchOrder> orders(1001);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    orders[i].key = IdempotencyKey::literal("k" + std::to_string(i));
    orders[i].json = "{}";
  }
  const auto answers = [](std::size_t first, std::size_t count) {
    std::string out = R"({"answers":[)";
    for (std::size_t i = first; i < first + count; ++i) {
      out += i == first ? "" : ",";
      out += i == 3 ? R"({"status":422,"problem":{"status":422,"code":"denomination","detail":"5","retryable":false}})"
                    : R"({"status":201,"transfer":)" + transfer() + "}";
    }
    return HttpReply{207, "application/json", out + "]}", "r", {}};
  };
  line.answers = {Error{Code::no_reply, {}}, answers(0, 1000), answers(1000, 1)};
  const auto got = over(line).start_batch(orders);
  REQUIRE(got.size() == 1001);
  CHECK(got[0]->id == id());
  CHECK(got[3].failure().code == "denomination");
  CHECK(got[3].failure().status == 422);
  CHECK(got[3].failure().error.code == Code::denomination);
  CHECK(got[1000]);
  REQUIRE(line.seen.size() == 3);
  CHECK(line.seen[0].body == line.seen[1].body);
  CHECK(line.seen[0].target == "/v1/transfers:batch");
  CHECK(line.seen[2].body == R"({"orders":[{"idempotency_key":"k1000","order":{}}]})");
  // Small bodies, and a gateway that is away: what was not answered says so.
  line = {};
  line.answers = {answers(0, 1), problem(400, "malformed_text", false)};
  const auto three = over(line).start_batch(std::span(orders).first(3), 1);
  REQUIRE(three.size() == 3);
  CHECK(three[0]);
  CHECK(three[1].failure().code == "malformed_text");
  CHECK(three[2].failure().code == "malformed_text");
  line = {};
  line.answers = {answers(0, 1)};
  CHECK(over(line).start_batch(std::span(orders).first(2))[0].failure().kind == Failure::Kind::kReply);
}
