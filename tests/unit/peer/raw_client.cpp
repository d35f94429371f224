#include "tests/unit/peer/raw_client.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace ustp::testing {

RawClient::RawClient(std::uint16_t port) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's own writes raise it when the other side is gone
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval two{2, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &two, sizeof two);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) ::close(std::exchange(fd_, -1));
}

RawClient::~RawClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::tls(const RawWish& wish) {
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context_, wish.version);
  SSL_CTX_set_max_proto_version(context_, wish.version);
  if (!wish.certificate.empty() &&
      (SSL_CTX_use_certificate_chain_file(context_, wish.certificate.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context_, wish.key.c_str(), SSL_FILETYPE_PEM) != 1))
    return false;
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  return SSL_connect(ssl_) == 1;
}

bool RawClient::write(std::string_view octets) {
  return SSL_write(ssl_, octets.data(), static_cast<int>(octets.size())) == static_cast<int>(octets.size());
}
std::string RawClient::read_some() {
  std::string out(16384, '\0');
  errno = 0;
  const int n = SSL_read(ssl_, out.data(), static_cast<int>(out.size()));
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}
bool RawClient::ended() {
  if (ssl_ == nullptr) {
    char octet;
    const auto n = ::recv(fd_, &octet, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
  }
  while (!read_some().empty()) {
  }
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

std::string RawClient::upgrade(const std::string& path, const std::string& sub_protocol) {
  std::string request = "GET " + path +
                        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!sub_protocol.empty()) request += "Sec-WebSocket-Protocol: " + sub_protocol + "\r\n";
  if (!write(request + "\r\n")) return {};
  std::string answer;
  while (answer.find("\r\n\r\n") == std::string::npos) {
    const auto more = read_some();
    if (more.empty()) break;
    answer += more;
  }
  return answer.substr(0, answer.find('\r'));
}

// RFC 6455 section 5.2, masked with zeros: the payload stays as it is.
bool RawClient::frame(std::uint8_t opcode, std::string_view payload, bool finished, bool masked) {
  std::string out(1, static_cast<char>((finished ? 0x80 : 0) | opcode));
  const int mask = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask | static_cast<int>(payload.size()));
  } else {
    const bool long_form = payload.size() > 0xffff;  // the shortest form is the only one allowed
    out += static_cast<char>(mask | (long_form ? 127 : 126));
    for (int shift = long_form ? 56 : 8; shift >= 0; shift -= 8) out += static_cast<char>((payload.size() >> shift) & 0xff);
  }
  if (masked) out += std::string(4, '\0');
  return write(out + std::string(payload));
}

}  // namespace ustp::testing
