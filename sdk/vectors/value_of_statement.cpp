// Statements as values, field by field under the schema's names.
#include "sdk/vectors/judge.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;

Value instrument_value(const token::Instrument& i) {
  List representations, rights, admissions;
  for (const auto& r : i.representations)
    representations.emplace_back(Members{{"ledger", r.ledger.str()},
                                         {"kind", small(r.kind)},
                                         {"reference", r.reference},
                                         {"backing_account", r.backing_account.str()},
                                         {"scale", small(r.scale)},
                                         {"ratio_token", decimal(r.ratio.token_base_units())},
                                         {"ratio_security", decimal(r.ratio.security_units())},
                                         {"ratio_version", small(r.ratio.version())}});
  for (const auto& r : i.rights)
    rights.emplace_back(Members{{"code", r.code},
                                {"class", small(r.cls)},
                                {"weight_per_unit", decimal(r.weight_per_unit)},
                                {"exercisable_by", small(r.exercisable_by)},
                                {"record_rule", r.record_rule}});
  for (const auto& a : i.admissions)
    admissions.emplace_back(
        Members{{"mic", a.mic.str()}, {"kind", small(a.kind)}, {"from", value_of(a.from)}, {"to", value_of(a.to)}});
  return Members{{"id", i.id.str()},
                 {"version", small(i.version)},
                 {"name", i.name},
                 {"cfi", i.cfi.str()},
                 {"issuer", i.issuer.str()},
                 {"scale", small(i.scale)},
                 {"authorised", value_of(i.authorised)},
                 {"approved", value_of(i.approved)},
                 {"issued", value_of(i.issued)},
                 {"treasury", value_of(i.treasury)},
                 {"denomination", value_of(i.denomination)},
                 {"issuer_ledger", i.issuer_ledger.str()},
                 {"home_gateway", i.home_gateway.str()},
                 {"representations", representations},
                 {"rights", rights},
                 {"offer", small(i.offer)},
                 {"admissions", admissions},
                 {"holder_cap", small(i.holder_cap)},
                 {"investor_class", i.investor_class},
                 {"finality_moment", small(i.finality_moment)},
                 {"governing_law", i.governing_law},
                 {"system_designation", i.system_designation},
                 {"code_hash", hex(i.contract.code_hash)},
                 {"prose_hash", hex(i.contract.prose_hash)},
                 {"prose_language", i.contract.language},
                 {"liable_party", i.contract.liable_party.str()},
                 {"filing", i.contract.filing},
                 {"status", small(i.status)}};
}

struct StatementValue {
  Value operator()(const ParticipantStatement& s) const {
    return Members{{"participant", s.participant.str()}, {"lei", s.lei.str()},   {"name", s.name},
                   {"gateway", s.gateway.str()},         {"endpoint", s.endpoint}, {"admitted", s.admitted}};
  }
  Value operator()(const KeyStatement& s) const {
    return Members{{"gateway", s.gateway.str()},
                   {"algorithm", small(s.algorithm)},
                   {"spki", octets_value(s.spki)},
                   {"revoked", s.revoked}};
  }
  Value operator()(const LedgerStatement& s) const {
    const auto& p = s.profile;
    return Members{{"id", p.id.str()},
                   {"kind", small(p.kind)},
                   {"model", small(p.model)},
                   {"gateway", p.gateway.str()},
                   {"liable_operator", p.liable_operator.str()},
                   {"finality_rule", p.finality_rule},
                   {"finality_depth", decimal(p.finality_depth)},
                   {"evidence", small(p.evidence)},
                   {"rewriters", small(p.rewriters)},
                   {"carries_lots", p.carries_lots},
                   {"releases_itself", p.releases_itself},
                   {"custody_account", p.custody_account.str()},
                   {"suspense_account", p.suspense_account.str()},
                   {"anchor_key", octets_value(p.anchor.key)},
                   {"anchor_contract", octets_value(p.anchor.contract)},
                   {"anchor_chain", decimal(p.anchor.chain_id)},
                   {"halted", s.halted}};
  }
  Value operator()(const InstrumentStatement& s) const { return instrument_value(s.instrument); }
  Value operator()(const AccountStatement& s) const {
    const auto& a = s.account;
    return Members{{"ledger", a.ledger.str()},
                   {"id", a.id.str()},
                   {"participant", a.participant.str()},
                   {"asset", small(a.asset)},
                   {"capacity", small(a.capacity)},
                   {"segregation", small(a.segregation)},
                   {"status", small(a.status)},
                   {"investor_class", a.investor_class},
                   {"jurisdiction", a.jurisdiction},
                   {"identity_expires", decimal(a.identity_expires)}};
  }
};

}  // namespace

Value value_of(const Statement& s) {
  return Members{{"authority", s.authority.str()},
                 {"sequence", decimal(s.sequence)},
                 {"previous", hex(s.previous)},
                 {"effective_from", decimal(s.effective_from)},
                 {"body_type", small(s.body.index() + 1)},
                 {"body", std::visit(StatementValue{}, s.body)}};
}

}  // namespace ustp::vectors
