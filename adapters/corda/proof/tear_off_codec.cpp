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

Result<PartialTree> read_tree(Reader& in, std::span<const Hash256>& leaves, unsigned depth) {
  if (depth > kMaxTreeDepth) return Error{Code::bad_proof, "partial tree too deep"};
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  PartialTree out;
  if (kind > static_cast<std::uint8_t>(PartialTree::Kind::kIncluded)) return Error{Code::unknown_tag, "partial tree"};
  out.kind = static_cast<PartialTree::Kind>(kind);
  switch (out.kind) {
    case PartialTree::Kind::kHidden: {
      USTP_TRY(out.hash, in.fixed<Hash256>());
      return out;
    }
    case PartialTree::Kind::kIncluded:
      if (leaves.empty()) return Error{Code::bad_proof, "more leaves than components"};
      out.hash = leaves.front();
      leaves = leaves.subspan(1);
      return out;
    case PartialTree::Kind::kNode: break;
  }
  USTP_TRY(auto left, read_tree(in, leaves, depth + 1));
  USTP_TRY(auto right, read_tree(in, leaves, depth + 1));
  out.left = std::make_unique<PartialTree>(std::move(left));
  out.right = std::make_unique<PartialTree>(std::move(right));
  return out;
}

Result<PartialTree> read_whole_tree(Reader& in, std::span<const Hash256> leaves) {
  USTP_TRY(auto tree, read_tree(in, leaves, 0));
  if (!leaves.empty()) return Error{Code::bad_proof, "more components than leaves"};
  return tree;
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

Result<GroupPart> read_group(Reader& in) {
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  GroupPart out;
  if (kind > static_cast<std::uint8_t>(GroupPart::Kind::kShown)) return Error{Code::unknown_tag, "component group"};
  out.kind = static_cast<GroupPart::Kind>(kind);
  if (out.kind == GroupPart::Kind::kHidden) {
    USTP_TRY(out.root, in.fixed<Hash256>());
    // One form for one value: an absent group is written as absent.
    if (out.root.is_zero() || out.root == absent_group()) return Error{Code::bad_proof, "root of a hidden group"};
  }
  if (out.kind != GroupPart::Kind::kShown) return out;
  USTP_TRY(const auto count, in.integer<std::uint8_t>());
  if (count == 0 || count > kMaxShown) return Error{Code::out_of_range, "components"};
  std::vector<Hash256> leaves;
  for (unsigned i = 0; i < count; ++i) {
    USTP_TRY(out.nonces.emplace_back(), in.fixed<Hash256>());
    USTP_TRY(const auto size, in.integer<std::uint16_t>());
    if (size > kMaxComponent) return Error{Code::too_long, "component"};
    USTP_TRY(const auto component, in.octets(size));
    out.components.emplace_back(component.begin(), component.end());
    leaves.push_back(component_leaf(out.nonces.back(), component));
  }
  USTP_TRY(out.tree, read_whole_tree(in, leaves));
  std::vector<Hash256> shown;
  USTP_TRY(out.root, partial_root(out.tree, shown));
  return out;
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

Result<ReadTearOff> read_tear_off(BytesView octets) {
  if (octets.size() > kMaxTearOff) return Error{Code::too_long, "tear-off"};
  Reader in(octets);
  USTP_TRY(const auto version, in.integer<std::uint8_t>());
  if (version != kVersion) return Error{Code::frame_version, "tear-off"};
  ReadTearOff read;
  auto& out = read.tear_off;
  USTP_TRY(const auto codec, in.integer<std::uint8_t>());
  if (codec != static_cast<std::uint8_t>(Codec::kCanonical)) return Error{Code::unknown_tag, "component codec"};
  USTP_TRY(const auto groups, in.integer<std::uint8_t>());
  if (groups == 0 || groups > kMaxGroups) return Error{Code::out_of_range, "component groups"};
  std::vector<Hash256> roots;
  for (unsigned i = 0; i < groups; ++i) {
    USTP_TRY(out.groups.emplace_back(), read_group(in));
    const auto& group = out.groups.back();
    roots.push_back(group.kind == GroupPart::Kind::kAbsent ? absent_group() : group.root);
  }
  read.transaction = tree_root(roots);
  const Hash256 leaf = batch_leaf(read.transaction);
  USTP_TRY(out.batch, read_whole_tree(in, {&leaf, 1}));
  std::vector<Hash256> shown;
  USTP_TRY(read.batch_root, partial_root(out.batch, shown));
  USTP_TRY(const auto signature, in.octets(kSignature));
  out.signature.assign(signature.begin(), signature.end());
  USTP_CHECK(in.end());
  return read;
}

Result<TearOff> decode_tear_off(BytesView octets) {
  USTP_TRY(auto read, read_tear_off(octets));
  return std::move(read.tear_off);
}

}  // namespace ustp::corda
