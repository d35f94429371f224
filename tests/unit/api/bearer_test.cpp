// Tokens over real sockets: no certificate is needed, and nothing that TLS asks for is weakened.
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/test_token.hpp"
#include "tests/unit/api/api_fixture.hpp"

using namespace ustp;
using namespace ustp::test;
using ustp::testing::jwk_set;
using ustp::testing::TokenIssuer;

namespace {

struct BearerFixture : ApiFixture {
  TokenIssuer issuer;
  testing::CertificateFiles nobody = alice;
  std::atomic<std::int64_t> seconds{1'780'000'000};
  std::atomic<int> keys_read{0}, keys_refused{0};
  std::string jwks = (pki.folder() / "jwks.json").string();

  BearerFixture() {
    nobody.certificate.clear();
    write(jwk_set(issuer.jwk()));
    options.tokens = gateway::ApiTokens{jwks, {"https://id.example", "gw-1", Duration{}}};
    options.wall = [this] { return Instant{seconds * 1'000'000'000}; };
    options.keys_notice = [this](const Error* refused) { ++(refused ? keys_refused : keys_read); };
  }
  void write(const std::string& text) { std::ofstream(jwks, std::ios::trunc) << text; }
  std::string bearer(const std::string& who, const char* roles = R"(["reader"])", int lasts = 60) {
    return "Authorization: Bearer " + issuer.token(who, roles, seconds + lasts) + "\r\n";
  }
  std::unique_ptr<Client> stranger() { return std::make_unique<Client>(server->port(), &nobody); }
};
std::string code_of(const std::optional<Answer>& reply) {
  if (!reply) return "closed";
  return reply->status < 400 ? "answered" : nlohmann::json::parse(reply->body)["code"].get<std::string>();
}
// Until it holds, ten seconds at most.
template <class F>
bool soon(const F& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace

TEST_CASE("a token stands for a certificate: the participant's objects, by the role, request after request (USTP-API-013)") {
  BearerFixture f;
  f.start();
  const auto client = f.stranger();
  for (int i = 0; i < 3; ++i) CHECK(client->ask(get(kOne, f.bearer("alice")))->status == 200);
  CHECK(f.server->metrics().find("ustp_api_connections_accepted_total 1\n") != std::string::npos);
  const auto bob = f.stranger();
  CHECK(code_of(bob->ask(get(kOne, f.bearer("bob")))) == "not_found");
  auto order = post_order(kOrder);
  const auto with = [&](const std::string& fields) {
    auto out = order;
    return out.insert(out.find("\r\n") + 2, fields);
  };
  CHECK(code_of(client->ask(with(f.bearer("alice")))) == "forbidden");
  CHECK(client->ask(with(f.bearer("alice", R"(["trader"])")))->status == 201);
  CHECK(f.service.last_order().participant.str() == "alice");
  CHECK(code_of(f.stranger()->ask(get(kOne, f.bearer("mallory")))) == "unknown_participant");
}

TEST_CASE("without a token, or with one that is none: 401 with a challenge, and the connection ends (USTP-API-013)") {
  BearerFixture f;
  f.start();
  const std::pair<std::string, std::string> cases[] = {
      {"", "unauthenticated"},
      {"Authorization: Basic YTpi\r\n", "unauthenticated"},
      {"Authorization: Bearer abc\r\n", "token_form"},
      {"Authorization: Bearer " + f.issuer.sign(R"({"alg":"none"})", "{}") + "\r\n", "token_algorithm"},
      {f.bearer("alice", "[]", 0), "token_expired"},
  };
  for (const auto& [field, code] : cases) {
    CAPTURE(code);
    const auto client = f.stranger();
    const auto reply = client->ask(get(kOne, field));
    REQUIRE(reply);
    CHECK(reply->status == 401);
    CHECK(code_of(reply) == code);
    const std::string said = code == "unauthenticated" ? "" : ", error=\"invalid_token\", error_description=\"" + code + "\"";
    CHECK(reply->headers.at("www-authenticate") == "Bearer realm=\"ustp\"" + said);
    CHECK(client->closed());
  }
  CHECK(code_of(f.stranger()->ask(get(kOne, f.bearer("alice") + f.bearer("alice")))) == "duplicate_field");
  CHECK(f.service.calls() == 0);
}

TEST_CASE("a certificate is still taken, must agree with the token beside it, and another CA's lets nobody in (USTP-API-001)") {
  BearerFixture f;
  f.start();
  CHECK(f.client()->ask(get(kOne))->status == 200);
  CHECK(f.client()->ask(get(kOne, f.bearer("alice")))->status == 200);
  CHECK(code_of(f.client()->ask(get(kOne, f.bearer("bob")))) == "tls_identity_mismatch");
  const testing::TestPki other;
  auto foreign = other.participant("alice");
  foreign.ca = f.pki.ca();
  Client stranger(f.server->port(), &foreign);
  CHECK_FALSE(stranger.ask(get(kOne, f.bearer("alice"))));
  Client old(f.server->port(), &f.nobody, TLS1_2_VERSION);
  CHECK_FALSE(old.connected());
}

TEST_CASE("a stream of events ends when its token does") {
  BearerFixture f;
  f.options.times.heartbeat = Duration::milliseconds(20);
  f.start();
  const auto client = f.stranger();
  CHECK(client->send(get("/v1/events", "Accept: text/event-stream\r\n" + f.bearer("alice"))));
  CHECK_FALSE(client->some().empty());
  f.seconds += 61;
  CHECK(soon([&] { return client->some().empty(); }));
}

TEST_CASE("keys are rolled while the server runs; a file that cannot be used is told and changes nothing") {
  BearerFixture f;
  f.start();
  const TokenIssuer next("key-2");
  const auto new_field = "Authorization: Bearer " + next.token("alice", R"(["reader"])", f.seconds + 60) + "\r\n";
  CHECK(code_of(f.stranger()->ask(get(kOne, new_field))) == "token_key");
  f.write(jwk_set(f.issuer.jwk() + "," + next.jwk()));
  CHECK(soon([&] { return f.keys_read == 1; }));
  CHECK(f.stranger()->ask(get(kOne, new_field))->status == 200);
  f.write("{");
  CHECK(soon([&] { return f.keys_refused == 1; }));
  CHECK(f.server->metrics().find("ustp_api_token_keys_refused_total 1\n") != std::string::npos);
  const auto client = f.stranger();
  CHECK(client->ask(get(kOne, f.bearer("alice")))->status == 200);
  f.write(jwk_set(next.jwk()));
  CHECK(soon([&] { return f.keys_read == 2; }));
  CHECK(code_of(client->ask(get(kOne, f.bearer("alice")))) == "token_key");  // on the connection that stands, too
}

TEST_CASE("connections of one participant are counted by token too; who says nothing gives its place (USTP-API-005)") {
  BearerFixture f;
  f.options.limits.connections = 3;
  f.options.limits.connections_per_participant = 2;
  f.start();
  const auto silent = f.stranger();
  const auto first = f.stranger(), second = f.stranger();
  CHECK(first->ask(get(kOne, f.bearer("alice")))->status == 200);
  CHECK(second->ask(get(kOne, f.bearer("alice")))->status == 200);
  const auto third = f.stranger();  // takes the place of the silent one
  CHECK(code_of(third->ask(get(kOne, f.bearer("alice")))) == "overloaded");
  CHECK(silent->closed());
  CHECK(first->ask(get(kOne, f.bearer("alice")))->status == 200);
}
