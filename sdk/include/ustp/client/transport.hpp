#pragma once
// What the client needs of HTTP, so that a test can stand in for the network. No type of an HTTP or JSON library.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ustp/base/result.hpp"
#include "ustp/base/time.hpp"

namespace ustp::client {

struct HttpRequest {
  std::string method, target;  // "GET", "/v1/transfers?limit=20"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
struct HttpReply {
  int status = 0;
  std::string content_type, body;
  std::string request_id;  // X-Request-Id
  Duration retry_after;    // Retry-After in seconds; 0 when absent
};

// Thread-safe. An error means that no whole reply came: Code::timeout, Code::no_reply; Code::body_too_large when it
// passed the bound.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<HttpReply> send(const HttpRequest& request) = 0;
};

struct TlsOptions {
  std::string base_url;                      // "https://127.0.0.1:7201"; nothing but https is spoken
  std::string ca_file;                       // PEM; the only authority that is trusted
  std::string certificate_file = {}, key_file = {};  // PEM; who we are (SAN URI urn:ustp:participant:ID); both, or neither
  // A bearer token (JWT) in a file, instead of a certificate or beside it. Read for every call, so that whoever renews it
  // has only to write the file.
  std::string token_file = {};               // may be left out, as all that has a default
  Duration timeout = Duration::seconds(30);  // of one attempt
  std::size_t reply_octets = 64u << 20;
};
// TLS 1.3 with a client certificate, a token, both or (not to a gateway) none, on cpprestsdk. Redirects are not followed.
// Code::config_invalid names the option that cannot be used.
Result<std::unique_ptr<Transport>> make_https_transport(const TlsOptions& options);

}  // namespace ustp::client
