#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "ustp/crypto/crypto.hpp"

namespace ustp::crypto {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Signature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

constexpr std::size_t kHalf = 32, kSize = 64;

// Half the order of P-256's group, (n - 1) / 2, and n itself, big-endian (FIPS 186-5).
constexpr std::array<std::uint8_t, kHalf> kHalfOrder = {
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};
constexpr std::array<std::uint8_t, kHalf> kOrder = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

bool low_s(BytesView raw) {
  return raw.size() == kSize && std::memcmp(raw.data() + kHalf, kHalfOrder.data(), kHalf) <= 0;
}
void lower_s(Bytes& raw) {  // s := n - s where s is high
  if (low_s(raw)) return;
  int borrow = 0;
  for (std::size_t i = kHalf; i-- > 0;) {
    const int digit = kOrder[i] - raw[kHalf + i] - borrow;
    borrow = digit < 0;
    raw[kHalf + i] = static_cast<std::uint8_t>(digit + (borrow ? 256 : 0));
  }
}

Result<Algorithm> algorithm_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519")) return Algorithm::kEd25519;
  char group[32] = {};
  if (EVP_PKEY_is_a(key, "EC") &&
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) == 1 &&
      std::string_view(group) == "prime256v1")
    return Algorithm::kEs256;
  return Error{Code::bad_key, "neither P-256 nor Ed25519"};
}

// One key, one encoding, one key id: OpenSSL would also read compressed, hybrid and explicit-parameter forms of P-256
// and give each back as it came.
constexpr std::array<std::uint8_t, 27> kP256Header = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t kP256SpkiSize = 91;

bool is_exact_form(Algorithm algorithm, BytesView spki) {
  return algorithm != Algorithm::kEs256 ||
         (spki.size() == kP256SpkiSize && std::equal(kP256Header.begin(), kP256Header.end(), spki.begin()));
}

Result<Bytes> spki_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "EC")) {
    EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
    EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "named_curve");
  }
  unsigned char* der = nullptr;
  const int n = i2d_PUBKEY(key, &der);
  if (n <= 0) return Error{Code::bad_key, "cannot be encoded"};
  Bytes out(der, der + n);
  OPENSSL_free(der);
  USTP_TRY(auto algorithm, algorithm_of(key));
  if (!is_exact_form(algorithm, out)) return Error{Code::bad_key, "cannot be brought into the exact form"};
  return out;
}

class KeyVerifier final : public Verifier {
 public:
  KeyVerifier(Key key, Algorithm algorithm, Bytes spki)
      : key_(std::move(key)), algorithm_(algorithm), spki_(std::move(spki)), id_(key_id_of(spki_)) {}
  Algorithm algorithm() const override { return algorithm_; }
  const KeyId& key_id() const override { return id_; }
  const Bytes& spki() const override { return spki_; }

  bool verify_canonical(BytesView message, BytesView signature) const override {
    return (algorithm_ != Algorithm::kEs256 || low_s(signature)) && verify(message, signature);
  }
  bool verify(BytesView message, BytesView signature) const override {
    if (signature.size() != kSize) return false;
    MdContext ctx(EVP_MD_CTX_new());
    const bool ec = algorithm_ == Algorithm::kEs256;
    if (EVP_DigestVerifyInit_ex(ctx.get(), nullptr, ec ? "SHA256" : nullptr, nullptr, nullptr, key_.get(), nullptr) != 1)
      return false;
    if (!ec) return EVP_DigestVerify(ctx.get(), signature.data(), kSize, message.data(), message.size()) == 1;
    const auto der = ecdsa_der_from_raw(signature);
    return der && EVP_DigestVerify(ctx.get(), der->data(), der->size(), message.data(), message.size()) == 1;
  }

 private:
  Key key_;
  Algorithm algorithm_;
  Bytes spki_;
  KeyId id_;
};

class KeySigner final : public Signer {
 public:
  KeySigner(Key key, Algorithm algorithm, Bytes spki)
      : key_(std::move(key)), algorithm_(algorithm), spki_(std::move(spki)), id_(key_id_of(spki_)) {}
  Algorithm algorithm() const override { return algorithm_; }
  const KeyId& key_id() const override { return id_; }
  const Bytes& spki() const override { return spki_; }

  Result<Bytes> sign(BytesView message) override {
    MdContext ctx(EVP_MD_CTX_new());
    const bool ec = algorithm_ == Algorithm::kEs256;
    Bytes out(ec ? 80 : kSize);
    std::size_t size = out.size();
    if (EVP_DigestSignInit_ex(ctx.get(), nullptr, ec ? "SHA256" : nullptr, nullptr, nullptr, key_.get(), nullptr) != 1 ||
        EVP_DigestSign(ctx.get(), out.data(), &size, message.data(), message.size()) != 1)
      return Error{Code::internal, "signing failed"};
    out.resize(size);
    if (!ec) return out;
    USTP_TRY(auto raw, ecdsa_raw_from_der(out));
    lower_s(raw);
    return raw;
  }

