// Who gets in, and what one connection carries: real sockets, real TLS.
#include <nlohmann/json.hpp>

#include "tests/unit/api/api_fixture.hpp"

using namespace ustp;
using namespace ustp::test;

namespace {
std::string code_of(const std::optional<Answer>& reply) {
  if (!reply) return "closed";
  return reply->status < 400 ? "answered" : nlohmann::json::parse(reply->body)["code"].get<std::string>();
}
}  // namespace

TEST_CASE("without a client certificate, with another CA's, with TLS 1.2: nothing is answered (USTP-API-001)") {
  ApiFixture f;
  f.start();
  auto none = f.alice;
  none.certificate.clear();
  Client anonymous(f.server->port(), &none);
  CHECK_FALSE(anonymous.ask(get(kOne)));
  const testing::TestPki other;
  auto foreign = other.participant("alice");
  foreign.ca = f.pki.ca();
  Client stranger(f.server->port(), &foreign);
  CHECK_FALSE(stranger.ask(get(kOne)));
  Client old(f.server->port(), &f.alice, TLS1_2_VERSION);
  CHECK_FALSE(old.connected());
  Client plain(f.server->port(), nullptr);
  CHECK_FALSE(plain.ask(get(kOne)));
  CHECK(f.service.calls() == 0);
  CHECK(f.server->metrics().find("ustp_api_handshakes_failed_total 4") != std::string::npos);
}

TEST_CASE("a certificate of no participant, or of one that is not admitted, is refused with the reason") {
  ApiFixture f;
  f.start();
  const auto gateway = f.pki.gateway("gw-2"), mallory = f.pki.participant("mallory");
  for (const auto* files : {&gateway, &mallory}) {
    Client client(f.server->port(), files);
    const auto reply = client.ask(get(kOne));
    REQUIRE(reply);
    CHECK(reply->status == 403);
    CHECK(code_of(reply) == "unknown_participant");
    CHECK(reply->headers.at("connection") == "close");
    CHECK(client.closed());
  }
  CHECK(f.service.calls() == 0);
}

TEST_CASE("who is no longer admitted is refused on the connection that stands") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  CHECK(client->ask(get(kOne))->status == 200);
  f.admit = false;
  CHECK(code_of(client->ask(get(kOne))) == "unknown_participant");
  CHECK(client->closed());
}

TEST_CASE("a connection is kept and used again; an order is answered 201 with its Location") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client->ask(post_order(kOrder));
    REQUIRE(reply);
    CHECK(reply->status == 201);
    CHECK(reply->headers.at("location") == "/v1/transfers/" + std::string(32, '1'));
    CHECK(reply->headers.at("content-type") == "application/json");
    CHECK(reply->headers.count("date") == 1);
    CHECK_FALSE(reply->headers.at("x-request-id").empty());
  }
  CHECK(f.service.last_order().participant.str() == "alice");
  CHECK(f.server->metrics().find("ustp_api_connections_accepted_total 1\n") != std::string::npos);
  const auto last = client->ask(get(kOne, "Connection: close\r\n"));
  CHECK(last->headers.at("connection") == "close");
  CHECK(client->closed());
}

TEST_CASE("pipelined requests reach the engine side by side and are answered in their order (USTP-API-006)") {
  ApiFixture f;
  f.service.hold(true);
  f.start();
  const auto client = f.client();
  CHECK(client->send(get(kOne, "X-Request-Id: r0\r\n") + get("/none", "X-Request-Id: r1\r\n") +
                     get(kOne, "X-Request-Id: r2\r\n")));
  CHECK(f.service.wait_calls(2));  // the third is asked while the first waits
  f.service.release();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client->receive();
    REQUIRE(reply);
    CHECK(reply->headers.at("x-request-id") == "r" + std::to_string(i));
    CHECK(reply->status == (i == 1 ? 404 : 200));
  }
}

TEST_CASE("more pipelined requests than the bound are all answered, so many at a time") {
  ApiFixture f;
  f.options.limits.pipeline = 4;
  f.start();
  const auto client = f.client();
  std::string many;
  for (int i = 0; i < 50; ++i) many += get(kOne, "X-Request-Id: r" + std::to_string(i) + "\r\n");
  CHECK(client->send(many));
  for (int i = 0; i < 50; ++i) {
    const auto reply = client->receive();
    REQUIRE(reply);
    CHECK(reply->headers.at("x-request-id") == "r" + std::to_string(i));
  }
}

TEST_CASE("HEAD has the header of GET and no body; OPTIONS and a wrong method name what is allowed") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  CHECK(client->send("HEAD " + kOne + " HTTP/1.1\r\nHost: gw\r\n\r\n"));
  const auto head = client->receive(true);
  CHECK(head->status == 200);
  CHECK(std::stoul(head->headers.at("content-length")) > 100);
  CHECK(client->ask("OPTIONS /v1/transfers HTTP/1.1\r\nHost: gw\r\n\r\n")->headers.at("allow") == "POST, GET, HEAD, OPTIONS");
  const auto wrong = client->ask("PUT /v1/instruments HTTP/1.1\r\nHost: gw\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(wrong->status == 405);
  CHECK(wrong->headers.at("allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("Expect: 100-continue is answered before the body is sent; chunked bodies are read") {
  ApiFixture f;
  f.start();
  const auto client = f.client();
  const std::string body = kOrder;
  CHECK(client->send("POST /v1/transfers HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nIdempotency-Key: k\r\n"
                     "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"));
  CHECK(client->receive()->status == 100);
  CHECK(client->ask(body)->status == 201);
  char size[16];
  std::snprintf(size, sizeof size, "%zx", body.size());
  CHECK(client->ask("POST /v1/transfers HTTP/1.1\r\nHost: gw\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n")->status == 201);
}

TEST_CASE("the operator's port: health and metrics on loopback, and nowhere else (USTP-API-008)") {
  FakeService service;
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:9000", "localhost:0", "127.0.0.1", "127.0.0.1:65536"}) {
    CAPTURE(listen);
    const auto refused = gateway::make_admin_server({listen, {}}, service);
    CHECK_FALSE(refused);
    CHECK((refused ? Code::internal : refused.error().code) == Code::config_invalid);
  }
  auto admin = gateway::make_admin_server({"127.0.0.1:0", [] { return std::string("ustp_api_connections 0\n"); }}, service);
  REQUIRE(admin);
  REQUIRE((*admin)->start());
  const auto ask = [&](const std::string& request) {
    Client client((*admin)->port(), nullptr);
    return client.ask(request).value_or(Answer{});
  };
  CHECK(ask(get("/health/started")).status == 200);
  CHECK(ask(get("/health/live")).status == 200);
  const auto ready = ask(get("/health/ready"));
  CHECK(ready.status == 503);
  CHECK(nlohmann::json::parse(ready.body)["failing"][0] == "ledger csd-1 does not answer");
  const auto metrics = ask(get("/metrics"));
  CHECK(metrics.body == "ustp_engine_up 1\nustp_api_connections 0\n");
  CHECK(ask(get("/v1/transfers")).status == 404);
  CHECK(ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status == 405);
}
