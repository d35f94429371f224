// Decoding of statements: the same order of checks as for messages (decision 11).
#include "statement_fbs.hpp"

namespace ustp::wire {
namespace {

using namespace token;

template <class Enum>
Result<Enum> tag(std::uint8_t value, Enum last, const char* what) {
  return enumerated(value, static_cast<Enum>(1), last, what);
}
Result<Quantity> quantity(const fbs::Quantity* q, const char* what) {
  if (q->scale() > Quantity::kMaxScale) return Error{Code::out_of_range, what};
  return Quantity(static_cast<Uint128>(q->high()) << 64 | q->low(), static_cast<std::uint8_t>(q->scale()));
}
Result<Date> date(const fbs::Date* d, const char* what) {
  if (d == nullptr) return Date{};
  const Date out{d->year(), d->month(), d->day()};
  if (out == Date{}) return out;
  const auto again = parse_date(to_string(out));
  if (!again || *again != out) return Error{Code::invalid_time, what};
  return out;
}
Bytes octets(const fb::Vector<std::uint8_t>* from) {
  const auto bytes = view(from);
  return {bytes.begin(), bytes.end()};
}

Result<StatementBody> unpack(const fbs::Participant& from) {
  ParticipantStatement s;
  USTP_TRY(s.participant, required_id<ParticipantId>(from.participant(), "participant"));
  USTP_TRY(s.lei, optional_id<Lei>(from.lei(), "lei"));
  USTP_TRY(s.name, text(from.name(), kMaxText, "name"));
  USTP_TRY(s.gateway, optional_id<GatewayId>(from.gateway(), "gateway"));
  USTP_TRY(s.endpoint, text(from.endpoint(), 255, "endpoint"));
  s.admitted = from.admitted();
  return StatementBody(s);
}

Result<StatementBody> unpack(const fbs::Key& from) {
  KeyStatement s;
  USTP_TRY(s.gateway, required_id<GatewayId>(from.gateway(), "gateway"));
  USTP_TRY(s.algorithm, tag(from.algorithm(), crypto::Algorithm::kEd25519, "algorithm"));
  if (from.spki()->size() == 0) return Error{Code::missing_field, "spki"};
  if (from.spki()->size() > 1024) return Error{Code::too_long, "spki"};
  s.spki = octets(from.spki());
  s.revoked = from.revoked();
  return StatementBody(s);
}

Result<StatementBody> unpack(const fbs::Ledger& from) {
  LedgerStatement s;
  auto& p = s.profile;
  USTP_TRY(p.id, required_id<LedgerId>(from.id(), "ledger"));
  USTP_TRY(p.kind, tag(from.kind(), ledger::LedgerKind::kCorda, "kind"));
  USTP_TRY(p.model, tag(from.model(), ledger::LedgerModel::kPublic, "model"));
  USTP_TRY(p.gateway, required_id<GatewayId>(from.gateway(), "gateway"));
  USTP_TRY(p.liable_operator, optional_id<Lei>(from.liable_operator(), "liable_operator"));
  USTP_TRY(p.finality_rule, text(from.finality_rule(), 35, "finality_rule"));
  p.finality_depth = from.finality_depth();
  USTP_TRY(p.evidence, tag(from.evidence(), EvidenceKind::kCordaTearOff, "evidence"));
  p.rewriters = from.rewriters();
  p.carries_lots = from.carries_lots();
  p.releases_itself = from.releases_itself();
  USTP_TRY(p.custody_account, optional_id<AccountId>(from.custody_account(), "custody_account"));
  USTP_TRY(p.suspense_account, optional_id<AccountId>(from.suspense_account(), "suspense_account"));
  p.anchor.ledger = p.id;
  if (view(from.anchor_key()).size() > 1024 || view(from.anchor_contract()).size() > 20)
    return Error{Code::too_long, "anchor"};
  p.anchor.key = octets(from.anchor_key());
  p.anchor.contract = octets(from.anchor_contract());
  p.anchor.chain_id = from.anchor_chain();
  s.halted = from.halted();
  return StatementBody(s);
}

Result<Representation> unpack(const fbs::Representation& from) {
  Representation r;
  USTP_TRY(r.ledger, required_id<LedgerId>(from.ledger(), "representation"));
  USTP_TRY(r.kind, tag(from.kind(), RepresentationKind::kDepositary, "representation kind"));
  USTP_TRY(r.reference, text(from.reference(), 140, "reference"));
  USTP_TRY(r.backing_account, optional_id<AccountId>(from.backing_account(), "backing_account"));
  r.scale = from.scale();
  USTP_TRY(r.ratio, UnitRatio::make(from.ratio_token(), from.ratio_security(), from.ratio_version()));
  return r;
}

Result<void> lists(const fbs::Instrument& from, Instrument& i) {
  if (from.representations()) {
    if (from.representations()->size() > kMaxRepresentations) return Error{Code::too_long, "representations"};
    for (const auto* one : *from.representations()) {
      USTP_TRY(auto r, unpack(*one));
      i.representations.push_back(std::move(r));
    }
  }
  if (from.rights()) {
    if (from.rights()->size() > kMaxRights) return Error{Code::too_long, "rights"};
    for (const auto* one : *from.rights()) {
      Right r;
      USTP_TRY(r.code, text(one->code(), 35, "right"));
      USTP_TRY(r.cls, tag(one->class_(), RightClass::kEconomic, "right class"));
      r.weight_per_unit = one->weight_per_unit();
      USTP_TRY(r.exercisable_by, tag(one->exercisable_by(), ExercisableBy::kPledgee, "exercisable_by"));
      USTP_TRY(r.record_rule, text(one->record_rule(), 140, "record_rule"));
      i.rights.push_back(std::move(r));
    }
  }
  if (from.admissions()) {
    if (from.admissions()->size() > kMaxAdmissions) return Error{Code::too_long, "admissions"};
    for (const auto* one : *from.admissions()) {
      Admission a;
      USTP_TRY(a.mic, optional_id<Mic>(one->mic(), "mic"));
      USTP_TRY(a.kind, tag(one->kind(), AdmissionKind::kNone, "admission kind"));
      USTP_TRY(a.from, date(one->from(), "admission"));
      USTP_TRY(a.to, date(one->to(), "admission"));
      i.admissions.push_back(std::move(a));
    }
  }
  return {};
}

Result<StatementBody> unpack(const fbs::Instrument& from) {
  Instrument i;
  USTP_TRY(i.id, required_id<InstrumentId>(from.id(), "instrument"));
  i.version = from.version();
  USTP_TRY(i.name, text(from.name(), kMaxText, "name"));
  USTP_TRY(i.cfi, optional_id<Cfi>(from.cfi(), "cfi"));
  USTP_TRY(i.issuer, optional_id<Lei>(from.issuer(), "issuer"));
  i.scale = from.scale();
  USTP_TRY(i.authorised, quantity(from.authorised(), "authorised"));
  USTP_TRY(i.approved, quantity(from.approved(), "approved"));
  USTP_TRY(i.issued, quantity(from.issued(), "issued"));
  USTP_TRY(i.treasury, quantity(from.treasury(), "treasury"));
  USTP_TRY(i.denomination, quantity(from.denomination(), "denomination"));
  USTP_TRY(i.issuer_ledger, required_id<LedgerId>(from.issuer_ledger(), "issuer_ledger"));
  USTP_TRY(i.home_gateway, required_id<GatewayId>(from.home_gateway(), "home_gateway"));
  USTP_CHECK(lists(from, i));
  USTP_TRY(i.offer, tag(from.offer(), OfferKind::kExempt, "offer"));
  i.holder_cap = from.holder_cap();
  USTP_TRY(i.investor_class, text(from.investor_class(), 35, "investor_class"));
  USTP_TRY(i.finality_moment, tag(from.finality_moment(), FinalityMoment::kTargetBooking, "finality_moment"));
  USTP_TRY(i.governing_law, text(from.governing_law(), 35, "governing_law"));
  USTP_TRY(i.system_designation, text(from.system_designation(), 140, "system_designation"));
  i.contract.code_hash = wire::unpack<Hash256>(from.code_hash());
  i.contract.prose_hash = wire::unpack<Hash256>(from.prose_hash());
  USTP_TRY(i.contract.language, text(from.prose_language(), 35, "prose_language"));
  USTP_TRY(i.contract.liable_party, optional_id<Lei>(from.liable_party(), "liable_party"));
  USTP_TRY(i.contract.filing, text(from.filing(), 140, "filing"));
  USTP_TRY(i.status, tag(from.status(), InstrumentStatus::kTerminated, "status"));
  USTP_CHECK(validate(i));
  return StatementBody(InstrumentStatement{std::move(i)});
}

Result<StatementBody> unpack(const fbs::Account& from) {
  Account a;
  USTP_TRY(a.ledger, required_id<LedgerId>(from.ledger(), "ledger"));
  USTP_TRY(a.id, required_id<AccountId>(from.id(), "account"));
  USTP_TRY(a.participant, required_id<ParticipantId>(from.participant(), "participant"));
  USTP_TRY(a.asset, tag(from.asset(), AssetKind::kCash, "asset"));
  USTP_TRY(a.capacity, tag(from.capacity(), Capacity::kSuspense, "capacity"));
  USTP_TRY(a.segregation, tag(from.segregation(), Segregation::kIndividual, "segregation"));
  USTP_TRY(a.status, tag(from.status(), AccountStatus::kClosed, "status"));
  USTP_TRY(a.investor_class, text(from.investor_class(), 35, "investor_class"));
  USTP_TRY(a.jurisdiction, text(from.jurisdiction(), 35, "jurisdiction"));
  a.identity_expires = {from.identity_expires()};
  return StatementBody(AccountStatement{std::move(a)});
}

Result<StatementBody> body_of(const fbs::Statement& from) {
  switch (from.body_type()) {
    case fbs::StatementBody::Participant: return unpack(*from.body_as_Participant());
    case fbs::StatementBody::Key: return unpack(*from.body_as_Key());
    case fbs::StatementBody::Ledger: return unpack(*from.body_as_Ledger());
    case fbs::StatementBody::Instrument: return unpack(*from.body_as_Instrument());
    case fbs::StatementBody::Account: return unpack(*from.body_as_Account());
    default: return Error{Code::unknown_tag, "statement kind"};
  }
}

}  // namespace

Result<Statement> decode_statement(BytesView octets) {
  if (octets.size() > kMaxStatementOctets) return Error{Code::too_long, "statement"};
  Bytes aligned;
  USTP_TRY(const BytesView buffer, checked_buffer(octets, kStatementIdentifier, aligned));
  fb::Verifier verifier(buffer.data(), buffer.size(), 16, 256);
  if (!verifier.VerifySizePrefixedBuffer<fbs::Statement>(kStatementIdentifier))
    return Error{Code::buffer_invalid, "statement"};
  const auto& from = *fb::GetSizePrefixedRoot<fbs::Statement>(buffer.data());
  Statement out;
  USTP_TRY(out.authority, required_id<AuthorityId>(from.authority(), "authority"));
  out.sequence = from.sequence();
  if (out.sequence == 0) return Error{Code::out_of_range, "sequence"};
  out.previous = wire::unpack<Hash256>(from.previous());
  if (out.previous.is_zero() != (out.sequence == 1)) return Error{Code::zero_hash, "previous"};
  out.effective_from = {from.effective_from()};
  USTP_TRY(out.body, body_of(from));
  return out;
}

}  // namespace ustp::wire
