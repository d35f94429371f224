#include "adapters/ethereum/evm/secp256k1.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <fstream>

#include "adapters/ethereum/evm/keccak.hpp"
#include "ustp/base/random.hpp"

namespace ustp::ethereum {
namespace {

// Made once, blinded once, read-only after: the library allows concurrent use of a context that nobody changes.
const secp256k1_context* context() {
  static const secp256k1_context* const made = [] {
    secp256k1_context* fresh = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    std::array<std::uint8_t, 32> seed{};
    SystemRandom random;
    random.fill(seed);
    if (secp256k1_context_randomize(fresh, seed.data()) != 1) std::abort();
    return fresh;
  }();
  return made;
}

Address address_of(const secp256k1_pubkey& key) {
  std::array<std::uint8_t, 65> point{};
  std::size_t size = point.size();
  secp256k1_ec_pubkey_serialize(context(), point.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  const Word hash = keccak256(BytesView(point).subspan(1));
  Address out;
  std::copy_n(hash.octets().begin() + 12, 20, out.mutable_octets().begin());
  return out;
}

std::array<std::uint8_t, 64> compact(const Signature& signature) {
  std::array<std::uint8_t, 64> out{};
  std::copy_n(signature.r.octets().begin(), 32, out.begin());
  std::copy_n(signature.s.octets().begin(), 32, out.begin() + 32);
  return out;
}

}  // namespace

Result<SigningKey> SigningKey::from_secret(crypto::SecretBytes secret) {
  if (secret.view().size() != 32) return Error{Code::bad_key, "a secp256k1 key has 32 octets"};
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_create(context(), &point, secret.view().data()) != 1)
    return Error{Code::bad_key, "secp256k1 key outside the group"};
  SigningKey out;
  out.secret_ = std::move(secret);
  out.address_ = address_of(point);
  return out;
}

Result<SigningKey> SigningKey::load_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Code::io_error, path};
  Bytes raw(256);
  in.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(raw.size()));
  raw.resize(static_cast<std::size_t>(in.gcount()));
  const crypto::SecretBytes text(std::move(raw));
  std::string_view digits = as_text(text.view());
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r' || digits.back() == ' ')) digits.remove_suffix(1);
  if (digits.substr(0, 2) == "0x") digits.remove_prefix(2);
  auto secret = from_hex(digits);
  if (!secret) return Error{Code::bad_key, path + " is not hexadecimal"};
  return from_secret(crypto::SecretBytes(std::move(*secret)));
}

Signature SigningKey::sign(const Word& digest) const {
  secp256k1_ecdsa_recoverable_signature made;
  // Fails only for a key outside the group, which from_secret() never lets in.
  if (secp256k1_ecdsa_sign_recoverable(context(), &made, digest.octets().data(), secret_.view().data(), nullptr, nullptr) != 1)
    std::abort();
  std::array<std::uint8_t, 64> octets{};
  int parity = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), octets.data(), &parity, &made);
  Signature out;
  std::copy_n(octets.begin(), 32, out.r.mutable_octets().begin());
  std::copy_n(octets.begin() + 32, 32, out.s.mutable_octets().begin());
  out.y_parity = static_cast<std::uint8_t>(parity & 1);
  return out;
}

Result<Address> recover(const Word& digest, const Signature& signature) {
  if (signature.y_parity > 1) return Error{Code::bad_signature, "y parity"};
  const auto octets = compact(signature);
  secp256k1_ecdsa_signature plain;
  if (secp256k1_ecdsa_signature_parse_compact(context(), &plain, octets.data()) != 1)
    return Error{Code::bad_signature, "r or s outside the group"};
  // EIP-2: normalize reports whether it had anything to do, so 1 means the signature came with a high s.
  if (secp256k1_ecdsa_signature_normalize(context(), nullptr, &plain) == 1) return Error{Code::bad_signature, "high s"};
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey point;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parsed, octets.data(), signature.y_parity) != 1 ||
      secp256k1_ecdsa_recover(context(), &point, &parsed, digest.octets().data()) != 1)
    return Error{Code::bad_signature, "no key fits the signature"};
  return address_of(point);
}

}  // namespace ustp::ethereum
