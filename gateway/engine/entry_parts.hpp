#pragma once
// Values that blocks and snapshots hold alike (private to engine).

#include "gateway/engine/octets.hpp"
#include "ustp/wire/messages.hpp"

namespace ustp::gateway {

inline void put(Writer& w, const Error& error) {
  w.u16(static_cast<std::uint16_t>(error.code));
  w.text(error.detail);
}
inline Error get_error(Reader& r) {
  const auto code = static_cast<Code>(r.u16());
  return {code, r.text()};
}

inline void put(Writer& w, const wire::DecisionRecord& d) {
  w.id(d.settlement);
  w.id(d.legs_root);
  w.id(d.votes_root);
  w.u8(static_cast<std::uint8_t>(d.outcome));
  w.u64(static_cast<std::uint64_t>(d.time.ns));
  w.text(d.signer.str());
}
inline wire::DecisionRecord get_decision(Reader& r) {
  wire::DecisionRecord d;
  d.settlement = r.id<SettlementId>();
  d.legs_root = r.id<Hash256>();
  d.votes_root = r.id<Hash256>();
  d.outcome = static_cast<wire::DecisionOutcome>(r.u8());
  d.time = {static_cast<std::int64_t>(r.u64())};
  d.signer = r.text_id<GatewayId>();
  return d;
}

}  // namespace ustp::gateway
