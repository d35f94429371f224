// Keys and signatures, Merkle trees, names and requests of operations, claims.
#include "sdk/vectors/judge.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::vectors {
namespace {

template <class Id>
Result<Id> fixed(const Value& value) {
  return Id::from_hex(value.text());
}

Result<Value> key(const Value& in) {
  USTP_TRY(const auto verifier, crypto::make_verifier(octets_of(in["spki"])));
  return Value(Members{{"algorithm", small(verifier->algorithm())}, {"key_id", hex(verifier->key_id())}});
}

Result<Value> signature(const Value& in) {
  USTP_TRY(const auto verifier, crypto::make_verifier(octets_of(in["spki"])));
  if (!verifier->verify_canonical(octets_of(in["message"]), octets_of(in["signature"])))
    return Error{Code::bad_signature, "signature"};
  return Value(Members{});
}

Result<Value> tree(const Value& in) {
  std::vector<Hash256> leaves;
  for (const auto& one : in["leaves"].list()) {
    USTP_TRY(const auto salt, fixed<Salt>(one["salt"]));
    leaves.push_back(crypto::merkle_leaf(salt, octets_of(one["octets"])));
  }
  List paths;
  for (std::uint32_t i = 0; i < leaves.size(); ++i) {
    List path;
    for (const auto& hash : crypto::merkle_prove(leaves, i).path) path.emplace_back(hex(hash));
    paths.emplace_back(path);
  }
  return Value(Members{{"root", hex(crypto::merkle_root(leaves))}, {"paths", paths}});
}

Result<Value> path(const Value& in) {
  USTP_TRY(const auto salt, fixed<Salt>(in["salt"]));
  crypto::MerkleProof proof{static_cast<std::uint32_t>(in["index"].number()),
                            static_cast<std::uint32_t>(in["count"].number()), {}};
  for (const auto& one : in["path"].list()) {
    USTP_TRY(const auto hash, fixed<Hash256>(one));
    proof.path.push_back(hash);
  }
  USTP_TRY(const auto root, crypto::merkle_root_from_proof(crypto::merkle_leaf(salt, octets_of(in["octets"])), proof));
  if (root.hex() != in["root"].text()) return Error{Code::bad_proof, "another root"};
  return Value(Members{});
}

Result<Value> operation(const Value& in) {
  USTP_TRY(const auto ledger, LedgerId::parse(in["ledger"].text()));
  USTP_TRY(const auto gateway, GatewayId::parse(in["gateway"].text()));
  USTP_TRY(const auto transfer, fixed<TransferId>(in["transfer"]));
  const Bytes octets = operation_name_octets({ledger, gateway, transfer, static_cast<std::uint16_t>(in["leg"].number()),
                                              static_cast<OperationKind>(in["kind"].number()),
                                              static_cast<std::uint16_t>(in["ordinal"].number())});
  return Value(Members{{"octets", to_hex(octets)}, {"id", hex(crypto::sha256(octets))}});
}

Result<Value> request(const Value& in) {
  ledger::OperationRequest r;
  USTP_TRY(r.id, fixed<OperationId>(in["id"]));
  r.kind = static_cast<OperationKind>(in["kind"].number());
  USTP_TRY(r.related, fixed<OperationId>(in["related"]));
  USTP_TRY(r.transfer, fixed<TransferId>(in["transfer"]));
  USTP_TRY(r.instrument, InstrumentId::parse(in["instrument"].text()));
  USTP_TRY(const auto units, parse_uint128(in["quantity"]["units"].text()));
  const auto scale = static_cast<std::uint8_t>(in["quantity"]["scale"].number());
  r.quantity = Quantity(units, scale);
  USTP_TRY(r.base_units, parse_uint128(in["base_units"].text()));
  USTP_TRY(r.account, AccountId::parse(in["account"].text()));
  for (const auto& one : in["lots"].list()) {
    token::Lot lot;
    USTP_TRY(const auto lot_units, parse_uint128(one["quantity"]["units"].text()));
    lot.quantity = Quantity(lot_units, scale);
    if (!one["acquired"].text().empty()) {
      USTP_TRY(lot.acquired, parse_date(one["acquired"].text()));
    }
    lot.origin = one["origin"].text();
    USTP_TRY(const auto until, parse_uint128(one["locked_until"].text()));
    lot.locked_until = {static_cast<std::int64_t>(until)};
    lot.restriction = static_cast<token::Restriction>(one["restriction"].number());
    r.lots.push_back(std::move(lot));
  }
  const Bytes octets = ledger::request_octets(r);
  return Value(Members{{"octets", octets_value(octets)}, {"hash", hex(crypto::sha256(octets))}});
}

// Input: a proposal. The canonical octets of its terms, and the commitments over them.
Result<Value> claim(const Value& in) {
  USTP_TRY(const auto message, wire::decode(octets_of(in["proposal"])));
  const auto* proposal = std::get_if<wire::TransferProposal>(&message.body);
  if (proposal == nullptr) return Error{Code::unexpected_message, "not a proposal"};
  const Hash256 leg = wire::leg_commitment(proposal->terms, proposal->leg_salt);
  return Value(Members{{"octets", octets_value(wire::terms_octets(proposal->terms))},
                       {"claim_hash", hex(wire::claim_hash(proposal->terms))},
                       {"leg_commitment", hex(leg)},
                       {"legs_root", hex(wire::legs_root({&leg, 1}))}});
}

Result<Value> roots(const Value& in, bool votes) {
  std::vector<Hash256> hashes;
  for (const auto& one : in["hashes"].list()) {
    USTP_TRY(const auto hash, fixed<Hash256>(one));
    hashes.push_back(hash);
  }
  if (hashes.empty()) return Error{Code::missing_field, "hashes"};
  return Value(Members{{"root", hex(votes ? wire::votes_root(hashes) : wire::legs_root(hashes))}});
}

}  // namespace

Judgement judge_proof(const std::string& kind, const Value& in) {
  if (kind == "key") return key(in);
  if (kind == "signature") return signature(in);
  if (kind == "tree") return tree(in);
  if (kind == "path") return path(in);
  if (kind == "operation") return operation(in);
  if (kind == "request") return request(in);
  if (kind == "claim") return claim(in);
  if (kind == "legs_root") return roots(in, false);
  if (kind == "votes_root") return roots(in, true);
  return std::nullopt;
}

}  // namespace ustp::vectors
