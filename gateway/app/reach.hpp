#pragma once
// Short connections for a look (private to app): each call gives up after the bound.

#include <string>

#include "gateway/tls/endpoint.hpp"
#include "gateway/tls/tls_context.hpp"

namespace ustp::gateway {

inline constexpr int kReachSeconds = 5;

// A TCP connection can be made. Code::io_error says why not.
Result<void> reach(const tls::Endpoint& endpoint);
// A TLS handshake as peers make it, both sides showing their certificates; gives whom the other side's certificate names.
Result<GatewayId> shake_hands(const tls::Endpoint& endpoint, const tls::Files& files);
// Status and body of a plain GET, at most 64 KiB of it.
struct Answer {
  int status = 0;
  std::string body;
};
Result<Answer> get(const tls::Endpoint& endpoint, const std::string& path);

}  // namespace ustp::gateway
