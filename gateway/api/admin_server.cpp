// The operator's port: HTTP without TLS, on loopback alone.
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <thread>

#include "gateway/api/api.hpp"
#include "gateway/api/json_writer.hpp"
#include "gateway/api/listen.hpp"
#include "gateway/api/render.hpp"
#include "gateway/api/response_text.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMaxConnections = 16;
constexpr auto kDeadline = std::chrono::seconds(5);

api::Response health_answer(bool good, const std::vector<std::string>& failing) {
  api::Response out;
  out.status = good ? 200 : 503;
  out.content_type = api::kJson;
  api::JsonWriter w;
  w.open_object().field("status", good ? "up" : "down").name("failing").open_list();
  for (const auto& one : failing) w.text(one);
  w.close_list().close_object();
  out.body = w.take();
  return out;
}

api::Response answer(std::string_view method, std::string_view path, const AdminOptions& options, const Service& service) {
  const bool health = path.starts_with("/health/");
  const auto refuse = [&](Code code) { return api::render_problem(api::Fault{{code, {}}, {}}, {"", path}); };
  if (path != "/metrics" && path != "/health/started" && path != "/health/live" && path != "/health/ready")
    return refuse(Code::not_found);
  if (method != "GET" && method != "HEAD") {
    auto out = refuse(Code::method_not_allowed);
    out.headers.emplace_back("Allow", "GET, HEAD");
    return out;
  }
  api::Response out;
  if (health) {
    const auto now = service.health();
    if (path == "/health/started") out = health_answer(now.started, {});
    else if (path == "/health/live") out = health_answer(now.live, {});
    else out = health_answer(now.ready, now.failing);
  } else {
    out.content_type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = service.metrics();
    if (options.more_metrics) out.body += options.more_metrics();
  }
  out.head = method == "HEAD";
  return out;
}

// One request, one answer, goodbye: probes and scrapers ask seldom.
class AdminConnection : public std::enable_shared_from_this<AdminConnection> {
 public:
  AdminConnection(tcp::socket socket, const AdminOptions& options, const Service& service,
                  std::shared_ptr<std::size_t> open)
      : stream_(std::move(socket)), options_(options), service_(service), open_(std::move(open)) {
    ++*open_;
    parser_.header_limit(8u << 10);
    parser_.body_limit(0);
  }
  ~AdminConnection() { --*open_; }

  void start() {
    stream_.expires_after(kDeadline);
    http::async_read_header(stream_, buffer_, parser_, [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->respond();
    });
  }

 private:
  void respond() {
    const auto& message = parser_.get();
    const auto target = std::string(message.target());
    auto response = answer(std::string(message.method_string()), target.substr(0, target.find('?')), options_, service_);
    response.close = true;
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    api::append_response(out_, response, api::http_date(std::chrono::duration_cast<std::chrono::seconds>(wall).count()));
    asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
  std::string out_;
  const AdminOptions& options_;
  const Service& service_;
  std::shared_ptr<std::size_t> open_;
};

class Admin final : public AdminServer {
 public:
  Admin(AdminOptions options, tcp::endpoint endpoint, Service& service)
      : options_(std::move(options)), endpoint_(std::move(endpoint)), service_(service), acceptor_(io_) {}
  ~Admin() override { stop(); }

  Result<void> start() override {
    USTP_CHECK(api::open_listener(acceptor_, endpoint_));
    error_code ec;
    port_ = acceptor_.local_endpoint(ec).port();
    if (ec) return Error{Code::io_error, "listen: " + ec.message()};
    accept();
    thread_ = std::thread([this] {
      name_this_thread("admin");
      io_.run();
    });
    return {};
  }
  void stop() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }
  std::uint16_t port() const override { return port_; }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
      if (!ec && *open_ < kMaxConnections)
        std::make_shared<AdminConnection>(std::move(socket), options_, service_, open_)->start();
      if (ec != asio::error::operation_aborted) retry(ec);
    });
  }
  // Without descriptors an accept fails at once: wait a little instead of spinning.
  void retry(error_code ec) {
    if (!ec) return accept();
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([this](error_code failed) {
      if (!failed) accept();
    });
  }

  AdminOptions options_;
  tcp::endpoint endpoint_;
  Service& service_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer timer_{io_};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<AdminServer>> make_admin_server(AdminOptions options, Service& service) {
  USTP_TRY(auto endpoint, api::parse_listen(options.listen));
  if (!endpoint.address().is_loopback())
    return Error{Code::config_invalid, "admin: " + options.listen + " is not a loopback address"};
  return std::unique_ptr<AdminServer>(std::make_unique<Admin>(std::move(options), std::move(endpoint), service));
}

}  // namespace ustp::gateway
