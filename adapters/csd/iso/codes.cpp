#include "adapters/csd/iso/codes.hpp"

namespace ustp::csd::iso {

const KindRow* row_of(OperationKind kind) {
  for (const KindRow& row : kKinds)
    if (row.kind == kind) return &row;
  return nullptr;
}
Result<OperationKind> kind_of(std::string_view name) {
  for (const KindRow& row : kKinds)
    if (to_string(row.kind) == name) return row.kind;
  return Error{Code::ledger_message, "Knd"};
}
bool is_movement(OperationKind kind) {
  const KindRow* row = row_of(kind);
  return row != nullptr && row->movement;
}

std::string base32(BytesView octets) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t octet : octets) {
    bits = (bits << 8) | octet;
    for (held += 8; held >= 5; held -= 5) out.push_back(kAlphabet[(bits >> (held - 5)) & 31U]);
  }
  if (held > 0) out.push_back(kAlphabet[(bits << (5 - held)) & 31U]);
  return out;
}
std::string reference(const OperationId& id) { return base32(id.view().first(20)); }

void write_instrument(XmlWriter& w, const InstrumentId& instrument) {
  w.open("FinInstrmId");
  if (instrument.scheme() == InstrumentId::Scheme::kIsin) w.leaf("ISIN", instrument.str());
  else w.open("OthrId").leaf("Id", instrument.str()).leaf("Tp/Prtry", "DTI").close();
  w.close();
}
Result<InstrumentId> read_instrument(const Element& parent) {
  USTP_TRY(const auto element, parent.child("FinInstrmId"));
  if (element.has("ISIN")) {
    USTP_TRY(const auto text, element.text_at("ISIN"));
    USTP_TRY(const auto isin, Isin::parse(text));
    return InstrumentId(isin);
  }
  USTP_TRY(const auto type, element.text_at("OthrId/Tp/Prtry"));
  if (type != "DTI") return Error{Code::ledger_message, "OthrId/Tp/Prtry"};
  USTP_TRY(const auto text, element.text_at("OthrId/Id"));
  USTP_TRY(const auto dti, Dti::parse(text));
  return InstrumentId(dti);
}

std::string unit_text(const Quantity& quantity) { return quantity.str(); }
Result<Quantity> read_unit(const Element& parent, std::string_view path, std::uint8_t scale) {
  USTP_TRY(const auto text, parent.text_at(path));
  return Quantity::parse(text, scale);
}

std::string app_hdr(const Header& header, const Definition& definition) {
  XmlWriter w;
  w.open_ns("AppHdr", std::string(kIsoNs) + std::string(kHead));
  w.leaf("Fr/FIId/FinInstnId/Nm", header.from).leaf("To/FIId/FinInstnId/Nm", header.to);
  w.leaf("BizMsgIdr", header.id).leaf("MsgDefIdr", definition.id).leaf("CreDt", to_rfc3339(header.created)).close();
  return w.take();
}

}  // namespace ustp::csd::iso
