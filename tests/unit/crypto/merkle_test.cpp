#include <doctest/doctest.h>

#include "ustp/crypto/merkle.hpp"

using namespace ustp;
using namespace ustp::crypto;

namespace {

// RFC 6962 section 2.1 word for word, as the other opinion.
Hash256 by_the_book(std::span<const Hash256> leaves) {
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const auto left = by_the_book(leaves.first(k)), right = by_the_book(leaves.subspan(k));
  Bytes node{0x01};
  append(node, left.view());
  append(node, right.view());
  return sha256(node);
}

std::vector<Hash256> leaves(std::size_t n) {
  std::vector<Hash256> out;
  SeededRandom random(n);
  for (std::size_t i = 0; i < n; ++i) out.push_back(merkle_leaf(random.id<Salt>(), as_bytes(std::to_string(i))));
  return out;
}

}  // namespace

TEST_CASE("roots are RFC 6962's and every leaf of every size proves itself") {
  for (std::size_t n = 1; n <= 70; ++n) {
    const auto list = leaves(n);
    const auto root = merkle_root(list);
    CHECK(root == by_the_book(list));
    for (std::uint32_t i = 0; i < n; ++i) {
      const auto proof = merkle_prove(list, i);
      CHECK(merkle_root_from_proof(list[i], proof).value() == root);
      auto other = proof;
      other.index = (i + 1) % static_cast<std::uint32_t>(n);
      const auto moved = merkle_root_from_proof(list[i], other);
      CHECK((n == 1 || !moved || *moved != root));
    }
  }
}

TEST_CASE("truncated, padded, out-of-range and empty proofs are refused") {
  const auto list = leaves(7);
  auto proof = merkle_prove(list, 3);
  const auto refused = [&](const MerkleProof& p) { return merkle_root_from_proof(list[3], p).error().code == Code::bad_proof; };
  auto shorter = proof;
  shorter.path.pop_back();
  CHECK(refused(shorter));
  auto longer = proof;
  longer.path.push_back(Hash256{});
  CHECK(refused(longer));
  proof.index = 7;
  CHECK(refused(proof));
  proof.count = 0;
  CHECK(refused(proof));
}

TEST_CASE("an inner node cannot be passed off as a message, and the salt changes the leaf") {
  const auto list = leaves(2);
  Bytes node;
  append(node, list[0].view());
  append(node, list[1].view());
  CHECK(merkle_leaf(Salt{}, node) != merkle_root(list));
  Salt salt;
  salt.mutable_octets()[0] = 1;
  CHECK(merkle_leaf(Salt{}, node) != merkle_leaf(salt, node));
}
