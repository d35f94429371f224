#include "gateway/peer/peer_network.hpp"

namespace ustp::gateway {

std::string_view to_string(PeerEnding ending) {
  constexpr std::array<std::string_view, kPeerEndings> kNames = {
      "stopped",    "replaced",  "removed",   "closed_by_engine", "closed_by_peer",  "network",
      "idle",       "overflow",  "too_large", "not_binary",       "malformed",       "tls",
      "identity",   "unknown",   "direction", "upgrade",          "handshake_timeout", "too_many"};
  static_assert(kNames.back() == "too_many" && static_cast<std::size_t>(PeerEnding::kTooMany) + 1 == kPeerEndings);
  return kNames[static_cast<std::size_t>(ending)];
}

}  // namespace ustp::gateway
