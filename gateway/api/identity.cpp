#include "gateway/api/identity.hpp"

namespace ustp::gateway::api {
namespace {

Fault refused(Code code, std::string detail = {}) { return {{code, std::move(detail)}, {}, {}, "Authorization"}; }

// "Bearer TOKEN"; the scheme's name in any case (RFC 9110, section 11.1).
std::optional<std::string_view> bearer(std::string_view field) {
  constexpr std::string_view kScheme = "bearer ";
  if (field.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i)
    if ((field[i] >= 'A' && field[i] <= 'Z' ? static_cast<char>(field[i] + ('a' - 'A')) : field[i]) != kScheme[i]) return {};
  return field.substr(kScheme.size());
}

}  // namespace

Result<Caller> Identity::judge(std::string_view token, Instant now) {
  if (token == token_ && generation_ == tokens_->generation() && now >= caller_.from && now < caller_.until) return caller_;
  token_.clear();
  USTP_TRY(caller_, tokens_->judge(token, now));
  token_ = token;
  generation_ = tokens_->generation();
  return caller_;
}

// USTP-API-001, USTP-API-013
std::variant<Caller, Fault> Identity::caller(const std::optional<std::string>& authorization, Instant now) {
  Caller out;
  if (!authorization) {
    if (!certificate_) return refused(Code::unauthenticated);
    if (!*certificate_) return Fault{{Code::unknown_participant, certificate_->error().detail}, {}};
    out.participant = **certificate_;
    out.role = Role::kOperator;
  } else {
    // A token may say less than the certificate beside it: what is not understood must not widen what its holder may do.
    if (tokens_ == nullptr) return refused(Code::unauthenticated, "tokens are not taken here");
    const auto token = bearer(*authorization);
    if (!token) return refused(Code::unauthenticated, "a bearer token is expected");
    auto judged = judge(*token, now);
    if (!judged) return refused(judged.error().code);
    out = *std::move(judged);
    if (certificate_ && (!*certificate_ || **certificate_ != out.participant))
      return refused(Code::tls_identity_mismatch, "certificate and token name different participants");
  }
  if (!bound_.empty() && bound_ != out.participant)
    return refused(Code::tls_identity_mismatch, "the connection is another participant's");
  bound_ = out.participant;
  return out;
}

}  // namespace ustp::gateway::api
