// Tokens and key sets from any octets. What is not signed is never taken; to get behind the signature, the octets are also
// taken as header and claims and signed.
#include <cstdlib>

#include "gateway/api/token.hpp"
#include "tests/support/test_token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::gateway::api;
  static const testing::TokenIssuer issuer;
  static const auto keys = TokenKeys::parse(testing::jwk_set(issuer.jwk())).value();
  static const TokenRules rules{"https://id.example", "gw-1", Duration::seconds(30)};
  constexpr Instant kNow{1'780'000'000'000'000'000};
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (judge_token(text, keys, rules, kNow)) std::abort();
  if (const auto set = TokenKeys::parse(text); set && (set->size() == 0 || set->size() > TokenKeys::kMaxKeys)) std::abort();
  const auto cut = text.find('\n');
  if (cut == std::string::npos) return 0;
  const auto caller = judge_token(issuer.sign(text.substr(0, cut), text.substr(cut + 1)), keys, rules, kNow);
  if (!caller) {
    const auto name = info(caller.error().code).name;
    if (!name.starts_with("token_") || !caller.error().detail.empty()) std::abort();
  } else if (caller->participant.empty() || kNow >= caller->until || caller->role > Role::kOperator ||
             text.find("ES256") == std::string::npos) {
    std::abort();
  }
  return 0;
}
