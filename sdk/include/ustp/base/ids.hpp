#pragma once
// Strong identifiers. A fixed identifier is an array of octets that shows itself as hexadecimal; a text identifier is
// a bounded string over a stated character set. Neither converts into another.

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "ustp/base/bytes.hpp"

namespace ustp {

template <class Tag, std::size_t N>
class FixedId {
 public:
  static constexpr std::size_t kSize = N;
  constexpr FixedId() = default;
  constexpr explicit FixedId(const std::array<std::uint8_t, N>& octets) : octets_(octets) {}

  static Result<FixedId> from_bytes(BytesView bytes) {
    if (bytes.size() != N) return Error{Code::malformed_text, "identifier of " + std::to_string(bytes.size()) + " octets"};
    FixedId id;
    std::copy(bytes.begin(), bytes.end(), id.octets_.begin());
    return id;
  }
  static Result<FixedId> from_hex(std::string_view text) {
    USTP_TRY(auto bytes, ustp::from_hex(text));
    return from_bytes(bytes);
  }

  const std::array<std::uint8_t, N>& octets() const { return octets_; }
  std::array<std::uint8_t, N>& mutable_octets() { return octets_; }
  BytesView view() const { return {octets_.data(), N}; }
  std::string hex() const { return to_hex(view()); }
  bool is_zero() const {
    return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t b) { return b == 0; });
  }

  friend auto operator<=>(const FixedId&, const FixedId&) = default;

 private:
  std::array<std::uint8_t, N> octets_{};
};

using Hash256 = FixedId<struct HashTag, 32>;         // SHA-256 output
using SettlementId = FixedId<struct SettlementTag, 16>;  // one settlement of n legs
using TransferId = FixedId<struct TransferTag, 16>;  // SATP transferContextId, one per leg
using SessionId = FixedId<struct SessionTag, 16>;    // SATP sessionId
using OperationId = FixedId<struct OperationTag, 32>;  // one ledger operation (ledger/operation.hpp)
using KeyId = FixedId<struct KeyTag, 32>;            // SHA-256 of the key's SubjectPublicKeyInfo (DER)
using Salt = FixedId<struct SaltTag, 16>;

// Printable ASCII without space, quote or backslash: what may stand in an identifier, a log line and a URL path
// without escapes surprises.
constexpr bool is_identifier_char(char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; }

template <class Tag, std::size_t Max>
class TextId {
 public:
  static constexpr std::size_t kMaxLength = Max;
  TextId() = default;  // empty: "none"
  static Result<TextId> parse(std::string_view text) {
    if (text.empty()) return Error{Code::missing_field, "identifier is empty"};
    if (text.size() > Max) return Error{Code::too_long, "identifier longer than " + std::to_string(Max)};
    for (std::size_t i = 0; i < text.size(); ++i)
      if (!is_identifier_char(text[i])) return Error{Code::invalid_character, "identifier, position " + std::to_string(i)};
    TextId id;
    id.text_ = text;
    return id;
  }
  // For literals in our own code: a malformed one is a bug and terminates.
  static TextId literal(std::string_view text) { return parse(text).value(); }

  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const TextId&, const TextId&) = default;

 private:
  std::string text_;
};

using GatewayId = TextId<struct GatewayTag, 64>;
using LedgerId = TextId<struct LedgerTag, 64>;
using ParticipantId = TextId<struct ParticipantTag, 64>;
using AuthorityId = TextId<struct AuthorityTag, 64>;
using AccountId = TextId<struct AccountTag, 140>;  // account number, 0x-address or party key of the ledger it is on
using IdempotencyKey = TextId<struct IdempotencyTag, 128>;

}  // namespace ustp

template <class Tag, std::size_t N>
struct std::hash<ustp::FixedId<Tag, N>> {
  // Identifiers are hashes or random: any eight octets spread well.
  std::size_t operator()(const ustp::FixedId<Tag, N>& id) const noexcept {
    std::size_t h;
    std::memcpy(&h, id.octets().data(), sizeof h);
    return h;
  }
};
template <class Tag, std::size_t Max>
struct std::hash<ustp::TextId<Tag, Max>> {
  std::size_t operator()(const ustp::TextId<Tag, Max>& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
