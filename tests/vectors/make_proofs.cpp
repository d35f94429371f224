// Keys and signatures, trees and paths, operations and requests, claims and roots.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/keys.hpp"
#include "tests/vectors/maker.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::vectors {
namespace {

using crypto::Algorithm;
namespace samples = wire::samples;

Bytes counted(std::size_t size, std::uint8_t from = 0) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(from + i);
  return out;
}

void keys(Maker& m) {
  m.about("key", {"USTP-IDN-003", "USTP-MSG-014"});
  const auto spki = [](const Bytes& octets) { return Value(Members{{"spki", to_hex(octets)}}); };
  const Bytes p256 = named_signer("alpha", Algorithm::kEs256)->spki();
  const Bytes ed = named_signer("alpha", Algorithm::kEd25519)->spki();
  for (const char* name : {"alpha", "beta", "gamma"}) {
    m.valid("P-256", spki(named_signer(name, Algorithm::kEs256)->spki()));
    m.valid("Ed25519", spki(named_signer(name, Algorithm::kEd25519)->spki()));
  }
  m.flawed("nothing", spki({}), "bad_key");
  Bytes bad = p256;
  bad.pop_back();
  m.flawed("P-256, one octet missing", spki(bad), "bad_key");
  bad = p256;
  bad.push_back(0);
  m.flawed("P-256, one octet more", spki(bad), "bad_key");
  bad = p256;
  bad.back() = static_cast<std::uint8_t>(bad.back() ^ 1U);
  m.flawed("P-256, not on the curve", spki(bad), "bad_key");
  // Compressed: 02 or 03 and x.
  bad = from_hex("3039301306072a8648ce3d020106082a8648ce3d030107032200").value();
  bad.push_back(static_cast<std::uint8_t>(2 + (p256.back() & 1U)));
  bad.insert(bad.end(), p256.begin() + 27, p256.begin() + 59);
  m.flawed("P-256, compressed point", spki(bad), "bad_key");
  bad = p256;
  bad[26] = static_cast<std::uint8_t>(6 + (p256.back() & 1U));
  m.flawed("P-256, hybrid point", spki(bad), "bad_key");
  bad = p256;
  bad[22] = 0x06;
  m.flawed("another curve's identifier", spki(bad), "bad_key");
  bad = ed;
  bad.pop_back();
  m.flawed("Ed25519, one octet missing", spki(bad), "bad_key");
  bad = ed;
  bad.push_back(0);
  m.flawed("Ed25519, one octet more", spki(bad), "bad_key");
  bad = ed;
  bad[8] = 0x71;  // Ed448's identifier with a key of 32 octets
  m.flawed("Ed448's identifier", spki(bad), "bad_key");
}

void signatures(Maker& m) {
  m.about("signature", {"USTP-MSG-004", "USTP-MSG-013"});
  for (const auto algorithm : {Algorithm::kEs256, Algorithm::kEd25519}) {
    const auto signer = named_signer("alpha", algorithm);
    const std::string name(crypto::to_string(algorithm));
    const auto input = [&](const Bytes& message, const Bytes& signature) {
      return Value(Members{{"spki", to_hex(signer->spki())}, {"message", to_hex(message)}, {"signature", to_hex(signature)}});
    };
    for (const std::size_t size : {0u, 1u, 32u, 200u})
      m.valid(name + ", " + std::to_string(size) + " octets", input(counted(size), signer->sign(counted(size)).value()));
    const Bytes message = counted(40);
    const Bytes good = signer->sign(message).value();
    for (const std::size_t at : {0u, 31u, 32u, 63u}) {
      Bytes bad = good;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1U);
      m.flawed(name + ", octet " + std::to_string(at) + " changed", input(message, bad), "bad_signature");
    }
    m.flawed(name + ", over another message", input(counted(41), good), "bad_signature");
    m.flawed(name + ", of another key", input(message, named_signer("beta", algorithm)->sign(message).value()), "bad_signature");
    m.flawed(name + ", empty", input(message, {}), "bad_signature");
    m.flawed(name + ", 63 octets", input(message, Bytes(good.begin(), good.end() - 1)), "bad_signature");
    Bytes longer = good;
    longer.push_back(0);
    m.flawed(name + ", 65 octets", input(message, longer), "bad_signature");
    m.flawed(name + ", zeros", input(message, Bytes(64)), "bad_signature");
    if (algorithm != Algorithm::kEs256) continue;
    m.flawed("ES256, the other s", input(message, with_high_s(good)), "bad_signature");
    m.flawed("ES256, as ASN.1", input(message, crypto::ecdsa_der_from_raw(good).value()), "bad_signature");
  }
}

