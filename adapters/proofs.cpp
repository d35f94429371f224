#include "ustp/proofs/proofs.hpp"

#include "adapters/corda/proof/tear_off.hpp"
#include "adapters/csd/proof/confirmation.hpp"
#include "adapters/ethereum/proof/receipt.hpp"

namespace ustp {

protocol::EvidenceVerifiers evidence_verifiers() {
  return {{EvidenceKind::kCsdConfirmation, csd::verify_confirmation},
          {EvidenceKind::kEthereumReceipt, ethereum::verify_ethereum_receipt},
          {EvidenceKind::kCordaTearOff, corda::verify_corda_tear_off}};
}

}  // namespace ustp
