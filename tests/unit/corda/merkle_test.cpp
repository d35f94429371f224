// Corda's tree rules, against values computed here step by step.
#include <doctest/doctest.h>

#include "adapters/corda/proof/merkle.hpp"

using namespace ustp;
using corda::PartialTree;

namespace {

Hash256 filled(std::uint8_t octet) {
  Hash256 out;
  out.mutable_octets().fill(octet);
  return out;
}
Hash256 pair(const Hash256& l, const Hash256& r) { return crypto::sha256({l.view(), r.view()}); }

}  // namespace

TEST_CASE("a tree is padded with zeros to a power of two, and a single leaf is its root") {
  const auto a = filled(1), b = filled(2), c = filled(3), zero = Hash256{};
  CHECK(corda::tree_root(std::vector{a}) == a);
  CHECK(corda::tree_root(std::vector{a, b}) == pair(a, b));
  CHECK(corda::tree_root(std::vector{a, b, c}) == pair(pair(a, b), pair(c, zero)));
  const std::vector leaves{a, b, c, a, b};
  CHECK(corda::TreeLevels(leaves).root() == corda::tree_root(leaves));
}

TEST_CASE("every leaf of trees of 1 to 33 leaves is provable, and only as itself") {
  for (std::size_t n = 1; n <= 33; ++n) {
    std::vector<Hash256> leaves;
    for (std::size_t i = 0; i < n; ++i) leaves.push_back(filled(static_cast<std::uint8_t>(i + 1)));
    const corda::TreeLevels levels(leaves);
    for (std::size_t i = 0; i < n; ++i) {
      auto tree = corda::prove_leaf(levels, i);
      std::vector<Hash256> shown;
      CHECK(corda::partial_root(tree, shown).value() == levels.root());
      CHECK(shown == std::vector{leaves[i]});
    }
  }
}

TEST_CASE("a zero hash is padding when hidden and refused when shown") {
  const std::vector leaves{filled(1), filled(2), filled(3)};
  const corda::TreeLevels levels(leaves);
  std::vector<Hash256> shown;
  CHECK(corda::partial_root(corda::prove_leaf(levels, 2), shown).has_value());  // its sibling is padding
  CHECK(!corda::partial_root(corda::prove_leaf(levels, 3), shown).has_value());
}

TEST_CASE("a partial tree has a bounded depth and whole nodes") {
  auto tree = corda::included(filled(1));
  const auto deepen = [&] {
    PartialTree above{PartialTree::Kind::kNode, {}, nullptr, nullptr};
    above.left = std::make_unique<PartialTree>(std::move(tree));
    above.right = std::make_unique<PartialTree>(PartialTree{PartialTree::Kind::kHidden, filled(2), nullptr, nullptr});
    tree = std::move(above);
  };
  for (unsigned i = 0; i < corda::kMaxTreeDepth; ++i) deepen();
  std::vector<Hash256> shown;
  CHECK(corda::partial_root(tree, shown).has_value());
  deepen();
  CHECK(corda::partial_root(tree, shown).error().code == Code::bad_proof);
  tree.right.reset();
  CHECK(corda::partial_root(tree, shown).error().code == Code::bad_proof);
}

TEST_CASE("nonce and leaf are doubly hashed, and the nonce depends on salt, place and component") {
  const auto salt = filled(9);
  const auto component = as_bytes("component");
  const auto d = [](std::initializer_list<BytesView> parts) { return crypto::sha256(crypto::sha256(parts).view()); };
  const std::array<std::uint8_t, 8> place{0, 0, 0, 2, 0, 0, 0, 1};
  const auto nonce = d({d({salt.view(), place}).view(), component});
  CHECK(corda::component_nonce(salt, 2, 1, component) == nonce);
  CHECK(corda::component_leaf(nonce, component) == d({nonce.view(), component}));
  CHECK(corda::component_nonce(salt, 1, 2, component) != nonce);
}