void trees(Maker& m) {
  const auto leaves = [](std::size_t count) {
    List out;
    for (std::size_t i = 0; i < count; ++i)
      out.emplace_back(Members{{"salt", samples::id<Salt>(static_cast<std::uint8_t>(10 * i)).hex()},
                               {"octets", to_hex(counted(i, 7))}});
    return out;
  };
  m.about("tree", {"USTP-MSG-003"});
  for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 13u, 16u, 17u})
    m.valid(std::to_string(count) + " leaves", Members{{"leaves", leaves(count)}});
  m.about("path", {"USTP-MSG-003", "USTP-MSG-009"});
  const auto built = judge_proof("tree", Members{{"leaves", leaves(6)}})->value();
  const auto path = [&](int index, int count, const List& hashes, int shown) {
    const Value leaf = leaves(6)[static_cast<std::size_t>(shown)];
    return Value(Members{{"salt", leaf["salt"]},
                         {"octets", leaf["octets"]},
                         {"index", index},
                         {"count", count},
                         {"path", hashes},
                         {"root", built["root"]}});
  };
  for (int i = 0; i < 6; ++i)
    m.valid("leaf " + std::to_string(i) + " of 6", path(i, 6, built["paths"].list()[static_cast<std::size_t>(i)].list(), i));
  const List two = built["paths"].list()[2].list();
  m.flawed("another leaf", path(2, 6, two, 3), "bad_proof");
  m.flawed("another index", path(3, 6, two, 2), "bad_proof");
  m.flawed("an index that is not below the count", path(6, 6, two, 2), "bad_proof");
  m.flawed("a count that asks for another length", path(2, 3, two, 2), "bad_proof");
  m.flawed("count 0", path(0, 0, {}, 0), "bad_proof");
  m.flawed("a path too short", path(2, 6, List(two.begin(), two.end() - 1), 2), "bad_proof");
  List padded = two;
  padded.emplace_back(two.back());
  m.flawed("a path too long", path(2, 6, padded, 2), "bad_proof");
  m.flawed("a path turned round", path(2, 6, List(two.rbegin(), two.rend()), 2), "bad_proof");
  m.flawed("no path", path(2, 6, {}, 2), "bad_proof");
  List changed = two;
  changed[0] = std::string(64, '0');
  m.flawed("a zero hash in the path", path(2, 6, changed, 2), "bad_proof");
}

Value lots_value(const std::vector<token::Lot>& lots) {
  List out;
  for (const auto& lot : lots)
    out.emplace_back(Members{{"quantity", value_of(lot.quantity)},
                             {"acquired", value_of(lot.acquired)},
                             {"origin", lot.origin},
                             {"locked_until", decimal(lot.locked_until)},
                             {"restriction", small(lot.restriction)}});
  return out;
}

