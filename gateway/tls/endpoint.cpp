#include "gateway/tls/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace ustp::gateway::tls {
namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}
bool is_ipv6_char(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

Error malformed(std::string what) { return Error{Code::malformed_text, "address: " + std::move(what)}; }

}  // namespace

Result<Endpoint> parse_host_port(std::string_view text, bool listening) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed("no HOST:PORT");
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool ipv6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (ipv6) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > kMaxHost || !std::all_of(host.begin(), host.end(), ipv6 ? is_ipv6_char : is_name_char))
    return malformed("the host is neither a name nor an address");
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || failed != std::errc{} || end != digits.data() + digits.size() || port > 65535)
    return malformed("the port is no number up to 65535");
  if (port == 0 && !listening) return malformed("port 0 leads nowhere");
  return Endpoint{std::string(host), static_cast<std::uint16_t>(port)};
}

Result<Endpoint> parse_peer(std::string_view text) {
  for (const std::string_view scheme : {"wss://", "https://"})
    if (text.starts_with(scheme)) return parse_host_port(text.substr(scheme.size()), false);
  return malformed("neither wss://HOST:PORT nor https://HOST:PORT");
}

std::string to_string(const Endpoint& endpoint) {
  const bool ipv6 = endpoint.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

}  // namespace ustp::gateway::tls
