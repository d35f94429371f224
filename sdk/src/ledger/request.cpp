#include "ustp/ledger/port.hpp"

namespace ustp::ledger {
namespace {

struct Octets {
  Bytes out;
  void number(std::uint64_t v, int n) {
    for (int i = n - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
  }
  void number(Uint128 v) {
    number(static_cast<std::uint64_t>(v >> 64), 8);
    number(static_cast<std::uint64_t>(v), 8);
  }
  void text(const std::string& v) {
    number(v.size(), 2);
    append(out, as_bytes(v));
  }
  void quantity(const Quantity& q) {
    number(q.units());
    number(q.scale(), 1);
  }
};

}  // namespace

// USTP-LED-004: "USTP-REQ-1", then the fields in the order of the struct, lots last.
Bytes request_octets(const OperationRequest& request) {
  Octets o;
  append(o.out, as_bytes("USTP-REQ-1"));
  append(o.out, request.id.view());
  o.number(static_cast<std::uint8_t>(request.kind), 1);
  append(o.out, request.related.view());
  append(o.out, request.transfer.view());
  o.text(request.instrument.str());
  o.quantity(request.quantity);
  o.number(request.base_units);
  o.text(request.account.str());
  o.number(request.lots.size(), 2);
  for (const auto& lot : request.lots) {
    o.quantity(lot.quantity);
    o.number(static_cast<std::uint16_t>(lot.acquired.year), 2);
    o.number(lot.acquired.month, 1);
    o.number(lot.acquired.day, 1);
    o.text(lot.origin);
    o.number(static_cast<std::uint64_t>(lot.locked_until.ns), 8);
    o.number(static_cast<std::uint8_t>(lot.restriction), 1);
  }
  return std::move(o.out);
}

}  // namespace ustp::ledger
