// The builders of instructions, confirmations, statuses and questions; elements in the order of the schemas.
#include "adapters/csd/iso/codes.hpp"

namespace ustp::csd::iso {
namespace {

struct BalanceName {
  std::string_view id, issuer, scheme;
};
BalanceName name_of(SubBalance balance) {
  switch (balance) {
    case SubBalance::kAvailable: return {"AVAI", "ISO", ""};
    case SubBalance::kBlocked: return {"BLOK", "ISO", ""};
    case SubBalance::kRestricted: return {"RSTR", "ISO", ""};
    case SubBalance::kEarmarked: return {"EARM", "T2S", "RT"};
  }
  return {};
}
void write_generic(XmlWriter& w, std::string_view element, SubBalance balance) {
  const auto name = name_of(balance);
  w.open(element).leaf("Id", name.id).leaf("Issr", name.issuer);
  if (!name.scheme.empty()) w.leaf("SchmeNm", name.scheme);
  w.close();
}
void write_balance(XmlWriter& w, std::string_view element, SubBalance balance) {
  w.open(element);
  if (balance == SubBalance::kEarmarked) write_generic(w, "Prtry", balance);
  else w.leaf("Cd", name_of(balance).id);
  w.close();
}

// SplmtryData up to the facts of the subject; the caller adds its own and closes three times (close_extra).
void open_extra(XmlWriter& w, const Subject& subject) {
  w.open("SplmtryData").leaf("PlcAndNm", "USTP").open("Envlp").open_ns("UstpOp", kOperationNs);
  w.leaf("OpId", subject.id.hex()).leaf("Knd", to_string(subject.kind)).leaf("ReqHash", subject.request_hash.hex());
  w.leaf("Ldgr", subject.ledger.str());
}
void close_extra(XmlWriter& w) { w.close().close().close(); }

void write_extra(XmlWriter& w, const Operation& o, const std::uint64_t* epoch) {
  open_extra(w, {o.id, o.kind, o.request_hash, o.ledger});
  if (!o.related.is_zero()) w.leaf("RltdId", o.related.hex());
  w.leaf("TrfId", o.transfer.hex()).leaf("Scl", std::to_string(o.units.scale()));
  if (epoch != nullptr) w.leaf("Epch", std::to_string(*epoch));
  close_extra(w);
}

void write_movement(XmlWriter& w, const Operation& o, std::string_view quantity, Instant at) {
  const KindRow& row = *row_of(o.kind);
  w.leaf("SfkpgAcct/Id", o.account.str());
  write_instrument(w, o.instrument);
  w.open("IntraPosDtls").leaf(std::string(quantity) + "/Unit", unit_text(o.units));
  // The sub-balance bears the reference of the instruction that made it.
  w.leaf("SctiesSubBalId/Id", reference(row.names_related ? o.related : o.id)).leaf("SttlmDt/DtTm", to_rfc3339(at));
  write_balance(w, "BalFr/Tp", row.from);
  write_balance(w, "BalTo/Tp", row.to);
  w.close();
}

void write_party(XmlWriter& w, std::string_view element, const AccountId& account) {
  w.open(element).open("Id/PrtryId").leaf("Id", account.str()).leaf("Issr", "USTP").close();
  w.leaf("SfkpgAcct/Id", account.str()).close();
}
const AccountId& delivering(const Operation& o) { return o.kind == OperationKind::kExtinguish ? o.account : o.counter; }

void write_receivers(XmlWriter& w, const Operation& o) {
  w.open("RcvgSttlmPties");
  if (o.kind == OperationKind::kSuspend) {
    write_party(w, "Pty1", o.suspense);
    write_party(w, "Pty2", o.account);  // whose units they are
  } else {
    write_party(w, "Pty1", o.kind == OperationKind::kExtinguish ? o.counter : o.account);
  }
  w.close();
}

void write_quantity_and_account(XmlWriter& w, const Operation& o, std::string_view quantity) {
  w.open("QtyAndAcctDtls").leaf(std::string(quantity) + "/Qty/Unit", unit_text(o.units));
  w.leaf("SfkpgAcct/Id", delivering(o).str()).close();
}

std::string document(const Definition& definition, XmlWriter& body) {
  std::string out = "<Document xmlns=\"" + std::string(kIsoNs) + std::string(definition.id) + "\">";
  out += body.take();
  return out + "</Document>";
}

std::string movement(const Instruction& m) {
  XmlWriter w;
  w.open(kMovement.root).leaf("TxId", reference(m.operation.id));
  write_movement(w, m.operation, "SttlmQty", m.header.created);
  write_extra(w, m.operation, nullptr);
  w.close();
  return app_hdr(m.header, kMovement) + document(kMovement, w);
}

std::string settlement(const Instruction& m) {
  const Operation& o = m.operation;
  XmlWriter w;
  w.open(kSettlement.root).leaf("TxId", reference(o.id));
  w.open("SttlmTpAndAddtlParams").leaf("SctiesMvmntTp", "DELI").leaf("Pmt", "FREE").close();
  w.open("Lnkgs").leaf("PrcgPos/Cd", "AFTE");
  w.leaf(o.kind == OperationKind::kRelease ? "Ref/SctiesSttlmTxId" : "Ref/IntraPosMvmntId", reference(o.related)).close();
  w.leaf("TradDtls/SttlmDt/Dt/DtTm", to_rfc3339(m.header.created));
  write_instrument(w, o.instrument);
  write_quantity_and_account(w, o, "SttlmQty");
  w.open("SttlmParams").leaf("SctiesTxTp/Cd", "OWNE");
  write_generic(w, "DlvrgSctiesSubBalTp", row_of(o.kind)->from);
  write_generic(w, "RcvgSctiesSubBalTp", row_of(o.kind)->to);
  w.close();
  write_receivers(w, o);
  write_extra(w, o, nullptr);
  w.close();
  return app_hdr(m.header, kSettlement) + document(kSettlement, w);
}

std::string movement_confirmation(const Confirmation& m) {
  XmlWriter w;
  w.open(kMovementConfirmation.root).open("AddtlParams").leaf("AcctOwnrTxId", reference(m.operation.id));
  w.leaf("MktInfrstrctrTxId", std::to_string(m.sequence)).close();
  write_movement(w, m.operation, "SttldQty", m.at);
  write_extra(w, m.operation, &m.epoch);
  w.close();
  return app_hdr(m.header, kMovementConfirmation) + document(kMovementConfirmation, w);
}

std::string settlement_confirmation(const Confirmation& m) {
  const Operation& o = m.operation;
  XmlWriter w;
  w.open(kSettlementConfirmation.root).open("TxIdDtls").leaf("AcctOwnrTxId", reference(o.id));
  w.leaf("MktInfrstrctrTxId", std::to_string(m.sequence)).leaf("SctiesMvmntTp", "DELI").leaf("Pmt", "FREE").close();
  w.open("Lnkgs").leaf("PrcgPos/Cd", "INFO").leaf("SctiesSttlmTxId", reference(o.related)).close();
  w.leaf("TradDtls/FctvSttlmDt/Dt/DtTm", to_rfc3339(m.at));
  write_instrument(w, o.instrument);
  write_quantity_and_account(w, o, "SttldQty");
  w.open("SttlmParams").leaf("SctiesTxTp/Cd", "OWNE");
  write_generic(w, "SctiesSubBalTp", row_of(o.kind)->from);
  w.close();
  write_receivers(w, o);
  write_extra(w, o, &m.epoch);
  w.close();
  return app_hdr(m.header, kSettlementConfirmation) + document(kSettlementConfirmation, w);
}

void write_status(XmlWriter& w, const StatusAdvice& m) {
  w.open("PrcgSts");
  switch (m.status) {
    case Status::kPending: w.leaf("AckdAccptd/NoSpcfdRsn", "NORE"); break;
    case Status::kRejected:
      w.open("Rjctd/Rsn").open("Cd/Prtry").leaf("Id", std::to_string(static_cast<unsigned>(m.reason)));
      w.leaf("Issr", "USTP").close().leaf("AddtlRsnInf", info(m.reason).name).close();
      break;
    case Status::kUnknown: w.open("Prtry/PrtrySts").leaf("Id", "UNKN").leaf("Issr", "USTP").close(); break;
    case Status::kNever: w.open("Prtry/PrtrySts").leaf("Id", "NEVR").leaf("Issr", "USTP").close(); break;
  }
  w.close();
}

std::string status(const StatusAdvice& m) {
  const Definition& definition = is_movement(m.subject.kind) ? kMovementStatus : kSettlementStatus;
  XmlWriter w;
  w.open(definition.root).open("TxId").leaf("AcctOwnrTxId", reference(m.subject.id));
  w.leaf("MktInfrstrctrTxId", std::to_string(m.sequence)).close();
  write_status(w, m);
  open_extra(w, m.subject);
  w.leaf("Epch", std::to_string(m.epoch));
  close_extra(w);
  w.close();
  return app_hdr(m.header, definition) + document(definition, w);
}

std::string status_query(const StatusQuery& m) {
  const Definition& wanted = is_movement(m.subject.kind) ? kMovementStatus : kSettlementStatus;
  XmlWriter w;
  w.open(kStatusQuery.root).open("StsAdvcReqd").leaf("Nb/LngNb", wanted.id);
  w.leaf("Refs/AcctOwnrTxId", reference(m.subject.id)).close();
  open_extra(w, m.subject);
  close_extra(w);
  w.close();
  return app_hdr(m.header, kStatusQuery) + document(kStatusQuery, w);
}

}  // namespace

Result<void> check(const Operation& o) {
  const KindRow* row = row_of(o.kind);
  if (row == nullptr || o.id.is_zero()) return Error{Code::missing_field, "operation"};
  if (row->names_related == o.related.is_zero()) return Error{Code::missing_field, "related operation"};
  if (o.instrument.empty() || o.ledger.empty() || o.account.empty()) return Error{Code::missing_field, "instruction"};
  if (row->movement != o.counter.empty()) return Error{Code::missing_field, "counter account"};
  if ((o.kind == OperationKind::kSuspend) == o.suspense.empty()) return Error{Code::missing_field, "suspense account"};
  for (const AccountId* account : {&o.account, &o.counter, &o.suspense})
    if (account->str().size() > 35) return Error{Code::too_long, "SfkpgAcct/Id is Max35Text"};
  // DecimalNumber: 18 digits in all, 17 of them after the point.
  constexpr Uint128 kMax = 1'000'000'000'000'000'000U;
  if (o.units.scale() > kMaxUnitScale || o.units.units() >= kMax) return Error{Code::out_of_range, "Unit is DecimalNumber"};
  return {};
}

std::string write(const Message& message) {
  struct Write {
    std::string operator()(const Instruction& m) { return is_movement(m.operation.kind) ? movement(m) : settlement(m); }
    std::string operator()(const Confirmation& m) {
      return is_movement(m.operation.kind) ? movement_confirmation(m) : settlement_confirmation(m);
    }
    std::string operator()(const StatusAdvice& m) { return status(m); }
    std::string operator()(const StatusQuery& m) { return status_query(m); }
    std::string operator()(const HoldingsQuery& m) { return write_holdings_query(m); }
    std::string operator()(const Holdings& m) { return write_holdings(m); }
  };
  return std::visit(Write{}, message);
}

std::string envelope(std::string_view message, const Delivery& delivery) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BizMsg xmlns=\"" + std::string(kEnvelopeNs) + "\" Epch=\"" +
                    std::to_string(delivery.epoch) + "\" Dlvry=\"" + std::to_string(delivery.number) + "\">";
  out += message;
  return out + "</BizMsg>\n";
}

}  // namespace ustp::csd::iso
