#pragma once
// Corda's Merkle transaction identity, SHA-256 throughout (Corda 4: MerkleTree, PartialMerkleTree, WireTransaction):
//   d(x) = SHA-256(SHA-256(x)); nonce = d(d(salt ‖ be32 group ‖ be32 index) ‖ component); leaf = d(nonce ‖ component);
//   node = SHA-256(left ‖ right), leaves padded with 32 zero octets to a power of two, a single leaf is the root;
//   an absent group's root is 32 octets 0xff; the transaction id is the tree over the groups' roots.
// Components are octets as they were stored; the codec is not the tree's business. Pure and thread-safe.

#include <memory>
#include <span>
#include <vector>

#include "ustp/crypto/crypto.hpp"

namespace ustp::corda {

// ComponentGroupEnum.
enum class Group : std::uint32_t {
  kInputs = 0, kOutputs = 1, kCommands = 2, kAttachments = 3, kNotary = 4, kTimeWindow = 5, kSigners = 6,
};
inline constexpr std::size_t kMaxGroups = 16, kMaxComponents = 4096;
inline constexpr unsigned kMaxTreeDepth = 16;

Hash256 component_nonce(const Hash256& salt, std::uint32_t group, std::uint32_t index, BytesView component);
Hash256 component_leaf(const Hash256& nonce, BytesView component);
const Hash256& absent_group();                          // 32 octets 0xff
Hash256 tree_root(std::span<const Hash256> leaves);     // at least one; an empty list is a bug and terminates
Hash256 tree_node(const Hash256& left, const Hash256& right);
// Leaf of a transaction in the notary's batch.
Hash256 batch_leaf(const Hash256& transaction);

// All levels of one tree, so that many paths cost one computation.
class TreeLevels {
 public:
  explicit TreeLevels(std::span<const Hash256> leaves);  // at least one
  const Hash256& root() const { return levels_.back()[0]; }
  unsigned depth() const { return static_cast<unsigned>(levels_.size() - 1); }
  const Hash256& at(unsigned level, std::size_t index) const { return levels_[level][index]; }  // level 0: leaves

 private:
  std::vector<std::vector<Hash256>> levels_;
};

// A tree of which some leaves are shown; the others are roots of what is hidden.
struct PartialTree {
  enum class Kind : std::uint8_t { kNode = 0, kHidden = 1, kIncluded = 2 };
  Kind kind = Kind::kIncluded;
  Hash256 hash;  // hidden, included
  std::unique_ptr<PartialTree> left, right;  // node
};
PartialTree included(const Hash256& leaf);
// The path to leaf `index`: every other subtree hidden.
PartialTree prove_leaf(const TreeLevels& tree, std::size_t index);
// Root and the included leaves, left to right. Code::bad_proof: deeper than kMaxTreeDepth, a node without two
// children, an included leaf of 32 zero octets (that is padding: as a hidden leaf it is genuine, as a shown one never).
Result<Hash256> partial_root(const PartialTree& tree, std::vector<Hash256>& shown);

}  // namespace ustp::corda
