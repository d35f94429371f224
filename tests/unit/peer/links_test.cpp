// Links between two peer networks over real sockets on loopback.
#include <doctest/doctest.h>

#include "tests/unit/peer/harness.hpp"

using namespace ustp;
using namespace ustp::gateway;
using test::frame_of;
using test::Node;
using test::number_of;
using test::TestPki;

namespace {

void join(Node& a, Node& b) {
  REQUIRE(a.start());
  REQUIRE(b.start());
  a.knows({&b});
  b.knows({&a});
  REQUIRE(a.wait_up());
  REQUIRE(b.wait_up());
}
bool in_order(const std::vector<Bytes>& frames, std::uint32_t from, std::uint32_t count) {
  if (frames.size() != count) return false;
  for (std::uint32_t i = 0; i < count; ++i)
    if (number_of(frames[i]) != from + i) return false;
  return true;
}

}  // namespace

TEST_CASE("two gateways exchange frames in order, each knowing who the other is") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  CHECK(a.up_peer == b.self);
  CHECK(b.up_peer == a.self);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    a.network->send(b.self, a.link(), frame_of(i, 4 + i));
    b.network->send(a.self, b.link(), frame_of(5000 + i));
  }
  CHECK(a.wait([&] { return a.frames.size() >= 1000; }));
  CHECK(b.wait([&] { return b.frames.size() >= 1000; }));
  CHECK(in_order(b.frames, 0, 1000));
  CHECK(in_order(a.frames, 5000, 1000));
  CHECK(b.frames[999].size() == 1003);
  CHECK(a.stats->accepted == 0);  // the smaller id connects (USTP-PEER-005)
  CHECK(b.stats->dialled == 0);
  CHECK(a.stats->links_up == 1);
  a.stop();
  CHECK(b.wait_ended(PeerEnding::kClosedByPeer));
  CHECK(a.stats->links_up == 0);
  CHECK(a.events == std::vector<std::string>{"up 1", "down 1"});
}

TEST_CASE("a large frame passes whole, as large as the limit, in both directions") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  auto large = std::make_shared<Bytes>(a.options.limits.frame_octets);
  for (std::size_t i = 0; i < large->size(); ++i) (*large)[i] = static_cast<std::uint8_t>(i * 31 >> 3);
  a.network->send(b.self, a.link(), large);
  b.network->send(a.self, b.link(), large);
  REQUIRE(b.wait([&] { return b.frames.size() == 1; }));
  REQUIRE(a.wait([&] { return a.frames.size() == 1; }));
  CHECK(b.frames[0] == *large);
  CHECK(a.frames[0] == *large);
}

TEST_CASE("many small frames leave in few TLS writes, fast enough both ways on one thread each") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  constexpr std::uint32_t kCount = 40'000;
  for (auto* node : {&a, &b}) {
    node->options.limits.frames_queued = kCount;
    node->options.limits.frames_per_second = 10'000'000;
  }
  join(a, b);
  const auto before = a.stats->tls_writes.load();
  const auto begin = std::chrono::steady_clock::now();
  const auto frame = frame_of(0, 256);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    a.network->send(b.self, a.link(), frame);
    b.network->send(a.self, b.link(), frame);
  }
  REQUIRE(b.wait([&] { return b.frames.size() == kCount; }));
  REQUIRE(a.wait([&] { return a.frames.size() == kCount; }));
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  const auto writes = a.stats->tls_writes.load() - before;
  MESSAGE(kCount << " frames of 256 octets each way in " << ms << " ms, " << writes << " TLS writes");
  CHECK(writes < kCount / 8);
}

TEST_CASE("back-pressure: what the engine refuses comes again, nothing is lost or out of order (USTP-PEER-007)") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  b.room = 5;
  join(a, b);
  constexpr std::uint32_t kCount = 500;
  for (std::uint32_t i = 0; i < kCount; ++i) a.network->send(b.self, a.link(), frame_of(i));
  REQUIRE(b.wait([&] { return b.frames.size() == 5 && b.offered == 6; }));
  for (std::uint32_t rounds = 0; rounds < kCount; ++rounds) {
    {
      const std::lock_guard hold(b.mutex);
      if (b.frames.size() == kCount) break;
      CHECK(b.frames.size() <= 5 + rounds * 7);  // not read beyond what there was room for
      b.room = 7;
    }
    b.network->ready(a.self, b.link());
    REQUIRE(b.wait([&] { return b.room == 0 || b.frames.size() == kCount; }));
  }
  CHECK(in_order(b.frames, 0, kCount));
  CHECK(b.stats->frames_refused > 10);
  CHECK(b.stats->frames_in == kCount);
}

TEST_CASE("a send queue that overflows ends the link; it comes back (USTP-PEER-009)") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  a.options.limits.frames_queued = 64;
  b.room = 0;  // nobody reads
  join(a, b);
  const auto first = a.link();
  const auto frame = frame_of(0, 256 * 1024);
  for (int i = 0; i < 2000 && a.stats->ended(PeerEnding::kQueueOverflow) == 0; ++i)
    a.network->send(b.self, first, frame);
  CHECK(a.wait_ended(PeerEnding::kQueueOverflow));
  CHECK(a.wait([&] { return a.up > first; }));
}

