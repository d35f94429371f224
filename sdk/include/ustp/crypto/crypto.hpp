#pragma once
// Digests, keys, signatures on OpenSSL 3. Digest algorithms are fetched once, contexts reused, keys parsed once.

#include <memory>
#include <span>
#include <string_view>

#include "ustp/base/ids.hpp"
#include "ustp/base/random.hpp"

namespace ustp::crypto {

// SHA-256 of the concatenation. Thread-safe (a context per thread). Never fails.
Hash256 sha256(BytesView data);
Hash256 sha256(std::initializer_list<BytesView> parts);

bool constant_time_equal(BytesView a, BytesView b);  // false when sizes differ

// Octets that are overwritten before they are freed.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(); }
  BytesView view() const { return bytes_; }
  void wipe();

 private:
  Bytes bytes_;
};

enum class Algorithm : std::uint8_t {
  kEs256 = 1,    // ECDSA P-256 with SHA-256; the signature is r ‖ s, 64 octets (RFC 7518)
  kEd25519 = 2,  // RFC 8032; 64 octets
};
std::string_view to_string(Algorithm algorithm);  // JWA names: "ES256", "EdDSA"

// Thread-safe.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual Algorithm algorithm() const = 0;
  virtual const KeyId& key_id() const = 0;  // SHA-256 of spki()
  virtual const Bytes& spki() const = 0;    // SubjectPublicKeyInfo, DER
  virtual bool verify(BytesView message, BytesView signature) const = 0;
  // verify(), and the signature is the one form that our signers make: ES256 with s in the lower half of the group, so
  // that nobody can turn a valid signature into another one. What the protocol carries is checked with this.
  virtual bool verify_canonical(BytesView message, BytesView signature) const = 0;
};

// One thread at a time.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual Algorithm algorithm() const = 0;
  virtual const KeyId& key_id() const = 0;
  virtual const Bytes& spki() const = 0;
  virtual Result<Bytes> sign(BytesView message) = 0;  // canonical (see Verifier::verify_canonical)
};

// Code::bad_key for anything but a P-256 or Ed25519 key in exact DER form.
Result<std::shared_ptr<const Verifier>> make_verifier(BytesView spki);
// PEM, PKCS#8, not encrypted.
Result<std::unique_ptr<Signer>> load_signer_pem(std::string_view pem);
Result<std::unique_ptr<Signer>> load_signer_file(const std::string& path);
struct GeneratedKey {
  SecretBytes private_pem;
  Bytes spki;
};
Result<GeneratedKey> generate_key(Algorithm algorithm);
std::string spki_to_pem(BytesView spki);
Result<Bytes> spki_from_pem(std::string_view pem);
KeyId key_id_of(BytesView spki);

// Conversion for the formats of others: r ‖ s <-> ASN.1 DER. Strict DER on the way in.
Result<Bytes> ecdsa_raw_from_der(BytesView der);
Result<Bytes> ecdsa_der_from_raw(BytesView raw);

}  // namespace ustp::crypto
