#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>

#include "ustp/crypto/crypto.hpp"

namespace ustp::crypto {
namespace {

// Fetching an algorithm costs more than hashing a message: once per process; a context per thread is reused.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}
struct Context {
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(ctx); }
};

}  // namespace

Hash256 sha256(std::initializer_list<BytesView> parts) {
  thread_local Context context;
  Hash256 out;
  bool ok = EVP_DigestInit_ex2(context.ctx, sha256_algorithm(), nullptr) == 1;
  for (const auto& part : parts) ok = ok && EVP_DigestUpdate(context.ctx, part.data(), part.size()) == 1;
  ok = ok && EVP_DigestFinal_ex(context.ctx, out.mutable_octets().data(), nullptr) == 1;
  if (!ok) std::abort();  // no digest, no protocol
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
