#pragma once
// HTTP/1.1 for the JSON-RPC of a test ledger: loopback, kept-alive, bounded. One thread; plain text of octets in and out.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ustp/base/result.hpp"
#include "ustp/base/time.hpp"

namespace ustp::ethereum::embedded {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // a loopback address; others are refused
  std::uint16_t port = 0;          // 0: a free one
  std::size_t max_connections = 64, max_body = 8 * 1'048'576, max_header = 8'192;
  Duration idle = Duration::seconds(60);  // a connection that says nothing for so long is closed
};

class HttpServer {
 public:
  using Handler = std::function<std::string(std::string_view body)>;
  virtual ~HttpServer() = default;  // stops and joins
  virtual std::uint16_t port() const = 0;
};
// Serves from its own thread at once. `tick` is called every `period` on that thread (period 0: never).
Result<std::unique_ptr<HttpServer>> serve_http(HttpServerOptions options, HttpServer::Handler handler,
                                               std::function<void()> tick, Duration period);

}  // namespace ustp::ethereum::embedded
