#pragma once
// Exporting the evidence of one transfer from the journal: nothing is kept for it beforehand, proofs are derived.

#include "gateway/engine/core.hpp"
#include "ustp/wire/bundle.hpp"

namespace ustp::gateway {

// Reads one durable block by its position.
using BlockReader = std::function<Result<Block>(std::uint64_t position)>;

// Every message of the transfer, of both sides, as it was signed, in the order of the conversation, with the statement
// log. Code::unknown_transfer; errors of the reader pass through. Takes as long as the blocks take to read: not for the
// engine's thread.
Result<wire::EvidenceBundle> collect_evidence(const TransferId& transfer, const GatewayId& exporter,
                                              std::vector<wire::SignedStatement> statements,
                                              const std::vector<std::uint64_t>& positions, const BlockReader& read,
                                              Instant now);

}  // namespace ustp::gateway