void operations(Maker& m) {
  const auto transfer = samples::id<TransferId>(2);
  m.about("operation", {"USTP-LED-005"});
  for (int kind = 1; kind <= 8; ++kind)
    m.valid(std::string(to_string(static_cast<OperationKind>(kind))),
            Members{{"ledger", "csd"}, {"gateway", "gw-a"}, {"transfer", transfer.hex()}, {"leg", 0}, {"kind", kind},
                    {"ordinal", 0}});
  m.valid("a second release", Members{{"ledger", "csd"}, {"gateway", "gw-a"}, {"transfer", transfer.hex()}, {"leg", 0},
                                      {"kind", 8}, {"ordinal", 1}});
  m.valid("the largest numbers", Members{{"ledger", std::string(64, 'l')}, {"gateway", std::string(64, 'g')},
                                         {"transfer", std::string(32, 'f')}, {"leg", 65535}, {"kind", 1}, {"ordinal", 65535}});
  m.about("request", {"USTP-LED-007", "USTP-LED-008"});
  for (const bool full : {false, true}) {
    const auto t = samples::terms(full);
    for (const auto kind : {OperationKind::kLock, OperationKind::kExtinguish, OperationKind::kCreate, OperationKind::kAssign}) {
      const bool alone = kind == OperationKind::kLock || kind == OperationKind::kCreate;
      const auto of = kind == OperationKind::kAssign ? OperationKind::kCreate : OperationKind::kLock;
      const auto id = [&](OperationKind k) {
        return protocol::operation_id(t.source_ledger, t.sender_gateway, transfer, k).hex();
      };
      m.valid(std::string(to_string(kind)) + (full ? " of two lots" : " of one lot"),
              Members{{"id", id(kind)},
                      {"kind", small(kind)},
                      {"related", alone ? std::string(64, '0') : id(of)},
                      {"transfer", transfer.hex()},
                      {"instrument", full ? "4H95J0R2X" : t.instrument.str()},
                      {"quantity", value_of(t.quantity)},
                      {"base_units", "1000000000000000000000"},
                      {"account", t.originator.str()},
                      {"lots", lots_value(t.lots)}});
    }
  }
}

void claims(Maker& m) {
  m.about("claim", {"USTP-MSG-030", "USTP-MSG-031", "USTP-MSG-032"});
  wire::Message proposal = samples::all(false).front();
  const auto claim = [&](const std::string& title, const token::TransferTerms& terms, std::uint8_t salt = 50) {
    proposal.body = wire::TransferProposal{terms, samples::id<Salt>(salt), {Algorithm::kEs256}, 1};
    m.valid(title, Members{{"proposal", octets_value(wire::encode(proposal))}});
  };
  claim("as few fields as there may be", samples::terms(false));
  claim("every field", samples::terms(true));
  claim("another leg salt", samples::terms(true), 51);
  auto t = samples::terms(false);
  t.instrument = InstrumentId::literal("4H95J0R2X");
  claim("a DTI", t);
  t = samples::terms(false);
  t.quantity = Quantity(~Uint128{0}, 30);
  t.lots = {{t.quantity, {}, "", {}, token::Restriction::kNone}};
  claim("the largest quantity of the largest scale", t);
  t = samples::terms(true);
  t.place_of_settlement = std::string(350, 'p');
  claim("a long text", t);
  m.flawed("not a proposal", Members{{"proposal", octets_value(wire::encode(samples::all(false)[3]))}}, "unexpected_message");
  for (const auto& [kind, id] : {std::pair{"legs_root", "USTP-MSG-032"}, {"votes_root", "USTP-MSG-033"}}) {
    m.about(kind, {id});
    List hashes;
    for (std::uint8_t n = 1; n <= 4; ++n) {
      hashes.emplace_back(samples::id<Hash256>(n).hex());
      m.valid("of " + std::to_string(n), Members{{"hashes", hashes}});
    }
  }
}

}  // namespace

Maker make_proofs() {
  Maker m("proofs", "Keys, signatures, Merkle trees, operation ids and requests, claims and roots (chapters 01 and 03).");
  keys(m);
  signatures(m);
  trees(m);
  operations(m);
  claims(m);
  return m;
}

}  // namespace ustp::vectors
