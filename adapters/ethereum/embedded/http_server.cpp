#include "adapters/ethereum/embedded/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>

namespace ustp::ethereum::embedded {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

struct Shared {
  HttpServerOptions options;
  HttpServer::Handler handler;
  std::size_t connections = 0;  // of the one thread
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) { ++shared_.connections; }
  ~Session() { --shared_.connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    parser_.emplace();
    parser_->body_limit(shared_.options.max_body);
    parser_->header_limit(static_cast<std::uint32_t>(shared_.options.max_header));
    stream_.expires_after(std::chrono::nanoseconds(shared_.options.idle.ns));
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_read(error); });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::body_limit) return answer(http::status::payload_too_large, "", false);
    if (error) return close();  // end of stream, idle, or not HTTP
    const auto& request = parser_->get();
    if (request.method() != http::verb::post) return answer(http::status::method_not_allowed, "", request.keep_alive());
    answer(http::status::ok, shared_.handler(request.body()), request.keep_alive());
  }
  void answer(http::status status, std::string body, bool keep) {
    response_ = {status, 11};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(keep);
    response_.body() = std::move(body);
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this(), keep](beast::error_code error, std::size_t) {
      if (error || !keep) return self->close();
      self->read();
    });
  }
  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_both, ignored);
  }

  beast::tcp_stream stream_;
  Shared& shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

class Server final : public HttpServer {
 public:
  Server(HttpServerOptions options, Handler handler, std::function<void()> tick, Duration period)
      : shared_{std::move(options), std::move(handler)}, tick_(std::move(tick)), period_(period.ns) {}
  ~Server() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }
  std::uint16_t port() const override { return port_; }

  Result<void> start() {
    beast::error_code error;
    const auto address = asio::ip::make_address(shared_.options.host, error);
    if (error || !address.is_loopback()) return Error{Code::config_invalid, "listen: not a loopback address"};
    const Tcp::endpoint endpoint(address, shared_.options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Error{Code::io_error, "listen: " + error.message()};
    port_ = acceptor_.local_endpoint().port();
    accept();
    if (period_.count() > 0) arm();
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && shared_.connections < shared_.options.max_connections) {
        beast::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        std::make_shared<Session>(std::move(socket), shared_)->read();
      }
      accept();
    });
  }
  void arm() {
    timer_.expires_after(period_);
    timer_.async_wait([this](beast::error_code error) {
      if (error) return;
      tick_();
      arm();
    });
  }

  Shared shared_;  // outlives the sessions, which the context below holds
  std::function<void()> tick_;
  std::chrono::nanoseconds period_;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  asio::steady_timer timer_{io_};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(HttpServerOptions options, HttpServer::Handler handler,
                                               std::function<void()> tick, Duration period) {
  auto out = std::make_unique<Server>(std::move(options), std::move(handler), std::move(tick), period);
  USTP_CHECK(out->start());
  return std::unique_ptr<HttpServer>(std::move(out));
}

}  // namespace ustp::ethereum::embedded
