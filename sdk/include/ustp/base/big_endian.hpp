#pragma once
// Canonical octets: integers big-endian, texts with a 16-bit length before them. What is hashed, framed and journalled is
// built with these, so that no two different values share octets.

#include <cstdlib>

#include "ustp/base/bytes.hpp"

namespace ustp {

template <class Unsigned>
void append_be(Bytes& to, Unsigned value) {
  for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<std::uint8_t>(value >> shift));
}

// At most eight octets.
inline std::uint64_t read_be(BytesView octets) {
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets) value = value << 8 | octet;
  return value;
}

// Every text that gets here was bounded when it was parsed; one beyond 65,535 octets is a bug of ours and terminates.
inline void append_text16(Bytes& to, std::string_view text) {
  if (text.size() > UINT16_MAX) std::abort();
  append_be(to, static_cast<std::uint16_t>(text.size()));
  append(to, as_bytes(text));
}

}  // namespace ustp
