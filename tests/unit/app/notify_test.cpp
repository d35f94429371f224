#include "gateway/app/notify.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

using ustp::gateway::tell_service_manager;

namespace {

// A service manager's end of it; the name goes into the environment as systemd writes it.
class Manager {
 public:
  explicit Manager(std::string name) : name_(std::move(name)), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    if (name_[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  ~Manager() {
    ::close(fd_);
    if (name_[0] == '/') ::unlink(name_.c_str());
    ::unsetenv("NOTIFY_SOCKET");
  }
  std::string heard() {
    char text[64];
    const auto n = ::recv(fd_, text, sizeof text, 0);
    return n < 0 ? "" : std::string(text, static_cast<std::size_t>(n));
  }

 private:
  std::string name_;
  int fd_;
};

std::string unique(const std::string& prefix) { return prefix + "ustp-notify-" + std::to_string(::getpid()); }
std::string temporary() { return std::filesystem::temp_directory_path().string() + "/"; }

}  // namespace

TEST_CASE("the service manager hears one datagram, at a path or at an abstract name") {
  for (const auto& name : {unique(temporary()), unique("@")}) {
    CAPTURE(name);
    Manager manager(name);
    CHECK(tell_service_manager("READY=1"));
    CHECK(manager.heard() == "READY=1");
    CHECK(manager.heard().empty());
  }
}

TEST_CASE("without a service manager nothing happens, and one that is not there stops nobody") {
  ::unsetenv("NOTIFY_SOCKET");
  CHECK(tell_service_manager("READY=1"));
  for (const auto& name : {unique(temporary() + "absent-"), std::string("relative"), "/" + std::string(200, 'x')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    CHECK_FALSE(tell_service_manager("READY=1"));
  }
  ::unsetenv("NOTIFY_SOCKET");
}
