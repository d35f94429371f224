// GET /v1/events over real sockets: pages, pages that wait, streams.
#include <nlohmann/json.hpp>

#include "tests/unit/api/api_fixture.hpp"

using namespace ustp;
using namespace ustp::test;
using nlohmann::json;

namespace {

json page(Client& client, const std::string& query = {}) {
  const auto reply = client.ask(get("/v1/events" + query));
  REQUIRE(reply);
  return json::parse(reply->body);
}
std::string problem(Client& client, const std::string& query, const std::string& fields = {}) {
  const auto reply = client.ask(get("/v1/events" + query, fields));
  REQUIRE(reply);
  if (reply->status < 400) return "none";
  const auto body = json::parse(reply->body);
  return body["code"].get<std::string>() + " " + body.value("parameter", body.value("header", ""));
}
const std::string kStream = "Accept: text/event-stream\r\n";

// Reads a stream until `until` stands in it.
struct Stream {
  explicit Stream(std::unique_ptr<Client> from, const std::string& fields = {}) : client(std::move(from)) {
    CHECK(client->send(get("/v1/events", kStream + fields)));
    const auto head = client->receive();
    REQUIRE(head);
    CHECK(head->status == 200);
    CHECK(head->headers.at("content-type") == "text/event-stream");
    CHECK(head->headers.at("cache-control") == "no-store");
    CHECK(head->headers.at("connection") == "close");
    CHECK(head->headers.count("content-length") == 0);
  }
  bool read(const std::string& until) {
    while (text.find(until) == std::string::npos) {
      const auto some = client->some();
      if (some.empty()) return false;
      text += some;
    }
    return true;
  }
  std::unique_ptr<Client> client;
  std::string text;
};

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds())
    if (std::chrono::steady_clock::now() > until) return false;
    else std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return true;
}

}  // namespace

TEST_CASE("events come in pages, each with the cursor to go on behind it (USTP-API-009)") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  for (const char* state : {"proposed", "commenced", "locking"}) f.service.happen(state);
  f.service.happen("proposed", "bob");
  const auto first = page(*client, "?limit=2");
  REQUIRE(first["events"].size() == 2);
  const auto& event = first["events"][0];
  CHECK(event["type"] == "transfer.state");
  CHECK(event["sequence"] == 1);
  CHECK(event["transfer"] == std::string(32, '1'));
  CHECK(event["role"] == "sender");
  CHECK(event["state"] == "proposed");
  CHECK(event["status"] == "open");
  CHECK(event["waiting_on"] == "peer");
  CHECK(event["reason"].is_null());
  CHECK(event["at"] == "2026-05-28T20:26:40Z");
  CHECK(first["more"] == true);
  CHECK(first["next"] == first["events"][1]["cursor"]);
  const auto second = page(*client, "?after=" + first["next"].get<std::string>());
  REQUIRE(second["events"].size() == 1);
  CHECK(second["events"][0]["sequence"] == 3);
  CHECK(second["more"] == false);
  CHECK(page(*client, "?after=" + second["next"].get<std::string>())["events"].empty());
  CHECK(second["next"] != second["events"][0]["cursor"]);  // bob's was passed over and is not looked at again
}

TEST_CASE("what is wrong with a question for events is said with its place") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  CHECK(problem(*client, "?limit=0") == "out_of_range limit");
  CHECK(problem(*client, "?limit=1001") == "out_of_range limit");
  CHECK(problem(*client, "?wait=31") == "out_of_range wait");
  CHECK(problem(*client, "?after=x") == "malformed_text after");
  CHECK(problem(*client, "?after=AQ") == "malformed_text after");
  CHECK(problem(*client, "?from=1") == "unknown_field from");
  CHECK(problem(*client, "", "Last-Event-ID: ?\r\n") == "malformed_text Last-Event-ID");
  CHECK(problem(*client, "?limit=5", kStream) == "unknown_field limit");
  CHECK(problem(*client, "", "Accept: text/html\r\n") == "not_acceptable Accept");
}

