#include "adapters/ethereum/evm/trie.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum {
namespace {

Bytes nibbles_of(BytesView key) {
  Bytes out;
  out.reserve(key.size() * 2);
  for (const std::uint8_t octet : key) {
    out.push_back(octet >> 4);
    out.push_back(octet & 15);
  }
  return out;
}

// Hex-prefix encoding (yellow paper, appendix C).
Bytes hex_prefix(BytesView nibbles, bool leaf) {
  Bytes out;
  const bool odd = nibbles.size() % 2 == 1;
  const unsigned flag = (leaf ? 2U : 0U) + (odd ? 1U : 0U);
  out.push_back(static_cast<std::uint8_t>(flag << 4 | (odd ? nibbles[0] : 0U)));
  for (std::size_t i = odd ? 1 : 0; i < nibbles.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
  return out;
}

}  // namespace

Trie::Trie(const std::map<Bytes, Bytes>& entries) : nodes_(1) {
  std::vector<Entry> sorted;
  for (const auto& [key, value] : entries) {
    if (value.empty()) std::abort();
    sorted.push_back({nibbles_of(key), &value});
  }
  if (!sorted.empty()) top_ = build(sorted, 0);
  root_ = top_ == 0 ? keccak256(rlp::encode(BytesView())) : keccak256(nodes_[top_].encoded);
}

Trie Trie::ordered(std::span<const Bytes> values) {
  std::map<Bytes, Bytes> entries;
  for (std::size_t i = 0; i < values.size(); ++i) entries.emplace(trie_index_key(i), values[i]);
  return Trie(entries);
}

// What a parent holds of a node: its hash, or the node itself when that is shorter.
Bytes Trie::reference(std::size_t node) const {
  const Bytes& encoded = nodes_[node].encoded;
  return encoded.size() < 32 ? encoded : rlp::encode(keccak256(encoded).view());
}

std::size_t Trie::build(std::span<const Entry> entries, std::size_t depth) {
  Node node;
  if (entries.size() == 1) {
    const BytesView rest = BytesView(entries[0].nibbles).subspan(depth);
    node.prefix.assign(rest.begin(), rest.end());
    node.has_value = true;
    node.value = *entries[0].value;
    node.encoded = rlp::encode_list({rlp::encode(BytesView(hex_prefix(rest, true))), rlp::encode(BytesView(node.value))});
  } else {
    // Entries are sorted: what the first and the last share, all share.
    const Bytes &first = entries.front().nibbles, &last = entries.back().nibbles;
    std::size_t shared = depth;
    while (shared < first.size() && shared < last.size() && first[shared] == last[shared]) ++shared;
    if (shared == depth) return build_branch(entries, depth);
    const BytesView path = BytesView(first).subspan(depth, shared - depth);
    node.prefix.assign(path.begin(), path.end());
    node.child = build_branch(entries, shared);
    node.encoded = rlp::encode_list({rlp::encode(BytesView(hex_prefix(path, false))), reference(node.child)});
  }
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

std::size_t Trie::build_branch(std::span<const Entry> entries, std::size_t depth) {
  Node node;
  node.branch = true;
  std::vector<Bytes> parts(17, rlp::encode(BytesView()));
  if (entries.front().nibbles.size() == depth) {  // sorted: a key that ends here comes first
    node.has_value = true;
    node.value = *entries.front().value;
    parts[16] = rlp::encode(BytesView(node.value));
    entries = entries.subspan(1);
  }
  while (!entries.empty()) {
    const std::uint8_t nibble = entries.front().nibbles[depth];
    std::size_t count = 1;
    while (count < entries.size() && entries[count].nibbles[depth] == nibble) ++count;
    node.children[nibble] = build(entries.first(count), depth + 1);
    parts[nibble] = reference(node.children[nibble]);
    entries = entries.subspan(count);
  }
  node.encoded = rlp::encode_list(parts);
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

std::vector<Bytes> Trie::prove(BytesView key) const {
  const Bytes path = nibbles_of(key);
  std::vector<Bytes> out;
  std::size_t at = top_, depth = 0;
  while (at != 0) {
    const Node& node = nodes_[at];
    if (out.empty() || node.encoded.size() >= 32) out.push_back(node.encoded);
    if (node.branch) {
      if (depth == path.size()) return node.has_value ? out : std::vector<Bytes>{};
      at = node.children[path[depth++]];
      continue;
    }
    const BytesView rest = BytesView(path).subspan(depth);
    if (rest.size() < node.prefix.size() || !std::equal(node.prefix.begin(), node.prefix.end(), rest.begin())) return {};
    if (node.has_value) return rest.size() == node.prefix.size() ? out : std::vector<Bytes>{};
    depth += node.prefix.size();
    at = node.child;
  }
  return {};
}

}  // namespace ustp::ethereum
