#include "adapters/corda/proof/merkle.hpp"

#include <bit>

namespace ustp::corda {
namespace {

Hash256 d(std::initializer_list<BytesView> parts) { return crypto::sha256(crypto::sha256(parts).view()); }

Result<Hash256> root_below(const PartialTree& tree, unsigned depth, std::vector<Hash256>& shown) {
  if (depth > kMaxTreeDepth) return Error{Code::bad_proof, "partial tree too deep"};
  switch (tree.kind) {
    case PartialTree::Kind::kHidden: return tree.hash;
    case PartialTree::Kind::kIncluded:
      if (tree.hash.is_zero()) return Error{Code::bad_proof, "padding shown as a leaf"};
      shown.push_back(tree.hash);
      return tree.hash;
    case PartialTree::Kind::kNode: break;
  }
  if (!tree.left || !tree.right) return Error{Code::bad_proof, "node without two children"};
  USTP_TRY(const auto left, root_below(*tree.left, depth + 1, shown));
  USTP_TRY(const auto right, root_below(*tree.right, depth + 1, shown));
  return tree_node(left, right);
}

// Leaves and inner nodes level by level, padded.
std::vector<Hash256> padded(std::span<const Hash256> leaves) {
  std::vector<Hash256> level(leaves.begin(), leaves.end());
  level.resize(std::bit_ceil(level.size()));
  return level;
}

PartialTree hidden(const Hash256& hash) { return {PartialTree::Kind::kHidden, hash, nullptr, nullptr}; }

}  // namespace

Hash256 component_nonce(const Hash256& salt, std::uint32_t group, std::uint32_t index, BytesView component) {
  std::array<std::uint8_t, 8> place{};
  for (int i = 0; i < 4; ++i) {
    place[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(group >> (24 - 8 * i));
    place[static_cast<std::size_t>(4 + i)] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
  }
  return d({d({salt.view(), place}).view(), component});
}
Hash256 component_leaf(const Hash256& nonce, BytesView component) { return d({nonce.view(), component}); }

Hash256 tree_node(const Hash256& left, const Hash256& right) { return crypto::sha256({left.view(), right.view()}); }

const Hash256& absent_group() {
  static const Hash256 ones = [] {
    Hash256 out;
    out.mutable_octets().fill(0xff);
    return out;
  }();
  return ones;
}

Hash256 tree_root(std::span<const Hash256> leaves) {
  if (leaves.empty()) std::abort();
  if (leaves.size() == 1) return leaves[0];
  auto level = padded(leaves);
  for (std::size_t n = level.size(); n > 1; n /= 2)
    for (std::size_t i = 0; i < n / 2; ++i) level[i] = tree_node(level[2 * i], level[2 * i + 1]);
  return level[0];
}

Hash256 batch_leaf(const Hash256& transaction) { return crypto::sha256(transaction.view()); }

PartialTree included(const Hash256& leaf) { return {PartialTree::Kind::kIncluded, leaf, nullptr, nullptr}; }

TreeLevels::TreeLevels(std::span<const Hash256> leaves) {
  if (leaves.empty()) std::abort();
  levels_.push_back(padded(leaves));
  while (levels_.back().size() > 1) {
    const auto& below = levels_.back();
    std::vector<Hash256> level(below.size() / 2);
    for (std::size_t i = 0; i < level.size(); ++i) level[i] = tree_node(below[2 * i], below[2 * i + 1]);
    levels_.push_back(std::move(level));
  }
}

PartialTree prove_leaf(const TreeLevels& tree, std::size_t index) {
  PartialTree out = included(tree.at(0, index));
  for (unsigned level = 0; level < tree.depth(); ++level, index /= 2) {
    PartialTree above{PartialTree::Kind::kNode, {}, nullptr, nullptr};
    auto sibling = std::make_unique<PartialTree>(hidden(tree.at(level, index ^ 1)));
    auto self = std::make_unique<PartialTree>(std::move(out));
    (index % 2 == 0 ? above.left : above.right) = std::move(self);
    (index % 2 == 0 ? above.right : above.left) = std::move(sibling);
    out = std::move(above);
  }
  return out;
}

Result<Hash256> partial_root(const PartialTree& tree, std::vector<Hash256>& shown) { return root_below(tree, 0, shown); }

}  // namespace ustp::corda
