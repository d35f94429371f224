#pragma once
// Merkle tree over the messages of one batch: RFC 6962 section 2.1 with salted leaves,
//   leaf = SHA-256(0x00 ‖ salt ‖ message), node = SHA-256(0x01 ‖ left ‖ right),
// split at the largest power of two below n. One signature over the root covers all; each message stays provable
// alone by its path, and a shown message gives no hint at its neighbours (USTP-MSG: salts).

#include <span>
#include <vector>

#include "ustp/crypto/crypto.hpp"

namespace ustp::crypto {

Hash256 merkle_leaf(const Salt& salt, BytesView message);
// n >= 1; an empty list is a bug and terminates.
Hash256 merkle_root(std::span<const Hash256> leaves);

struct MerkleProof {
  std::uint32_t index = 0, count = 0;
  std::vector<Hash256> path;  // from the leaf upwards
  friend bool operator==(const MerkleProof&, const MerkleProof&) = default;
};
MerkleProof merkle_prove(std::span<const Hash256> leaves, std::uint32_t index);
// The root that leaf and proof lead to. Code::bad_proof when index >= count, count is 0, or the path is not exactly as
// long as the tree demands (no truncated, no padded proof).
Result<Hash256> merkle_root_from_proof(const Hash256& leaf, const MerkleProof& proof);

}  // namespace ustp::crypto
