#pragma once
// What the three gateways agree on before anything happens: keys, ledgers, the instrument, accounts. Made once in a
// process and shared by its runs; keys and signatures are the only things that are not from the seed, and nothing is
// decided by their octets.

#include <memory>

#include "adapters/corda/embedded/ledger.hpp"
#include "tests/support/next_statement.hpp"
#include "ustp/protocol/registry.hpp"

namespace ustp::simulation {

inline constexpr std::size_t kGateways = 3;
inline constexpr std::size_t kCsd = 0, kEth = 1, kCorda = 2;
inline constexpr int kIssued = 1'000'000;

class Charter {
 public:
  Charter();
  static const InstrumentId& isin();
  static GatewayId gateway(std::size_t which);
  static ParticipantId bank(std::size_t which);
  static const std::vector<AccountId>& accounts();   // of parties, the same names on every ledger

  crypto::Signer& signer(std::size_t which) const { return *signers_[which]; }
  crypto::Signer& stranger() const { return *stranger_; }   // a key that no statement names
  crypto::Signer& authority() const { return *authority_; }
  std::unique_ptr<crypto::Signer> notary() const;
  const ledger::LedgerProfile& profile(std::size_t which) const { return profiles_[which]; }
  UnitRatio ratio(std::size_t which) const;
  // `json`: the Ethereum-like ledger's gateway states https, and speaks JSON with both others (USTP-JSN-050).
  const protocol::Registry& registry(bool json) const { return *registries_[json]; }
  token::Account account(std::size_t which, const AccountId& id) const;

 private:
  void found(protocol::Registry& registry, bool json) const;
  std::unique_ptr<crypto::Signer> authority_, stranger_;
  std::vector<std::unique_ptr<crypto::Signer>> signers_;
  std::string notary_pem_;
  std::vector<ledger::LedgerProfile> profiles_;
  std::array<std::unique_ptr<protocol::Registry>, 2> registries_;
};

inline constexpr Instant kBegin{1'780'000'000'000'000'000};

}  // namespace ustp::simulation
