// The API's listener, its thread and the sweep over the connections' deadlines.
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <set>
#include <thread>

#include "gateway/api/listen.hpp"
#include "gateway/api/mailbox.hpp"
#include "gateway/api/response_text.hpp"
#include "gateway/api/session.hpp"
#include "gateway/tls/newcomers.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Instant monotonic() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

// Deadlines are looked at this often: a quarter of the shortest one, within reason.
std::chrono::milliseconds sweep_of(const ApiTimes& times) {
  std::int64_t shortest = INT64_MAX;
  for (const auto& one : {times.handshake, times.idle, times.header, times.body, times.write, times.reply, times.linger})
    shortest = std::min(shortest, one.ns);
  return std::chrono::milliseconds(std::clamp<std::int64_t>(shortest / 4'000'000, 5, 250));
}

class Server final : public ApiServer {
 public:
  Server(ApiOptions options, tcp::endpoint endpoint, SSL_CTX* tls, std::unique_ptr<api::TokenGate> tokens, Service& service)
      : options_(std::move(options)),
        tokens_(std::move(tokens)),
        endpoint_(std::move(endpoint)),
        tls_(tls),
        mailbox_(std::make_shared<api::Mailbox>(io_)),
        metrics_(std::make_shared<api::Metrics>()),
        handler_(handler_options(), service, metrics_),
        acceptor_(io_),
        timer_(io_),
        host_{options_, handler_, *metrics_, tls_, tokens_.get(), {}, {}, {}} {
    host_.enter = [this](const ParticipantId& who) { return enter(who); };
    host_.leave = [this](api::Session* session, const ParticipantId& who) { leave(session, who); };
  }
  ~Server() override { stop(); }

  Result<void> start() override {
    USTP_CHECK(api::open_listener(acceptor_, endpoint_));
    error_code ec;
    port_ = acceptor_.local_endpoint(ec).port();
    if (ec) return Error{Code::io_error, "listen: " + ec.message()};
    sweep();
    accept();
    thread_ = std::thread([this] {
      name_this_thread("api");
      io_.run();
    });
    return {};
  }

  void stop() override {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { begin_stop(); });
    thread_.join();
    mailbox_->close();
  }

  std::uint16_t port() const override { return port_; }
  std::string metrics() const override { return metrics_->render(); }

 private:
  api::HandlerOptions handler_options() const {
    api::HandlerOptions out;
    out.in_flight = options_.limits.in_flight;
    out.doc_url = options_.doc_url;
    out.events_each = options_.limits.events_each;
    out.heartbeat = options_.times.heartbeat;
    out.requests_per_second = options_.limits.requests_per_second;
    out.run = [mailbox = mailbox_](std::function<void()> closure) { mailbox->put(std::move(closure)); };
    out.now = monotonic;
    out.access = options_.access_log;
    return out;
  }

  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
      if (stopping_ || ec == asio::error::operation_aborted) return;
      if (ec) {  // out of descriptors: the next sweep tries again
        accept_again_ = true;
        return;
      }
      take(std::move(socket));
      accept();
    });
  }

  void take(tcp::socket socket) {
    ++metrics_->connections_accepted;
    if (sessions_.size() >= options_.limits.connections) {
      ++metrics_->connections_refused;
      if (!make_room()) return;  // closes it
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = api::make_session(std::move(socket), host_);
    sessions_.emplace(session.get(), session);
    newcomers_.add(session);
    metrics_->connections = static_cast<std::int64_t>(sessions_.size());
    session->start();
  }

  // USTP-API-005. Whoever has said who it is keeps its place.
  bool make_room() {
    const auto oldest = newcomers_.take_oldest(shakes_hands);
    if (oldest) oldest->close_now();
    return oldest != nullptr;
  }
  static bool shakes_hands(const std::shared_ptr<api::Session>& session) { return session->shaking_hands(); }

  bool enter(const ParticipantId& who) {
    auto& count = per_participant_[who];
    if (count >= options_.limits.connections_per_participant) return false;
    ++count;
    return true;
  }
  void leave(api::Session* session, const ParticipantId& who) {
    if (const auto it = per_participant_.find(who); it != per_participant_.end() && --it->second == 0)
      per_participant_.erase(it);
    sessions_.erase(session);
    metrics_->connections = static_cast<std::int64_t>(sessions_.size());
    if (stopping_ && sessions_.empty()) finish_stop();
  }

  void sweep() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    host_.date = api::http_date(std::chrono::duration_cast<std::chrono::seconds>(wall).count());
    look_at_keys();
    const auto now = std::chrono::steady_clock::now();
    for (const auto& session : copy_of_sessions()) session->check_deadlines(now);
    newcomers_.drop_arrived(shakes_hands);
    if (stopping_ && now >= stop_by_)
      for (const auto& session : copy_of_sessions()) session->close_now();
    if (done_) return;
    if (std::exchange(accept_again_, false)) accept();
    timer_.expires_after(sweep_of(options_.times));
    timer_.async_wait([this](error_code ec) {
      if (!ec) sweep();
    });
  }

  void look_at_keys() {
    if (!tokens_) return;
    const auto looked = tokens_->look();
    if (looked && !*looked) return;
    if (!looked) ++metrics_->token_keys_refused;
    if (options_.keys_notice) options_.keys_notice(looked ? nullptr : &looked.error());
  }

  // A session that closes takes itself out of the map.
  std::vector<std::shared_ptr<api::Session>> copy_of_sessions() const {
    std::vector<std::shared_ptr<api::Session>> out;
    out.reserve(sessions_.size());
    for (const auto& [key, session] : sessions_) out.push_back(session);
    return out;
  }

  void begin_stop() {
    stopping_ = true;
    stop_by_ = std::chrono::steady_clock::now() + std::chrono::nanoseconds(2 * options_.times.linger.ns);
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& session : copy_of_sessions()) session->stop();
    if (sessions_.empty()) finish_stop();
  }
  void finish_stop() {
    done_ = true;
    timer_.cancel();
  }

  ApiOptions options_;
  std::unique_ptr<api::TokenGate> tokens_;
  tcp::endpoint endpoint_;
  asio::io_context io_{1};
  asio::ssl::context tls_;
  std::shared_ptr<api::Mailbox> mailbox_;
  std::shared_ptr<api::Metrics> metrics_;
  api::Handler handler_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  api::SessionHost host_;
  std::map<api::Session*, std::shared_ptr<api::Session>> sessions_;
  Newcomers<api::Session> newcomers_;
  std::map<ParticipantId, std::size_t> per_participant_;
  std::uint16_t port_ = 0;
  bool stopping_ = false, done_ = false, accept_again_ = false;
  api::Time stop_by_{};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<ApiServer>> make_api_server(ApiOptions options, Service& service) {
  if (!options.admitted) return Error{Code::config_invalid, "api: who is admitted is not given"};
  USTP_TRY(auto endpoint, api::parse_listen(options.listen));
  if (!options.wall) options.wall = [clock = std::make_shared<SystemClock>()] { return clock->now(); };
  std::unique_ptr<api::TokenGate> tokens;
  if (options.tokens) {
    USTP_TRY(tokens, api::TokenGate::open(options.tokens->keys, options.tokens->rules));
  }
  USTP_TRY(auto context, tls::make_context(options.tls, tls::Side::kServer));
  if (tokens) tls::let_come_without_certificate(context.get());
  return std::unique_ptr<ApiServer>(
      std::make_unique<Server>(std::move(options), std::move(endpoint), context.release(), std::move(tokens), service));
}

}  // namespace ustp::gateway
