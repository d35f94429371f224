// The parts without a socket: send queue, pace, backoff, addresses.
#include <doctest/doctest.h>

#include "gateway/peer/outbox.hpp"
#include "gateway/peer/pace.hpp"
#include "gateway/tls/endpoint.hpp"

using namespace ustp;
using namespace ustp::gateway;

namespace {
Outbox::Frame frame(std::size_t size) { return std::make_shared<const Bytes>(size); }
}  // namespace

TEST_CASE("a send queue wakes its writer once, keeps order and says when more follows") {
  Outbox outbox(10, 1000);
  const auto a = frame(1), b = frame(2);
  CHECK(outbox.push(a) == Outbox::Push::kWake);
  CHECK(outbox.push(b) == Outbox::Push::kQueued);
  auto next = outbox.pop();
  CHECK(next.frame == a);
  CHECK(next.more);
  next = outbox.pop();
  CHECK(next.frame == b);
  CHECK_FALSE(next.more);
  CHECK(outbox.push(a) == Outbox::Push::kQueued);  // the writer has not found it empty yet
  CHECK(outbox.pop().frame == a);
  CHECK(outbox.pop().frame == nullptr);
  CHECK(outbox.push(a) == Outbox::Push::kWake);
}

TEST_CASE("a full send queue overflows once, by frames or by octets, and takes nothing more") {
  Outbox frames(2, 1000);
  (void)frames.push(frame(1));
  (void)frames.push(frame(1));
  CHECK(frames.push(frame(1)) == Outbox::Push::kOverflow);
  CHECK(frames.push(frame(1)) == Outbox::Push::kClosed);
  Outbox octets(10, 100);
  CHECK(octets.push(frame(100)) == Outbox::Push::kWake);
  (void)octets.pop();
  (void)octets.push(frame(60));
  CHECK(octets.push(frame(41)) == Outbox::Push::kOverflow);
}

TEST_CASE("a closed send queue keeps or drops what waits") {
  Outbox kept(10, 100), dropped(10, 100);
  (void)kept.push(frame(1));
  (void)dropped.push(frame(1));
  kept.close(false);
  dropped.close(true);
  CHECK(kept.pop().frame != nullptr);
  CHECK(dropped.pop().frame == nullptr);
  CHECK(kept.push(frame(1)) == Outbox::Push::kClosed);
}

TEST_CASE("a token bucket lets a burst through and then the rate") {
  TokenBucket bucket(100);
  auto now = TokenBucket::Time{} + std::chrono::hours(1);
  int taken = 0;
  while (bucket.take(now)) ++taken;
  CHECK(taken == 100);
  now += bucket.wait();
  CHECK(bucket.take(now));
  CHECK_FALSE(bucket.take(now));
  now += std::chrono::milliseconds(500);
  taken = 0;
  while (bucket.take(now)) ++taken;
  CHECK(taken == 50);
  now += std::chrono::hours(5);  // a long rest earns one burst, not five hours
  taken = 0;
  while (bucket.take(now)) ++taken;
  CHECK(taken == 100);
}

TEST_CASE("backoff doubles to its bound, stays between half and all, and starts again after a success") {
  SeededRandom random(7);
  Backoff backoff(Duration::milliseconds(100), Duration::seconds(1));
  for (const std::int64_t full : {100, 200, 400, 800, 1000, 1000}) {
    const auto delay = backoff.next(random);
    CHECK(delay >= Duration::milliseconds(full / 2));
    CHECK(delay <= Duration::milliseconds(full));
  }
  backoff.reset();
  CHECK(backoff.next(random) <= Duration::milliseconds(100));
  SeededRandom one(1), two(2);
  Backoff a(Duration::seconds(1), Duration::seconds(1)), b(Duration::seconds(1), Duration::seconds(1));
  CHECK(a.next(one) != b.next(two));
}

TEST_CASE("addresses: what is read, and what is refused") {
  CHECK(*tls::parse_host_port("127.0.0.1:7101", false) == tls::Endpoint{"127.0.0.1", 7101});
  CHECK(*tls::parse_host_port("[::1]:0", true) == tls::Endpoint{"::1", 0});
  CHECK(*tls::parse_peer("wss://gw.example:443") == tls::Endpoint{"gw.example", 443});
  CHECK(*tls::parse_peer("https://gw.example:8443") == tls::Endpoint{"gw.example", 8443});
  CHECK(tls::to_string(tls::Endpoint{"::1", 7}) == "[::1]:7");
  for (const char* bad : {"", ":1", "host", "host:", "host:x", "host:65536", "host:-1", "host: 1", "ho st:1", "[x]:1",
                          "::1:5", "user@host:1", "host:0"})
    CHECK_FALSE(tls::parse_host_port(bad, false));
  CHECK_FALSE(tls::parse_host_port(std::string(254, 'a') + ":1", false));
  for (const char* bad : {"ws://h:1", "wss://h:1/", "wss://h:1/path", "h:1", "wss://", "WSS://h:1", "https://h", "https://h:1/", "http://h:1"})
    CHECK_FALSE(tls::parse_peer(bad));
}
