#pragma once
// The evidence of every kind of ledger that the project has an adapter for (adapters/*/proof), for verify_bundle().

#include "ustp/protocol/verify_bundle.hpp"

namespace ustp {

// One pure, thread-safe verifier for each kind of evidence: a CSD's signed confirmation, an Ethereum receipt under its
// block header, a Corda tear-off under a notary's signature. Another kind is added to the map by its owner.
protocol::EvidenceVerifiers evidence_verifiers();

}  // namespace ustp
