#pragma once
// A client on OpenSSL and plain sockets, so that a test can send what no library would.

#include <openssl/ssl.h>

#include <map>
#include <optional>
#include <string>

#include "tests/support/test_pki.hpp"

namespace ustp::test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Blocking, every wait at most ten seconds.
class Client {
 public:
  // `tls` null: no TLS. `files.certificate` empty: no client certificate. `max_version` as OpenSSL's, 0: any.
  Client(std::uint16_t port, const testing::CertificateFiles* tls, int max_version = 0);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  bool connected() const { return connected_; }  // TCP and, with TLS, the client's side of the handshake
  bool send(const std::string& octets);
  std::optional<Answer> receive(bool head = false);  // none: closed or silent for ten seconds
  std::string some();                               // what comes next, as it is; empty: closed or silent
  bool closed();                                    // nothing more comes, and the other side has ended
  std::optional<Answer> ask(const std::string& octets) { return send(octets) ? receive() : std::nullopt; }

 private:
  bool more();

  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string buffer_;
};

std::string get(const std::string& target, const std::string& fields = {});
std::string post_order(const std::string& body, const std::string& key = "key-1");

}  // namespace ustp::test
