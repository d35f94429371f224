#pragma once
// The evidence verifiers of the ledgers this build knows (adapters/*/proof).

#include "ustp/protocol/verify_bundle.hpp"

namespace ustp::cli {

protocol::EvidenceVerifiers evidence_verifiers();

}  // namespace ustp::cli
