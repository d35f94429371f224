#include "gateway/peer/connection.hpp"

#include "gateway/peer/coalescing_stream.hpp"
#include "gateway/peer/http_exchange.hpp"
#include "gateway/peer/pace.hpp"

namespace ustp::gateway {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;
namespace websocket = boost::beast::websocket;
using ErrorCode = boost::system::error_code;

constexpr const char* kPath = "/ustp/v1";
constexpr const char* kSubProtocol = "ustp.v1";
constexpr std::size_t kKeptBuffer = 256 * 1024;  // a larger receive buffer is given back after its frame
constexpr int kSilentTicks = 4;                  // pings per idle time
// A request is repeated so long; a hello that is older tells the wrong time.
constexpr auto kFirstRetry = std::chrono::milliseconds(10), kLastRetry = std::chrono::milliseconds(640);

std::chrono::nanoseconds of(Duration d) { return std::chrono::nanoseconds(d.ns); }

class WebSocketConnection final : public Connection, public std::enable_shared_from_this<WebSocketConnection> {
 public:
  WebSocketConnection(net::ip::tcp::socket socket, net::ssl::context& context, ConnectionOwner& owner, PeerStats& stats,
                      Setup setup)
      : Connection(std::move(setup)),
        owner_(owner),
        stats_(stats),
        deadline_(socket.get_executor()),
        idle_(socket.get_executor()),
        pace_timer_(socket.get_executor()),
        pace_(setup_.limits.frames_per_second),
        ws_(std::move(socket), context, stats.tls_writes) {}

  void start() override {
    stream().keep_alive(weak_from_this());
    arm_deadline(setup_.limits.handshake, PeerEnding::kHandshakeTimeout, "no link in time");
    ErrorCode ec;
    socket().set_option(net::ip::tcp::no_delay(true), ec);
    auto& tls = stream().next_layer();
    tls.set_verify_callback([this](bool ok, net::ssl::verify_context& check) { return verify(ok, check); }, ec);
    if (ec) return fail(PeerEnding::kTls, ec.message());
    const auto side = setup_.accepted ? net::ssl::stream_base::server : net::ssl::stream_base::client;
    tls.async_handshake(side, [self = shared_from_this()](ErrorCode failed) { self->on_tls(failed); });
  }

  void end(PeerEnding ending, std::string reason) override {
    if (state_ == State::kClosing || state_ == State::kDead) return;
    const auto self = shared_from_this();  // the owner lets go in ended()
    const bool open = state_ == State::kOpen && way_ == Way::kFrames;
    drain_ = open && ending == PeerEnding::kStopped;
    report(ending, reason);
    if (!open) return kill();
    arm_deadline(setup_.limits.close, ending, reason);
    reason_ = websocket::close_reason(code_of(ending), reason.substr(0, 120));
    if (drain_) return pump();
    close_websocket();
  }

  void wake() override { pump(); }
  void resume() override {
    if (!paused_ || state_ != State::kOpen) return;
    way_ == Way::kAsking ? take_answer() : deliver();
  }
  void answer(Exchange kind, BytesView body) override {
    if (state_ != State::kOpen || !std::exchange(waits_, false)) return;
    answerer_->answer(kind, body, [self = shared_from_this()](ErrorCode failed) { self->answered(failed, true); });
  }
  void refuse(const Error& error) override {
    if (state_ == State::kOpen && std::exchange(waits_, false)) say_refused(error);
  }

 private:
  enum class State { kHandshake, kOpen, kClosing, kDead };

  CoalescingStream& stream() { return ws_.next_layer(); }
  net::ip::tcp::socket& socket() { return stream().next_layer().next_layer(); }

