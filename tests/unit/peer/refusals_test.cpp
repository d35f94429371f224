// Everything that must not become a link, or must end one. gw-b listens; the client claims to be gw-a.
#include <doctest/doctest.h>

#include "tests/unit/peer/harness.hpp"
#include "tests/unit/peer/raw_client.hpp"

using namespace ustp;
using namespace ustp::gateway;
using test::Node;
using test::TestPki;
using testing::RawClient;

namespace {

constexpr std::uint8_t kText = 1, kBinary = 2, kPing = 9;
constexpr const char* kSwitching = "HTTP/1.1 101 Switching Protocols";

// gw-b, which expects gw-a.
struct Server {
  explicit Server(PeerLimits limits = {}) : node(pki, "gw-b"), client_files(pki.gateway("gw-a")) {
    limits.accepts_per_second = 10'000;
    node.options.limits = limits;
    REQUIRE(node.start());
    node.network->set_peers({{GatewayId::literal("gw-a"), "wss://127.0.0.1:1"}});
  }
  std::uint16_t port() const { return node.stats->port; }
  TestPki pki;
  Node node;
  testing::CertificateFiles client_files;
};

struct Linked : Server {
  explicit Linked(PeerLimits limits = {}) : Server(limits), client(port()) {
    REQUIRE(client.tls(client_files));
    REQUIRE(client.upgrade() == kSwitching);
    REQUIRE(node.wait_up());
  }
  RawClient client;
};

}  // namespace

TEST_CASE("the right certificate, path and sub-protocol make a link; a ping is answered") {
  Linked linked;
  CHECK(linked.node.up_peer == GatewayId::literal("gw-a"));
  CHECK(linked.client.frame(kPing, "x"));
  CHECK(linked.client.read_some() == std::string("\x8a\x01x"));
  CHECK(linked.client.frame(kBinary, "hello"));
  CHECK(linked.node.wait([&] { return linked.node.frames.size() == 1; }));
}

TEST_CASE("no client certificate, another CA, an expired one, a server's one: refused by TLS (USTP-TLS-002)") {
  Server server;
  const TestPki stranger;
  const auto refused = [&](const testing::RawWish& wish) {
    const auto before = server.node.stats->ended(PeerEnding::kTls);
    RawClient client(server.port());
    if (client.tls(wish)) CHECK(client.upgrade().empty());
    CHECK(server.node.wait_ended(PeerEnding::kTls, before + 1));
  };
  refused({});
  const auto foreign = stranger.gateway("gw-a");
  refused({foreign.ca, foreign.certificate, foreign.key});
  const auto expired = server.pki.issue("expired", {{"urn:ustp:gateway:gw-a"}, -7000, -10});
  refused({expired.ca, expired.certificate, expired.key});
  const auto other_role = server.pki.issue("server", {{"urn:ustp:gateway:gw-a"}, -10, 1000, true, false});
  refused({other_role.ca, other_role.certificate, other_role.key});
  CHECK(server.node.link() == 0);
}

TEST_CASE("TLS 1.2 is refused (USTP-TLS-001)") {
  Server server;
  RawClient client(server.port());
  CHECK_FALSE(client.tls({server.client_files.ca, server.client_files.certificate, server.client_files.key, TLS1_2_VERSION}));
  CHECK(server.node.wait_ended(PeerEnding::kTls));
}

TEST_CASE("the right CA but no gateway, two gateways, one not among the peers, or one that must be called by us (USTP-PEER-003, USTP-PEER-005)") {
  Server server;
  const auto refused = [&](const testing::CertificateFiles& files, PeerEnding why) {
    const auto before = server.node.stats->ended(why);
    RawClient client(server.port());
    if (client.tls(files)) CHECK(client.upgrade().empty());
    CHECK(server.node.wait_ended(why, before + 1));
  };
  refused(server.pki.participant("bank"), PeerEnding::kIdentity);
  refused(server.pki.issue("two", {{"urn:ustp:gateway:gw-a", "urn:ustp:gateway:gw-0"}}), PeerEnding::kIdentity);
  refused(server.pki.gateway("gw-0"), PeerEnding::kUnknownPeer);
  server.node.network->set_peers({{GatewayId::literal("gw-a"), "wss://127.0.0.1:1"}, {GatewayId::literal("gw-c"), "none"}});
  refused(server.pki.gateway("gw-c"), PeerEnding::kWrongDirection);
  CHECK(server.node.link() == 0);
  CHECK(server.node.stats->links_opened == 0);
}

TEST_CASE("the server that answers must be the gateway that was meant (USTP-PEER-002)") {
  const TestPki pki;
  Node a(pki, "gw-a"), c(pki, "gw-c");
  REQUIRE(a.start());
  REQUIRE(c.start());
  c.knows({&a});
  a.network->set_peers({{GatewayId::literal("gw-b"), c.address()}});  // c answers where b should
  CHECK(a.wait_ended(PeerEnding::kIdentity, 2));
  CHECK(a.link() == 0);
}

