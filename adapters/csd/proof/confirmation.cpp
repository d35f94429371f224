#include "adapters/csd/proof/confirmation.hpp"

#include "adapters/csd/iso/message.hpp"
#include "adapters/csd/proof/signed_file.hpp"

namespace ustp::csd {
namespace {

Error invalid(const Error& why) { return {Code::evidence_invalid, to_string(why)}; }

Result<iso::Confirmation> read_confirmation(BytesView octets, const LedgerAnchor& anchor) {
  const auto key = crypto::make_verifier(anchor.key);
  if (!key) return invalid(key.error());
  if (const auto signed_by = proof::verify(octets, **key); !signed_by) return invalid(signed_by.error());
  auto received = iso::read(octets);
  if (!received) return invalid(received.error());
  auto* confirmation = std::get_if<iso::Confirmation>(&received->message);
  if (confirmation == nullptr) return Error{Code::evidence_invalid, "not a confirmation"};
  return std::move(*confirmation);
}

}  // namespace

Result<ProvenOperation> verify_confirmation(const Evidence& evidence, const LedgerAnchor& anchor) {
  if (evidence.kind != EvidenceKind::kCsdConfirmation) return Error{Code::evidence_invalid, "kind"};
  if (evidence.ledger != anchor.ledger) return Error{Code::evidence_mismatch, "ledger"};
  USTP_TRY(const auto confirmation, read_confirmation(evidence.octets, anchor));
  const iso::Operation& o = confirmation.operation;
  if (o.ledger != anchor.ledger || confirmation.header.from != anchor.ledger.str())
    return Error{Code::evidence_mismatch, "ledger"};
  const FinalityStatement signed_finality{"confirmed", confirmation.sequence, 0, {}, confirmation.at};
  if (evidence.finality != signed_finality) return Error{Code::evidence_mismatch, "finality"};
  return ProvenOperation{o.id, o.kind, o.request_hash, o.instrument, o.units.units(), o.account};
}

}  // namespace ustp::csd
