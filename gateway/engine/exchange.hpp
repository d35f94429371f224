#pragma once
// Frames of the JSON binding's link, as the peer port carries them (private to engine).

#include "gateway/ports/peer.hpp"

namespace ustp::gateway {

inline Bytes exchange(Exchange kind, BytesView body, std::uint8_t answer = 0) {
  Bytes out;
  out.reserve(1 + body.size());
  out.push_back(static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | answer));
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace ustp::gateway
