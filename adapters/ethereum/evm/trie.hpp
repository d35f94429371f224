#pragma once
// Merkle-Patricia trie (yellow paper, appendix D): built once over a set of entries, then asked for its root and for
// inclusion proofs. A value is never empty.

#include <map>
#include <span>
#include <vector>

#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum {

class Trie {
 public:
  explicit Trie(const std::map<Bytes, Bytes>& entries);  // no empty value: a bug that terminates
  // A block's transactions or receipts: the key of each is the RLP of its index.
  static Trie ordered(std::span<const Bytes> values);

  const Word& root() const { return root_; }
  // Nodes from the root down to the value, each as it is hashed; nodes that stand inside their parent are not listed
  // (as eth_getProof gives them). Empty when the key is not there.
  std::vector<Bytes> prove(BytesView key) const;

 private:
  struct Node {
    Bytes prefix;                                   // nibbles of a leaf or extension; empty for a branch
    bool branch = false, has_value = false;
    Bytes value;
    std::array<std::size_t, 16> children{};         // of a branch; 0 = none
    std::size_t child = 0;                          // of an extension
    Bytes encoded;
  };
  struct Entry {
    Bytes nibbles;
    const Bytes* value;
  };
  std::size_t build(std::span<const Entry> entries, std::size_t depth);
  std::size_t build_branch(std::span<const Entry> entries, std::size_t depth);
  Bytes reference(std::size_t node) const;

  std::vector<Node> nodes_;  // index 0 is unused: "none"
  std::size_t top_ = 0;
  Word root_;
};

inline constexpr std::size_t kMaxProofNodes = 64;

Bytes trie_index_key(std::uint64_t index);  // RLP of the index
// The value that stands under the key. Strict: every node is used, hashes to its reference, is canonical, and is
// listed exactly when it is 32 octets or longer (or the root). Code::bad_proof.
Result<Bytes> verify_inclusion(const Word& root, BytesView key, std::span<const Bytes> nodes);

}  // namespace ustp::ethereum
