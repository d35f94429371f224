#include <algorithm>

#include "ustp/token/token.hpp"

namespace ustp::token {
namespace {

// USTP-TOK-002: bounded, and without control characters, so that it can be logged and shown.
Result<void> text(std::string_view value, std::string_view field, std::size_t most = kMaxText) {
  if (value.size() > most) return Error{Code::too_long, std::string(field)};
  for (char c : value)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return Error{Code::invalid_character, std::string(field)};
  return {};
}

Result<void> required(bool present, std::string_view field) {
  if (!present) return Error{Code::missing_field, std::string(field)};
  return {};
}

Result<void> at_most(std::size_t count, std::size_t most, std::string_view field) {
  if (count > most) return Error{Code::too_long, std::string(field)};
  return {};
}

Result<void> figures(const Instrument& instrument) {
  if (instrument.scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  for (const Quantity* figure : {&instrument.authorised, &instrument.approved, &instrument.issued,
                                 &instrument.treasury, &instrument.denomination})
    if (figure->scale() != instrument.scale) return Error{Code::scale_mismatch, "figures of the instrument"};
  if (instrument.approved > instrument.authorised) return Error{Code::out_of_range, "approved exceeds authorised"};
  if (instrument.issued > instrument.approved) return Error{Code::out_of_range, "issued exceeds approved"};
  if (instrument.treasury > instrument.issued) return Error{Code::out_of_range, "treasury exceeds issued"};
  return {};
}

// Exactly one native representation, that of the issuer ledger; every other stands against a backing account.
Result<void> representations(const Instrument& instrument) {
  const auto& all = instrument.representations;
  USTP_CHECK(at_most(all.size(), kMaxRepresentations, "representations"));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Representation& entry = all[i];
    const std::string where = "representations[" + std::to_string(i) + "]";
    USTP_CHECK(required(!entry.ledger.empty(), where + ".ledger"));
    USTP_CHECK(text(entry.reference, where + ".reference"));
    if (entry.scale > Quantity::kMaxScale) return Error{Code::out_of_range, where + ".scale"};
    for (std::size_t j = 0; j < i; ++j)
      if (all[j].ledger == entry.ledger) return Error{Code::conflict, where + ".ledger appears twice"};
    const bool home = entry.ledger == instrument.issuer_ledger;
    if (home != (entry.kind == RepresentationKind::kNative)) return Error{Code::out_of_range, where + ".kind"};
    if (home && !entry.backing_account.empty()) return Error{Code::out_of_range, where + ".backing_account"};
    if (!home) USTP_CHECK(required(!entry.backing_account.empty(), where + ".backing_account"));
  }
  return required(instrument.representation(instrument.issuer_ledger) != nullptr, "representation of the issuer ledger");
}

Result<void> chain(const HoldingChain& value, std::string_view field) {
  USTP_CHECK(at_most(value.links.size(), kMaxChain, field));
  for (const ChainLink& link : value.links)
    if (!Lei::parse(link.party) && !Bic::parse(link.party))
      return Error{Code::malformed_text, std::string(field) + ": a party is an LEI or a BIC"};
  return text(value.beneficial_owner, field);
}

}  // namespace

Result<void> validate(const Instrument& instrument) {
  USTP_CHECK(required(!instrument.id.empty(), "id"));
  USTP_CHECK(required(!instrument.issuer_ledger.empty(), "issuer_ledger"));
  USTP_CHECK(required(!instrument.home_gateway.empty(), "home_gateway"));
  if (instrument.version == 0) return Error{Code::out_of_range, "version"};
  USTP_CHECK(text(instrument.name, "name"));
  USTP_CHECK(figures(instrument));
  USTP_CHECK(representations(instrument));
  USTP_CHECK(at_most(instrument.rights.size(), kMaxRights, "rights"));
  for (const Right& right : instrument.rights) {
    USTP_CHECK(required(!right.code.empty(), "rights.code"));
    USTP_CHECK(text(right.code, "rights.code", 35));
    USTP_CHECK(text(right.record_rule, "rights.record_rule"));
    if (std::count_if(instrument.rights.begin(), instrument.rights.end(),
                      [&](const Right& other) { return other.code == right.code; }) != 1)
      return Error{Code::conflict, "rights.code appears twice"};
  }
  USTP_CHECK(at_most(instrument.admissions.size(), kMaxAdmissions, "admissions"));
  USTP_CHECK(text(instrument.investor_class, "investor_class"));
  USTP_CHECK(text(instrument.governing_law, "governing_law"));
  USTP_CHECK(text(instrument.system_designation, "system_designation"));
  USTP_CHECK(text(instrument.contract.language, "contract.language", 35));
  return text(instrument.contract.filing, "contract.filing");
}

Result<void> validate(const TransferTerms& terms) {
  USTP_CHECK(required(!terms.instrument.empty(), "instrument"));
  USTP_CHECK(required(!terms.sender_gateway.empty(), "sender_gateway"));
  USTP_CHECK(required(!terms.recipient_gateway.empty(), "recipient_gateway"));
  USTP_CHECK(required(!terms.source_ledger.empty(), "source_ledger"));
  USTP_CHECK(required(!terms.target_ledger.empty(), "target_ledger"));
  USTP_CHECK(required(!terms.originator.empty(), "originator"));
  USTP_CHECK(required(!terms.beneficiary.empty(), "beneficiary"));
  USTP_CHECK(required(!terms.lots.empty(), "lots"));
  USTP_CHECK(at_most(terms.lots.size(), kMaxLots, "lots"));
  for (const Lot& lot : terms.lots) USTP_CHECK(text(lot.origin, "lots.origin"));
  USTP_TRY(const Quantity total, sum(terms.lots, terms.quantity.scale()));
  if (total != terms.quantity) return Error{Code::lots_sum, "lots"};
  USTP_CHECK(chain(terms.originator_chain, "originator_chain"));
  USTP_CHECK(chain(terms.beneficiary_chain, "beneficiary_chain"));
  if (terms.transaction_type.size() != 4 ||
      !std::all_of(terms.transaction_type.begin(), terms.transaction_type.end(),
                   [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }))
    return Error{Code::malformed_text, "transaction_type"};
  USTP_CHECK(text(terms.place_of_settlement, "place_of_settlement"));
  USTP_CHECK(text(terms.governing_law, "governing_law"));
  USTP_CHECK(text(terms.jurisdiction, "jurisdiction"));
  USTP_CHECK(text(terms.reference, "reference", 35));
  USTP_CHECK(required(terms.vote_by.ns != 0, "vote_by"));
  if (terms.complete_by.ns != 0 && terms.complete_by < terms.vote_by)
    return Error{Code::out_of_range, "complete_by before vote_by"};
  return {};
}

}  // namespace ustp::token
