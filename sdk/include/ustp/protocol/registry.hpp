#pragma once
// The fold of an authority's statements into what is in force: participants, keys, ledgers, instruments, accounts.
// Deterministic and pure; every verdict of the protocol names the position it was judged under.

#include <map>
#include <memory>
#include <vector>

#include "ustp/wire/frame.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::protocol {

class Registry {
 public:
  // The trust anchor: the authority and its public key, from the configuration.
  Registry(AuthorityId authority, std::shared_ptr<const crypto::Verifier> key);

  // One under the same trust anchor to which nothing was applied.
  Registry blank() const { return Registry(authority_, key_); }

  // Checks signature, chain, sequence and meaning; then applies. Errors: statement_authority, statement_chain,
  // bad_signature, statement_invalid and those of decode_statement. Nothing changes on error. A statement that is
  // already applied, octet for octet, is accepted again without effect.
  Result<void> apply(const wire::SignedStatement& statement);

  std::uint64_t position() const { return log_.size(); }
  Hash256 head() const { return head_; }
  const std::vector<wire::SignedStatement>& log() const { return log_; }

  const wire::ParticipantStatement* participant(const ParticipantId& id) const;
  const wire::ParticipantStatement* participant_of_gateway(const GatewayId& id) const;
  const ledger::LedgerProfile* ledger(const LedgerId& id) const;
  bool ledger_halted(const LedgerId& id) const;
  const token::Instrument* instrument(const InstrumentId& id) const;
  const token::Account* account(const LedgerId& ledger, const AccountId& id) const;
  // Keys that may sign for a gateway; a revoked one only for positions before its revocation (decision 20).
  Result<std::shared_ptr<const crypto::Verifier>> key(const GatewayId& gateway, const KeyId& key) const;
  Result<std::shared_ptr<const crypto::Verifier>> key_at(const GatewayId& gateway, const KeyId& key,
                                                         std::uint64_t position) const;
  wire::KeyLookup key_lookup() const;

  std::vector<const token::Instrument*> instruments() const;
  std::vector<const wire::ParticipantStatement*> participants() const;
  std::vector<const ledger::LedgerProfile*> ledgers() const;
  std::vector<const token::Account*> accounts() const;

 private:
  struct KeyEntry {
    GatewayId gateway;
    std::shared_ptr<const crypto::Verifier> verifier;
    std::uint64_t from = 0, until = UINT64_MAX;  // positions
  };
  Result<void> admit(const wire::Statement& statement);

  AuthorityId authority_;
  std::shared_ptr<const crypto::Verifier> key_;
  std::vector<wire::SignedStatement> log_;
  Hash256 head_;
  std::map<ParticipantId, wire::ParticipantStatement> participants_;
  std::map<KeyId, KeyEntry> keys_;
  std::map<LedgerId, wire::LedgerStatement> ledgers_;
  std::map<InstrumentId, token::Instrument> instruments_;
  std::map<std::pair<LedgerId, AccountId>, token::Account> accounts_;
};

}  // namespace ustp::protocol
