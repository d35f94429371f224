// semt.021 and semt.002: what is held, account by account, with the sub-balances.
#include <charconv>

#include "adapters/csd/iso/codes.hpp"

namespace ustp::csd::iso {
namespace {

constexpr std::size_t kMaxHoldings = 1000;  // per page; the writer pages at fewer

std::string document(const Definition& definition, XmlWriter& body) {
  std::string out = "<Document xmlns=\"" + std::string(kIsoNs) + std::string(definition.id) + "\">";
  out += body.take();
  return out + "</Document>";
}

void write_sub_balance(XmlWriter& w, std::string_view id, const Quantity& units) {
  if (units.is_zero()) return;
  w.open("BalBrkdwn");
  if (id == "EARM") w.open("SubBalTp/Prtry").leaf("Id", id).leaf("Issr", "T2S").leaf("SchmeNm", "RT").close();
  else w.leaf("SubBalTp/Cd", id);
  w.leaf("Qty/Qty/Qty/Unit", unit_text(units)).close();
}

void write_holding(XmlWriter& w, const Holdings& m, const Holding& h) {
  w.open("SubAcctDtls").open("SfkpgAcct").leaf("Id", h.account.str());
  w.open("Tp/Prtry").leaf("Id", h.purpose).leaf("Issr", "USTP").close().close();
  w.leaf("ActvtyInd", "true").open("BalForSubAcct");
  write_instrument(w, m.instrument);
  w.open("AggtBal").leaf("ShrtLngInd", "LONG").leaf("Qty/Qty/Qty/Unit", unit_text(h.units)).close();
  write_sub_balance(w, "BLOK", h.locked);
  write_sub_balance(w, "EARM", h.provisional);
  write_sub_balance(w, "RSTR", h.restricted);
  w.open("SplmtryData").leaf("PlcAndNm", "USTP").open("Envlp").open_ns("UstpBal", kOperationNs);
  w.leaf("Ldgr", m.ledger.str()).leaf("Scl", std::to_string(h.units.scale())).close().close().close();
  w.close().close();
}

Result<std::uint64_t> small_number(std::string_view text, std::uint64_t max, std::string_view element) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value > max)
    return Error{Code::ledger_message, std::string(element)};
  return value;
}

Result<void> read_sub_balances(const Element& balance, std::uint8_t scale, Holding& out) {
  for (const Element& part : balance.children("BalBrkdwn")) {
    USTP_TRY(const auto id, part.text_at(part.has("SubBalTp/Cd") ? "SubBalTp/Cd" : "SubBalTp/Prtry/Id"));
    Quantity* to = id == "BLOK" ? &out.locked : id == "EARM" ? &out.provisional : id == "RSTR" ? &out.restricted : nullptr;
    if (to == nullptr) continue;  // a sub-balance that is no business of ours
    if (!to->is_zero()) return Error{Code::ledger_message, "BalBrkdwn"};
    USTP_TRY(*to, read_unit(part, "Qty/Qty/Qty/Unit", scale));
  }
  return {};
}

Result<Holding> read_holding(const Element& element, Holdings& statement) {
  Holding out;
  USTP_TRY(const auto account, element.text_at("SfkpgAcct/Id"));
  USTP_TRY(out.account, AccountId::parse(account));
  USTP_TRY(out.purpose, element.text_at("SfkpgAcct/Tp/Prtry/Id"));
  USTP_TRY(const auto balance, element.child("BalForSubAcct"));
  USTP_TRY(const auto instrument, read_instrument(balance));
  USTP_TRY(const auto envelope, balance.at("SplmtryData/Envlp"));
  USTP_TRY(const auto extra, envelope.foreign(kOperationNs, "UstpBal"));
  USTP_TRY(const auto ledger_text, extra.text_at("Ldgr"));
  USTP_TRY(const auto ledger, LedgerId::parse(ledger_text));
  if (!statement.ledger.empty() && (ledger != statement.ledger || instrument != statement.instrument))
    return Error{Code::ledger_message, "BalForSubAcct"};
  statement.ledger = ledger;
  statement.instrument = instrument;
  USTP_TRY(const auto scale_text, extra.text_at("Scl"));
  USTP_TRY(const auto scale, small_number(scale_text, kMaxUnitScale, "Scl"));
  const auto places = static_cast<std::uint8_t>(scale);
  out.locked = out.provisional = out.restricted = Quantity(0, places);
  USTP_TRY(out.units, read_unit(balance, "AggtBal/Qty/Qty/Qty/Unit", places));
  USTP_CHECK(read_sub_balances(balance, places, out));
  return out;
}

}  // namespace

