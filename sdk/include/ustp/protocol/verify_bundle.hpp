#pragma once
// Offline check of an evidence bundle by a stranger who trusts one authority's key and nothing else (spec/05). Pure;
// thread-safe; the verifiers given must be too.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ustp/wire/bundle.hpp"

namespace ustp::protocol {

// What a ledger's evidence proves under that ledger's anchor; one per kind, from adapters/*/proof.
using EvidenceVerifier = std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)>;
using EvidenceVerifiers = std::map<EvidenceKind, EvidenceVerifier>;

struct BundleCheck {
  std::string name;    // "seal", "statements", "message 1 transfer-proposal-msg", "evidence of the lock", …
  bool ok = false;
  std::string detail;  // what was found, or why it fails
};
struct BundleReport {
  TransferId transfer;
  GatewayId exporter;
  wire::DecisionOutcome outcome{};  // none (0) when the bundle holds no decision
  std::vector<BundleCheck> checks;  // in the order of spec/05
  bool ok() const;                  // every check passed, and there is at least one
};

// An error only when the file is no bundle at all; everything else is a check in the report. A missing element is a
// failed check (USTP-EVD-010).
Result<BundleReport> verify_bundle(BytesView file, const AuthorityId& authority,
                                   std::shared_ptr<const crypto::Verifier> authority_key,
                                   const EvidenceVerifiers& verifiers);

}  // namespace ustp::protocol
