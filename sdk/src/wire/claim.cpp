// Canonical octets of a claim and the commitments over it (USTP-MSG-030 to 033). Independent of FlatBuffers, whose
// octets are not canonical: two encoders may lay out the same terms differently.
#include "octets.hpp"
#include "ustp/wire/messages.hpp"

namespace ustp::wire {

namespace {

void put(Writer& w, const Quantity& q) {
  w.integer(static_cast<std::uint64_t>(q.units() >> 64));
  w.integer(static_cast<std::uint64_t>(q.units()));
  w.integer(q.scale());
}
void put(Writer& w, Date d) {
  w.integer(static_cast<std::uint16_t>(d.year));
  w.integer(d.month);
  w.integer(d.day);
}
void put(Writer& w, const token::HoldingChain& chain) {
  w.integer(static_cast<std::uint16_t>(chain.links.size()));
  for (const auto& link : chain.links) {
    w.text16(link.party);
    w.text16(link.account.str());
    w.integer(static_cast<std::uint8_t>(link.capacity));
  }
  w.text16(chain.beneficial_owner);
}
void put(Writer& w, const std::vector<token::Lot>& lots) {
  w.integer(static_cast<std::uint16_t>(lots.size()));
  for (const auto& lot : lots) {
    put(w, lot.quantity);
    put(w, lot.acquired);
    w.text16(lot.origin);
    w.integer(lot.locked_until.ns);
    w.integer(static_cast<std::uint8_t>(lot.restriction));
  }
}
void put(Writer& w, const std::string& t) { w.text16(t); }
void put(Writer& w, std::uint32_t v) { w.integer(v); }
void put(Writer& w, std::uint64_t v) { w.integer(v); }
void put(Writer& w, Instant v) { w.integer(v.ns); }

// The fields in the order of spec/03, each given to `field(index, value)`.
template <class Field>
void each_field(const token::TransferTerms& t, Field&& field) {
  std::uint16_t i = 0;
  field(i++, t.instrument.str());
  field(i++, t.instrument_version);
  field(i++, t.source_ratio_version);
  field(i++, t.target_ratio_version);
  field(i++, t.quantity);
  field(i++, t.lots);
  field(i++, t.sender_gateway.str());
  field(i++, t.recipient_gateway.str());
  field(i++, t.source_ledger.str());
  field(i++, t.target_ledger.str());
  field(i++, t.originator.str());
  field(i++, t.beneficiary.str());
  field(i++, t.originator_chain);
  field(i++, t.beneficiary_chain);
  field(i++, static_cast<std::uint32_t>(t.ownership_effect));
  field(i++, t.transaction_type);
  field(i++, static_cast<std::uint32_t>(t.entitled_party));
  field(i++, t.trade_date);
  field(i++, static_cast<std::uint32_t>(t.cum_ex));
  field(i++, t.venue.str());
  field(i++, t.liable_operator.str());
  field(i++, t.place_of_settlement);
  field(i++, t.governing_law);
  field(i++, t.jurisdiction);
  field(i++, t.reference);
  field(i++, t.vote_by);
  field(i++, t.complete_by);
  field(i++, t.statement_position);
}
constexpr std::size_t kTermFields = 28;

// Leaf of an unsalted tree over hashes: SHA-256(0x00 ‖ hash), so that a leaf is never taken for a node.
Hash256 root_over(std::span<const Hash256> hashes) {
  static constexpr std::uint8_t kLeaf[] = {0x00};
  std::vector<Hash256> leaves;
  leaves.reserve(hashes.size());
  for (const Hash256& hash : hashes) leaves.push_back(crypto::sha256({BytesView(kLeaf), hash.view()}));
  return crypto::merkle_root(leaves);
}

}  // namespace

Bytes terms_octets(const token::TransferTerms& terms) {
  Writer w(1024);
  w.octets(as_bytes("USTP-TERMS-1"));
  each_field(terms, [&](std::uint16_t, const auto& value) { put(w, value); });
  return w.take();
}

Hash256 claim_hash(const token::TransferTerms& terms) { return crypto::sha256(terms_octets(terms)); }

Hash256 leg_commitment(const token::TransferTerms& terms, const Salt& leg_salt) {
  std::vector<Hash256> leaves;
  leaves.reserve(kTermFields);
  Writer w(1024);  // all fields, each behind its position
  each_field(terms, [&](std::uint16_t index, const auto& value) {
    const auto at = w.size();
    w.integer(index);
    put(w, value);
    const BytesView field = w.view().subspan(at);
    const Hash256 derived = crypto::sha256({as_bytes("USTP-FIELD-1"), leg_salt.view(), field.first(2)});
    Salt salt;
    std::copy_n(derived.octets().begin(), Salt::kSize, salt.mutable_octets().begin());
    leaves.push_back(crypto::merkle_leaf(salt, field));
  });
  return crypto::merkle_root(leaves);
}

Hash256 legs_root(std::span<const Hash256> leg_commitments) { return root_over(leg_commitments); }
Hash256 votes_root(std::span<const Hash256> vote_hashes) { return root_over(vote_hashes); }

}  // namespace ustp::wire
