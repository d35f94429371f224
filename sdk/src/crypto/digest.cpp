// The functions used here are OpenSSL's own SHA-256 without the envelope around it: on the short inputs that make up a
// Merkle tree the envelope costs more than the hash. They are deprecated in 3.0, not removed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "ustp/crypto/crypto.hpp"

namespace ustp::crypto {

Hash256 sha256(std::initializer_list<BytesView> parts) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const auto& part : parts) SHA256_Update(&context, part.data(), part.size());
  Hash256 out;
  SHA256_Final(out.mutable_octets().data(), &context);
  return out;
}
Hash256 sha256(BytesView data) { return sha256({data}); }

bool constant_time_equal(BytesView a, BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void SecretBytes::wipe() {
  if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}
SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

}  // namespace ustp::crypto
