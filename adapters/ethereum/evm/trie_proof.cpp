#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "adapters/ethereum/evm/trie.hpp"

namespace ustp::ethereum {
namespace {

Error bad(std::string_view what) { return {Code::bad_proof, "trie: " + std::string(what)}; }

struct Path {
  BytesView key;
  std::size_t at = 0;  // nibbles walked
  std::size_t left() const { return key.size() * 2 - at; }
  std::uint8_t next() {
    const std::uint8_t octet = key[at / 2];
    return at++ % 2 == 0 ? octet >> 4 : octet & 15;
  }
};

struct Prefix {
  bool leaf = false;
  Bytes nibbles;
};
Result<Prefix> read_prefix(const rlp::Item& item) {
  const auto octets = item.octets();
  if (!octets || octets->empty()) return bad("prefix");
  const unsigned flag = (*octets)[0] >> 4;
  if (flag > 3 || (flag % 2 == 0 && ((*octets)[0] & 15) != 0)) return bad("prefix flag");
  Prefix out{flag >= 2, {}};
  if (flag % 2 == 1) out.nibbles.push_back((*octets)[0] & 15);
  for (const std::uint8_t octet : octets->subspan(1)) {
    out.nibbles.push_back(octet >> 4);
    out.nibbles.push_back(octet & 15);
  }
  return out;
}

class Walk {
 public:
  Walk(BytesView key, std::span<const Bytes> nodes) : path_{key}, nodes_(nodes) {}

  Result<Bytes> from(const Word& root) {
    USTP_TRY(rlp::Item node, listed(root.view(), true));
    while (true) {
      rlp::Item next;
      if (node.parts.size() == 17) {
        if (path_.left() == 0) return finish(node.parts[16]);
        USTP_TRY(next, follow(node.parts[path_.next()]));
      } else {
        USTP_TRY(const Prefix prefix, read_prefix(node.parts[0]));
        if (path_.left() < prefix.nibbles.size()) return bad("the path leads elsewhere");
        for (const std::uint8_t nibble : prefix.nibbles)
          if (path_.next() != nibble) return bad("the path leads elsewhere");
        if (prefix.leaf) return path_.left() == 0 ? finish(node.parts[1]) : Result<Bytes>(bad("a leaf above the key's end"));
        if (prefix.nibbles.empty()) return bad("extension without a path");
        USTP_TRY(next, follow(node.parts[1]));
        if (next.parts.size() != 17) return bad("an extension that leads to no branch");
      }
      node = std::move(next);
    }
  }

 private:
  static Result<rlp::Item> shaped(Result<rlp::Item> item) {
    if (!item || !item->is_list || (item->parts.size() != 2 && item->parts.size() != 17)) return bad("not a node");
    return item;
  }
  // The next node of the list, which must hash to the reference.
  Result<rlp::Item> listed(BytesView hash, bool root) {
    if (used_ == nodes_.size() || used_ == kMaxProofNodes) return bad("the proof ends early");
    const Bytes& octets = nodes_[used_++];
    if (!root && octets.size() < 32) return bad("a short node that should stand inside its parent");
    if (!same(keccak256(octets).view(), hash)) return bad("a node that is not the one referred to");
    return shaped(rlp::decode(octets, {8, 512}));
  }
  Result<rlp::Item> follow(const rlp::Item& reference) {
    if (reference.is_list) {
      if (reference.encoded.size() >= 32) return bad("a long node inside its parent");
      return shaped(reference);
    }
    if (reference.payload.size() != 32) return bad("no node under this path");
    return listed(reference.payload, false);
  }
  Result<Bytes> finish(const rlp::Item& value) {
    const auto octets = value.octets();
    if (!octets || octets->empty()) return bad("no value under this key");
    if (used_ != nodes_.size()) return bad("nodes that are not used");
    return Bytes(octets->begin(), octets->end());
  }
  static bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

  Path path_;
  std::span<const Bytes> nodes_;
  std::size_t used_ = 0;
};

}  // namespace

Bytes trie_index_key(std::uint64_t index) { return rlp::encode(Uint128{index}); }

Result<Bytes> verify_inclusion(const Word& root, BytesView key, std::span<const Bytes> nodes) {
  return Walk(key, nodes).from(root);
}

}  // namespace ustp::ethereum
