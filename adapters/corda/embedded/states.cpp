#include "adapters/corda/embedded/states.hpp"

#include "adapters/corda/octets.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::corda {
namespace {

constexpr std::uint8_t kStateTag = 0xC3;
constexpr std::uint32_t kMaxPieces = 100'000;

Result<Piece> read_piece(Reader& in) {
  Piece out;
  USTP_TRY(out.units, in.integer<Uint128>());
  USTP_TRY(const auto year, in.integer<std::uint16_t>());
  out.terms.acquired.year = static_cast<std::int16_t>(year);
  USTP_TRY(out.terms.acquired.month, in.integer<std::uint8_t>());
  USTP_TRY(out.terms.acquired.day, in.integer<std::uint8_t>());
  USTP_TRY(const auto origin, in.text16(token::kMaxText));
  out.terms.origin = origin;
  USTP_TRY(const auto locked_until, in.integer<std::uint64_t>());
  out.terms.locked_until.ns = static_cast<std::int64_t>(locked_until);
  USTP_TRY(const auto restriction, in.integer<std::uint8_t>());
  if (restriction > static_cast<std::uint8_t>(token::Restriction::kRegulatory))
    return Error{Code::unknown_tag, "restriction"};
  out.terms.restriction = static_cast<token::Restriction>(restriction);
  return out;
}

GroupPart show_one(Group group, Bytes component, const Hash256& salt) {
  GroupPart out;
  out.kind = GroupPart::Kind::kShown;
  out.nonces.push_back(component_nonce(salt, static_cast<std::uint32_t>(group), 0, component));
  out.root = component_leaf(out.nonces[0], component);
  out.tree = included(out.root);
  out.components.push_back(std::move(component));
  return out;
}

GroupPart hide(Group group, std::span<const Bytes> components, const Hash256& salt) {
  GroupPart out;
  if (components.empty()) return out;
  std::vector<Hash256> leaves;
  leaves.reserve(components.size());
  for (std::uint32_t i = 0; i < components.size(); ++i) {
    const auto nonce = component_nonce(salt, static_cast<std::uint32_t>(group), i, components[i]);
    leaves.push_back(component_leaf(nonce, components[i]));
  }
  out.kind = GroupPart::Kind::kHidden;
  out.root = tree_root(leaves);
  return out;
}

}  // namespace

Uint128 total(const std::vector<Piece>& pieces) {
  Uint128 out = 0;
  for (const auto& piece : pieces) out += piece.units;
  return out;
}

Bytes encode_state(const InstrumentId& instrument, const State& state) {
  Bytes out;
  out.reserve(160);
  append_be(out, kStateTag);
  append_be(out, static_cast<std::uint8_t>(state.kind));
  append_text16(out, instrument.str());
  append_text16(out, state.account.str());
  append_text16(out, state.beneficiary.str());
  append(out, state.operation.view());
  append_be(out, static_cast<std::uint32_t>(state.pieces.size()));
  for (const auto& piece : state.pieces) {
    append_be(out, piece.units);
    append_be(out, static_cast<std::uint16_t>(piece.terms.acquired.year));
    append_be(out, piece.terms.acquired.month);
    append_be(out, piece.terms.acquired.day);
    append_text16(out, piece.terms.origin);
    append_be(out, static_cast<std::uint64_t>(piece.terms.locked_until.ns));
    append_be(out, static_cast<std::uint8_t>(piece.terms.restriction));
  }
  return out;
}

Result<State> decode_state(const InstrumentId& instrument, BytesView octets) {
  Reader in(octets);
  USTP_TRY(const auto tag, in.integer<std::uint8_t>());
  if (tag != kStateTag) return Error{Code::unknown_tag, "state"};
  State out;
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  if (kind < 1 || kind > static_cast<std::uint8_t>(StateKind::kTombstone)) return Error{Code::unknown_tag, "state"};
  out.kind = static_cast<StateKind>(kind);
  USTP_TRY(const auto of, in.text16(12));
  if (of != instrument.str()) return Error{Code::unknown_instrument, "state"};
  USTP_TRY(const auto account, in.text16(AccountId::kMaxLength));
  USTP_TRY(const auto beneficiary, in.text16(AccountId::kMaxLength));
  if (!account.empty()) {
    USTP_TRY(out.account, AccountId::parse(account));
  }
  if (!beneficiary.empty()) {
    USTP_TRY(out.beneficiary, AccountId::parse(beneficiary));
  }
  USTP_TRY(out.operation, in.fixed<OperationId>());
  USTP_TRY(const auto pieces, in.integer<std::uint32_t>());
  if (pieces > kMaxPieces) return Error{Code::too_long, "pieces"};
  for (std::uint32_t i = 0; i < pieces; ++i) {
    USTP_TRY(out.pieces.emplace_back(), read_piece(in));
  }
  USTP_CHECK(in.end());
  return out;
}

Bytes encode_ref(const StateRef& ref) {
  Bytes out;
  out.reserve(36);
  append(out, ref.transaction.view());
  append_be(out, ref.index);
  return out;
}
Result<StateRef> decode_ref(BytesView octets) {
  Reader in(octets);
  StateRef out;
  USTP_TRY(out.transaction, in.fixed<Hash256>());
  USTP_TRY(out.index, in.integer<std::uint32_t>());
  USTP_CHECK(in.end());
  return out;
}

Transaction make_transaction(const InstrumentId& instrument, const Draft& draft, Bytes command, const Bytes& notary,
                             const Bytes& signers, const Hash256& salt) {
  Transaction out;
  std::vector<Bytes> inputs;
  for (const auto& ref : draft.inputs) inputs.push_back(encode_ref(ref));
  for (const auto& state : draft.outputs) out.output_octets.push_back(encode_state(instrument, state));
  TearOff parts;
  parts.groups.resize(static_cast<std::size_t>(Group::kSigners) + 1);
  const auto at = [&](Group group) -> GroupPart& { return parts.groups[static_cast<std::size_t>(group)]; };
  at(Group::kInputs) = hide(Group::kInputs, inputs, salt);
  at(Group::kOutputs) = hide(Group::kOutputs, out.output_octets, salt);
  at(Group::kCommands) = show_one(Group::kCommands, std::move(command), salt);
  at(Group::kNotary) = show_one(Group::kNotary, notary, salt);
  at(Group::kSigners) = hide(Group::kSigners, {&signers, 1}, salt);
  std::vector<Hash256> roots;
  for (const auto& group : parts.groups)
    roots.push_back(group.kind == GroupPart::Kind::kAbsent ? absent_group() : group.root);
  out.id = tree_root(roots);
  out.groups = encode_groups(parts);
  return out;
}

}  // namespace ustp::corda
