#include "gateway/peer/peer_network.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl/context.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "gateway/peer/asked.hpp"
#include "gateway/peer/connection.hpp"
#include "gateway/peer/pace.hpp"
#include "gateway/tls/endpoint.hpp"
#include "gateway/tls/newcomers.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::gateway {
namespace {

namespace net = boost::asio;
using net::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kAcceptRetry = std::chrono::milliseconds(100);  // after a failed accept (no descriptors left)

std::string text_of(const tcp::endpoint& endpoint) {
  return tls::to_string({endpoint.address().to_string(), endpoint.port()});
}

class TlsPeerNetwork final : public PeerNetwork, private ConnectionOwner {
 public:
  TlsPeerNetwork(PeerOptions options, SSL_CTX* server, SSL_CTX* client)
      : options_(std::move(options)),
        stats_(*options_.stats),
        server_context_(server),
        client_context_(client),
        acceptor_(io_),
        accept_timer_(io_),
        resolver_(io_),
        accept_pace_(options_.limits.accepts_per_second) {}
  ~TlsPeerNetwork() override { stop(); }

  Result<void> start(PeerSink& sink) override {
    if (sink_ != nullptr) return Error{Code::internal, "the peer network was started before"};
    if (!options_.listen.empty()) USTP_CHECK(listen());
    sink_ = &sink;
    if (acceptor_.is_open()) accept();
    thread_ = std::thread([this] {
      name_this_thread("peers");
      io_.run();
    });
    return {};
  }
  void stop() override {
    if (!thread_.joinable()) return;
    net::post(io_, [this] { shut_down(); });
    thread_.join();
  }

  void set_peers(std::vector<PeerAddress> peers) override {
    net::post(io_, [this, peers = std::move(peers)] { apply(peers); });
  }

  void send(const GatewayId&, std::uint64_t link, std::shared_ptr<const Bytes> frame) override {
    if (frame == nullptr) return;
    std::shared_ptr<Outbox> outbox;
    bool https = false;
    {
      const std::lock_guard hold(mutex_);
      const auto found = outboxes_.find(link);
      if (found == outboxes_.end()) return;  // it went down, and the sink knows or is about to
      outbox = found->second.outbox;
      https = found->second.https;
    }
    // An answer does not wait behind our own requests, whose answers may be waiting for it.
    if (https && (frame->front() & kAnswer) != 0) return answer(link, std::move(frame));
    // A hello tells the time: it does not wait behind messages, each of which takes the peer a write to its disk.
    const bool first = https && frame->front() == static_cast<std::uint8_t>(Exchange::kHello);
    switch (outbox->push(std::move(frame), first)) {
      case Outbox::Push::kWake: return on_link(link, [](Connection& connection) { connection.wake(); });
      case Outbox::Push::kOverflow: return end_link(link, PeerEnding::kQueueOverflow, "send queue is full");
      case Outbox::Push::kQueued:
      case Outbox::Push::kClosed: return;
    }
  }
  void close(const GatewayId&, std::uint64_t link, const Error& reason) override {
    on_link(link, [this, reason](Connection& connection) {
      const auto peer = peers_.find(connection.peer());
      if (connection.way() == Way::kAsking && peer != peers_.end()) peer->second.asked.refuse_all(reason);
      connection.end(PeerEnding::kClosedByEngine, to_string(reason));
    });
  }
  void ready(const GatewayId&, std::uint64_t link) override {
    on_link(link, [](Connection& connection) { connection.resume(); });
  }

 private:
  // One try to reach a peer: until it has a connection, and then that connection until it ends.
  struct Attempt {
    explicit Attempt(net::io_context& io) : socket(io), deadline(io) {}
    tcp::socket socket;
    net::steady_timer deadline;
  };
  struct Peer {
    Peer(net::io_context& io, const PeerBackoff& times) : backoff(times.first, times.most), timer(io) {}
    std::string stated;                        // endpoint as set_peers gave it
    std::optional<tls::Endpoint> endpoint;     // none: not one we can connect to
    bool https = false;
    std::shared_ptr<Connection> live;
    std::shared_ptr<Connection> answering;     // https: where the peer asks
    Asked asked;
    std::shared_ptr<Attempt> attempt;          // we are connecting, or `live` came from it
    Backoff backoff;
    net::steady_timer timer;
  };

