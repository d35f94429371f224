#pragma once
// Octets and their text forms.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ustp/base/result.hpp"

namespace ustp {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline void append(Bytes& to, BytesView more) { to.insert(to.end(), more.begin(), more.end()); }

// Lower-case hexadecimal without prefix. Decoding takes either case and refuses an odd length.
std::string to_hex(BytesView bytes);
Result<Bytes> from_hex(std::string_view text);

// RFC 4648 section 5 without padding; decoding refuses padding, white space and non-zero trailing bits.
std::string to_base64url(BytesView bytes);
Result<Bytes> from_base64url(std::string_view text);
// RFC 4648 section 4 with padding, for PEM, XML and JSON documents of others.
std::string to_base64(BytesView bytes);
Result<Bytes> from_base64(std::string_view text);

}  // namespace ustp
