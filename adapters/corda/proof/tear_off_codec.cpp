#include "adapters/corda/octets.hpp"
#include "adapters/corda/proof/tear_off.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::corda {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxShown = 64, kMaxComponent = 8 * 1024, kSignature = 64;

// Preorder. An included leaf carries no hash: the reader computes it, so that there is nothing to contradict.
void write_tree(Bytes& out, const PartialTree& tree) {
  append_be(out, static_cast<std::uint8_t>(tree.kind));
  if (tree.kind == PartialTree::Kind::kHidden) append(out, tree.hash.view());
  if (tree.kind != PartialTree::Kind::kNode) return;
  write_tree(out, *tree.left);
  write_tree(out, *tree.right);
}

// The root of what follows; each included leaf takes the next of `leaves`. The tree itself is kept only where asked for.
Result<Hash256> read_tree(Reader& in, std::span<const Hash256>& leaves, unsigned depth, PartialTree* keep) {
  if (depth > kMaxTreeDepth) return Error{Code::bad_proof, "partial tree too deep"};
  USTP_TRY(const auto tag, in.integer<std::uint8_t>());
  if (tag > static_cast<std::uint8_t>(PartialTree::Kind::kIncluded)) return Error{Code::unknown_tag, "partial tree"};
  const auto kind = static_cast<PartialTree::Kind>(tag);
  Hash256 hash;
  if (kind == PartialTree::Kind::kHidden) {
    USTP_TRY(hash, in.fixed<Hash256>());
  } else if (kind == PartialTree::Kind::kIncluded) {
    if (leaves.empty()) return Error{Code::bad_proof, "more leaves than components"};
    hash = leaves.front();
    leaves = leaves.subspan(1);
  } else {
    if (keep != nullptr) {
      keep->left = std::make_unique<PartialTree>();
      keep->right = std::make_unique<PartialTree>();
    }
    USTP_TRY(const auto left, read_tree(in, leaves, depth + 1, keep ? keep->left.get() : nullptr));
    USTP_TRY(const auto right, read_tree(in, leaves, depth + 1, keep ? keep->right.get() : nullptr));
    hash = tree_node(left, right);
  }
  if (keep != nullptr) {
    keep->kind = kind;
    if (kind != PartialTree::Kind::kNode) keep->hash = hash;
  }
  return hash;
}

Result<Hash256> read_whole_tree(Reader& in, std::span<const Hash256> leaves, PartialTree* keep) {
  USTP_TRY(const auto root, read_tree(in, leaves, 0, keep));
  if (!leaves.empty()) return Error{Code::bad_proof, "more components than leaves"};
  return root;
}

void write_group(Bytes& out, const GroupPart& group) {
  append_be(out, static_cast<std::uint8_t>(group.kind));
  if (group.kind == GroupPart::Kind::kHidden) append(out, group.root.view());
  if (group.kind != GroupPart::Kind::kShown) return;
  append_be(out, static_cast<std::uint8_t>(group.components.size()));
  for (std::size_t i = 0; i < group.components.size(); ++i) {
    append(out, group.nonces[i].view());
    append_be(out, static_cast<std::uint16_t>(group.components[i].size()));
    append(out, group.components[i]);
  }
  write_tree(out, group.tree);
}

Result<void> read_shown(Reader& in, ReadTearOff::Part& out, GroupPart* keep) {
  USTP_TRY(out.shown, in.integer<std::uint8_t>());
  if (out.shown == 0 || out.shown > kMaxShown) return Error{Code::out_of_range, "components"};
  std::array<Hash256, kMaxShown> leaves;
  for (std::size_t i = 0; i < out.shown; ++i) {
    USTP_TRY(const auto nonce, in.fixed<Hash256>());
    USTP_TRY(const auto size, in.integer<std::uint16_t>());
    if (size > kMaxComponent) return Error{Code::too_long, "component"};
    USTP_TRY(const auto component, in.octets(size));
    if (i == 0) out.first = component;
    leaves[i] = component_leaf(nonce, component);
    if (keep == nullptr) continue;
    keep->nonces.push_back(nonce);
    keep->components.emplace_back(component.begin(), component.end());
  }
  out.whole = in.next_is(static_cast<std::uint8_t>(PartialTree::Kind::kIncluded));
  USTP_TRY(out.root, read_whole_tree(in, std::span(leaves).first(out.shown), keep ? &keep->tree : nullptr));
  return {};
}

