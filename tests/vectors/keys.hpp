#pragma once
// Keys for vectors: made from a name, and signing the same octets always gives the same signature (RFC 6979 for P-256,
// RFC 8032 for Ed25519), so that the generator writes the same files every time. Never for anything but tests: whoever
// knows the name has the key.

#include <memory>
#include <string_view>

#include "ustp/crypto/crypto.hpp"

namespace ustp::vectors {

std::unique_ptr<crypto::Signer> named_signer(std::string_view name, crypto::Algorithm algorithm);
// The other value of s for the same message: valid ECDSA, and not the form that the protocol admits.
Bytes with_high_s(BytesView signature);
// HMAC with SHA-256, for those who take a public key for a secret.
Bytes hmac_sha256(BytesView key, BytesView data);

}  // namespace ustp::vectors