  template <class Do>
  void on_link(std::uint64_t link, Do act) {
    net::post(io_, [this, link, act = std::move(act)] {
      const auto found = links_.find(link);
      if (found == links_.end()) return;
      const auto connection = found->second;
      act(*connection);
    });
  }
  void answer(std::uint64_t link, Outbox::Frame frame) {
    on_link(link, [this, frame = std::move(frame)](Connection& connection) {
      const auto peer = peers_.find(connection.peer());
      if (peer == peers_.end()) return;
      const auto kind = static_cast<Exchange>(frame->front() & ~kAnswer);
      if (const auto by = peer->second.asked.take(kind)) by->answer(kind, BytesView(*frame).subspan(1));
    });
  }
  void end_link(std::uint64_t link, PeerEnding ending, std::string reason) {
    on_link(link, [ending, reason = std::move(reason)](Connection& connection) { connection.end(ending, reason); });
  }

  Result<void> listen() {
    USTP_TRY(const auto where, tls::parse_host_port(options_.listen, true));
    ErrorCode ec;
    const auto address = net::ip::make_address(where.host, ec);
    if (ec) return Error{Code::config_invalid, "peer listen address is not numeric: " + where.host};
    const tcp::endpoint endpoint(address, where.port);
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(net::socket_base::max_listen_connections, ec);
    if (!ec) stats_.port = acceptor_.local_endpoint(ec).port();
    if (!ec) return {};
    ErrorCode ignored;
    acceptor_.close(ignored);
    return Error{Code::io_error, "peer listen " + options_.listen + ": " + ec.message()};
  }

  // USTP-PEER-008: more than the bounds allow is closed before TLS costs anything.
  void accept() {
    if (!accept_pace_.take(std::chrono::steady_clock::now())) return accept_later(accept_pace_.wait());
    acceptor_.async_accept([this](ErrorCode failed, tcp::socket socket) {
      if (stopping_) return;
      if (failed) return accept_later(kAcceptRetry);
      accepted(std::move(socket));
      accept();
    });
  }
  void accept_later(std::chrono::nanoseconds wait) {
    accept_timer_.expires_after(wait);
    accept_timer_.async_wait([this](ErrorCode) {
      if (!stopping_) accept();
    });
  }
  void accepted(tcp::socket socket) {
    stats_.accepted.fetch_add(1, std::memory_order_relaxed);
    ErrorCode ec;
    const auto remote = socket.remote_endpoint(ec);
    if (ec) return;  // gone again
    // Half-open sockets must not keep peers out: the one that has shaken hands for longest gives its place away.
    if (shaking_hands_ >= options_.limits.handshakes)
      if (const auto oldest = newcomers_.take_oldest(shakes_hands_)) oldest->end(PeerEnding::kTooMany, "newer ones came");
    if (connections_.size() >= options_.limits.connections || shaking_hands_ >= options_.limits.handshakes) {
      stats_.endings[static_cast<std::size_t>(PeerEnding::kTooMany)].fetch_add(1, std::memory_order_relaxed);
      return tell({false, {}, 0, text_of(remote), PeerEnding::kTooMany, {}});
    }
    ++shaking_hands_;
    start_connection(std::move(socket), {true, {}, false, {}, text_of(remote), options_.limits});
  }
  void start_connection(tcp::socket socket, Connection::Setup setup) {
    auto& context = setup.accepted ? server_context_ : client_context_;
    auto connection = make_connection(std::move(socket), context, *this, stats_, std::move(setup));
    connections_.insert(connection);
    newcomers_.drop_arrived(shakes_hands_);
    if (connection->setup().accepted) newcomers_.add(connection);
    connection->start();
  }

