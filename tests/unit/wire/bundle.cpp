#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "samples.hpp"

using namespace ustp;
using namespace ustp::wire;

namespace {
struct Sealed {
  EvidenceBundle bundle;
  std::unique_ptr<crypto::Signer> signer;
  std::shared_ptr<const crypto::Verifier> verifier;
  Bytes file;
  Sealed() {
    auto key = crypto::generate_key(crypto::Algorithm::kEd25519).value();
    signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
    verifier = crypto::make_verifier(key.spki).value();
    bundle.transfer = samples::id<TransferId>(2);
    bundle.exporter = GatewayId::literal("gw-a");
    bundle.exported = {77};
    bundle.statements = {{{1, 2, 3}, samples::id<KeyId>(1), Bytes(64, 9)}};
    bundle.messages = {samples::proven(true), samples::proven(false)};
    bundle.messages[0].octets = encode(samples::all(true).front());
    file = seal_bundle(bundle, *signer).value();
  }
  bool holds(BytesView octets) const {
    const auto opened = open_bundle(octets);
    return opened && opened->key == verifier->key_id() && verifier->verify(opened->signed_octets, opened->signature);
  }
};
}  // namespace

TEST_CASE("a sealed bundle opens to what was put in") {
  const Sealed s;
  CHECK(open_bundle(s.file)->bundle == s.bundle);
  CHECK(s.holds(s.file));
}

TEST_CASE("no octet of a sealed bundle can change unnoticed") {
  ustp::test::covers("USTP-EVD-002");
  const Sealed s;
  for (std::size_t i = 0; i < s.file.size(); ++i) {
    Bytes changed = s.file;
    changed[i] ^= 0x01;
    CAPTURE(i);
    CHECK(!s.holds(changed));
  }
}

TEST_CASE("a bundle cut at any length, or with anything after it, is refused") {
  ustp::test::covers("USTP-EVD-001");
  const Sealed s;
  for (std::size_t n = 0; n < s.file.size(); ++n)
    CHECK(open_bundle(BytesView(s.file).first(n)).error().code == Code::frame_truncated);
  Bytes longer = s.file;
  longer.push_back(0);
  CHECK(open_bundle(longer).error().code == Code::buffer_trailing);
  Bytes other = s.file;
  other[0] ^= 1;
  CHECK(open_bundle(other).error().code == Code::frame_magic);
}
