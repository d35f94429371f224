#pragma once
// Inside wire only: what the protected headers of messages and hellos have in common (defined in json_signature.cpp).

#include "json_fields.hpp"
#include "ustp/wire/frame.hpp"

namespace ustp::wire::json {

inline constexpr std::size_t kMaxSignaturePart = 128;

struct Version {
  std::uint16_t major = 0, minor = 0;
};
Result<Version> read_version(std::string_view text);  // at /ustp/version
std::string version_text(std::uint16_t major, std::uint16_t minor);

const std::string* text_member(const Node& in, const char* name, const std::string& at, std::optional<Error>& error);
Result<std::uint32_t> read_channel(const Node& in, const std::string& at);
Result<Instant> read_time(const std::string& text, const char* place);
Result<std::uint64_t> read_count(const std::string& text, const char* place);
template <class Id>
Result<Id> lower_hex(const std::string& text, const char* place) {
  const auto id = Id::from_hex(text);
  if (!id) return at_place(place, id.error().code, id.error().detail);
  if (id->hex() != text) return at_place(place, Code::json_not_canonical, "upper-case hexadecimal");
  return *id;
}
template <class Id>
Result<Id> parsed(const std::string& text, const char* place) {
  auto id = Id::parse(text);
  if (!id) return at_place(place, id.error().code, id.error().detail);
  return id;
}
// USTP-JSN-041: exactly these members; "crit", "jwk", "jku", "x5c", "b64" and whatever else is none of them.
Result<void> only(const Node& object, std::string at, std::initializer_list<std::string_view> known);

// A protected header with this "typ": its key and what stands under "ustp".
struct Signed {
  KeyId key;
  Node place;
};
Result<Signed> read_header(BytesView octets, std::size_t most, std::size_t depth, std::string_view type);
std::string header_text(const KeyId& key, std::string_view type, Node place);
Result<void> verify_es256(const KeyLookup& keys, const GatewayId& sender, const KeyId& key, std::string_view input,
                          BytesView signature);

}  // namespace ustp::wire::json