TEST_CASE("another path, another sub-protocol or none, or no WebSocket: no upgrade (USTP-PEER-001)") {
  Server server;
  const auto answer = [&](const std::string& path, const std::string& sub_protocol) {
    RawClient client(server.port());
    REQUIRE(client.tls(server.client_files));
    return client.upgrade(path, sub_protocol);
  };
  CHECK(answer("/", "ustp.v1") == "HTTP/1.1 404 Not Found");
  CHECK(answer("/ustp/v1", "ustp.v2") == "HTTP/1.1 400 Bad Request");
  CHECK(answer("/ustp/v1", "") == "HTTP/1.1 400 Bad Request");
  CHECK(answer("/ustp/v1", "ustp.v0, ustp.v1") == kSwitching);
  RawClient client(server.port());
  REQUIRE(client.tls(server.client_files));
  CHECK(client.write("GET /ustp/v1 HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"));
  CHECK(server.node.wait_ended(PeerEnding::kUpgrade, 4));
  CHECK(client.ended());
}

TEST_CASE("a frame beyond the limit ends the link before it is read (USTP-PEER-004)") {
  PeerLimits limits;
  limits.frame_octets = 1000;
  Linked linked(limits);
  CHECK(linked.client.frame(kBinary, std::string(1000, 'x')));
  CHECK(linked.node.wait([&] { return linked.node.frames.size() == 1; }));
  (void)linked.client.frame(kBinary, std::string(1001, 'x'));
  CHECK(linked.node.wait_ended(PeerEnding::kFrameTooLarge));
  CHECK(linked.client.ended());
  CHECK(linked.node.frames.size() == 1);
}

TEST_CASE("fragments count together against the limit") {
  PeerLimits limits;
  limits.frame_octets = 1000;
  Linked linked(limits);
  CHECK(linked.client.frame(kBinary, std::string(600, 'x'), false));
  (void)linked.client.frame(0, std::string(600, 'x'));
  CHECK(linked.node.wait_ended(PeerEnding::kFrameTooLarge));
}

TEST_CASE("a text frame, an unmasked one and an unknown opcode end the link") {
  {
    Linked linked;
    CHECK(linked.client.frame(kText, "hello"));
    CHECK(linked.node.wait_ended(PeerEnding::kNotBinary));
    CHECK(linked.node.frames.empty());
  }
  {
    Linked linked;
    CHECK(linked.client.frame(kBinary, "hello", true, false));
    CHECK(linked.node.wait_ended(PeerEnding::kMalformed));
  }
  Linked linked;
  CHECK(linked.client.frame(5, "hello"));
  CHECK(linked.node.wait_ended(PeerEnding::kMalformed));
  CHECK(linked.client.ended());
}

TEST_CASE("a handshake that is not done in time ends, at TCP, at TLS and at the upgrade") {
  PeerLimits limits;
  limits.handshake = Duration::milliseconds(300);
  Server server(limits);
  RawClient silent(server.port()), half(server.port());
  REQUIRE(half.tls(server.client_files));
  CHECK(half.write("GET /ustp/v1 HTTP/1.1\r\nHost: x\r\n"));
  CHECK(server.node.wait_ended(PeerEnding::kHandshakeTimeout, 2));
  CHECK(silent.ended());
  CHECK(half.ended());
}

TEST_CASE("half-open sockets are bounded and keep nobody out: the oldest gives its place away (USTP-PEER-008)") {
  PeerLimits limits;
  limits.handshakes = 3;
  limits.handshake = Duration::milliseconds(1500);
  Server server(limits);
  RawClient one(server.port()), two(server.port()), three(server.port());
  REQUIRE(server.node.wait([&] { return server.node.stats->accepted == 3; }));
  RawClient four(server.port());
  CHECK(one.ended());
  CHECK(server.node.stats->ended(PeerEnding::kTooMany) == 1);
  REQUIRE(four.tls(server.client_files));
  CHECK(four.upgrade() == kSwitching);
  CHECK(server.node.wait_ended(PeerEnding::kHandshakeTimeout, 2));
  CHECK(server.node.stats->ended(PeerEnding::kTooMany) == 1);
}

TEST_CASE("a silent link ends after the idle time; one that answers pings stays") {
  PeerLimits limits;
  limits.idle = Duration::milliseconds(400);
  Linked linked(limits);  // the raw client never answers a ping
  CHECK(linked.node.wait_ended(PeerEnding::kIdle));

  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  a.options.limits.idle = b.options.limits.idle = Duration::milliseconds(200);
  REQUIRE(a.start());
  REQUIRE(b.start());
  a.knows({&b});
  b.knows({&a});
  REQUIRE(a.wait_up());
  REQUIRE(b.wait_up());
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(900);
  CHECK_FALSE(a.wait([&] { return a.up == 0 || std::chrono::steady_clock::now() > until ? a.up == 0 : false; },
                     std::chrono::seconds(1)));
}

TEST_CASE("a client that vanishes without a word takes its link down") {
  Server server;
  {
    RawClient client(server.port());
    REQUIRE(client.tls(server.client_files));
    REQUIRE(client.upgrade() == kSwitching);
    REQUIRE(server.node.wait_up());
  }
  CHECK(server.node.wait([&] { return server.node.up == 0; }));
}

TEST_CASE("frames faster than the limit wait and none is lost") {
  PeerLimits limits;
  limits.frames_per_second = 200;
  Linked linked(limits);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 300; ++i) REQUIRE(linked.client.frame(kBinary, std::to_string(i)));
  REQUIRE(linked.node.wait([&] { return linked.node.frames.size() == 300; }));
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(450));
  CHECK(as_text(linked.node.frames[299]) == "299");
}