  // USTP-PEER-002, 003: who it is, and whether we want it, is decided before TLS ends.
  bool verify(bool ok, net::ssl::verify_context& check) {
    X509_STORE_CTX* context = check.native_handle();
    if (!ok) return refuse(PeerEnding::kTls, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
    if (X509_STORE_CTX_get_error_depth(context) > 0) return true;
    X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
    auto id = tls::gateway_of(X509_STORE_CTX_get_current_cert(context));
    if (!id) return refuse(PeerEnding::kIdentity, id.error().detail);
    if (!setup_.accepted && *id != setup_.expected) return refuse(PeerEnding::kIdentity, "certificate of " + id->str());
    if (const auto no = owner_.admit(*id, setup_.accepted)) return refuse(*no, id->str());
    X509_STORE_CTX_set_error(context, X509_V_OK);
    peer_ = *id;
    return true;
  }
  bool refuse(PeerEnding ending, std::string detail) {
    if (!refusal_) refusal_ = {ending, std::move(detail)};
    return false;
  }

  void on_tls(ErrorCode failed) {
    if (state_ != State::kHandshake) return;
    if (refusal_) return fail(refusal_->first, refusal_->second);
    if (failed) return fail(PeerEnding::kTls, failed.message());
    if (peer_.empty()) return fail(PeerEnding::kIdentity, "no certificate");
    ws_.read_message_max(setup_.limits.frame_octets);
    ws_.write_buffer_bytes(CoalescingStream::kRecord);
    ws_.auto_fragment(false);
    ws_.binary(true);
    ws_.control_callback([this](websocket::frame_type, beast::string_view) { silent_ = 0; });
    if (setup_.accepted) return accept_request();
    if (!setup_.https) return ask_upgrade();
    way_ = Way::kAsking;
    asker_.emplace(stream(), setup_.host);
    opened();
  }

  void ask_upgrade() {
    ws_.set_option(websocket::stream_base::decorator(
        [](websocket::request_type& request) { request.set(http::field::sec_websocket_protocol, kSubProtocol); }));
    ws_.async_handshake(response_, setup_.host, kPath, [self = shared_from_this()](ErrorCode failed) {
      if (self->state_ != State::kHandshake) return;
      const bool tls = failed && failed.category() == net::error::get_ssl_category();
      if (failed) return self->fail(tls ? PeerEnding::kTls : PeerEnding::kUpgrade, failed.message());
      if (self->response_[http::field::sec_websocket_protocol] != kSubProtocol)
        return self->fail(PeerEnding::kUpgrade, "another sub-protocol");
      self->opened();
    });
  }

  void accept_request() {
    answerer_.emplace(stream());
    answerer_->read_header([self = shared_from_this()](ErrorCode failed) {
      if (self->state_ == State::kHandshake) self->on_request(failed);
    });
  }
  void on_request(ErrorCode failed) {
    if (failed) return fail(PeerEnding::kUpgrade, failed.message());
    if (owner_.speaks_https(peer_)) {  // USTP-JSN-050: one binding with each peer
      way_ = Way::kAnswering;
      return opened();
    }
    const auto& request = answerer_->message();
    if (request.target() != kPath) return refuse_upgrade(http::status::not_found, "path");
    const bool spoken = http::token_list(request[http::field::sec_websocket_protocol]).exists(kSubProtocol);
    // Octets behind the request came before our answer: no client of this protocol sends them.
    if (!websocket::is_upgrade(request) || !spoken || answerer_->more_came())
      return refuse_upgrade(http::status::bad_request, "no upgrade to ustp.v1");
    ws_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::sec_websocket_protocol, kSubProtocol); }));
    ws_.async_accept(request, [self = shared_from_this()](ErrorCode bad) {
      if (self->state_ != State::kHandshake) return;
      if (bad) return self->fail(PeerEnding::kUpgrade, bad.message());
      self->answerer_.reset();
      self->opened();
    });
  }
  void refuse_upgrade(http::status status, std::string why) {
    auto answer = std::make_shared<http::response<http::empty_body>>(status, 11);
    answer->set(http::field::connection, "close");
    answer->prepare_payload();
    http::async_write(stream(), *answer, [self = shared_from_this(), answer, why](ErrorCode, std::size_t) {
      self->stream().when_drained([self, why] { self->fail(PeerEnding::kUpgrade, why); });
    });
  }

  void opened() {
    const auto self = shared_from_this();
    state_ = State::kOpen;
    deadline_.cancel();
    owner_.opened(*this);
    if (state_ != State::kOpen) return;  // not wanted any more
    if (way_ == Way::kAsking) {
      read_answer();
      return pump();
    }
    if (way_ == Way::kAnswering) return read_request();
    tick();
    read();
    pump();
  }

  void read() {
    ws_.async_read(buffer_, [self = shared_from_this()](ErrorCode failed, std::size_t) { self->on_read(failed); });
  }
  void on_read(ErrorCode failed) {
    if (failed) {
      if (state_ == State::kOpen) fail(ending_of(failed), detail_of(failed));
      return;
    }
    if (state_ != State::kOpen) {  // until their close frame comes
      buffer_.clear();
      if (state_ == State::kClosing) read();
      return;
    }
    silent_ = 0;
    if (!ws_.got_binary()) return end(PeerEnding::kNotBinary, "not a binary frame");
    stats_.frames_in.fetch_add(1, std::memory_order_relaxed);
    stats_.octets_in.fetch_add(buffer_.size(), std::memory_order_relaxed);
    keep_pace();
  }
  void keep_pace() {
    if (pace_.take(std::chrono::steady_clock::now())) return deliver();
    pace_timer_.expires_after(pace_.wait());
    pace_timer_.async_wait([self = shared_from_this()](ErrorCode) {
      self->silent_ = 0;
      if (self->state_ == State::kOpen) self->keep_pace();
    });
  }
  // The frame stays in the buffer until the sink has taken a copy of it: what it refused is delivered again.
  void deliver() {
    const auto data = buffer_.cdata();
    const auto* octets = static_cast<const std::uint8_t*>(data.data());
    paused_ = !owner_.received(*this, Bytes(octets, octets + data.size()));
    if (paused_) stats_.frames_refused.fetch_add(1, std::memory_order_relaxed);
    if (paused_ && state_ == State::kOpen) return;
    if (!paused_) ++frames_delivered;
    buffer_.clear();
    if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
    if (state_ == State::kOpen) read();
  }

  // USTP-JSN-051 to -053. The peer has a bounded time for each request, from the end of the one before.
  void serve() {
    in_time("no request");
    answerer_->read_header([self = shared_from_this()](ErrorCode failed) {
      if (self->state_ != State::kOpen) return;
      if (failed) return self->fail(PeerEnding::kClosedByPeer, failed.message());
      self->read_request();
    });
  }
  void read_request() {
    in_time("no request");
    answerer_->read_body([self = shared_from_this()](ErrorCode failed, Result<HttpAnswerer::Request> request) {
      if (self->state_ != State::kOpen) return;
      self->idle_.cancel();
      if (failed) return self->fail(PeerEnding::kNetwork, failed.message());
      if (!request) return self->say_refused(request.error());
      self->stats_.frames_in.fetch_add(1, std::memory_order_relaxed);
      self->stats_.octets_in.fetch_add(request->body.size(), std::memory_order_relaxed);
      ++self->frames_delivered;
      self->waits_ = true;
      if (const auto no = self->owner_.asked(*self, request->kind, std::move(request->body))) self->refuse(*no);
    });
  }
  void say_refused(const Error& error) {
    const bool again = info(error.code).retryable;
    in_time("the answer does not leave");
    answerer_->refuse(error, again, [self = shared_from_this(), again](ErrorCode failed) { self->answered(failed, again); });
  }
  void answered(ErrorCode failed, bool go_on) {
    if (state_ != State::kOpen) return;
    if (failed) return fail(PeerEnding::kNetwork, failed.message());
    if (go_on) return serve();
    // What was not read of the request must not reset the connection before the answer is there.
    report(PeerEnding::kMalformed, "a refused request");
    arm_deadline(setup_.limits.close, PeerEnding::kMalformed, {});
    stream().when_drained([self = shared_from_this()] {
      ErrorCode ignored;
      self->socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
      self->skim();
    });
  }
  void skim() {
    socket().async_read_some(net::buffer(skimmed_), [self = shared_from_this()](ErrorCode failed, std::size_t) {
      failed || self->state_ != State::kClosing ? self->kill() : self->skim();
    });
  }

  void ask() {
    in_time("no answer");
    const BytesView frame = *writing_;
    asker_->ask(static_cast<Exchange>(frame.front()), frame.subspan(1),
                [self = shared_from_this()](ErrorCode failed) {
                  if (failed && self->state_ == State::kOpen) self->fail(PeerEnding::kNetwork, failed.message());
                });
  }
  void read_answer() {
    asker_->read([self = shared_from_this()](ErrorCode failed, HttpAsker::Answer answer) {
      if (self->state_ != State::kOpen) return;
      self->idle_.cancel();
      if (failed) return self->fail(PeerEnding::kNetwork, failed.message());
      if (!self->writing_) return self->fail(PeerEnding::kMalformed, "an answer to nothing");
      self->on_answer(std::move(answer));
      if (self->state_ == State::kOpen) self->read_answer();
    });
  }
  void on_answer(HttpAsker::Answer answer) {
    const bool later = answer.status == 429 || answer.status == 503;
    if (answer.status != 200 && !(later && answer.keep_alive))
      return fail(PeerEnding::kClosedByPeer, std::to_string(answer.status) + " " + answer.problem);
    if (later) {  // the peer has no link to us yet, or no room: the same octets again
      if (retry_ > kLastRetry) return fail(PeerEnding::kClosedByPeer, std::to_string(answer.status) + " for too long");
      pace_timer_.expires_after(retry_);
      retry_ *= 2;
      pace_timer_.async_wait([self = shared_from_this()](ErrorCode cancelled) {
        if (!cancelled && self->state_ == State::kOpen) self->ask();
      });
      return;
    }
    retry_ = kFirstRetry;
    stats_.frames_out.fetch_add(1, std::memory_order_relaxed);
    stats_.octets_out.fetch_add(writing_->size(), std::memory_order_relaxed);
    stats_.frames_in.fetch_add(1, std::memory_order_relaxed);
    stats_.octets_in.fetch_add(answer.body.size(), std::memory_order_relaxed);
    answer_ = std::move(answer.body);
    answer_.insert(answer_.begin(), static_cast<std::uint8_t>(writing_->front() | kAnswer));
    ends_ = !answer.keep_alive;
    take_answer();
  }
  void take_answer() {
    paused_ = !owner_.received(*this, answer_);
    if (paused_) stats_.frames_refused.fetch_add(1, std::memory_order_relaxed);
    if (paused_ || state_ != State::kOpen) return;
    ++frames_delivered;
    writing_.reset();
    if (ends_) return fail(PeerEnding::kClosedByPeer, "as it said");
    pump();
  }
  void in_time(const char* what) {
    idle_.expires_after(of(setup_.limits.idle));
    idle_.async_wait([self = shared_from_this(), what](ErrorCode cancelled) {
      if (!cancelled && self->state_ == State::kOpen) self->end(PeerEnding::kIdle, what);
    });
  }

  void pump() {
    if (writing_ || !(state_ == State::kOpen || (state_ == State::kClosing && drain_))) return;
    auto next = outbox_->pop();
    if (way_ == Way::kAsking) {
      writing_ = std::move(next.frame);
      if (writing_) ask();
      return;
    }
    if (!next.frame) {
      stream().release();
      if (drain_) close_websocket();
      return;
    }
    writing_ = std::move(next.frame);
    stream().more_follows(next.more);
    ws_.async_write(net::buffer(*writing_), [self = shared_from_this()](ErrorCode failed, std::size_t) {
      const auto size = self->writing_->size();
      self->writing_.reset();
      if (failed) return self->fail(PeerEnding::kNetwork, failed.message());
      self->stats_.frames_out.fetch_add(1, std::memory_order_relaxed);
      self->stats_.octets_out.fetch_add(size, std::memory_order_relaxed);
      self->pump();
    });
  }

  void tick() {
    idle_.expires_after(of(setup_.limits.idle) / kSilentTicks);
    idle_.async_wait([self = shared_from_this()](ErrorCode cancelled) {
      if (!cancelled && self->state_ == State::kOpen) self->on_tick();
    });
  }
  void on_tick() {
    if (paused_) silent_ = 0;  // we do not read: their silence says nothing
    if (++silent_ > kSilentTicks) return end(PeerEnding::kIdle, "silent");
    if (!pinging_) {
      pinging_ = true;
      ws_.async_ping({}, [self = shared_from_this()](ErrorCode) { self->pinging_ = false; });
    }
    tick();
  }

  void close_websocket() {
    drain_ = false;
    stream().release();
    stream().more_follows(false);
    ws_.async_close(reason_, [self = shared_from_this()](ErrorCode) { self->kill(); });
  }
  void fail(PeerEnding ending, const std::string& detail) {
    const auto self = shared_from_this();
    if (state_ == State::kHandshake || state_ == State::kOpen) report(ending, detail);
    kill();
  }
  void report(PeerEnding ending, const std::string& detail) {
    state_ = State::kClosing;
    outbox_->close(!drain_);
    idle_.cancel();
    pace_timer_.cancel();
    stats_.endings[static_cast<std::size_t>(ending)].fetch_add(1, std::memory_order_relaxed);
    owner_.ended(*this, ending, detail);
  }
  void kill() {
    state_ = State::kDead;
    deadline_.cancel();
    ErrorCode ignored;
    socket().close(ignored);
  }
  void arm_deadline(Duration after, PeerEnding ending, std::string what) {
    deadline_.expires_after(of(after));
    // A handler that is already queued is not cancelled any more: it must find the state it was armed in.
    deadline_.async_wait([self = shared_from_this(), ending, what = std::move(what), armed = state_](ErrorCode cancelled) {
      if (!cancelled && self->state_ == armed) self->fail(ending, what);
    });
  }

  static websocket::close_code code_of(PeerEnding ending) {
    if (ending == PeerEnding::kStopped) return websocket::close_code::going_away;
    if (ending == PeerEnding::kNotBinary) return websocket::close_code::unknown_data;
    if (ending == PeerEnding::kQueueOverflow) return websocket::close_code::try_again_later;
    return websocket::close_code::policy_error;
  }
  static PeerEnding ending_of(ErrorCode failed) {
    if (failed == websocket::error::closed) return PeerEnding::kClosedByPeer;
    if (failed == websocket::error::message_too_big || failed == websocket::error::buffer_overflow)
      return PeerEnding::kFrameTooLarge;
    if (failed == websocket::condition::protocol_violation) return PeerEnding::kMalformed;
    return PeerEnding::kNetwork;
  }
  std::string detail_of(ErrorCode failed) const {
    if (failed != websocket::error::closed) return failed.message();
    const auto& said = ws_.reason().reason;
    return std::string(said.data(), said.size());
  }

  ConnectionOwner& owner_;
  PeerStats& stats_;
  net::steady_timer deadline_, idle_, pace_timer_;
  TokenBucket pace_;
  websocket::stream<CoalescingStream, false> ws_;
  beast::flat_buffer buffer_;
  std::optional<HttpAnswerer> answerer_;  // the first request, and all of a kAnswering connection
  std::optional<HttpAsker> asker_;
  Bytes answer_;                          // that the sink has still to take
  std::array<std::uint8_t, 4096> skimmed_;
  std::chrono::milliseconds retry_ = kFirstRetry;
  websocket::response_type response_;
  websocket::close_reason reason_;
  std::optional<std::pair<PeerEnding, std::string>> refusal_;
  Outbox::Frame writing_;
  State state_ = State::kHandshake;
  int silent_ = 0;
  bool paused_ = false, pinging_ = false, drain_ = false;
  bool waits_ = false;  // a request for its answer
  bool ends_ = false;   // the peer ends the connection after this answer
};

}  // namespace

std::shared_ptr<Connection> make_connection(net::ip::tcp::socket socket, net::ssl::context& context,
                                            ConnectionOwner& owner, PeerStats& stats, Connection::Setup setup) {
  return std::make_shared<WebSocketConnection>(std::move(socket), context, owner, stats, std::move(setup));
}

}  // namespace ustp::gateway
