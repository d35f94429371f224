#pragma once
// An issuer of bearer tokens: signs whatever header and claims a test wants.

#include <string>

#include "ustp/crypto/crypto.hpp"

namespace ustp::testing {

class TokenIssuer {
 public:
  explicit TokenIssuer(std::string kid = "key-1", crypto::Algorithm algorithm = crypto::Algorithm::kEs256)
      : kid_(std::move(kid)) {
    const auto made = crypto::generate_key(algorithm);
    signer_ = crypto::load_signer_pem(as_text(made->private_pem.view())).value();
  }
  const std::string& kid() const { return kid_; }
  crypto::Signer& signer() { return *signer_; }

  // One coordinate of the public point, base64url.
  std::string coordinate(bool second) const {
    const auto point = BytesView(signer_->spki()).last(64);
    return to_base64url(second ? point.last(32) : point.first(32));
  }
  // A JWK; `more` is put behind its members, as `,"use":"enc"`.
  std::string jwk(const std::string& more = {}) const {
    return R"({"kty":"EC","crv":"P-256","kid":")" + kid_ + R"(","x":")" + coordinate(false) + R"(","y":")" + coordinate(true) +
           "\"" + more + "}";
  }
  std::string header() const { return R"({"alg":"ES256","kid":")" + kid_ + R"(","typ":"JWT"})"; }
  // `seconds`: the token's end, from 1970 on.
  static std::string claims(const std::string& participant, const std::string& roles, std::int64_t seconds) {
    return R"({"iss":"https://id.example","aud":"gw-1","exp":)" + std::to_string(seconds) + R"(,"participant":")" + participant +
           R"(","roles":)" + roles + "}";
  }
  std::string sign(const std::string& header, const std::string& claims) const {
    const auto input = to_base64url(as_bytes(header)) + '.' + to_base64url(as_bytes(claims));
    return input + '.' + to_base64url(signer_->sign(as_bytes(input)).value());
  }
  std::string token(const std::string& participant, const std::string& roles, std::int64_t seconds) const {
    return sign(header(), claims(participant, roles, seconds));
  }

 private:
  std::string kid_;
  std::unique_ptr<crypto::Signer> signer_;
};

inline std::string jwk_set(const std::string& keys) { return "{\"keys\":[" + keys + "]}"; }

}  // namespace ustp::testing
