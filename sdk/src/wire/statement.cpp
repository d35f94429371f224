// Encoding of statements (USTP-GOV-001).
#include "statement_fbs.hpp"

namespace ustp::wire {
namespace {

template <class Enum>
std::uint8_t u8(Enum value) {
  return static_cast<std::uint8_t>(value);
}
fbs::Quantity quantity(const Quantity& q) {
  return {static_cast<std::uint64_t>(q.units() >> 64), static_cast<std::uint64_t>(q.units()), q.scale()};
}
fbs::Date date(Date d) { return {d.year, d.month, d.day}; }

struct Encoder {
  fb::FlatBufferBuilder& b;
  fb::Offset<fb::String> str(const std::string& v) { return b.CreateString(v); }

  fb::Offset<void> operator()(const ParticipantStatement& s) {
    const auto id = str(s.participant.str()), lei = pack(b, s.lei.str()), name = pack(b, s.name);
    const auto gateway = pack(b, s.gateway.str()), endpoint = pack(b, s.endpoint);
    return fbs::CreateParticipant(b, id, lei, name, gateway, endpoint, s.admitted).Union();
  }
  fb::Offset<void> operator()(const KeyStatement& s) {
    const auto gateway = str(s.gateway.str());
    const auto spki = pack(b, BytesView(s.spki));
    return fbs::CreateKey(b, gateway, u8(s.algorithm), spki, s.revoked).Union();
  }
  fb::Offset<void> operator()(const LedgerStatement& s) {
    const auto& p = s.profile;
    const auto id = str(p.id.str()), gateway = str(p.gateway.str()), lei = pack(b, p.liable_operator.str());
    const auto rule = pack(b, p.finality_rule), custody = pack(b, p.custody_account.str());
    const auto suspense = pack(b, p.suspense_account.str());
    const auto key = pack(b, BytesView(p.anchor.key)), contract = pack(b, BytesView(p.anchor.contract));
    return fbs::CreateLedger(b, id, u8(p.kind), u8(p.model), gateway, lei, rule, p.finality_depth, u8(p.evidence),
                             p.rewriters, p.carries_lots, p.releases_itself, custody, suspense, key, contract,
                             p.anchor.chain_id, s.halted)
        .Union();
  }
  fb::Offset<void> operator()(const InstrumentStatement& s);
  fb::Offset<void> operator()(const AccountStatement& s) {
    const auto& a = s.account;
    const auto ledger = str(a.ledger.str()), id = str(a.id.str()), participant = str(a.participant.str());
    const auto cls = pack(b, a.investor_class), jurisdiction = pack(b, a.jurisdiction);
    return fbs::CreateAccount(b, ledger, id, participant, u8(a.asset), u8(a.capacity), u8(a.segregation), u8(a.status),
                              cls, jurisdiction, a.identity_expires.ns)
        .Union();
  }
};

fb::Offset<void> Encoder::operator()(const InstrumentStatement& s) {
  const auto& i = s.instrument;
  std::vector<fb::Offset<fbs::Representation>> representations;
  for (const auto& r : i.representations) {
    const auto ledger = str(r.ledger.str()), reference = pack(b, r.reference), backing = pack(b, r.backing_account.str());
    representations.push_back(fbs::CreateRepresentation(b, ledger, u8(r.kind), reference, backing, r.scale,
                                                        r.ratio.token_base_units(), r.ratio.security_units(),
                                                        r.ratio.version()));
  }
  std::vector<fb::Offset<fbs::Right>> rights;
  for (const auto& r : i.rights) {
    const auto code = str(r.code), rule = pack(b, r.record_rule);
    rights.push_back(fbs::CreateRight(b, code, u8(r.cls), r.weight_per_unit, u8(r.exercisable_by), rule));
  }
  std::vector<fb::Offset<fbs::Admission>> admissions;
  for (const auto& a : i.admissions) {
    const auto mic = pack(b, a.mic.str());
    const auto from = date(a.from), to = date(a.to);
    admissions.push_back(fbs::CreateAdmission(b, mic, u8(a.kind), &from, &to));
  }
  const auto packed_representations = b.CreateVector(representations);
  const auto packed_rights = b.CreateVector(rights);
  const auto packed_admissions = b.CreateVector(admissions);
  const auto id = str(i.id.str()), issuer_ledger = str(i.issuer_ledger.str()), home = str(i.home_gateway.str());
  const auto name = pack(b, i.name), cfi = pack(b, i.cfi.str()), issuer = pack(b, i.issuer.str());
  const auto cls = pack(b, i.investor_class), law = pack(b, i.governing_law), system = pack(b, i.system_designation);
  const auto language = pack(b, i.contract.language), liable = pack(b, i.contract.liable_party.str());
  const auto filing = pack(b, i.contract.filing);
  const auto authorised = quantity(i.authorised), approved = quantity(i.approved), issued = quantity(i.issued);
  const auto treasury = quantity(i.treasury), denomination = quantity(i.denomination);
  return fbs::CreateInstrument(b, id, i.version, name, cfi, issuer, i.scale, &authorised, &approved, &issued, &treasury,
                               &denomination, issuer_ledger, home, packed_representations, packed_rights, u8(i.offer),
                               packed_admissions, i.holder_cap, cls, u8(i.finality_moment), law, system,
                               pack(i.contract.code_hash), pack(i.contract.prose_hash), language, liable, filing,
                               u8(i.status))
      .Union();
}

}  // namespace

Bytes encode_statement(const Statement& statement) {
  fb::FlatBufferBuilder b(4096);
  const auto body = std::visit(Encoder{b}, statement.body);
  const auto authority = b.CreateString(statement.authority.str());
  const auto type = static_cast<fbs::StatementBody>(statement.body.index() + 1);
  b.FinishSizePrefixed(fbs::CreateStatement(b, authority, statement.sequence, pack(statement.previous),
                                            statement.effective_from.ns, type, body),
                       kStatementIdentifier);
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

}  // namespace ustp::wire
