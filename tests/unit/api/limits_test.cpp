// Every bound of a connection, and the end of the server while requests wait.
#include <nlohmann/json.hpp>
#include <thread>

#include <chrono>
#include "tests/unit/api/api_fixture.hpp"

using namespace ustp;
using namespace ustp::test;

namespace {

std::string code_of(const std::optional<Answer>& reply) {
  if (!reply) return "closed";
  return reply->status < 400 ? "answered" : nlohmann::json::parse(reply->body)["code"].get<std::string>();
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /v1/transfers HTTP/1.1\r\nHost: gw\r\n" + fields + "\r\n" + body;
}

}  // namespace

TEST_CASE("what breaks a bound or the form of HTTP is refused with its code, and the connection ends (USTP-API-005)") {
  ApiFixture f;
  f.options.limits.body_octets = 1000;
  f.start();
  std::string fields;
  for (int i = 0; i < 70; ++i) fields += "X-" + std::to_string(i) + ": 1\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {get(kOne, "X-Long: " + std::string(9000, 'x') + "\r\n"), "header_too_large"},
      {get(kOne, fields), "header_too_large"},
      {post("Content-Length: 1001\r\n", ""), "body_too_large"},
      {post("Transfer-Encoding: chunked\r\n", "3e9\r\n" + std::string(1001, 'x')), "body_too_large"},
      {post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), "malformed_text"},
      {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "malformed_text"},
      {"GET " + kOne + " HTTP/1.1\r\n\r\n", "malformed_text"},
      {get(kOne, "Host: other\r\n"), "malformed_text"},
      {get(kOne, "Expect: miracles\r\n"), "malformed_text"},
      {get(kOne, "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), "duplicate_field"},
      {"GET\r\n\r\n", "malformed_text"},
      {"\x16\x03\x01nonsense\r\n\r\n", "malformed_text"},
  };
  for (const auto& [octets, wanted] : cases) {
    CAPTURE(octets.substr(0, 120));
    const auto client = f.client();
    const auto reply = client->ask(octets);
    CHECK(code_of(reply) == wanted);
    if (reply) CHECK(reply->headers.at("connection") == "close");
    CHECK(client->closed());
  }
  CHECK(f.service.calls() == 0);
}

TEST_CASE("a body that is refused for its content leaves the connection as it is") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  const std::string deep = R"({"lots":)" + std::string(20, '[') + std::string(20, ']') + "}";
  CHECK(code_of(client->ask(post_order(deep))) == "nesting_too_deep");
  CHECK(code_of(client->ask(post_order(R"({"quantity":"1","quantity":"2"})"))) == "duplicate_field");
  CHECK(client->ask(post_order(kOrder))->status == 201);
}

TEST_CASE("a header or a body that comes too slowly is answered 408; an idle connection just ends") {
  ApiFixture f;
  f.options.times.header = f.options.times.body = f.options.times.idle = Duration::milliseconds(200);
  f.start();
  const auto slow_header = f.client();
  CHECK(slow_header->send("GET /v1/transfers HTTP/1.1\r\nHost:"));
  CHECK(code_of(slow_header->receive()) == "timeout");
  CHECK(slow_header->closed());
  const auto slow_body = f.client();
  CHECK(slow_body->send(post("Content-Length: 100\r\n", "{")));
  CHECK(code_of(slow_body->receive()) == "timeout");
  CHECK(slow_body->closed());
  CHECK(f.client()->closed());
}

TEST_CASE("a handshake that does not come ends the connection") {
  ApiFixture f;
  f.options.times.handshake = Duration::milliseconds(200);
  f.start();
  Client silent(f.server->port(), nullptr);
  CHECK(silent.closed());
}

TEST_CASE("an engine that does not answer in time: 504, and the connection lives on") {
  ApiFixture f;
  f.options.times.reply = Duration::milliseconds(200);
  f.service.hold(true);
  f.start();
  const auto client = f.client();
  const auto late = client->ask(post_order(kOrder));
  REQUIRE(late);
  CHECK(late->status == 504);
  CHECK(code_of(late) == "no_reply");
  f.service.release();
  CHECK(client->ask(post_order(kOrder))->status == 201);
}

TEST_CASE("a full engine and a participant above its rate are told 429 with Retry-After") {
  ApiFixture f;
  f.options.limits.requests_per_second = 2;
  f.service.transfer = Error{Code::overloaded, "open transfers"};
  f.start();
  const auto client = f.client();
  const auto full = client->ask(post_order(kOrder));
  CHECK(full->status == 429);
  CHECK(full->headers.at("retry-after") == "1");
  CHECK(code_of(full) == "overloaded");
  std::string codes;
  for (int i = 0; i < 3; ++i) codes += code_of(client->ask(get("/none"))) + " ";
  CHECK(codes.find("rate_limited") != std::string::npos);
}

TEST_CASE("connections are bounded, in all and for one participant") {
  ApiFixture f;
  f.options.limits.connections = 3;
  f.options.limits.connections_per_participant = 2;
  f.start();
  const auto one = f.client(), two = f.client();
  CHECK(one->ask(get(kOne))->status == 200);
  CHECK(two->ask(get(kOne))->status == 200);
  CHECK_FALSE(f.client()->ask(get(kOne)));
  const auto bob = f.pki.participant("bob");
  Client other(f.server->port(), &bob);
  CHECK(other.ask(get(kOne))->status == 404);
  CHECK_FALSE(Client(f.server->port(), &bob).ask(get(kOne)));
}

TEST_CASE("half-open connections keep no client out: the oldest gives its place away (USTP-API-005)") {
  ApiFixture f;
  f.options.limits.connections = 3;
  f.start();
  const auto known = f.client();
  CHECK(known->ask(get(kOne))->status == 200);
  Client one(f.server->port(), nullptr), two(f.server->port(), nullptr);  // TCP alone
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (f.server->metrics().find("ustp_api_connections 3\n") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::yield();
  }
  const auto client = f.client();
  const auto answer = client->ask(get(kOne));
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(one.closed());
  CHECK(known->ask(get(kOne))->status == 200);  // who has shown a certificate stays
  const auto last = f.client();
  REQUIRE(last->ask(get(kOne)));
  CHECK(two.closed());
  CHECK_FALSE(f.client()->ask(get(kOne)));  // all three are clients now
}

TEST_CASE("a client that leaves while its request waits disturbs nobody") {
  ApiFixture f;
  f.service.hold(true);
  f.start();
  {
    const auto gone = f.client();
    CHECK(gone->send(post_order(kOrder)));
    CHECK(f.service.wait_calls(1));
  }
  f.service.release();
  CHECK(f.client()->ask(get(kOne))->status == 200);
}

TEST_CASE("stop while requests wait: all are answered 503, the connections end, late replies do no harm") {
  ApiFixture f;
  f.service.hold(true);
  f.start();
  const auto waiting = f.client(), idle = f.client();
  CHECK(waiting->send(get(kOne) + get(kOne)));
  CHECK(f.service.wait_calls(2));
  std::thread stopper([&] { f.server->stop(); });
  const auto first = waiting->receive(), second = waiting->receive();
  CHECK(code_of(first) == "stopping");
  CHECK(code_of(second) == "stopping");
  CHECK(waiting->closed());
  CHECK(idle->closed());
  stopper.join();
  f.server.reset();
  f.service.release();
}