TEST_CASE("the link comes back after the other side died and started again") {
  const TestPki pki;
  Node a(pki, "gw-a");
  auto b = std::make_unique<Node>(pki, "gw-b");
  join(a, *b);
  const auto port = b->stats->port.load();
  const auto first = a.link();
  b.reset();
  CHECK(a.wait([&] { return a.up == 0; }));
  Node again(pki, "gw-b");
  again.options.listen = "127.0.0.1:" + std::to_string(port);
  REQUIRE(again.start());
  again.knows({&a});
  CHECK(again.wait_up());
  CHECK(a.wait([&] { return a.up > first; }));
  again.network->send(a.self, again.link(), frame_of(9));
  CHECK(a.wait([&] { return a.frames.size() == 1; }));
}

TEST_CASE("a gateway keeps trying until its peer is there, with growing pauses") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  REQUIRE(b.start());
  const auto address = b.address();
  const auto port = b.stats->port.load();
  b.stop();
  REQUIRE(a.start());
  a.network->set_peers({{b.self, address}});
  CHECK(a.wait([&] { return a.stats->ended(PeerEnding::kNetwork) >= 3; }));
  b.options.listen = "127.0.0.1:" + std::to_string(port);
  REQUIRE(b.start());
  b.knows({&a});
  CHECK(a.wait_up());
}

TEST_CASE("a newer link of the same peer replaces the older: down before up (USTP-PEER-006)") {
  const TestPki pki;
  Node a(pki, "gw-a"), twin(pki, "gw-a"), b(pki, "gw-b");
  a.options.backoff = twin.options.backoff = {Duration::seconds(60), Duration::seconds(60)};  // no second try
  REQUIRE(b.start());
  REQUIRE(a.start());
  b.knows({&a});
  a.knows({&b});
  REQUIRE(a.wait_up());
  REQUIRE(b.wait_up());
  REQUIRE(twin.start());
  twin.knows({&b});
  REQUIRE(twin.wait_up());
  CHECK(a.wait([&] { return a.up == 0; }));
  CHECK(b.wait([&] { return b.events.size() == 3; }));
  CHECK(b.events == std::vector<std::string>{"up 1", "down 1", "up 2"});
  CHECK(b.stats->ended(PeerEnding::kReplaced) == 1);
  CHECK(b.stats->links_up == 1);
}

TEST_CASE("peers change at run time: a removed one is closed and not accepted again") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  b.network->set_peers({});
  CHECK(b.wait([&] { return b.up == 0; }));
  CHECK(b.stats->ended(PeerEnding::kRemoved) == 1);
  CHECK(b.wait_ended(PeerEnding::kUnknownPeer, 2));  // a keeps trying
  CHECK(b.link() == 0);
  b.knows({&a});
  CHECK(b.wait_up());
  a.network->set_peers({});
  CHECK(a.wait([&] { return a.up == 0; }));
  CHECK(b.wait([&] { return b.up == 0; }));
}

TEST_CASE("the engine closes a link; a frame for a link that is gone is dropped") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  const auto first = b.link();
  b.network->close(a.self, first, Error{Code::frame_magic, "bad hello"});
  CHECK(b.wait([&] { return b.up > first; }));  // a came back
  CHECK(b.stats->ended(PeerEnding::kClosedByEngine) == 1);
  b.network->send(a.self, first, frame_of(1));
  b.network->ready(a.self, first);
  b.network->close(a.self, first, Error{Code::frame_magic, "again"});
  b.network->send(a.self, b.link(), frame_of(2));
  REQUIRE(a.wait([&] { return a.frames.size() >= 1; }));
  CHECK(number_of(a.frames[0]) == 2);
}

TEST_CASE("what was queued leaves before an orderly stop") {
  const TestPki pki;
  Node a(pki, "gw-a"), b(pki, "gw-b");
  join(a, b);
  for (std::uint32_t i = 0; i < 2000; ++i) a.network->send(b.self, a.link(), frame_of(i));
  a.stop();
  CHECK(b.wait([&] { return b.frames.size() == 2000; }));
  CHECK(in_order(b.frames, 0, 2000));
}

TEST_CASE("a network that cannot work is refused before it starts") {
  const TestPki pki;
  Node a(pki, "gw-a");
  a.options.self = GatewayId::literal("gw-x");
  auto made = make_peer_network(a.options);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::tls_identity_mismatch);
  Node b(pki, "gw-b");
  b.options.limits.octets_queued = 1;
  CHECK_FALSE(make_peer_network(b.options));
  Node c(pki, "gw-c"), d(pki, "gw-d");
  REQUIRE(c.start());
  d.options.listen = "127.0.0.1:" + std::to_string(c.stats->port.load());
  const auto taken = d.start();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Code::io_error);
}
