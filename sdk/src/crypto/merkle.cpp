#include "ustp/crypto/merkle.hpp"

#include <bit>
#include <cstdlib>

namespace ustp::crypto {
namespace {

constexpr std::uint8_t kLeaf[] = {0x00}, kNode[] = {0x01};

Hash256 node(const Hash256& left, const Hash256& right) { return sha256({kNode, left.view(), right.view()}); }

// The largest power of two below n (n >= 2): where RFC 6962 splits.
std::size_t split(std::size_t n) { return std::bit_floor(n - 1); }

void prove(std::span<const Hash256> leaves, std::size_t index, std::vector<Hash256>& path) {
  if (leaves.size() == 1) return;
  const auto k = split(leaves.size());
  if (index < k) {
    prove(leaves.first(k), index, path);
    path.push_back(merkle_root(leaves.subspan(k)));
  } else {
    prove(leaves.subspan(k), index - k, path);
    path.push_back(merkle_root(leaves.first(k)));
  }
}

std::size_t path_length(std::size_t index, std::size_t count) {
  std::size_t length = 0;
  while (count > 1) {
    const auto k = split(count);
    if (index < k) {
      count = k;
    } else {
      index -= k;
      count -= k;
    }
    ++length;
  }
  return length;
}

Hash256 fold(const Hash256& leaf, std::size_t index, std::size_t count, std::span<const Hash256> path) {
  if (count == 1) return leaf;
  const auto k = split(count);
  const auto& sibling = path.back();
  const auto rest = path.first(path.size() - 1);
  return index < k ? node(fold(leaf, index, k, rest), sibling) : node(sibling, fold(leaf, index - k, count - k, rest));
}

}  // namespace

Hash256 merkle_leaf(const Salt& salt, BytesView message) { return sha256({kLeaf, salt.view(), message}); }

Hash256 merkle_root(std::span<const Hash256> leaves) {
  if (leaves.empty()) std::abort();
  // Level by level: an odd last node moves up unchanged, which is RFC 6962's tree without recursion.
  std::vector<Hash256> level(leaves.begin(), leaves.end());
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) level[out++] = node(level[i], level[i + 1]);
    if (level.size() % 2 == 1) level[out++] = level.back();
    level.resize(out);
  }
  return level.front();
}

MerkleProof merkle_prove(std::span<const Hash256> leaves, std::uint32_t index) {
  if (index >= leaves.size()) std::abort();
  MerkleProof proof{index, static_cast<std::uint32_t>(leaves.size()), {}};
  prove(leaves, index, proof.path);
  return proof;
}

Result<Hash256> merkle_root_from_proof(const Hash256& leaf, const MerkleProof& proof) {
  if (proof.count == 0 || proof.index >= proof.count) return Error{Code::bad_proof, "index"};
  if (proof.path.size() != path_length(proof.index, proof.count)) return Error{Code::bad_proof, "path length"};
  return fold(leaf, proof.index, proof.count, proof.path);
}

}  // namespace ustp::crypto