Result<void> read_group(Reader& in, ReadTearOff::Part& out, GroupPart* keep) {
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  if (kind > static_cast<std::uint8_t>(GroupPart::Kind::kShown)) return Error{Code::unknown_tag, "component group"};
  out.kind = static_cast<GroupPart::Kind>(kind);
  switch (out.kind) {
    case GroupPart::Kind::kAbsent: out.root = absent_group(); break;
    case GroupPart::Kind::kHidden: {
      USTP_TRY(out.root, in.fixed<Hash256>());
      // One form for one value: an absent group is written as absent.
      if (out.root.is_zero() || out.root == absent_group()) return Error{Code::bad_proof, "root of a hidden group"};
      break;
    }
    case GroupPart::Kind::kShown: USTP_CHECK(read_shown(in, out, keep)); break;
  }
  if (keep == nullptr) return {};
  keep->kind = out.kind;
  if (out.kind != GroupPart::Kind::kAbsent) keep->root = out.root;
  return {};
}

}  // namespace

Bytes encode_groups(const TearOff& tear_off) {
  Bytes out;
  out.reserve(448);
  append_be(out, kVersion);
  append_be(out, static_cast<std::uint8_t>(tear_off.codec));
  append_be(out, static_cast<std::uint8_t>(tear_off.groups.size()));
  for (const auto& group : tear_off.groups) write_group(out, group);
  return out;
}

void append_path(Bytes& out, const TreeLevels& batch, std::size_t index) {
  const auto hidden = [&](unsigned level, std::size_t at) {
    append_be(out, static_cast<std::uint8_t>(PartialTree::Kind::kHidden));
    append(out, batch.at(level, at).view());
  };
  for (unsigned level = batch.depth(); level-- > 0;) {  // down to the leaf: what lies left of the path comes before it
    append_be(out, static_cast<std::uint8_t>(PartialTree::Kind::kNode));
    if ((index >> level) % 2 == 1) hidden(level, (index >> level) - 1);
  }
  append_be(out, static_cast<std::uint8_t>(PartialTree::Kind::kIncluded));
  for (unsigned level = 0; level < batch.depth(); ++level)  // and up again: what lies right of it
    if ((index >> level) % 2 == 0) hidden(level, (index >> level) + 1);
}

Bytes encode_tear_off(const TearOff& tear_off) {
  Bytes out = encode_groups(tear_off);
  write_tree(out, tear_off.batch);
  append(out, tear_off.signature);
  return out;
}

Result<ReadTearOff> read_tear_off(BytesView octets, TearOff* decoded) {
  if (octets.size() > kMaxTearOff) return Error{Code::too_long, "tear-off"};
  Reader in(octets);
  USTP_TRY(const auto version, in.integer<std::uint8_t>());
  if (version != kVersion) return Error{Code::frame_version, "tear-off"};
  ReadTearOff out;
  USTP_TRY(const auto codec, in.integer<std::uint8_t>());
  if (codec != static_cast<std::uint8_t>(Codec::kCanonical)) return Error{Code::unknown_tag, "component codec"};
  USTP_TRY(out.count, in.integer<std::uint8_t>());
  if (out.count == 0 || out.count > kMaxGroups) return Error{Code::out_of_range, "component groups"};
  std::array<Hash256, kMaxGroups> roots;
  for (std::size_t i = 0; i < out.count; ++i) {
    USTP_CHECK(read_group(in, out.groups[i], decoded ? &decoded->groups.emplace_back() : nullptr));
    roots[i] = out.groups[i].root;
  }
  out.transaction = tree_root(std::span(roots).first(out.count));
  const Hash256 leaf = batch_leaf(out.transaction);
  USTP_TRY(out.batch_root, read_whole_tree(in, {&leaf, 1}, decoded ? &decoded->batch : nullptr));
  USTP_TRY(out.signature, in.octets(kSignature));
  USTP_CHECK(in.end());
  if (decoded) decoded->signature.assign(out.signature.begin(), out.signature.end());
  return out;
}

Result<TearOff> decode_tear_off(BytesView octets) {
  TearOff out;
  USTP_CHECK(read_tear_off(octets, &out));
  return out;
}

}  // namespace ustp::corda
