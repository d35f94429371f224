#include "sdk/cli/verifiers.hpp"

#ifdef USTP_CLI_HAS_CSD_PROOF
#include "adapters/csd/proof/confirmation.hpp"
#endif
#ifdef USTP_CLI_HAS_ETHEREUM_PROOF
#include "adapters/ethereum/proof/receipt.hpp"
#endif
#ifdef USTP_CLI_HAS_CORDA_PROOF
#include "adapters/corda/proof/tear_off.hpp"
#endif

namespace ustp::cli {

protocol::EvidenceVerifiers evidence_verifiers() {
  protocol::EvidenceVerifiers out;
#ifdef USTP_CLI_HAS_CSD_PROOF
  out[EvidenceKind::kCsdConfirmation] = csd::verify_confirmation;
#endif
#ifdef USTP_CLI_HAS_ETHEREUM_PROOF
  out[EvidenceKind::kEthereumReceipt] = ethereum::verify_ethereum_receipt;
#endif
#ifdef USTP_CLI_HAS_CORDA_PROOF
  out[EvidenceKind::kCordaTearOff] = corda::verify_corda_tear_off;
#endif
  return out;
}

}  // namespace ustp::cli