  // USTP-PEER-005: the gateway with the smaller id connects.
  void apply(const std::vector<PeerAddress>& wanted) {
    if (stopping_) return;
    std::map<GatewayId, PeerAddress> next;
    for (const auto& one : wanted)
      if (one.peer != options_.self && !one.peer.empty()) next[one.peer] = one;
    std::vector<std::shared_ptr<Connection>> unwanted;
    for (auto it = peers_.begin(); it != peers_.end();) {
      const auto kept = next.find(it->first);
      if (kept != next.end() && kept->second.https == it->second.https) {
        ++it;
        continue;
      }
      if (it->second.live) unwanted.push_back(it->second.live);
      if (it->second.answering) unwanted.push_back(it->second.answering);
      drop_attempt(it->second);
      it = peers_.erase(it);
    }
    for (const auto& connection : connections_) {  // still shaking hands with one of them
      const auto& id = connection->setup().accepted ? connection->peer() : connection->setup().expected;
      if (connection->link == 0 && !id.empty() && !next.contains(id)) unwanted.push_back(connection);
    }
    for (const auto& connection : unwanted) connection->end(PeerEnding::kRemoved, "not a peer any more");
    for (const auto& [id, address] : next) {
      auto& peer = peers_.try_emplace(id, io_, options_.backoff).first->second;
      if (peer.stated == address.endpoint && (peer.attempt || peer.live)) continue;
      peer.stated = address.endpoint;
      peer.https = address.https;
      const auto parsed = tls::parse_peer(address.endpoint);
      peer.endpoint = parsed ? std::optional(*parsed) : std::nullopt;
      if (!peer.live && !peer.attempt) peer.backoff.reset(), dial(id);
    }
  }

  void dial(const GatewayId& id) {
    const auto found = peers_.find(id);
    if (stopping_ || found == peers_.end() || !found->second.endpoint) return;
    if (found->second.attempt || found->second.live) return;  // there is one, or about to be
    if (!found->second.https && !(options_.self < id)) return;  // USTP-JSN-051: there both ask
    auto& peer = found->second;
    peer.timer.cancel();
    stats_.dialled.fetch_add(1, std::memory_order_relaxed);
    const auto attempt = peer.attempt = std::make_shared<Attempt>(io_);
    attempt->deadline.expires_after(std::chrono::nanoseconds(options_.limits.handshake.ns));
    attempt->deadline.async_wait([this, id, attempt](ErrorCode cancelled) {
      if (!cancelled) missed(id, attempt, PeerEnding::kHandshakeTimeout, "no connection in time");
    });
    ErrorCode ec;
    const auto address = net::ip::make_address(peer.endpoint->host, ec);
    if (!ec) {
      const auto target = tcp::endpoint(address, peer.endpoint->port);
      attempt->socket.async_connect(target, [this, id, attempt](ErrorCode failed) { connected(id, attempt, failed); });
      return;
    }
    resolver_.async_resolve(peer.endpoint->host, std::to_string(peer.endpoint->port), tcp::resolver::numeric_service,
                            [this, id, attempt](ErrorCode failed, const tcp::resolver::results_type& results) {
                              if (failed) return missed(id, attempt, PeerEnding::kNetwork, failed.message());
                              if (!is_current(id, attempt)) return;
                              net::async_connect(attempt->socket, results,
                                                 [this, id, attempt](ErrorCode bad, const tcp::endpoint&) {
                                                   connected(id, attempt, bad);
                                                 });
                            });
  }
  bool is_current(const GatewayId& id, const std::shared_ptr<Attempt>& attempt) const {
    const auto found = peers_.find(id);
    return !stopping_ && found != peers_.end() && found->second.attempt == attempt;
  }
  void connected(const GatewayId& id, const std::shared_ptr<Attempt>& attempt, ErrorCode failed) {
    if (failed) return missed(id, attempt, PeerEnding::kNetwork, failed.message());
    if (!is_current(id, attempt)) return;
    attempt->deadline.cancel();
    const auto& peer = peers_.at(id);
    const auto host = tls::to_string(*peer.endpoint);
    start_connection(std::move(attempt->socket), {false, id, peer.https, host, host, options_.limits});
  }
  void missed(const GatewayId& id, const std::shared_ptr<Attempt>& attempt, PeerEnding ending, std::string why) {
    if (!is_current(id, attempt)) return;
    auto& peer = peers_.at(id);
    drop_attempt(peer);
    stats_.endings[static_cast<std::size_t>(ending)].fetch_add(1, std::memory_order_relaxed);
    tell({false, id, 0, peer.stated, ending, std::move(why)});
    dial_later(id, peer);
  }
  void drop_attempt(Peer& peer) {
    peer.timer.cancel();
    if (!peer.attempt) return;
    ErrorCode ignored;
    peer.attempt->deadline.cancel();
    peer.attempt->socket.close(ignored);
    peer.attempt.reset();
  }
  void dial_later(const GatewayId& id, Peer& peer) {
    if (stopping_) return;
    peer.timer.expires_after(std::chrono::nanoseconds(peer.backoff.next(*options_.random).ns));
    peer.timer.async_wait([this, id](ErrorCode cancelled) {
      if (!cancelled) dial(id);
    });
  }

