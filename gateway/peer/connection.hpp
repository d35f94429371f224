#pragma once
// One connection, from the connected socket to its end: TLS, identity, upgrade, then frames. Everything here happens on
// the network's thread.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <optional>
#include <string>

#include "gateway/peer/outbox.hpp"
#include "gateway/peer/peer_network.hpp"

namespace ustp::gateway {

class Connection;

// How what is said on a connection is framed.
enum class Way {
  kFrames,     // WebSocket: one binary message is one frame
  kAsking,     // HTTPS: we ask, a frame of the outbox each
  kAnswering,  // HTTPS: the peer asks
};

class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  // Asked inside the TLS handshake, about a certificate that is valid. An ending refuses it.
  virtual std::optional<PeerEnding> admit(const GatewayId& peer, bool accepted) = 0;
  virtual bool speaks_https(const GatewayId& peer) const = 0;
  virtual void opened(Connection& connection) = 0;                  // TLS and upgrade are done
  virtual bool received(Connection& connection, Bytes frame) = 0;  // false: later, see resume()
  // A request on a kAnswering connection. An error is its answer; otherwise answer() or refuse() follows.
  virtual std::optional<Error> asked(Connection& connection, Exchange kind, Bytes body) = 0;
  virtual void ended(Connection& connection, PeerEnding ending, const std::string& detail) = 0;  // once
};

class Connection {
 public:
  struct Setup {
    bool accepted = false;    // they connected; otherwise we did
    GatewayId expected;       // whom we connected to; empty when accepted
    bool https = false;       // when we connected: to ask, instead of an upgrade
    std::string host;         // for the Host field, when we connected
    std::string address;      // of the other side, for the log
    PeerLimits limits;
  };
  virtual ~Connection() = default;
  virtual void start() = 0;
  // From here on nothing is delivered and ended() has been called. Before the upgrade the socket closes at once;
  // afterwards WebSocket's closing handshake gets limits.close. kStopped lets what is queued leave before.
  virtual void end(PeerEnding ending, std::string reason) = 0;
  virtual void wake() = 0;    // the outbox has something
  virtual void resume() = 0;  // the sink takes frames again
  // kAnswering: what the request that waits gets; nothing when none does. A refusal that is for good ends the connection.
  virtual void answer(Exchange kind, BytesView body) = 0;
  virtual void refuse(const Error& error) = 0;

  const Setup& setup() const { return setup_; }
  const GatewayId& peer() const { return peer_; }   // proven by the certificate; empty before
  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }
  Way way() const { return way_; }                  // what opened() finds stands
  std::uint64_t link = 0;                           // given by the owner in opened()
  std::uint64_t frames_delivered = 0;

 protected:
  explicit Connection(Setup setup)
      : setup_(std::move(setup)),
        outbox_(std::make_shared<Outbox>(setup_.limits.frames_queued, setup_.limits.octets_queued)) {}
  Setup setup_;
  Way way_ = Way::kFrames;
  GatewayId peer_;
  std::shared_ptr<Outbox> outbox_;
};

// `owner`, `context` and `stats` outlive the connection.
std::shared_ptr<Connection> make_connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context,
                                            ConnectionOwner& owner, PeerStats& stats, Connection::Setup setup);

}  // namespace ustp::gateway
