// The functions used here are OpenSSL's own SHA-256 without the envelope around it: on the short inputs that make up a
// Merkle tree the envelope costs more than the hash. They are deprecated in 3.0, not removed.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ustp/crypto/crypto.hpp"

namespace ustp::crypto {

namespace {

std::uint32_t to_big_endian(std::uint32_t word) {
  return std::endian::native == std::endian::big ? word : __builtin_bswap32(word);
}

constexpr std::size_t kBlock = 64, kShort = 2 * kBlock - 9;  // what two blocks hold beside the padding (FIPS 180-4, 5.1.1)
constexpr std::array<SHA_LONG, 8> kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,   // FIPS 180-4, 5.3.3
                                              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// One or two blocks, padded here: no buffer to fill and none to wipe.
Hash256 sha256_short(std::initializer_list<BytesView> parts, std::size_t size) {
  std::array<std::uint8_t, 2 * kBlock> octets;
  auto* at = octets.data();
  for (const auto& part : parts) {
    if (part.size() == Hash256::kSize) std::memcpy(at, part.data(), Hash256::kSize);  // the common one, in registers
    else if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  *at++ = 0x80;
  const std::size_t whole = size + 9 <= kBlock ? kBlock : 2 * kBlock;
  std::memset(at, 0, static_cast<std::size_t>(octets.data() + whole - at));
  octets[whole - 2] = static_cast<std::uint8_t>(size * 8 >> 8);
  octets[whole - 1] = static_cast<std::uint8_t>(size * 8);
  SHA256_CTX context;  // the transformation looks at `h` alone
  std::copy(kInitial.begin(), kInitial.end(), context.h);
  SHA256_Transform(&context, octets.data());
  if (whole > kBlock) SHA256_Transform(&context, octets.data() + kBlock);
  Hash256 out;
  for (std::size_t i = 0; i < kInitial.size(); ++i) {
    const auto word = to_big_endian(context.h[i]);
    std::memcpy(out.mutable_octets().data() + 4 * i, &word, 4);
  }
  return out;
}

}  // namespace

Hash256 sha256(std::initializer_list<BytesView> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.size();
  if (size <= kShort) return sha256_short(parts, size);
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
