#include "gateway/app/reach.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace ustp::gateway {
namespace {

constexpr std::size_t kMostRead = 64u << 10;

class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Socket(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};
struct FreeConnection {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

Error failed(const tls::Endpoint& endpoint, const std::string& why) { return Error{Code::io_error, to_string(endpoint) + ": " + why}; }

// Connected within the bound, then blocking with the same bound on every read and write.
Result<Socket> connect_one(const addrinfo& address, const tls::Endpoint& endpoint) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return failed(endpoint, std::strerror(errno));
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return failed(endpoint, std::strerror(errno));
    pollfd ready{socket.get(), POLLOUT, 0};
    if (::poll(&ready, 1, kReachSeconds * 1000) != 1) return failed(endpoint, "no connection within " + std::to_string(kReachSeconds) + " s");
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return failed(endpoint, std::strerror(error));
  }
  const timeval bound{kReachSeconds, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
  return socket;
}

Result<Socket> connect_to(const tls::Endpoint& endpoint) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (const int bad = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &wanted, &found); bad != 0)
    return failed(endpoint, ::gai_strerror(bad));
  Result<Socket> out = failed(endpoint, "no address");
  for (const auto* one = found; one != nullptr && !out; one = one->ai_next) out = connect_one(*one, endpoint);
  ::freeaddrinfo(found);
  return out;
}

}  // namespace

Result<void> reach(const tls::Endpoint& endpoint) {
  const auto socket = connect_to(endpoint);
  return socket ? Result<void>() : Result<void>(socket.error());
}

Result<GatewayId> shake_hands(const tls::Endpoint& endpoint, const tls::Files& files) {
  USTP_TRY(const auto context, tls::make_context(files, tls::Side::kClient));
  USTP_TRY(const auto socket, connect_to(endpoint));
  const std::unique_ptr<SSL, FreeConnection> ssl(SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), socket.get()) != 1 || SSL_connect(ssl.get()) != 1)
    return failed(endpoint, "no TLS: " + tls::take_openssl_errors());
  USTP_TRY(const auto certificate, tls::peer_certificate(ssl.get()));
  return tls::gateway_of(certificate.get());
}

Result<Answer> get(const tls::Endpoint& endpoint, const std::string& path) {
  USTP_TRY(const auto socket, connect_to(endpoint));
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    return failed(endpoint, "not sent");
  std::string text(kMostRead, '\0');
  std::size_t size = 0;
  for (ssize_t n = 1; n > 0 && size < text.size(); size += n > 0 ? static_cast<std::size_t>(n) : 0)
    n = ::recv(socket.get(), text.data() + size, text.size() - size, 0);
  text.resize(size);
  Answer out;
  const auto space = text.find(' '), head = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || space == std::string::npos || head == std::string::npos) return failed(endpoint, "no HTTP answer");
  std::from_chars(text.data() + space + 1, text.data() + text.size(), out.status);
  out.body = text.substr(head + 4);
  return out;
}

}  // namespace ustp::gateway
