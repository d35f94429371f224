// The readers. They are strict about what carries meaning here and refuse facts that contradict each other; optional
// elements of the schemas that this profile does not use are passed over.
#include <charconv>

#include "adapters/csd/iso/codes.hpp"

namespace ustp::csd::iso {
namespace {

Error bad(std::string_view element) { return {Code::ledger_message, std::string(element)}; }

Result<std::uint64_t> number(std::string_view text, std::string_view element) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = problem == std::errc{} && end == text.data() + text.size() && (text == "0" || text.front() != '0');
  if (!plain) return bad(element);
  return value;
}
Result<std::uint64_t> number_at(const Element& parent, std::string_view path) {
  USTP_TRY(const auto text, parent.text_at(path));
  return number(text, path);
}
Result<void> expect(const Element& parent, std::string_view path, std::string_view wanted) {
  USTP_TRY(const auto text, parent.text_at(path));
  if (text != wanted) return bad(path);
  return {};
}
Result<AccountId> account_at(const Element& parent, std::string_view path) {
  USTP_TRY(const auto text, parent.text_at(path));
  if (text.size() > 35) return Error{Code::too_long, std::string(path)};
  return AccountId::parse(text);
}
Result<Instant> instant_at(const Element& parent, std::string_view path) {
  USTP_TRY(const auto text, parent.text_at(path));
  return parse_rfc3339(text);
}

Result<SubBalance> balance_of(std::string_view id) {
  if (id == "AVAI") return SubBalance::kAvailable;
  if (id == "BLOK") return SubBalance::kBlocked;
  if (id == "RSTR") return SubBalance::kRestricted;
  if (id == "EARM") return SubBalance::kEarmarked;
  return bad("sub-balance type");
}
Result<SubBalance> balance_at(const Element& parent, std::string_view path) {
  USTP_TRY(const auto element, parent.at(path));
  USTP_TRY(const auto id, element.text_at(element.has("Cd") ? "Cd" : "Prtry/Id"));
  return balance_of(id);
}

// The UstpOp of SplmtryData.
Result<Element> extra_of(const Element& root) {
  USTP_TRY(const auto envelope, root.at("SplmtryData/Envlp"));
  return envelope.foreign(kOperationNs, "UstpOp");
}
Result<Subject> read_subject(const Element& extra) {
  Subject out;
  USTP_TRY(const auto id, extra.text_at("OpId"));
  USTP_TRY(out.id, OperationId::from_hex(id));
  USTP_TRY(const auto kind, extra.text_at("Knd"));
  USTP_TRY(out.kind, kind_of(kind));
  USTP_TRY(const auto hash, extra.text_at("ReqHash"));
  USTP_TRY(out.request_hash, Hash256::from_hex(hash));
  USTP_TRY(const auto ledger, extra.text_at("Ldgr"));
  USTP_TRY(out.ledger, LedgerId::parse(ledger));
  if (out.id.is_zero()) return bad("OpId");
  return out;
}

struct Extra {
  Operation operation;  // what SplmtryData says of it
  std::uint8_t scale = 0;
  std::uint64_t epoch = 0;
};
Result<Extra> read_extra(const Element& root, bool movement, bool answer) {
  USTP_TRY(const auto extra, extra_of(root));
  USTP_TRY(const auto subject, read_subject(extra));
  Extra out;
  out.operation.id = subject.id;
  out.operation.kind = subject.kind;
  out.operation.request_hash = subject.request_hash;
  out.operation.ledger = subject.ledger;
  if (is_movement(subject.kind) != movement) return bad("Knd");
  if (extra.has("RltdId")) {
    USTP_TRY(const auto related, extra.text_at("RltdId"));
    USTP_TRY(out.operation.related, OperationId::from_hex(related));
  }
  USTP_TRY(const auto transfer, extra.text_at("TrfId"));
  USTP_TRY(out.operation.transfer, TransferId::from_hex(transfer));
  USTP_TRY(const auto scale, number_at(extra, "Scl"));
  if (scale > kMaxUnitScale) return bad("Scl");
  out.scale = static_cast<std::uint8_t>(scale);
  if (answer) {
    USTP_TRY(out.epoch, number_at(extra, "Epch"));
  }
  return out;
}

Result<void> read_movement(const Element& root, std::string_view quantity, std::uint8_t scale, Operation& o) {
  const KindRow& row = *row_of(o.kind);
  USTP_TRY(o.account, account_at(root, "SfkpgAcct/Id"));
  USTP_TRY(o.instrument, read_instrument(root));
  USTP_TRY(const auto details, root.child("IntraPosDtls"));
  USTP_TRY(o.units, read_unit(details, std::string(quantity) + "/Unit", scale));
  USTP_CHECK(expect(details, "SctiesSubBalId/Id", reference(row.names_related ? o.related : o.id)));
  USTP_TRY(const auto from, balance_at(details, "BalFr/Tp"));
  USTP_TRY(const auto to, balance_at(details, "BalTo/Tp"));
  if (from != row.from || to != row.to) return bad("BalFr, BalTo");
  return check(o);
}

Result<void> read_delivery(const Element& root, std::string_view quantity, std::string_view balance, std::uint8_t scale,
                           Operation& o) {
  USTP_TRY(o.instrument, read_instrument(root));
  USTP_TRY(const auto details, root.child("QtyAndAcctDtls"));
  USTP_TRY(o.units, read_unit(details, std::string(quantity) + "/Qty/Unit", scale));
  USTP_TRY(const auto from, account_at(details, "SfkpgAcct/Id"));
  USTP_TRY(const auto to, account_at(root, "RcvgSttlmPties/Pty1/SfkpgAcct/Id"));
  USTP_TRY(const auto type, root.text_at(std::string("SttlmParams/").append(balance) + "/Id"));
  USTP_TRY(const auto sub_balance, balance_of(type));
  if (sub_balance != row_of(o.kind)->from) return bad(balance);
  const bool extinguish = o.kind == OperationKind::kExtinguish;
  o.account = extinguish ? from : to;
  o.counter = extinguish ? to : from;
  if (o.kind == OperationKind::kSuspend) {
    o.suspense = to;
    USTP_TRY(o.account, account_at(root, "RcvgSttlmPties/Pty2/SfkpgAcct/Id"));
  }
  return check(o);
}

Result<Message> read_instruction(Header header, const Element& root, bool movement) {
  USTP_TRY(auto extra, read_extra(root, movement, false));
  Operation& o = extra.operation;
  USTP_CHECK(expect(root, "TxId", reference(o.id)));
  if (header.id != reference(o.id)) return bad("BizMsgIdr");
  if (movement) {
    USTP_CHECK(read_movement(root, "SttlmQty", extra.scale, o));
    return Message(Instruction{std::move(header), std::move(o)});
  }
  USTP_CHECK(expect(root, "SttlmTpAndAddtlParams/SctiesMvmntTp", "DELI"));
  USTP_CHECK(expect(root, "SttlmTpAndAddtlParams/Pmt", "FREE"));
  USTP_CHECK(expect(root, o.kind == OperationKind::kRelease ? "Lnkgs/Ref/SctiesSttlmTxId" : "Lnkgs/Ref/IntraPosMvmntId",
                    reference(o.related)));
  USTP_CHECK(read_delivery(root, "SttlmQty", "DlvrgSctiesSubBalTp", extra.scale, o));
  return Message(Instruction{std::move(header), std::move(o)});
}

// Partial settlement never confirms an operation: PrtlSttlm and what remains are refused (all or nothing).
Result<void> refuse_partial(const Element& root, std::string_view details) {
  const std::string remaining = std::string(details) + "/RmngToBeSttldQty";
  if (root.has("AddtlParams/PrtlSttlm") || root.has(remaining)) return bad("partial settlement");
  return {};
}

Result<Message> read_confirmation(Header header, const Element& root, bool movement) {
  USTP_TRY(auto extra, read_extra(root, movement, true));
  Confirmation out;
  out.header = std::move(header);
  out.operation = std::move(extra.operation);
  out.epoch = extra.epoch;
  const Element* const top = &root;
  const std::string ids = movement ? "AddtlParams" : "TxIdDtls";
  USTP_CHECK(expect(*top, ids + "/AcctOwnrTxId", reference(out.operation.id)));
  USTP_TRY(out.sequence, number_at(root, ids + "/MktInfrstrctrTxId"));
  USTP_CHECK(refuse_partial(root, movement ? "IntraPosDtls" : "QtyAndAcctDtls"));
  if (movement) {
    USTP_TRY(out.at, instant_at(root, "IntraPosDtls/SttlmDt/DtTm"));
    USTP_CHECK(read_movement(root, "SttldQty", extra.scale, out.operation));
  } else {
    USTP_CHECK(expect(root, "Lnkgs/SctiesSttlmTxId", reference(out.operation.related)));
    USTP_TRY(out.at, instant_at(root, "TradDtls/FctvSttlmDt/Dt/DtTm"));
    USTP_CHECK(read_delivery(root, "SttldQty", "SctiesSubBalTp", extra.scale, out.operation));
  }
  return Message(std::move(out));
}

Result<void> read_processing_status(const Element& root, StatusAdvice& out) {
  USTP_TRY(const auto status, root.child("PrcgSts"));
  if (status.has("AckdAccptd")) {
    out.status = Status::kPending;
    return {};
  }
  if (status.has("Rjctd")) {
    out.status = Status::kRejected;
    USTP_TRY(const auto code, number_at(status, "Rjctd/Rsn/Cd/Prtry/Id"));
    if (code > UINT16_MAX) return bad("Rjctd/Rsn");
    // A code that is not in the registry reads as a plain refusal.
    const auto known = static_cast<Code>(code);
    out.reason = info(known).code == known ? known : Code::ledger_rejected;
    return {};
  }
  USTP_TRY(const auto id, status.text_at("Prtry/PrtrySts/Id"));
  if (id != "UNKN" && id != "NEVR") return bad("PrtrySts");
  out.status = id == "NEVR" ? Status::kNever : Status::kUnknown;
  return {};
}

Result<Message> read_status(Header header, const Element& root, bool movement) {
  USTP_TRY(const auto extra, extra_of(root));
  StatusAdvice out;
  out.header = std::move(header);
  USTP_TRY(out.subject, read_subject(extra));
  if (is_movement(out.subject.kind) != movement) return bad("Knd");
  USTP_TRY(out.epoch, number_at(extra, "Epch"));
  USTP_CHECK(expect(root, "TxId/AcctOwnrTxId", reference(out.subject.id)));
  USTP_TRY(out.sequence, number_at(root, "TxId/MktInfrstrctrTxId"));
  USTP_CHECK(read_processing_status(root, out));
  return Message(std::move(out));
}

Result<Message> read_status_query(Header header, const Element& root) {
  USTP_TRY(const auto extra, extra_of(root));
  StatusQuery out;
  out.header = std::move(header);
  USTP_TRY(out.subject, read_subject(extra));
  USTP_CHECK(expect(root, "StsAdvcReqd/Refs/AcctOwnrTxId", reference(out.subject.id)));
  return Message(std::move(out));
}

Result<Header> read_header(const Element& header) {
  Header out;
  USTP_TRY(out.from, header.text_at("Fr/FIId/FinInstnId/Nm"));
  USTP_TRY(out.to, header.text_at("To/FIId/FinInstnId/Nm"));
  USTP_TRY(out.id, header.text_at("BizMsgIdr"));
  if (out.id.size() > 35 || out.from.size() > 140 || out.to.size() > 140) return Error{Code::too_long, "AppHdr"};
  USTP_TRY(out.created, instant_at(header, "CreDt"));
  return out;
}

Result<Message> read_document(Header header, std::string_view definition, const Element& document) {
  const auto root = [&](const Definition& of) { return document.child(of.root); };
  for (const bool movement : {true, false}) {
    const Definition& instruction = movement ? kMovement : kSettlement;
    const Definition& advice = movement ? kMovementStatus : kSettlementStatus;
    const Definition& confirmation = movement ? kMovementConfirmation : kSettlementConfirmation;
    if (definition == instruction.id) {
      USTP_TRY(const auto body, root(instruction));
      return read_instruction(std::move(header), body, movement);
    }
    if (definition == advice.id) {
      USTP_TRY(const auto body, root(advice));
      return read_status(std::move(header), body, movement);
    }
    if (definition == confirmation.id) {
      USTP_TRY(const auto body, root(confirmation));
      return read_confirmation(std::move(header), body, movement);
    }
  }
  if (definition == kStatusQuery.id) {
    USTP_TRY(const auto body, root(kStatusQuery));
    return read_status_query(std::move(header), body);
  }
  if (definition == kStatementQuery.id) {
    USTP_TRY(const auto body, root(kStatementQuery));
    return read_holdings_query(std::move(header), body);
  }
  if (definition == kStatement.id) {
    USTP_TRY(const auto body, root(kStatement));
    return read_holdings(std::move(header), body);
  }
  return Error{Code::ledger_message, "MsgDefIdr"};
}

}  // namespace

Result<Received> read(BytesView file) {
  USTP_TRY(const auto xml, Document::parse(file));
  const Element root = xml.root();
  if (root.name() != "BizMsg" || root.ns() != kEnvelopeNs) return bad("BizMsg");
  const auto epoch = root.attribute("Epch"), count = root.attribute("Dlvry");
  if (!epoch || !count) return Error{Code::missing_field, "Epch, Dlvry"};
  USTP_TRY(const auto header_element, root.foreign(std::string(kIsoNs) + std::string(kHead), "AppHdr"));
  USTP_TRY(const auto definition, header_element.text_at("MsgDefIdr"));
  USTP_TRY(auto header, read_header(header_element));
  USTP_TRY(const auto document, root.foreign(std::string(kIsoNs) + definition, "Document"));
  Delivery delivery;
  USTP_TRY(delivery.epoch, number(*epoch, "Epch"));
  USTP_TRY(delivery.number, number(*count, "Dlvry"));
  USTP_TRY(auto message, read_document(std::move(header), definition, document));
  return Received{delivery, std::move(message)};
}

}  // namespace ustp::csd::iso
