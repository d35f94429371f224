#pragma once
// The little of POSIX sockets that both ends need. Non-blocking descriptors with owners; IPv4 numeric addresses.

#include <string>

#include "ustp/base/bytes.hpp"

namespace ustp::corda {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct Endpoint {
  std::string host;  // numeric IPv4
  std::uint16_t port = 0;
};
Result<Endpoint> parse_endpoint(std::string_view text);  // "127.0.0.1:7401"; "localhost" is 127.0.0.1
Result<Fd> listen_on(const Endpoint& endpoint);          // port 0: a free one
Result<std::uint16_t> port_of(const Fd& fd);
Fd accept_on(const Fd& listener);                        // empty: nobody waits
Result<Fd> begin_connect(const Endpoint& endpoint);      // under way; writable when done
bool is_connected(const Fd& fd);                         // after it became writable
Fd make_event();                                         // eventfd
void signal_event(const Fd& event);
void drain_event(const Fd& event);

enum class Io { kProgress, kWouldBlock, kClosed };
Io read_some(const Fd& fd, std::span<std::uint8_t> room, std::size_t& got);
// Writes from `at` on; clears both when everything is written.
Io write_some(const Fd& fd, Bytes& out, std::size_t& at);

}  // namespace ustp::corda
