#pragma once
// What a gateway is made of, built from its configuration (private to app).

#include <memory>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/engine/core.hpp"
#include "gateway/log/log.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::gateway {

// The statement log of the configuration, folded: where the ledger's profile comes from before the journal is read.
struct Bootstrap {
  std::vector<wire::SignedStatement> statements;
  std::shared_ptr<const crypto::Verifier> authority_key;
  ledger::LedgerProfile profile;
};
Result<Bootstrap> load_bootstrap(const GatewayConfig& config);

Result<std::unique_ptr<ledger::Driver>> make_driver(const GatewayConfig& config, const ledger::LedgerProfile& profile);
// One verifier for all kinds of evidence; remembers batch signatures of notaries.
ledger::EvidenceVerifier make_evidence_verifier();

CoreOptions core_options(const GatewayConfig& config);

}  // namespace ustp::gateway
