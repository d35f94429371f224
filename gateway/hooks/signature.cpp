#include "gateway/hooks/signature.hpp"

#include <array>

namespace ustp::gateway::hooks {

Hash256 hmac_sha256(BytesView key, std::initializer_list<BytesView> parts) {
  constexpr std::size_t kBlock = 64;
  std::array<std::uint8_t, kBlock> inner{}, outer{};
  const auto shortened = key.size() > kBlock ? crypto::sha256(key) : Hash256{};
  if (key.size() > kBlock) key = shortened.view();
  std::copy(key.begin(), key.end(), inner.begin());
  outer = inner;
  for (auto& octet : inner) octet ^= 0x36;
  for (auto& octet : outer) octet ^= 0x5c;
  Bytes message(inner.begin(), inner.end());
  for (const auto part : parts) append(message, part);
  const auto first = crypto::sha256(message);
  const auto out = crypto::sha256({BytesView(outer), first.view()});
  crypto::SecretBytes(std::move(message)).wipe();  // begins with the key
  return out;
}

Result<crypto::SecretBytes> parse_secret(std::string_view text) {
  constexpr std::string_view kPrefix = "whsec_";
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (!text.starts_with(kPrefix)) return Error{Code::config_invalid, "a webhook secret begins with whsec_"};
  auto octets = from_base64(text.substr(kPrefix.size()));
  if (!octets) return Error{Code::config_invalid, "a webhook secret is base64 behind whsec_"};
  crypto::SecretBytes secret(*std::move(octets));
  if (secret.view().size() < 24 || secret.view().size() > 64)
    return Error{Code::config_invalid, "a webhook secret has 24 to 64 octets"};
  return secret;
}

Fields signed_fields(const std::string& id, Instant at, std::string_view body, const crypto::SecretBytes& secret) {
  const auto seconds = std::to_string(at.ns / 1'000'000'000);
  const auto head = id + "." + seconds + ".";
  const auto mac = hmac_sha256(secret.view(), {as_bytes(head), as_bytes(body)});
  return {{"webhook-id", id}, {"webhook-timestamp", seconds}, {"webhook-signature", "v1," + to_base64(mac.view())}};
}

}  // namespace ustp::gateway::hooks
