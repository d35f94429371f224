#include "ustp/domain/operation.hpp"

namespace ustp {

std::string_view to_string(OperationKind kind) {
  switch (kind) {
    case OperationKind::kLock: return "lock";
    case OperationKind::kUnlock: return "unlock";
    case OperationKind::kExtinguish: return "extinguish";
    case OperationKind::kCreate: return "create";
    case OperationKind::kAssign: return "assign";
    case OperationKind::kDestroy: return "destroy";
    case OperationKind::kSuspend: return "suspend";
    case OperationKind::kRelease: return "release";
  }
  return "unknown";
}

std::string_view to_string(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kNone: return "none";
    case EvidenceKind::kCsdConfirmation: return "csd_confirmation";
    case EvidenceKind::kEthereumReceipt: return "ethereum_receipt";
    case EvidenceKind::kCordaTearOff: return "corda_tear_off";
  }
  return "unknown";
}

Bytes operation_name_octets(const OperationName& name) {
  Bytes out;
  const auto u16 = [&](std::size_t v) {
    out.push_back(static_cast<std::uint8_t>(v >> 8));
    out.push_back(static_cast<std::uint8_t>(v));
  };
  const auto text = [&](const std::string& v) {
    u16(v.size());
    append(out, as_bytes(v));
  };
  append(out, as_bytes("USTP-OP-1"));
  text(name.ledger.str());
  text(name.gateway.str());
  append(out, name.transfer.view());
  u16(name.leg);
  out.push_back(static_cast<std::uint8_t>(name.kind));
  u16(name.ordinal);
  return out;
}

}  // namespace ustp
