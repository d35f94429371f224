#pragma once
// A peer network with a sink that remembers, for the tests with real sockets.

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "gateway/peer/peer_network.hpp"
#include "tests/support/test_pki.hpp"

namespace ustp::gateway::test {

using testing::TestPki;

inline tls::Files files_of(const testing::CertificateFiles& files) { return {files.ca, files.certificate, files.key}; }
inline std::shared_ptr<const Bytes> frame_of(std::uint32_t number, std::size_t size = 64) {
  auto out = std::make_shared<Bytes>(size);
  for (std::size_t i = 0; i < 4; ++i) (*out)[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}
inline std::uint32_t number_of(const Bytes& frame) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4 && i < frame.size(); ++i) out |= static_cast<std::uint32_t>(frame[i]) << (8 * i);
  return out;
}

class Node final : public PeerSink {
 public:
  Node(const TestPki& pki, const std::string& id) : self(GatewayId::literal(id)) {
    options.self = self;
    options.listen = "127.0.0.1:0";
    options.tls = files_of(pki.gateway(id));
    options.backoff = {Duration::milliseconds(10), Duration::milliseconds(100)};
    options.random = std::make_shared<SeededRandom>(id.size() + id.back());
    options.limits.accepts_per_second = 10'000;
    stats = options.stats;
  }
  ~Node() override { stop(); }

  Result<void> start() {
    auto made = make_peer_network(options);
    if (!made) return made.error();
    network = std::move(*made);
    return network->start(*this);
  }
  void stop() {
    if (network) network->stop();
    network.reset();
  }
  std::string address() const { return "wss://127.0.0.1:" + std::to_string(stats->port.load()); }
  void knows(std::initializer_list<const Node*> peers) {
    std::vector<PeerAddress> out;
    for (const auto* peer : peers) out.push_back({peer->self, peer->address()});
    network->set_peers(std::move(out));
  }
  template <class Condition>
  bool wait(Condition condition, std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::unique_lock hold(mutex);
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {  // counters change without a notification: look again now and then
      if (std::chrono::steady_clock::now() > until) return false;
      changed.wait_for(hold, std::chrono::milliseconds(2));
    }
    return true;
  }
  // The link that is up, or 0.
  std::uint64_t link() {
    const std::lock_guard hold(mutex);
    return up;
  }
  bool wait_up() {
    return wait([&] { return up != 0; });
  }
  bool wait_ended(PeerEnding ending, std::uint64_t times = 1) {
    return wait([&] { return stats->ended(ending) >= times; });
  }

  void on_link_up(const GatewayId& peer, std::uint64_t link) override {
    const std::lock_guard hold(mutex);
    up = link;
    up_peer = peer;
    events.push_back("up " + std::to_string(link));
    changed.notify_all();
  }
  void on_link_down(const GatewayId&, std::uint64_t link) override {
    const std::lock_guard hold(mutex);
    if (up == link) up = 0;
    events.push_back("down " + std::to_string(link));
    changed.notify_all();
  }
  bool on_frame(const GatewayId&, std::uint64_t, Bytes&& frame) override {
    const std::lock_guard hold(mutex);
    ++offered;
    if (room == 0) return false;
    --room;
    frames.push_back(std::move(frame));
    changed.notify_all();
    return true;
  }

  GatewayId self;
  PeerOptions options;
  std::shared_ptr<PeerStats> stats;
  std::unique_ptr<PeerNetwork> network;

  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t up = 0;
  GatewayId up_peer;
  std::vector<std::string> events;
  std::vector<Bytes> frames;
  std::size_t room = SIZE_MAX, offered = 0;
};

}  // namespace ustp::gateway::test
