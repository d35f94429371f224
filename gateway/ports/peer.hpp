#pragma once
// The peer port: authenticated links to other gateways that carry whole frames. The network side knows nothing of
// sequence numbers or signatures; it enforces TLS identity, frame size, rate and handshake time.

#include <memory>
#include <string>
#include <vector>

#include "ustp/base/ids.hpp"

namespace ustp::gateway {

// On a link of the JSON binding (PeerAddress::https) a frame is one octet that says what it is, and behind it the body of
// an HTTP request or, with kAnswer in that octet, of its answer. Every request that the sink takes gets one answer or
// close(); answers to requests of one kind leave in the order of these.
enum class Exchange : std::uint8_t { kMessage = 1, kHello = 2, kStatement = 3 };
inline constexpr std::uint8_t kAnswer = 0x80;

class PeerSink {
 public:
  virtual ~PeerSink() = default;
  // Called from the network's thread; return at once. `link` is new for every connection and names it in send().
  virtual void on_link_up(const GatewayId& peer, std::uint64_t link) = 0;
  virtual void on_link_down(const GatewayId& peer, std::uint64_t link) = 0;
  // False: the engine is full and the frame was not taken; the network keeps it, stops reading this link until ready()
  // and then offers it again (back-pressure).
  virtual bool on_frame(const GatewayId& peer, std::uint64_t link, Bytes&& frame) = 0;
};

struct PeerAddress {
  GatewayId peer;
  std::string endpoint;  // wss://host:port or https://host:port
  bool https = false;    // the JSON binding holds between the two (USTP-JSN-050)
};

// Thread-safe.
class PeerNetwork {
 public:
  virtual ~PeerNetwork() = default;
  virtual Result<void> start(PeerSink& sink) = 0;
  virtual void stop() = 0;
  virtual void set_peers(std::vector<PeerAddress> peers) = 0;  // whom to connect to and accept
  virtual void send(const GatewayId& peer, std::uint64_t link, std::shared_ptr<const Bytes> frame) = 0;
  virtual void close(const GatewayId& peer, std::uint64_t link, const Error& reason) = 0;
  virtual void ready(const GatewayId& peer, std::uint64_t link) = 0;  // resume reading
};

}  // namespace ustp::gateway
