#include "ustp/base/big_endian.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::ledger {
namespace {

void append_quantity(Bytes& out, const Quantity& quantity) {
  append_be(out, quantity.units());
  append_be(out, quantity.scale());
}

void append_lot(Bytes& out, const token::Lot& lot) {
  append_quantity(out, lot.quantity);
  append_be(out, static_cast<std::uint16_t>(lot.acquired.year));
  append_be(out, lot.acquired.month);
  append_be(out, lot.acquired.day);
  append_text16(out, lot.origin);
  append_be(out, static_cast<std::uint64_t>(lot.locked_until.ns));
  append_be(out, static_cast<std::uint8_t>(lot.restriction));
}

}  // namespace

// USTP-LED-007: every field, in the order of the structure; lists with a 16-bit count before them.
Bytes request_octets(const OperationRequest& request) {
  Bytes out;
  out.reserve(192 + request.account.str().size() + 64 * request.lots.size());
  append(out, as_bytes("USTP-REQ-1"));
  append(out, request.id.view());
  append_be(out, static_cast<std::uint8_t>(request.kind));
  append(out, request.related.view());
  append(out, request.transfer.view());
  append_be(out, static_cast<std::uint8_t>(request.instrument.scheme()));
  append_text16(out, request.instrument.str());
  append_quantity(out, request.quantity);
  append_be(out, request.base_units);
  append_text16(out, request.account.str());
  if (request.lots.size() > UINT16_MAX) std::abort();  // bounded by token::kMaxLots long before
  append_be(out, static_cast<std::uint16_t>(request.lots.size()));
  for (const token::Lot& lot : request.lots) append_lot(out, lot);
  return out;
}

}  // namespace ustp::ledger
