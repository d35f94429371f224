#pragma once
// What the CSD's signed files mean at the ledger port.

#include <optional>

#include "adapters/csd/iso/message.hpp"
#include "ustp/crypto/crypto.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::csd {

struct Answer {
  ledger::Outcome outcome;
  Hash256 request_hash;
};

// Immutable; thread-safe.
class AnswerReader {
 public:
  // Code::bad_key: the anchor's key is not an ES256 key.
  static Result<AnswerReader> make(const ledger::LedgerProfile& profile);
  // Signed by the anchor's key, from the ledger, addressed to our gateway, understood. Code::bad_signature …
  Result<iso::Message> read(BytesView file) const;
  // None: not an answer about an operation, or one that an earlier epoch was given and that is only true for it.
  std::optional<Answer> outcome(const iso::Message& message, std::string_view file, std::uint64_t epoch) const;

 private:
  LedgerId ledger_;
  GatewayId gateway_;
  std::shared_ptr<const crypto::Verifier> key_;
};

token::Capacity capacity_of(std::string_view purpose);

}  // namespace ustp::csd
