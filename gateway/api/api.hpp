#pragma once
// The API for participants (HTTPS, TLS 1.3, client certificates or tokens) and the operator's port (HTTP on loopback). Each has one
// thread of its own; the engine's replies are brought to it, so the engine never renders or writes.

#include <functional>
#include <memory>

#include "gateway/api/handler.hpp"
#include "gateway/api/token.hpp"
#include "gateway/tls/tls_context.hpp"

namespace ustp::gateway {

struct ApiLimits {
  std::size_t connections = 256;              // beyond: closed at once
  std::size_t connections_per_participant = 64;
  std::size_t header_octets = 8u << 10, header_fields = 64;
  std::size_t body_octets = 128u << 10;
  std::size_t pipeline = 16;                  // requests of one connection that wait for answers; beyond: not read
  std::size_t in_flight = 4096;
  std::size_t events_each = 16;               // questions for events of one participant: streams, and those that wait
  std::uint32_t requests_per_second = 200;    // of one participant; 0: no limit
};
// Whoever is slower loses the connection; only `reply` is ours, and keeps it.
struct ApiTimes {
  Duration handshake = Duration::seconds(5);
  Duration idle = Duration::seconds(75);      // between two requests
  Duration header = Duration::seconds(5);     // from its first octet
  Duration body = Duration::seconds(15);
  Duration write = Duration::seconds(30);
  Duration reply = Duration::seconds(10);     // of the engine; then 504 no_reply
  Duration heartbeat = Duration::seconds(15); // of a stream of events that has nothing to tell
  Duration linger = Duration::seconds(1);     // for what a refused client still sends
};
// Callers may show a token instead of a certificate, or both.
struct ApiTokens {
  std::string keys;                           // file: a JWK set; read again when it changes
  api::TokenRules rules;
};
struct ApiOptions {
  std::string listen;                         // "127.0.0.1:7201", "[::1]:0"; an address, no host name; port 0: a free one
  tls::Files tls;
  // Whether the participant takes part now. Asked for every request, from the API's thread: thread-safe and cheap.
  std::function<bool(const ParticipantId&)> admitted;
  std::string doc_url;                        // page of the error codes that problems point at; optional
  std::function<void(const api::AccessRecord&)> access_log;  // optional; from the API's thread
  std::optional<ApiTokens> tokens;            // none: a certificate is required
  std::function<Instant()> wall;              // what tokens are held against; default: the system's clock. Thread-safe
  std::function<void(const Error*)> keys_notice;  // optional; the keys were read again, or could not. From the API's thread
  ApiLimits limits;
  ApiTimes times;
};

class ApiServer {
 public:
  virtual ~ApiServer() = default;             // stops
  virtual Result<void> start() = 0;           // once. Code::io_error: the address cannot be had
  // Answers what waits with 503 stopping, closes, joins the thread. Replies may still come afterwards, harmlessly.
  virtual void stop() = 0;
  virtual std::uint16_t port() const = 0;     // after start()
  virtual std::string metrics() const = 0;    // Prometheus text; thread-safe
};
// Reads the TLS files. `service` outlives the server.
Result<std::unique_ptr<ApiServer>> make_api_server(ApiOptions options, Service& service);

struct AdminOptions {
  std::string listen;                         // a loopback address, else Code::config_invalid: nobody is authenticated here
  std::function<std::string()> more_metrics;  // optional, e.g. ApiServer::metrics; thread-safe
};
// GET and HEAD: /health/started, /health/live, /health/ready, /metrics.
class AdminServer {
 public:
  virtual ~AdminServer() = default;
  virtual Result<void> start() = 0;
  virtual void stop() = 0;
  virtual std::uint16_t port() const = 0;
};
Result<std::unique_ptr<AdminServer>> make_admin_server(AdminOptions options, Service& service);

}  // namespace ustp::gateway
