// The JSON binding's link: both ask, each request is answered when the sink says so.
#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "tests/unit/peer/harness.hpp"
#include "tests/unit/peer/raw_client.hpp"

using namespace ustp;
using namespace ustp::gateway;
using gateway::test::Node;
using gateway::test::TestPki;

namespace {

std::shared_ptr<const Bytes> said(Exchange kind, std::string_view body, std::uint8_t answer = 0) {
  auto out = std::make_shared<Bytes>(1, static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | answer));
  out->insert(out->end(), body.begin(), body.end());
  return out;
}
void know(Node& a, Node& b) {
  for (const bool reachable : {false, true})  // each knows the other before anybody connects
    for (auto [one, other] : {std::pair{&a, &b}, std::pair{&b, &a}})
      one->network->set_peers(
          {{other->self, reachable ? "https://127.0.0.1:" + std::to_string(other->stats->port.load()) : "nowhere", true}});
}
void join(Node& a, Node& b) {
  REQUIRE(a.start());
  REQUIRE(b.start());
  know(a, b);
  REQUIRE(a.wait_up());
  REQUIRE(b.wait_up());
}
std::string at(Node& node, std::size_t index) {
  const std::lock_guard hold(node.mutex);
  return std::string(as_text(node.frames.at(index)));
}
bool came(Node& node, std::size_t count) {
  return node.wait([&] { return node.frames.size() >= count; });
}

}  // namespace

TEST_CASE("two gateways ask each other, one request at a time, in order, and each gets its own answer") {
  ustp::test::covers({"USTP-JSN-051", "USTP-JSN-052"});
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  a.network->send(b.self, a.link(), said(Exchange::kMessage, "one"));
  a.network->send(b.self, a.link(), said(Exchange::kMessage, "two"));
  b.network->send(a.self, b.link(), said(Exchange::kHello, "hello"));
  REQUIRE(came(b, 1));
  REQUIRE(came(a, 1));
  CHECK(at(b, 0) == "\x01one");
  CHECK(at(a, 0) == "\x02hello");
  // Both wait for each other: an answer does not stand behind a request.
  a.network->send(b.self, a.link(), said(Exchange::kHello, "welcome", kAnswer));
  REQUIRE(came(b, 2));
  CHECK(at(b, 1) == "\x82welcome");
  b.network->send(a.self, b.link(), said(Exchange::kMessage, "got one", kAnswer));
  REQUIRE(came(b, 3));
  CHECK(at(b, 2) == "\x01two");
  REQUIRE(came(a, 2));
  CHECK(at(a, 1) == "\x81got one");
  b.network->send(a.self, b.link(), said(Exchange::kMessage, "got two", kAnswer));
  REQUIRE(came(a, 3));
  CHECK(at(a, 2) == "\x81got two");
  CHECK(a.up_peer == b.self);
}

TEST_CASE("what the sink refuses is answered with a problem and ends the link; both come back") {
  ustp::test::covers("USTP-JSN-053");
  const TestPki pki;
  std::mutex mutex;
  std::vector<std::string> details;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  a.options.observe = [&](const PeerEvent& event) {
    const std::lock_guard hold(mutex);
    if (!event.up) details.push_back(event.detail);
  };
  join(a, b);
  const auto first = a.link();
  a.network->send(b.self, first, said(Exchange::kMessage, "bad"));
  REQUIRE(came(b, 1));
  b.network->close(a.self, b.link(), Error{Code::sequence_gap, "message 9"});
  CHECK(a.wait([&] { return a.up > first; }));
  CHECK(a.wait([&] {
    const std::lock_guard hold(mutex);
    return std::count(details.begin(), details.end(), std::to_string(info(Code::sequence_gap).http) + " sequence_gap") == 1;
  }));
  CHECK(b.wait_up());
}

TEST_CASE("a request that finds no room or no link back is repeated octet for octet") {
  ustp::test::covers("USTP-JSN-052");
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  b.room = 0;
  join(a, b);
  a.network->send(b.self, a.link(), said(Exchange::kMessage, "patience"));
  CHECK(b.wait([&] { return b.offered >= 3; }));
  {
    const std::lock_guard hold(b.mutex);
    b.room = 1;
  }
  REQUIRE(came(b, 1));
  CHECK(at(b, 0) == "\x01patience");
  CHECK(a.stats->links_opened == 1);
  // The answer meant for a link that went down reaches nobody; the peer asks again on its own.
  const auto gone = b.link();
  b.network->close(a.self, gone, Error{Code::frame_magic, ""});
  CHECK(b.wait([&] { return b.up > gone; }));
  b.network->send(a.self, gone, said(Exchange::kMessage, "late", kAnswer));
}

TEST_CASE("what is no exchange is answered as HTTP has it, and nobody of another binding gets in") {
  ustp::test::covers({"USTP-JSN-050", "USTP-JSN-053"});
  const TestPki pki;
  Node b(pki, "gw-b"), a(pki, "gw-a");
  REQUIRE(b.start());
  REQUIRE(a.start());
  know(a, b);
  REQUIRE(b.wait_up());
  REQUIRE(a.wait_up());
  const auto files = pki.gateway("gw-a");
  const auto status = [&](const std::string& request) {
    testing::RawClient client(b.stats->port);
    REQUIRE(client.tls(files));
    REQUIRE(client.write(request));
    std::string all;
    for (auto some = client.read_some(); !some.empty(); some = client.read_some()) all += some;
    return all;
  };
  const std::string type = "Content-Type: application/ustp+jws\r\n";
  const auto post = [&](const std::string& path, const std::string& head, const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  CHECK(status("GET /ustp/satp/v1/messages HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 405"));
  CHECK(status(post("/ustp/satp/v1/other", type, "x")).starts_with("HTTP/1.1 404"));
  CHECK(status(post("/ustp/satp/v1/messages", "Content-Type: application/json\r\n", "x")).starts_with("HTTP/1.1 415"));
  CHECK(status(post("/ustp/satp/v1/hello", type, std::string(5000, 'x'))).starts_with("HTTP/1.1 413"));
  CHECK(status("POST /ustp/satp/v1/messages HTTP/1.1\r\nHost: x\r\n" + type + "Content-Length: 99999999\r\n\r\n").starts_with("HTTP/1.1 413"));
  const auto problem = status("GET /ustp/satp/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(problem.find("application/problem+json") != std::string::npos);
  CHECK(problem.find("Allow: POST") != std::string::npos);
  CHECK(problem.find(R"({"code":"method_not_allowed","status":405,"title":)") != std::string::npos);
  const std::string upgrade = "GET /ustp/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ustp.v1\r\n\r\n";
  CHECK(status(upgrade).starts_with("HTTP/1.1 404"));
  const std::lock_guard hold(b.mutex);
  CHECK(b.frames.empty());
}

TEST_CASE("a change of binding ends the link and takes up the other one") {
  ustp::test::covers("USTP-JSN-055");
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  const auto before = a.link();
  a.knows({&b});
  b.knows({&a});
  CHECK(a.wait([&] { return a.up > before; }));
  CHECK(b.wait_up());
  a.network->send(b.self, a.link(), gateway::test::frame_of(7));
  CHECK(b.wait([&] { return !b.frames.empty() && gateway::test::number_of(b.frames.back()) == 7; }));
}
