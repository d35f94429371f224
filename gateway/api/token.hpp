#pragma once
// Bearer tokens (RFC 6750): JWT (RFC 7519) in compact serialisation, ES256 alone. Whoever holds one is what it says until
// it expires, so each refusal has its own code and none says more than that.
// Order of the checks: form, header, key, signature, claims. No claim is read before the signature is verified.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/http.hpp"
#include "ustp/base/result.hpp"
#include "ustp/base/time.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::api {

// A JWK set (RFC 7517). Of its keys those are taken that can verify ES256; others are passed over.
class TokenKeys {
 public:
  static constexpr std::size_t kMaxKeys = 32, kMaxOctets = 64u << 10;
  // Code::config_invalid with what is wrong: no key for ES256, two under one id, a point that is none, a private key.
  static Result<TokenKeys> parse(std::string_view jwks);
  // The key under this id; without an id the only one. Null when there is none.
  const crypto::Verifier* find(const std::optional<std::string>& id) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::optional<std::string> id;
    std::shared_ptr<const crypto::Verifier> verifier;
  };
  std::vector<Key> keys_;
};

struct TokenRules {
  std::string issuer, audience;               // "iss" as it is; "aud" is it, or a list with it
  Duration tolerance = Duration::seconds(30); // of clocks, on both ends of its time
};

// Pure. Codes: token_form, token_algorithm, token_key, token_signature, token_claims, token_issuer, token_audience,
// token_expired, token_not_yet_valid.
Result<Caller> judge_token(std::string_view token, const TokenKeys& keys, const TokenRules& rules, Instant now);

// The keys of a file that is read again when it changes, so that a key can be rolled while the gateway runs. One thread.
class TokenGate {
 public:
  // Code::io_error, config_invalid: the file cannot be used.
  static Result<std::unique_ptr<TokenGate>> open(std::string file, TokenRules rules);
  // True: other keys are in force. An error: the file has changed and cannot be used; the keys before stay.
  Result<bool> look();
  Result<Caller> judge(std::string_view token, Instant now) const { return judge_token(token, keys_, rules_, now); }
  std::uint64_t generation() const { return generation_; }  // of the keys: what was judged under another counts no more

 private:
  struct Seen {
    std::int64_t changed_ns = 0, octets = -1;
    std::uint64_t inode = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  TokenGate(std::string file, TokenRules rules) : file_(std::move(file)), rules_(std::move(rules)) {}
  Seen stand() const;
  Result<TokenKeys> read() const;

  std::string file_;
  TokenRules rules_;
  TokenKeys keys_;
  Seen seen_;
  std::uint64_t generation_ = 0;
};

}  // namespace ustp::gateway::api