 private:
  Key key_;
  Algorithm algorithm_;
  Bytes spki_;
  KeyId id_;
};

// Reading a PEM must never ask a terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::string_view to_string(Algorithm algorithm) { return algorithm == Algorithm::kEs256 ? "ES256" : "EdDSA"; }

KeyId key_id_of(BytesView spki) { return KeyId(sha256(spki).octets()); }

Result<std::shared_ptr<const Verifier>> make_verifier(BytesView spki) {
  const unsigned char* at = spki.data();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (!key) return Error{Code::bad_key, "not a SubjectPublicKeyInfo"};
  USTP_TRY(auto algorithm, algorithm_of(key.get()));
  USTP_TRY(auto exact, spki_of(key.get()));
  if (!std::equal(exact.begin(), exact.end(), spki.begin(), spki.end()))
    return Error{Code::bad_key, "not in exact DER form"};
  return std::shared_ptr<const Verifier>(std::make_shared<KeyVerifier>(std::move(key), algorithm, std::move(exact)));
}

Result<std::unique_ptr<Signer>> load_signer_pem(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return Error{Code::bad_key, "not an unencrypted PEM private key"};
  USTP_TRY(auto algorithm, algorithm_of(key.get()));
  USTP_TRY(auto spki, spki_of(key.get()));
  return std::unique_ptr<Signer>(std::make_unique<KeySigner>(std::move(key), algorithm, std::move(spki)));
}

Result<std::unique_ptr<Signer>> load_signer_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  constexpr std::size_t kMaxPem = 16u << 10;
  Bytes pem(kMaxPem);
  in.read(reinterpret_cast<char*>(pem.data()), kMaxPem);
  if (in.gcount() == 0) return Error{Code::io_error, path};
  const auto size = static_cast<std::size_t>(in.gcount());
  auto signer = load_signer_pem(as_text(BytesView(pem).first(size)));
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!signer) return Error{signer.error().code, path + ": " + signer.error().detail};
  return signer;
}

Result<GeneratedKey> generate_key(Algorithm algorithm) {
  Key key(algorithm == Algorithm::kEs256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  Bio bio(BIO_new(BIO_s_secmem()));
  if (!key || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return Error{Code::internal, "key generation failed"};
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio.get(), &data);
  USTP_TRY(auto spki, spki_of(key.get()));
  return GeneratedKey{SecretBytes(Bytes(data, data + n)), std::move(spki)};
}

std::string spki_to_pem(BytesView spki) {
  std::string out = "-----BEGIN PUBLIC KEY-----\n";
  const auto text = to_base64(spki);
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
  return out + "-----END PUBLIC KEY-----\n";
}

Result<Bytes> spki_from_pem(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return Error{Code::bad_key, "not a PEM public key"};
  USTP_TRY(auto algorithm, algorithm_of(key.get()));
  (void)algorithm;
  return spki_of(key.get());
}

Result<Bytes> ecdsa_raw_from_der(BytesView der) {
  const unsigned char* at = der.data();
  Signature sig(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Bytes out(kSize);
  if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), out.data(), kHalf) != kHalf ||
      BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), out.data() + kHalf, kHalf) != kHalf)
    return Error{Code::malformed_text, "ECDSA signature"};
  // Strict DER: only the one encoding of these numbers.
  USTP_TRY(auto exact, ecdsa_der_from_raw(out));
  if (!std::equal(exact.begin(), exact.end(), der.begin(), der.end()))
    return Error{Code::malformed_text, "ECDSA signature is not in DER form"};
  return out;
}

Result<Bytes> ecdsa_der_from_raw(BytesView raw) {
  if (raw.size() != kSize) return Error{Code::malformed_text, "ECDSA signature of " + std::to_string(raw.size()) + " octets"};
  Signature sig(ECDSA_SIG_new());
  ECDSA_SIG_set0(sig.get(), BN_bin2bn(raw.data(), kHalf, nullptr), BN_bin2bn(raw.data() + kHalf, kHalf, nullptr));
  unsigned char* der = nullptr;
  const int n = i2d_ECDSA_SIG(sig.get(), &der);
  if (n <= 0) return Error{Code::malformed_text, "ECDSA signature"};
  Bytes out(der, der + n);
  OPENSSL_free(der);
  return out;
}

}  // namespace ustp::crypto
