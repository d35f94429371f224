// What the statements say, as JSON: instruments, positions in them, the statements themselves.
#include "gateway/api/json_writer.hpp"
#include "gateway/api/names.hpp"
#include "gateway/api/render.hpp"

namespace ustp::gateway::api {
namespace {

void write_representation(JsonWriter& w, const token::Representation& one) {
  w.open_object()
      .field("ledger", one.ledger.str())
      .field("kind", name_of(kRepresentationKinds, one.kind))
      .stated("reference", one.reference)
      .stated("backing_account", one.backing_account.str())
      .name("scale").number(one.scale)
      .name("ratio").open_object()
      .field("token_base_units", std::to_string(one.ratio.token_base_units()))
      .field("security_units", std::to_string(one.ratio.security_units()))
      .name("version").number(one.ratio.version())
      .close_object()
      .close_object();
}

void write_rights(JsonWriter& w, const token::Instrument& instrument) {
  w.name("rights").open_list();
  for (const auto& right : instrument.rights)
    w.open_object()
        .field("code", right.code)
        .field("class", name_of(kRightClasses, right.cls))
        .field("weight_per_unit", std::to_string(right.weight_per_unit))
        .field("exercisable_by", name_of(kExercisableBy, right.exercisable_by))
        .stated("record_rule", right.record_rule)
        .close_object();
  w.close_list();
}

void write_admissions(JsonWriter& w, const token::Instrument& instrument) {
  w.name("admissions").open_list();
  for (const auto& one : instrument.admissions) {
    w.open_object().stated("mic", one.mic.str()).field("kind", name_of(kAdmissions, one.kind));
    if (one.from.year != 0) w.field("from", to_string(one.from));
    if (one.to.year != 0) w.field("to", to_string(one.to));
    w.close_object();
  }
  w.close_list();
}

void write_contract(JsonWriter& w, const token::ContractTerms& contract) {
  w.name("contract").open_object();
  if (!contract.code_hash.is_zero()) w.field("code_hash", contract.code_hash.hex());
  if (!contract.prose_hash.is_zero()) w.field("prose_hash", contract.prose_hash.hex());
  w.stated("language", contract.language)
      .stated("liable_party", contract.liable_party.str())
      .stated("filing", contract.filing)
      .close_object();
}

void write_instrument(JsonWriter& w, const token::Instrument& i) {
  w.open_object()
      .field("id", i.id.str())
      .name("version").number(i.version)
      .field("name", i.name)
      .stated("cfi", i.cfi.str())
      .stated("issuer", i.issuer.str())
      .name("scale").number(i.scale)
      .field("authorised", i.authorised.str())
      .field("approved", i.approved.str())
      .field("issued", i.issued.str())
      .field("treasury", i.treasury.str())
      .field("denomination", i.denomination.str())
      .field("issuer_ledger", i.issuer_ledger.str())
      .field("home_gateway", i.home_gateway.str())
      .name("representations").open_list();
  for (const auto& one : i.representations) write_representation(w, one);
  w.close_list();
  write_rights(w, i);
  w.field("offer", name_of(kOffers, i.offer));
  write_admissions(w, i);
  w.name("holder_cap").number(i.holder_cap)
      .stated("investor_class", i.investor_class)
      .field("finality_moment", name_of(kFinalityMoments, i.finality_moment))
      .stated("governing_law", i.governing_law)
      .stated("system_designation", i.system_designation);
  write_contract(w, i.contract);
  w.field("status", name_of(kInstrumentStatuses, i.status)).close_object();
}

// Of this ledger, in security units; empty where the base units do not convert exactly, which a sound ledger never has.
std::string in_security_units(const token::Instrument& instrument, const LedgerId& ledger, Uint128 base_units) {
  const auto* shown = instrument.representation(ledger);
  if (!shown) return {};
  const auto quantity = shown->ratio.from_base(base_units, instrument.scale);
  return quantity ? quantity->str() : std::string();
}

std::string_view kind_of(const wire::StatementBody& body) {
  constexpr std::string_view kKinds[] = {"participant", "key", "ledger", "instrument", "account"};
  static_assert(std::variant_size_v<wire::StatementBody> == std::size(kKinds));
  return kKinds[body.index()];
}

}  // namespace

std::string render_ledgers(const std::vector<LedgerView>& ledgers) {
  JsonWriter w;
  w.open_object().name("ledgers").open_list();
  for (const auto& one : ledgers) {
    const auto& profile = one.profile;
    w.open_object()
        .field("id", profile.id.str())
        .field("kind", name_of(kLedgerKinds, profile.kind))
        .field("model", name_of(kLedgerModels, profile.model))
        .field("gateway", profile.gateway.str())
        .stated("liable_operator", profile.liable_operator.str())
        .name("finality").open_object().field("rule", profile.finality_rule).name("depth").number(profile.finality_depth)
        .close_object()
        .field("evidence", name_of(kEvidenceKinds, profile.evidence))
        .name("rewriters").number(profile.rewriters)
        .name("carries_lots").boolean(profile.carries_lots)
        .name("halted").boolean(one.halted)
        .name("own").boolean(one.own)
        .name("reachable").boolean(one.reachable);
    if (one.own) w.name("open_operations").number(one.open_operations);
    w.close_object();
  }
  w.close_list().close_object();
  return w.take();
}

std::string render_participants(const std::vector<wire::ParticipantStatement>& participants) {
  JsonWriter w;
  w.open_object().name("participants").open_list();
  for (const auto& one : participants)
    w.open_object()
        .field("id", one.participant.str())
        .stated("lei", one.lei.str())
        .stated("name", one.name)
        .stated("gateway", one.gateway.str())
        .name("admitted").boolean(one.admitted)
        .close_object();
  w.close_list().close_object();
  return w.take();
}

std::string render_instruments(const std::vector<token::Instrument>& instruments) {
  JsonWriter w;
  w.open_object().name("instruments").open_list();
  for (const auto& one : instruments) write_instrument(w, one);
  w.close_list().close_object();
  return w.take();
}

std::string render_positions(const Service::PositionsView& view) {
  JsonWriter w;
  const auto amount = [&](std::string_view name, std::string_view units_name, Uint128 base) {
    w.field(units_name, to_string(base)).stated(name, in_security_units(view.instrument, view.ledger, base));
  };
  w.open_object().field("ledger", view.ledger.str()).field("instrument", view.instrument.id.str());
  amount("outstanding", "outstanding_base_units", view.outstanding);
  amount("provisional", "provisional_base_units", view.provisional);
  amount("backing", "backing_base_units", view.backing);
  w.name("positions").open_list();
  for (const auto& one : view.positions) {
    w.open_object().field("account", one.account.str()).field("capacity", name_of(kCapacities, one.capacity));
    amount("quantity", "base_units", one.base_units);
    amount("locked", "locked_base_units", one.locked);
    amount("blocked", "blocked_base_units", one.blocked);
    w.close_object();
  }
  w.close_list().name("outstanding_elsewhere").open_list();
  for (const auto& [ledger, quantity] : view.outstanding_elsewhere)
    w.open_object().field("ledger", ledger.str()).field("quantity", quantity.str()).close_object();
  w.close_list().close_object();
  return w.take();
}

std::string render_statements(const std::vector<wire::SignedStatement>& statements, std::uint64_t next) {
  JsonWriter w;
  w.open_object().name("statements").open_list();
  for (const auto& one : statements) {
    w.open_object();
    if (const auto statement = wire::decode_statement(one.octets))
      w.name("sequence").number(statement->sequence)
          .field("authority", statement->authority.str())
          .field("kind", kind_of(statement->body))
          .field("effective_from", to_rfc3339(statement->effective_from));
    w.field("frame", to_base64(wire::encode_statement_frame(one))).close_object();
  }
  w.close_list();
  if (next != 0) w.name("next").number(next);
  w.close_object();
  return w.take();
}

}  // namespace ustp::gateway::api
