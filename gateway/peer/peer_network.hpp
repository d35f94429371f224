#pragma once
// The peer port on WebSocket over mutual TLS 1.3 (path /ustp/v1, sub-protocol ustp.v1): one binary message is one frame.
// One thread serves every link. Who the other side is stands in its certificate (gateway/tls).
//
// Exactly one link per pair: of two gateways the one with the smaller id (octet order) connects, with jittered
// exponential backoff; the other one only accepts. A second link of the same peer replaces the first: its
// on_link_down() comes before the new on_link_up(). See README.md for the requirements.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/ports/peer.hpp"
#include "gateway/tls/tls_context.hpp"
#include "ustp/base/random.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway {

struct PeerLimits {
  std::size_t frame_octets = 4u << 20;     // one received frame
  std::size_t frames_queued = 8192;        // per link, waiting to be sent
  std::size_t octets_queued = 64u << 20;   // per link, waiting to be sent; at least frame_octets
  std::size_t connections = 256;           // all, whatever their state
  std::size_t handshakes = 64;             // accepted and not yet through TLS and upgrade; beyond: the oldest ends
  std::uint32_t accepts_per_second = 2000;  // a queue of 4,096 half-open ones is through in two seconds
  std::uint32_t frames_per_second = 200'000;  // received, per link; faster ones wait in the socket
  Duration handshake = Duration::seconds(5);  // TCP connect, TLS and upgrade together
  Duration idle = Duration::seconds(30);      // nothing received, not even a pong
  Duration close = Duration::seconds(1);      // for an orderly end
};

struct PeerBackoff {
  Duration first = Duration::milliseconds(100), most = Duration::seconds(10);
};

// Why a connection ended or did not come about. The names are labels of metrics.
enum class PeerEnding : std::uint8_t {
  kStopped, kReplaced, kRemoved, kClosedByEngine, kClosedByPeer, kNetwork, kIdle, kQueueOverflow, kFrameTooLarge,
  kNotBinary, kMalformed, kTls, kIdentity, kUnknownPeer, kWrongDirection, kUpgrade, kHandshakeTimeout, kTooMany,
};
inline constexpr std::size_t kPeerEndings = 18;
std::string_view to_string(PeerEnding ending);

// Counters that only grow, but for links_up. Written by the network's thread, read by any.
struct PeerStats {
  std::atomic<std::uint64_t> links_up = 0, links_opened = 0, accepted = 0, dialled = 0;
  std::atomic<std::uint64_t> frames_in = 0, frames_out = 0, octets_in = 0, octets_out = 0;
  std::atomic<std::uint64_t> tls_writes = 0;      // few of them carry many frames
  std::atomic<std::uint64_t> frames_refused = 0;  // the sink said false; delivered again later
  std::array<std::atomic<std::uint64_t>, kPeerEndings> endings{};
  std::atomic<std::uint16_t> port = 0;            // where we listen, once started; 0 otherwise
  std::uint64_t ended(PeerEnding ending) const { return endings[static_cast<std::size_t>(ending)]; }
};

// For a log. `peer` is empty where the other side never proved who it is.
struct PeerEvent {
  bool up = false;
  GatewayId peer;
  std::uint64_t link = 0;  // 0: it never was a link
  std::string address;     // of the other side
  PeerEnding ending{};     // when !up
  std::string detail;
};

struct PeerOptions {
  GatewayId self;             // must be what the certificate says
  std::string listen;         // numeric HOST:PORT, port 0 = any free one; empty: connect only
  tls::Files tls;
  PeerLimits limits;
  PeerBackoff backoff;
  std::shared_ptr<Random> random = std::make_shared<SystemRandom>();  // of the jitter; used by the network's thread
  std::shared_ptr<PeerStats> stats = std::make_shared<PeerStats>();   // keep a copy to read it
  std::function<void(const PeerEvent&)> observe;                      // from the network's thread; return at once
};

// Reads the TLS files and opens no socket yet; start() does. Code::config_invalid, io_error, tls_identity_mismatch.
Result<std::unique_ptr<PeerNetwork>> make_peer_network(PeerOptions options);

}  // namespace ustp::gateway
