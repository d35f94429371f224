#pragma once
// What both gateways of the bench know: keys, certificates, statements, ledgers' books. Made once, before they fork.

#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/corda/embedded/ledger.hpp"
#include "tests/support/test_pki.hpp"
#include "gateway/ports/service.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::bench {

inline constexpr std::uint64_t kUnitsEach = 1'000'000'000;

struct Side {
  GatewayId gateway;
  LedgerId ledger;
  std::string signing_pem, notary_pem;
  testing::CertificateFiles tls;
  std::uint16_t port = 0;
  corda::Book book;
};

struct Network {
  testing::TestPki pki;
  AuthorityId authority = AuthorityId::literal("association");
  std::shared_ptr<const crypto::Verifier> authority_key;
  std::vector<wire::SignedStatement> statements;
  Side sender, recipient;
  InstrumentId instrument = InstrumentId::literal("US0378331005");
  ParticipantId owner = ParticipantId::literal("bank-sender");
  std::size_t accounts;                                  // holders on each ledger
  Uint128 issued() const { return Uint128{kUnitsEach} * accounts; }

  explicit Network(std::size_t accounts = 1000);
  gateway::TransferOrder order(std::size_t number) const;  // one unit between two holders that the number chooses
  ledger::LedgerProfile profile(const Side& side) const;
};
AccountId holder(std::size_t i);

}  // namespace ustp::bench
