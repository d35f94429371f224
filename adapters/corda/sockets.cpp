#include "adapters/corda/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ustp::corda {
namespace {

Error io(const char* doing) { return {Code::io_error, std::string(doing) + ": " + std::strerror(errno)}; }

sockaddr_in address_of(const Endpoint& endpoint) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  inet_pton(AF_INET, endpoint.host.c_str(), &out.sin_addr);  // parse_endpoint() has checked it
  return out;
}

Fd new_socket() { return Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

void no_delay(const Fd& fd) {
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}
Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const Error bad{Code::config_invalid, "an endpoint is ADDRESS:PORT with a numeric IPv4 address"};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  Endpoint out;
  out.host = text.substr(0, colon);
  if (out.host == "localhost") out.host = "127.0.0.1";
  in_addr ignored{};
  if (inet_pton(AF_INET, out.host.c_str(), &ignored) != 1) return bad;
  const auto digits = text.substr(colon + 1);
  std::uint32_t port = 0;
  if (digits.empty() || digits.size() > 5) return bad;
  for (const char c : digits) {
    if (c < '0' || c > '9') return bad;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port > 65'535) return bad;
  out.port = static_cast<std::uint16_t>(port);
  return out;
}

Result<Fd> listen_on(const Endpoint& endpoint) {
  Fd fd = new_socket();
  if (!fd) return io("socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = address_of(endpoint);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return io("bind");
  if (::listen(fd.get(), 16) != 0) return io("listen");
  return fd;
}
Result<std::uint16_t> port_of(const Fd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return io("getsockname");
  return ntohs(address.sin_port);
}
Fd accept_on(const Fd& listener) {
  Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd) no_delay(fd);
  return fd;
}
Result<Fd> begin_connect(const Endpoint& endpoint) {
  Fd fd = new_socket();
  if (!fd) return io("socket");
  no_delay(fd);
  const auto address = address_of(endpoint);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    return io("connect");
  return fd;
}
bool is_connected(const Fd& fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

Fd make_event() { return Fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }
void signal_event(const Fd& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);  // full means signalled already
}
void drain_event(const Fd& event) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(event.get(), &count, sizeof count);
}

Io read_some(const Fd& fd, std::span<std::uint8_t> room, std::size_t& got) {
  got = 0;
  const auto n = ::recv(fd.get(), room.data(), room.size(), 0);
  if (n > 0) {
    got = static_cast<std::size_t>(n);
    return Io::kProgress;
  }
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return Io::kWouldBlock;
  return Io::kClosed;
}
Io write_some(const Fd& fd, Bytes& out, std::size_t& at) {
  while (at < out.size()) {
    const auto n = ::send(fd.get(), out.data() + at, out.size() - at, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Io::kWouldBlock;
    if (n <= 0) return Io::kClosed;
    at += static_cast<std::size_t>(n);
  }
  out.clear();
  at = 0;
  return Io::kProgress;
}

}  // namespace ustp::corda
