#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>

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

Result<Algorithm> algorithm_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519")) return Algorithm::kEd25519;
  char group[32] = {};
  if (EVP_PKEY_is_a(key, "EC") &&
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) == 1 &&
      std::string_view(group) == "prime256v1")
    return Algorithm::kEs256;
  return Error{Code::bad_key, "neither P-256 nor Ed25519"};
}

Result<Bytes> spki_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int n = i2d_PUBKEY(key, &der);
  if (n <= 0) return Error{Code::bad_key, "cannot be encoded"};
  Bytes out(der, der + n);
  OPENSSL_free(der);
  return out;
}

class KeyVerifier final : public Verifier {
 public:
  KeyVerifier(Key key, Algorithm algorithm, Bytes spki)
      : key_(std::move(key)), algorithm_(algorithm), spki_(std::move(spki)), id_(key_id_of(spki_)) {}
  Algorithm algorithm() const override { return algorithm_; }
  const KeyId& key_id() const override { return id_; }
  const Bytes& spki() const override { return spki_; }

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
    return ec ? ecdsa_raw_from_der(out) : Result<Bytes>(std::move(out));
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
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return Error{Code::io_error, path};
  std::string pem = std::move(text).str();
  auto signer = load_signer_pem(pem);
  SecretBytes wiped(Bytes(pem.begin(), pem.end()));
  std::fill(pem.begin(), pem.end(), '\0');
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
