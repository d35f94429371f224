#include "ustp/domain/operation.hpp"

#include "ustp/base/big_endian.hpp"

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
    case EvidenceKind::kCsdConfirmation: return "csd-confirmation";
    case EvidenceKind::kEthereumReceipt: return "ethereum-receipt";
    case EvidenceKind::kCordaTearOff: return "corda-tear-off";
  }
  return "unknown";
}

Bytes operation_name_octets(const OperationName& name) {
  Bytes out;
  out.reserve(64 + name.ledger.str().size() + name.gateway.str().size());
  append(out, as_bytes("USTP-OP-1"));
  append_text16(out, name.ledger.str());
  append_text16(out, name.gateway.str());
  append(out, name.transfer.view());
  append_be(out, name.leg);
  append_be(out, static_cast<std::uint8_t>(name.kind));
  append_be(out, name.ordinal);
  return out;
}

}  // namespace ustp
