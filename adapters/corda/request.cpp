#include "adapters/corda/request.hpp"

#include "adapters/corda/octets.hpp"

namespace ustp::corda {
namespace {

constexpr std::string_view kTag = "USTP-REQ-1";

Result<Quantity> read_quantity(Reader& in) {
  USTP_TRY(const auto units, in.integer<Uint128>());
  USTP_TRY(const auto scale, in.integer<std::uint8_t>());
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  return Quantity(units, scale);
}

Result<token::Lot> read_lot(Reader& in) {
  token::Lot out;
  USTP_TRY(out.quantity, read_quantity(in));
  USTP_TRY(const auto year, in.integer<std::uint16_t>());
  out.acquired.year = static_cast<std::int16_t>(year);
  USTP_TRY(out.acquired.month, in.integer<std::uint8_t>());
  USTP_TRY(out.acquired.day, in.integer<std::uint8_t>());
  USTP_TRY(const auto origin, in.text16(token::kMaxText));
  out.origin = origin;
  USTP_TRY(const auto locked_until, in.integer<std::uint64_t>());
  out.locked_until.ns = static_cast<std::int64_t>(locked_until);
  USTP_TRY(const auto restriction, in.integer<std::uint8_t>());
  if (restriction > static_cast<std::uint8_t>(token::Restriction::kRegulatory))
    return Error{Code::unknown_tag, "restriction"};
  out.restriction = static_cast<token::Restriction>(restriction);
  return out;
}

}  // namespace

Result<ledger::OperationRequest> decode_request(BytesView octets) {
  if (octets.size() > kMaxRequest) return Error{Code::too_long, "request"};
  Reader in(octets);
  USTP_TRY(const auto tag, in.octets(kTag.size()));
  if (as_text(tag) != kTag) return Error{Code::frame_magic, "request"};
  ledger::OperationRequest out;
  USTP_TRY(out.id, in.fixed<OperationId>());
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  if (kind < 1 || kind > static_cast<std::uint8_t>(OperationKind::kRelease)) return Error{Code::unknown_tag, "kind"};
  out.kind = static_cast<OperationKind>(kind);
  USTP_TRY(out.related, in.fixed<OperationId>());
  USTP_TRY(out.transfer, in.fixed<TransferId>());
  USTP_TRY(const auto scheme, in.integer<std::uint8_t>());
  USTP_TRY(const auto instrument, in.text16(12));
  USTP_TRY(out.instrument, InstrumentId::parse(instrument));
  if (scheme != static_cast<std::uint8_t>(out.instrument.scheme())) return Error{Code::unknown_tag, "scheme"};
  USTP_TRY(out.quantity, read_quantity(in));
  USTP_TRY(out.base_units, in.integer<Uint128>());
  USTP_TRY(out.account, in.id16<AccountId>());
  USTP_TRY(const auto lots, in.integer<std::uint16_t>());
  if (lots > token::kMaxLots) return Error{Code::too_long, "lots"};
  for (unsigned i = 0; i < lots; ++i) {
    USTP_TRY(out.lots.emplace_back(), read_lot(in));
  }
  USTP_CHECK(in.end());
  return out;
}

}  // namespace ustp::corda
