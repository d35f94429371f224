// What a confirmation proves, and that nothing else proves it.
#include <doctest/doctest.h>

#include "adapters/csd/proof/confirmation.hpp"
#include "adapters/csd/proof/signed_file.hpp"
#include "tests/unit/csd/samples.hpp"

namespace {

using namespace ustp;
using namespace ustp::test;
namespace iso = csd::iso;

struct Notary {
  crypto::GeneratedKey key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  std::unique_ptr<crypto::Signer> signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  LedgerAnchor anchor{LedgerId::literal("csd-1"), key.spki, {}, 0};

  Evidence confirm(const iso::Message& message) {
    const auto file = csd::proof::sign(iso::envelope(iso::write(message), {3, 7}), *signer).value();
    Evidence out{EvidenceKind::kCsdConfirmation, anchor.ledger, {"confirmed", 7, 0, {}, kSampleTime}, {}};
    append(out.octets, as_bytes(file));
    return out;
  }
};
iso::Confirmation confirmation(OperationKind kind) {
  return {{"csd-1", "gw-csd", "A7", kSampleTime}, sample_operation(kind), 7, 3, kSampleTime};
}
Code code_of(const Evidence& evidence, const LedgerAnchor& anchor) {
  const auto proven = csd::verify_confirmation(evidence, anchor);
  return proven ? Code{} : proven.error().code;
}

}  // namespace

TEST_CASE("a confirmation proves id, kind, request, instrument, units and account of every operation") {
  Notary csd;
  for (const auto kind : kAllKinds) {
    CAPTURE(to_string(kind));
    const auto o = sample_operation(kind);
    const auto proven = csd::verify_confirmation(csd.confirm(confirmation(kind)), csd.anchor);
    REQUIRE(proven.has_value());
    CHECK(proven->id == o.id);
    CHECK(proven->kind == kind);
    CHECK(proven->request_hash == o.request_hash);
    CHECK(proven->instrument == o.instrument);
    CHECK(proven->base_units == 12345);
    CHECK(proven->account == o.account);
  }
}

TEST_CASE("one altered octet anywhere, and the evidence proves nothing") {
  Notary csd;
  const auto good = csd.confirm(confirmation(OperationKind::kExtinguish));
  REQUIRE(code_of(good, csd.anchor) == Code{});
  for (std::size_t i = 0; i < good.octets.size(); i += 7) {
    auto bad = good;
    bad.octets[i] ^= 1;
    CAPTURE(i);
    CHECK(code_of(bad, csd.anchor) == Code::evidence_invalid);
  }
  auto longer = good;
  longer.octets.push_back('\n');
  CHECK(code_of(longer, csd.anchor) == Code::evidence_invalid);
}

TEST_CASE("another key, another ledger, another finality prove nothing (USTP-EVD-020, USTP-EVD-021)") {
  Notary csd, other;
  const auto good = csd.confirm(confirmation(OperationKind::kLock));
  auto wrong_key = csd.anchor;
  wrong_key.key = other.key.spki;
  CHECK(code_of(good, wrong_key) == Code::evidence_invalid);
  auto wrong_ledger = csd.anchor;
  wrong_ledger.ledger = LedgerId::literal("csd-2");
  CHECK(code_of(good, wrong_ledger) == Code::evidence_mismatch);
  auto claimed = good;
  claimed.ledger = wrong_ledger.ledger;  // signed for csd-1 all the same
  CHECK(code_of(claimed, wrong_ledger) == Code::evidence_mismatch);
  for (int field = 0; field < 4; ++field) {
    auto stated = good;
    if (field == 0) stated.finality.height = 8;
    if (field == 1) stated.finality.at.ns += 1;
    if (field == 2) stated.finality.rule = "finalized";
    if (field == 3) stated.finality.depth = 1;
    CHECK(code_of(stated, csd.anchor) == Code::evidence_mismatch);
  }
}

TEST_CASE("a status, however signed, is no confirmation") {
  Notary csd;
  for (const auto& message : sample_messages()) {
    const bool confirms = std::holds_alternative<iso::Confirmation>(message);
    CHECK((code_of(csd.confirm(message), csd.anchor) == Code{}) == confirms);
  }
}
