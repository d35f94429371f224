#pragma once
// A small world that statements and bundles speak of: an authority, three gateways before three ledgers, one share.

#include <memory>

#include "tests/vectors/keys.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::vectors {

wire::ParticipantStatement participant(const char* id, const char* gateway);
wire::KeyStatement key_of(const char* gateway, const crypto::Signer& signer);
wire::LedgerStatement ledger(const char* id, const char* gateway, ledger::LedgerKind kind);
wire::AccountStatement account(const char* ledger, const char* id, const char* participant);
wire::InstrumentStatement instrument();   // one share on "csd" (home), "eth" (10^18 base units each) and "corda"

// Signs and chains statements of one authority.
class Author {
 public:
  explicit Author(crypto::Signer& signer) : signer_(signer) {}
  const wire::SignedStatement& say(wire::StatementBody body);
  const std::vector<wire::SignedStatement>& log() const { return log_; }

 private:
  crypto::Signer& signer_;
  std::vector<wire::SignedStatement> log_;
};
// Participants, keys, ledgers, the share, accounts ALICE on csd and BOB on eth: statements 1 to 13.
void introduce(Author& author, const crypto::Signer& csd, const crypto::Signer& eth, const crypto::Signer& corda);

}  // namespace ustp::vectors
