#pragma once
// Who asks on one connection: the participant of the certificate, of the token, or of both where they name the same.

#include "gateway/api/token.hpp"

namespace ustp::gateway::api {

class Identity {
 public:
  explicit Identity(const TokenGate* tokens) : tokens_(tokens) {}  // null: no tokens are taken

  // After the handshake, where a certificate was shown.
  void show(Result<ParticipantId> certificate) { certificate_ = std::move(certificate); }
  // The participant of a certificate, if it names one.
  const ParticipantId* certified() const { return certificate_ && *certificate_ ? &**certificate_ : nullptr; }
  // Of one request; `authorization` is the field as received. One connection stays one participant's.
  std::variant<Caller, Fault> caller(const std::optional<std::string>& authorization, Instant now);

 private:
  Result<Caller> judge(std::string_view token, Instant now);

  const TokenGate* tokens_;
  std::optional<Result<ParticipantId>> certificate_;
  ParticipantId bound_;
  // The token verified last: most requests of a connection carry the same one.
  std::string token_;
  Caller caller_;
  std::uint64_t generation_ = 0;
};

}  // namespace ustp::gateway::api
