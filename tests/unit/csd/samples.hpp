#pragma once
// One message of every kind the CSD and a gateway exchange.

#include <vector>

#include "adapters/csd/iso/message.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::test {

inline Hash256 hash_of(std::string_view text) { return crypto::sha256(as_bytes(text)); }
inline OperationId id_of(std::string_view text) { return OperationId(hash_of(text).octets()); }

inline csd::iso::Operation sample_operation(OperationKind kind) {
  csd::iso::Operation o;
  o.id = id_of(to_string(kind));
  o.kind = kind;
  if (kind != OperationKind::kLock && kind != OperationKind::kCreate) o.related = id_of("related");
  o.transfer = TransferId::from_bytes(hash_of("transfer").view().first(16)).value();
  o.request_hash = hash_of("request");
  o.ledger = LedgerId::literal("csd-1");
  o.instrument = InstrumentId::literal("US0378331005");
  o.units = Quantity(12345, 2);
  const bool backing = kind == OperationKind::kCreate || kind == OperationKind::kDestroy;
  o.account = AccountId::literal(backing ? "BACKING" : "HOLDER&<1>");
  if (!csd::iso::is_movement(kind))
    o.counter = AccountId::literal(kind == OperationKind::kRelease ? "SUSPENSE" : "BACKING");
  if (kind == OperationKind::kSuspend) o.suspense = AccountId::literal("SUSPENSE");
  return o;
}

constexpr OperationKind kAllKinds[] = {OperationKind::kLock,   OperationKind::kUnlock,  OperationKind::kExtinguish,
                                       OperationKind::kCreate, OperationKind::kAssign,  OperationKind::kDestroy,
                                       OperationKind::kSuspend, OperationKind::kRelease};
inline const Instant kSampleTime{1'764'000'000'123'456'789};

inline std::vector<csd::iso::Message> sample_messages() {
  using namespace csd::iso;
  std::vector<Message> out;
  const LedgerId ledger = LedgerId::literal("csd-1");
  const InstrumentId isin = InstrumentId::literal("US0378331005");
  for (const auto kind : kAllKinds) {
    const auto o = sample_operation(kind);
    const Subject subject{o.id, o.kind, o.request_hash, o.ledger};
    out.push_back(Instruction{{"gw-csd", "csd-1", reference(o.id), kSampleTime}, o});
    out.push_back(Confirmation{{"csd-1", "gw-csd", "A7", kSampleTime}, o, 7, 3, kSampleTime});
    for (const auto status : {Status::kPending, Status::kRejected, Status::kUnknown, Status::kNever}) {
      const auto reason = status == Status::kRejected ? Code::insufficient_available : Code{};
      out.push_back(StatusAdvice{{"csd-1", "gw-csd", "A8", kSampleTime}, subject, status, reason, 8, 3});
    }
    out.push_back(StatusQuery{{"gw-csd", "csd-1", "Q1", kSampleTime}, subject});
  }
  out.push_back(HoldingsQuery{{"gw-csd", "csd-1", "Q2", kSampleTime}, ledger, isin});
  const auto q = [](std::uint64_t units) { return Quantity(units, 2); };
  out.push_back(Holdings{{"csd-1", "gw-csd", "A9", kSampleTime}, "Q2", ledger, isin, 1, false,
                         {{AccountId::literal("HOLDER"), "CLNT", q(1000), q(10), q(0), q(0)},
                          {AccountId::literal("BACKING"), "BACK", q(500), q(0), q(20), q(0)},
                          {AccountId::literal("SUSPENSE"), "SUSP", q(30), q(0), q(0), q(30)}}});
  auto dti = sample_operation(OperationKind::kLock);
  dti.instrument = InstrumentId::literal("4H95J0R2X");
  out.push_back(Instruction{{"gw-csd", "csd-1", reference(dti.id), kSampleTime}, dti});
  return out;
}

}  // namespace ustp::test
