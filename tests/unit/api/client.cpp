#include "tests/unit/api/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace ustp::test {

Client::Client(std::uint16_t port, const testing::CertificateFiles* tls, int max_version) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL; a test writes to the closed
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval ten{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof ten);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &ten, sizeof ten);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  if (!connected_ || tls == nullptr) return;
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_load_verify_locations(context_, tls->ca.c_str(), nullptr);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  if (!tls->certificate.empty()) {
    SSL_CTX_use_certificate_chain_file(context_, tls->certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context_, tls->key.c_str(), SSL_FILETYPE_PEM);
  }
  if (max_version != 0) SSL_CTX_set_max_proto_version(context_, max_version);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  connected_ = SSL_connect(ssl_) == 1;
}

Client::~Client() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

bool Client::send(const std::string& octets) {
  if (!connected_) return false;
  if (ssl_) return SSL_write(ssl_, octets.data(), static_cast<int>(octets.size())) == static_cast<int>(octets.size());
  return ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
}

bool Client::more() {
  char octets[16384];
  if (!connected_) return false;
  const auto count = ssl_ ? SSL_read(ssl_, octets, sizeof octets) : static_cast<int>(::recv(socket_, octets, sizeof octets, 0));
  if (count <= 0) return false;
  buffer_.append(octets, static_cast<std::size_t>(count));
  return true;
}

std::optional<Answer> Client::receive(bool head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!more()) return {};
  Answer reply;
  reply.status = std::atoi(buffer_.c_str() + 9);
  for (std::size_t at = buffer_.find("\r\n") + 2; at < end + 2;) {
    const auto line_end = buffer_.find("\r\n", at), colon = buffer_.find(": ", at);
    auto name = buffer_.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.headers[name] = buffer_.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  buffer_.erase(0, end + 4);
  const auto length = reply.headers.find("content-length");
  const auto size = head || length == reply.headers.end() ? 0 : std::stoul(length->second);
  while (buffer_.size() < size)
    if (!more()) return {};
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return reply;
}

std::string Client::some() {
  if (buffer_.empty() && !more()) return {};
  return std::exchange(buffer_, {});
}

bool Client::closed() {
  if (!buffer_.empty() || more()) return false;
  if (ssl_ == nullptr) return true;
  return errno != EAGAIN;
}

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: gw\r\n" + fields + "\r\n";
}
std::string post_order(const std::string& body, const std::string& key) {
  return "POST /v1/transfers HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nIdempotency-Key: " + key +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace ustp::test
