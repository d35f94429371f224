#pragma once
// A client that can do everything wrong: OpenSSL on a blocking socket, WebSocket by hand. Every read ends after two
// seconds.

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/test_pki.hpp"

namespace ustp::testing {

struct RawWish {
  std::string ca, certificate, key;  // empty: none shown
  int version = TLS1_3_VERSION;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);  // a TCP connection
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  // The refusal of a TLS 1.3 server shows at the first read only.
  bool tls(const RawWish& wish);
  bool tls(const CertificateFiles& files) { return tls(RawWish{files.ca, files.certificate, files.key}); }
  // "HTTP/1.1 101 …" line of the answer, empty when the connection ended.
  std::string upgrade(const std::string& path = "/ustp/v1", const std::string& sub_protocol = "ustp.v1");
  bool frame(std::uint8_t opcode, std::string_view payload, bool finished = true, bool masked = true);
  bool write(std::string_view octets);
  std::string read_some();       // empty: ended
  bool ended();                  // reads until the end; false when two seconds pass before it
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
};

}  // namespace ustp::testing