  std::optional<PeerEnding> admit(const GatewayId& id, bool by_accept) override {
    if (!peers_.contains(id)) return PeerEnding::kUnknownPeer;
    if (by_accept && !speaks_https(id) && !(id < options_.self)) return PeerEnding::kWrongDirection;
    return std::nullopt;
  }
  bool speaks_https(const GatewayId& id) const override {
    const auto found = peers_.find(id);
    return found != peers_.end() && found->second.https;
  }
  std::optional<Error> asked(Connection& connection, Exchange kind, Bytes body) override {
    const auto found = peers_.find(connection.peer());
    if (found == peers_.end() || !found->second.live) {
      dial(connection.peer());  // it is there now
      return Error{Code::overloaded, "no link to the peer yet"};
    }
    body.insert(body.begin(), static_cast<std::uint8_t>(kind));
    if (!sink_->on_frame(connection.peer(), found->second.live->link, std::move(body)))
      return Error{Code::overloaded, "no room"};
    found->second.asked.add(kind, self_of(connection));
    return std::nullopt;
  }
  std::shared_ptr<Connection> self_of(const Connection& connection) const {
    const auto found = std::find_if(connections_.begin(), connections_.end(),
                                    [&](const auto& each) { return each.get() == &connection; });
    return found == connections_.end() ? nullptr : *found;
  }
  void opened(Connection& connection) override {
    const auto found = peers_.find(connection.peer());
    if (stopping_ || found == peers_.end() || found->second.https != (connection.way() != Way::kFrames))
      return connection.end(PeerEnding::kRemoved, "not a peer any more, or of another binding");
    // USTP-PEER-006: the newer one is the one that both sides can use; the older may be half dead.
    const bool answers = connection.way() == Way::kAnswering;
    auto& place = answers ? found->second.answering : found->second.live;
    if (const auto old = place) old->end(PeerEnding::kReplaced, "a newer link");
    const auto self = self_of(connection);
    if (connection.setup().accepted) --shaking_hands_;
    connection.link = ++last_link_;
    place = self;
    if (answers) return tell({true, connection.peer(), connection.link, connection.setup().address, {}, {}});
    links_[connection.link] = self;
    {
      const std::lock_guard hold(mutex_);
      outboxes_[connection.link] = {connection.outbox(), connection.way() == Way::kAsking};
    }
    stats_.links_up.fetch_add(1, std::memory_order_relaxed);
    stats_.links_opened.fetch_add(1, std::memory_order_relaxed);
    tell({true, connection.peer(), connection.link, connection.setup().address, {}, {}});
    sink_->on_link_up(connection.peer(), connection.link);
  }
  bool received(Connection& connection, Bytes frame) override {
    return sink_->on_frame(connection.peer(), connection.link, std::move(frame));
  }
  void ended(Connection& connection, PeerEnding ending, const std::string& detail) override {
    connections_.erase(self_of(connection));
    const auto& setup = connection.setup();
    const auto& id = setup.accepted ? connection.peer() : setup.expected;
    if (connection.link == 0 && setup.accepted) --shaking_hands_;
    tell({false, id, connection.link, setup.address, ending, detail});
    const auto found = peers_.find(id);
    if (connection.way() == Way::kAnswering) {
      if (found != peers_.end() && found->second.answering.get() == &connection) found->second.answering.reset();
      return;
    }
    if (connection.link != 0) link_down(connection);
    if (setup.accepted || found == peers_.end() || !found->second.attempt || found->second.live) return;
    found->second.attempt.reset();
    if (connection.frames_delivered > 0) found->second.backoff.reset();  // it did work
    dial_later(id, found->second);
  }
  void link_down(Connection& connection) {
    links_.erase(connection.link);
    {
      const std::lock_guard hold(mutex_);
      outboxes_.erase(connection.link);
    }
    stats_.links_up.fetch_sub(1, std::memory_order_relaxed);
    const auto found = peers_.find(connection.peer());
    if (found != peers_.end() && found->second.live.get() == &connection) found->second.live.reset();
    // Answers to what was asked meanwhile would come for a link that is gone: the peer asks again (USTP-JSN-052).
    if (found != peers_.end()) found->second.asked.refuse_all({Code::overloaded, "the link went down"});
    sink_->on_link_down(connection.peer(), connection.link);
  }
  void tell(const PeerEvent& event) const {
    if (options_.observe) options_.observe(event);
  }

