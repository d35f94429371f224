#pragma once
// Network addresses as configuration and statements state them.

#include <cstdint>
#include <string>
#include <string_view>

#include "ustp/base/result.hpp"

namespace ustp::gateway::tls {

struct Endpoint {
  std::string host;  // name or address; IPv6 without its brackets
  std::uint16_t port = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "127.0.0.1:7101", "[::1]:7101", "gw.example:7101". Port 0 (any free one) only where we listen.
// Code::malformed_text.
Result<Endpoint> parse_host_port(std::string_view text, bool listening);
// "wss://HOST:PORT" or "https://HOST:PORT", nothing behind it: the paths are the protocol's.
Result<Endpoint> parse_peer(std::string_view text);
std::string to_string(const Endpoint& endpoint);

}  // namespace ustp::gateway::tls
