// Every role at every route, for what is the caller's own and for what is not: the whole table.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "gateway/api/handler.hpp"
#include "tests/unit/api/fake_service.hpp"

using namespace ustp;
using namespace ustp::gateway::api;

namespace {

constexpr const char* kOrder =
    R"({"instrument":"US0378331005","quantity":"10","originator":"a","beneficiary":"b","target_ledger":"eth-1"})";

struct Asked {
  int status = 0;
  std::string code, challenge;
};

struct Fixture {
  test::FakeService service;
  HandlerOptions options;
  Fixture() {
    options.run = [](std::function<void()> closure) { closure(); };
    options.now = [] { return Instant{1'000'000'000'000}; };
    options.requests_per_second = 0;
  }
  Asked ask(const RouteRow& row, const char* who, Role role, const char* method) {
    Handler handler(options, service, std::make_shared<Metrics>());
    Request request;
    request.method = method;
    request.target = row.pattern;
    if (const auto at = request.target.find("{id}"); at != std::string::npos)
      request.target.replace(at, 4, std::string(32, '1'));
    if (row.route == Route::kGetPositions) request.target += "?instrument=US0378331005";
    if (!row.accepts.empty()) {
      request.content_type = row.accepts;
      request.body = row.accepts != kJson ? "no frame"
                     : row.route == Route::kStartBatch
                         ? R"({"orders":[{"idempotency_key":"k","order":)" + std::string(kOrder) + "}]}"
                         : std::string(kOrder);
    }
    request.idempotency_key = "key-1";
    request.participant = ParticipantId::literal(who);
    request.role = role;
    std::optional<Response> got;
    const auto call = handler.handle(std::move(request), [&](Response response) { got = std::move(response); });
    REQUIRE(got);
    Asked out{got->status, {}, {}};
    if (got->status >= 400) out.code = nlohmann::json::parse(got->body)["code"];
    for (const auto& [name, value] : got->headers)
      if (name == "WWW-Authenticate") out.challenge = value;
    return out;
  }
};

// Least role, as gateway/api/README.md has it. Written down here a second time: the route table is what is tested.
Role needed(std::string_view operation) {
  if (operation == "applyStatement") return Role::kOperator;
  for (const std::string_view one : {"startTransfer", "startBatch", "checkTransfer", "cancelTransfer"})
    if (operation == one) return Role::kTrader;
  return Role::kReader;
}

}  // namespace

TEST_CASE("each role may at each route what is written down, whosever object it is; another's stays unseen (USTP-API-014)") {
  Fixture f;
  std::size_t asked = 0;
  for (const auto& row : kRouteTable)
    for (const auto role : {Role::kNone, Role::kReader, Role::kTrader, Role::kOperator})
      for (const char* who : {"alice", "bob"})
        for (const auto& method : {std::string(row.method), std::string("HEAD")}) {
          if (method == "HEAD" && row.method != "GET") continue;
          CAPTURE(row.name);
          CAPTURE(who);
          CAPTURE(static_cast<int>(role));
          const auto calls = f.service.calls();
          const auto got = f.ask(row, who, role, method.c_str());
          ++asked;
          if (role < needed(row.name)) {  // also where the object is another's: the answer tells nothing of it
            CHECK(got.status == 403);
            CHECK(got.code == "forbidden");
            CHECK(got.challenge == R"(Bearer realm="ustp", error="insufficient_scope")");
            CHECK(f.service.calls() == calls);
            continue;
          }
          const bool others = row.pattern.find("{id}") != std::string_view::npos && std::string_view(who) == "bob";
          if (row.route == Route::kApplyStatement) {
            CHECK(got.code == "frame_magic");  // past the role: what was handed in is no frame
          } else if (others) {
            CHECK(got.status == 404);
            CHECK(got.code == "not_found");
          } else {
            CHECK(got.status < 300);
          }
          CHECK(got.challenge.empty());
        }
  CHECK(asked >= (kRoutes - 1) * 8);
}