TEST_CASE("a cursor that is too old, or from the future, is answered 410 with where to start again (USTP-API-010)") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  for (int i = 0; i < 5; ++i) f.service.happen();
  const auto old = page(*client, "?limit=2")["next"].get<std::string>();
  const auto newest = page(*client)["next"].get<std::string>();
  f.service.forget_events_before(5);
  for (const auto& fields : {std::string(), kStream}) {
    const auto reply = client->ask(get("/v1/events?after=" + old, fields));
    CHECK(reply->status == 410);
    const auto body = json::parse(reply->body);
    CHECK(body["code"] == "cursor_expired");
    CHECK(page(*client, "?after=" + body["restart_after"].get<std::string>())["events"].size() == 1);
  }
  ApiFixture younger;
  younger.start();
  CHECK(problem(*younger.client(), "?after=" + newest).starts_with("cursor_ahead"));
}

TEST_CASE("a page that waits is answered by the next event, or empty when the time is over, beyond what a reply may take") {
  ApiFixture f;
  f.options.times.reply = Duration::milliseconds(50);
  f.start();
  const auto client = f.client();
  CHECK(client->send(get("/v1/events?wait=5")));
  CHECK(eventually([&] { return f.service.waiting() == 1; }));
  CHECK(f.service.last_query().wait == Duration::seconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));  // longer than a reply may take without the wait
  f.service.happen("locking", "bob");
  CHECK(f.service.waiting() == 1);
  f.service.happen("locking");
  const auto reply = client->receive();
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(json::parse(reply->body)["events"][0]["state"] == "locking");
}

TEST_CASE("a stream begins behind Last-Event-ID and gives each event once, with its cursor as id") {
  ApiFixture f;
  f.start();
  f.service.happen("proposed");
  f.service.happen("commenced");
  const auto first = page(*f.client(), "?limit=1")["next"].get<std::string>();
  Stream stream(f.client(), "Last-Event-ID: " + first + "\r\n");
  CHECK(stream.read("commenced"));
  f.service.happen("locking");
  CHECK(stream.read("locking"));
  CHECK(stream.text.starts_with("retry: 1000\n\nid: "));
  CHECK(stream.text.find("proposed") == std::string::npos);
  CHECK(stream.text.find("event: transfer.state\ndata: {\"cursor\":") != std::string::npos);
  f.service.forget_events_before(5);
  f.service.happen("no longer kept");  // 4
  f.service.happen("kept");
  CHECK(stream.read("cursor_expired"));
  CHECK(stream.client->closed());
}

TEST_CASE("a silent stream shows that it lives; one whose client has gone gives its seat back") {
  ApiFixture f;
  f.options.limits.events_each = 2;
  f.options.times.heartbeat = Duration::milliseconds(20);
  f.start();
  f.service.happen("proposed");
  {
    Stream one(f.client()), two(f.client());
    CHECK(one.read("proposed"));
    CHECK(eventually([&] { return f.service.waiting() == 2; }));
    CHECK(problem(*f.client(), "") == "overloaded ");
    CHECK(problem(*f.client(), "", kStream) == "overloaded ");
  }
  CHECK(eventually([&] { return f.service.waiting() == 0; }));
  CHECK(problem(*f.client(), "") == "none");
}

TEST_CASE("a client that does not read its stream is cut off, and no more than a piece was kept for it (USTP-API-011)") {
  ApiFixture f;
  f.options.times.write = Duration::milliseconds(200);
  f.start();
  Stream lazy(f.client());
  const auto cut_off = [&] { return f.server->metrics().find("ustp_api_connections 0\n") != std::string::npos; };
  std::size_t pieces = 0;
  CHECK(eventually([&] {
    if (f.service.waiting() == 0) return cut_off();
    ++pieces;  // it asked for more: what it had has left
    f.service.happen(std::string(4000, 'x'));
    return false;
  }));
  CHECK(pieces > 1);
  CHECK(f.service.waiting() == 0);
}

TEST_CASE("a stream ends when its participant is no longer admitted, and when the gateway stops") {
  ApiFixture f;
  f.start();
  f.service.happen("proposed");
  Stream out(f.client()), stopped(f.client());
  CHECK(out.read("proposed"));
  CHECK(stopped.read("proposed"));
  CHECK(eventually([&] { return f.service.waiting() == 2; }));
  f.admit = false;
  f.service.happen("commenced");
  (void)out.read("nothing of the kind");
  CHECK(out.client->closed());
  f.admit = true;
  Stream third(f.client());
  f.server->stop();
  (void)third.read("nothing of the kind");
  CHECK(third.client->closed());
}