std::string write_holdings_query(const HoldingsQuery& m) {
  XmlWriter w;
  w.open(kStatementQuery.root).leaf("StmtReqd/Nb/LngNb", kStatement.id).open("AddtlQryParams");
  write_instrument(w, m.instrument);
  w.close().open("SplmtryData").leaf("PlcAndNm", "USTP").open("Envlp").open_ns("UstpQry", kOperationNs);
  w.leaf("Ldgr", m.ledger.str()).close().close().close().close();
  return app_hdr(m.header, kStatementQuery) + document(kStatementQuery, w);
}

std::string write_holdings(const Holdings& m) {
  XmlWriter w;
  w.open(kStatement.root).open("Pgntn").leaf("PgNb", std::to_string(m.page)).leaf("LastPgInd", m.last ? "true" : "false");
  w.close().open("StmtGnlDtls").leaf("QryRef", m.query).leaf("StmtId", m.header.id);
  w.leaf("StmtDtTm/DtTm", to_rfc3339(m.header.created)).leaf("Frqcy/Cd", "ADHO").leaf("UpdTp/Cd", "COMP");
  w.leaf("StmtBsis/Cd", "SETT").leaf("ActvtyInd", m.holdings.empty() ? "false" : "true");
  w.leaf("SubAcctInd", "true").close();
  for (const Holding& holding : m.holdings) write_holding(w, m, holding);
  w.close();
  return app_hdr(m.header, kStatement) + document(kStatement, w);
}

Result<Message> read_holdings_query(Header header, const Element& root) {
  HoldingsQuery out;
  out.header = std::move(header);
  USTP_TRY(const auto wanted, root.text_at("StmtReqd/Nb/LngNb"));
  if (wanted != kStatement.id) return Error{Code::ledger_message, "StmtReqd"};
  USTP_TRY(const auto parameters, root.child("AddtlQryParams"));
  USTP_TRY(out.instrument, read_instrument(parameters));
  USTP_TRY(const auto envelope, root.at("SplmtryData/Envlp"));
  USTP_TRY(const auto extra, envelope.foreign(kOperationNs, "UstpQry"));
  USTP_TRY(const auto ledger, extra.text_at("Ldgr"));
  USTP_TRY(out.ledger, LedgerId::parse(ledger));
  return Message(std::move(out));
}

Result<Message> read_holdings(Header header, const Element& root) {
  Holdings out;
  out.header = std::move(header);
  USTP_TRY(const auto page, root.text_at("Pgntn/PgNb"));
  USTP_TRY(const auto page_number, small_number(page, 99'999, "PgNb"));
  out.page = static_cast<std::uint32_t>(page_number);
  USTP_TRY(const auto last, root.text_at("Pgntn/LastPgInd"));
  if (last != "true" && last != "false") return Error{Code::ledger_message, "LastPgInd"};
  out.last = last == "true";
  USTP_TRY(out.query, root.text_at("StmtGnlDtls/QryRef"));
  const auto accounts = root.children("SubAcctDtls");
  if (accounts.size() > kMaxHoldings) return Error{Code::too_long, "SubAcctDtls"};
  for (const Element& account : accounts) {
    USTP_TRY(auto holding, read_holding(account, out));
    out.holdings.push_back(std::move(holding));
  }
  return Message(std::move(out));
}

}  // namespace ustp::csd::iso