  void shut_down() {
    stopping_ = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    resolver_.cancel();
    for (auto& [id, peer] : peers_) drop_attempt(peer);
    const auto all = connections_;
    for (const auto& connection : all) connection->end(PeerEnding::kStopped, "stopping");
    work_.reset();
  }

  PeerOptions options_;
  PeerStats& stats_;
  // Before everything that holds a socket or a timer of it.
  net::io_context io_{1};
  net::executor_work_guard<net::io_context::executor_type> work_{io_.get_executor()};
  net::ssl::context server_context_, client_context_;
  PeerSink* sink_ = nullptr;

  std::mutex mutex_;  // guards outboxes_ only; the rest below belongs to the network's thread
  struct Outgoing {
    std::shared_ptr<Outbox> outbox;
    bool https = false;
  };
  std::unordered_map<std::uint64_t, Outgoing> outboxes_;

  std::map<GatewayId, Peer> peers_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;  // not ended
  Newcomers<Connection> newcomers_;
  const std::function<bool(const std::shared_ptr<Connection>&)> shakes_hands_ = [this](const auto& one) {
    return one->link == 0 && connections_.contains(one);
  };
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> links_;
  std::uint64_t last_link_ = 0;
  std::size_t shaking_hands_ = 0;  // of the accepted ones
  bool stopping_ = false;

  tcp::acceptor acceptor_;
  net::steady_timer accept_timer_;
  tcp::resolver resolver_;
  TokenBucket accept_pace_;
  std::thread thread_;
};

Result<void> check(const PeerOptions& options) {
  if (options.self.empty()) return Error{Code::config_invalid, "the gateway has no id"};
  if (!options.listen.empty()) USTP_CHECK(tls::parse_host_port(options.listen, true));
  const auto& limits = options.limits;
  if (limits.frame_octets == 0 || limits.frames_queued == 0 || limits.octets_queued < limits.frame_octets ||
      limits.connections == 0 || limits.handshakes == 0 || limits.handshake.ns <= 0 || limits.idle.ns <= 0 ||
      limits.close.ns <= 0 || options.backoff.first.ns <= 0 || options.backoff.most < options.backoff.first ||
      !options.random || !options.stats)
    return Error{Code::config_invalid, "a limit of the peer network is zero or contradicts another"};
  USTP_TRY(const auto certificate, tls::load_certificate(options.tls.certificate));
  USTP_TRY(const auto named, tls::gateway_of(certificate.get()));
  if (named != options.self)
    return Error{Code::tls_identity_mismatch, options.tls.certificate + " is the certificate of " + named.str()};
  return {};
}

}  // namespace

Result<std::unique_ptr<PeerNetwork>> make_peer_network(PeerOptions options) {
  USTP_CHECK(check(options));
  USTP_TRY(auto server, tls::make_context(options.tls, tls::Side::kServer));
  USTP_TRY(auto client, tls::make_context(options.tls, tls::Side::kClient));
  return std::unique_ptr<PeerNetwork>(
      std::make_unique<TlsPeerNetwork>(std::move(options), server.release(), client.release()));
}

}  // namespace ustp::gateway
