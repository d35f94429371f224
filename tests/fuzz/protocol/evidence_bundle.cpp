// A bundle from any octets, opened and checked to the end: no input is good, and none breaks the checker. The key is
// made anew for each run, so nothing in the corpus can be signed by it.
#include <cstdlib>

#include "ustp/protocol/verify_bundle.hpp"

namespace {

std::shared_ptr<const ustp::crypto::Verifier> authority() {
  static const auto key =
      ustp::crypto::make_verifier(ustp::crypto::generate_key(ustp::crypto::Algorithm::kEd25519).value().spki).value();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  protocol::EvidenceVerifiers verifiers;
  verifiers[EvidenceKind::kCsdConfirmation] = [](const Evidence&, const LedgerAnchor&) -> Result<ProvenOperation> {
    return Error{Code::evidence_invalid, "fuzzing"};
  };
  const auto report =
      protocol::verify_bundle({data, size}, AuthorityId::literal("association"), authority(), verifiers);
  if (report && report->ok()) std::abort();
  return 0;
}
