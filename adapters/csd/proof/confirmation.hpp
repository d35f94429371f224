#pragma once
// What a CSD's confirmation proves. The octets of the evidence are the file as the CSD wrote it: BizMsg with semt.015 or
// sese.025, and its signature.

#include "ustp/domain/operation.hpp"

namespace ustp::csd {

// Pure and thread-safe. Code::evidence_invalid: not signed by the anchor's key, not a confirmation, not understood;
// evidence_mismatch: of another ledger, or what the evidence states of its finality is not what was signed.
Result<ProvenOperation> verify_confirmation(const Evidence& evidence, const LedgerAnchor& anchor);

}  // namespace ustp::csd
