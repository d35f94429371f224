#include <doctest/doctest.h>
#include <openssl/evp.h>

#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::crypto;

namespace {
std::unique_ptr<Signer> signer(Algorithm algorithm) {
  const auto key = generate_key(algorithm).value();
  return load_signer_pem(as_text(key.private_pem.view())).value();
}
Bytes hex(std::string_view text) { return from_hex(text).value(); }
}  // namespace

TEST_CASE("SHA-256 gives the standard's answers, in one part or several") {
  CHECK(sha256(BytesView{}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256(as_bytes("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256({as_bytes("a"), as_bytes(""), as_bytes("bc")}) == sha256(as_bytes("abc")));
  // Every length around the borders of one and two blocks, against the library's own padding.
  for (std::size_t size = 0; size <= 200; ++size) {
    Bytes data(size);
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + size);
    Hash256 expected;
    EVP_Digest(data.data(), size, expected.mutable_octets().data(), nullptr, EVP_sha256(), nullptr);
    const BytesView view(data);
    CHECK(sha256(view) == expected);
    CHECK(sha256({view.first(size / 3), view.subspan(size / 3)}) == expected);
  }
}

TEST_CASE("a signature verifies under its key, for its message, and nowhere else") {
  for (const auto algorithm : {Algorithm::kEs256, Algorithm::kEd25519}) {
    auto key = signer(algorithm), other = signer(algorithm);
    const auto verifier = make_verifier(key->spki()).value();
    CHECK(verifier->key_id() == key->key_id());
    CHECK(verifier->algorithm() == algorithm);
    const auto signature = key->sign(as_bytes("message")).value();
    CHECK(signature.size() == 64);
    CHECK(verifier->verify(as_bytes("message"), signature));
    CHECK(verifier->verify_canonical(as_bytes("message"), signature));
    CHECK_FALSE(verifier->verify(as_bytes("Message"), signature));
    CHECK_FALSE(make_verifier(other->spki()).value()->verify(as_bytes("message"), signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      auto flipped = signature;
      flipped[i] ^= 1;
      CHECK_FALSE(verifier->verify(as_bytes("message"), flipped));
    }
    CHECK_FALSE(verifier->verify(as_bytes("message"), BytesView(signature).first(63)));
    auto longer = signature;
    longer.push_back(0);
    CHECK_FALSE(verifier->verify(as_bytes("message"), longer));
  }
}

TEST_CASE("the mirrored ES256 signature (r, n - s) verifies but is not canonical") {
  auto key = signer(Algorithm::kEs256);
  const auto verifier = make_verifier(key->spki()).value();
  const auto order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  for (int round = 0; round < 50; ++round) {
    const std::string message = "message " + std::to_string(round);
    auto mirrored = key->sign(as_bytes(message)).value();
    int borrow = 0;
    for (int i = 31; i >= 0; --i) {
      const auto at = static_cast<std::size_t>(i);
      int digit = order[at] - mirrored[32 + at] - borrow;
      borrow = digit < 0;
      if (digit < 0) digit += 256;
      mirrored[32 + at] = static_cast<std::uint8_t>(digit);
    }
    CHECK(verifier->verify(as_bytes(message), mirrored));
    CHECK_FALSE(verifier->verify_canonical(as_bytes(message), mirrored));
  }
}

TEST_CASE("Ed25519: RFC 8032, test 2") {
  // SubjectPublicKeyInfo is the RFC 8410 prefix and the key.
  auto spki = hex("302a300506032b6570032100");
  append(spki, hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  const auto verifier = make_verifier(spki).value();
  const auto signature = hex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  CHECK(verifier->verify(hex("72"), signature));
  CHECK_FALSE(verifier->verify(hex("73"), signature));
}

TEST_CASE("keys in any but the exact form are refused") {
  auto key = signer(Algorithm::kEs256);
  auto spki = key->spki();
  CHECK(make_verifier(spki));
  auto trailing = spki;
  trailing.push_back(0);
  CHECK(make_verifier(trailing).error().code == Code::bad_key);
  spki.pop_back();
  CHECK(make_verifier(spki).error().code == Code::bad_key);
  CHECK(make_verifier({}).error().code == Code::bad_key);
  CHECK(load_signer_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error().code == Code::bad_key);
  CHECK(spki_from_pem(spki_to_pem(key->spki())).value() == key->spki());
}

TEST_CASE("one P-256 key has one form: compressed and hybrid points are refused") {
  auto key = signer(Algorithm::kEs256);
  const auto& spki = key->spki();
  REQUIRE(spki.size() == 91);
  auto hybrid = spki;  // 0x06 or 0x07: the point with the parity of y in front
  hybrid[26] = static_cast<std::uint8_t>(6 + (spki.back() & 1));
  CHECK(make_verifier(hybrid).error().code == Code::bad_key);
  auto compressed = hex("3039301306072a8648ce3d020106082a8648ce3d030107032200");
  compressed.push_back(static_cast<std::uint8_t>(2 + (spki.back() & 1)));
  append(compressed, BytesView(spki).subspan(27, 32));
  CHECK(make_verifier(compressed).error().code == Code::bad_key);
}

TEST_CASE("DER and raw ECDSA signatures convert exactly, and only from strict DER") {
  Bytes raw(64, 0);
  raw[31] = 1;   // r = 1
  raw[32] = 0x80;  // s with its top bit set needs a zero before it
  const auto der = ecdsa_der_from_raw(raw).value();
  CHECK(ecdsa_raw_from_der(der).value() == raw);
  auto trailing = der;
  trailing.push_back(0);
  CHECK_FALSE(ecdsa_raw_from_der(trailing).has_value());
  // r = 1 with a superfluous zero in front: BER, not DER.
  CHECK_FALSE(ecdsa_raw_from_der(hex("300702020001020101")).has_value());
}
