#pragma once
// The evidence bundle of one transfer (spec/05): everything a stranger needs to check it offline, sealed by the gateway
// that exports it.

#include "ustp/wire/frame.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::wire {

struct EvidenceBundle {
  TransferId transfer;
  GatewayId exporter;
  Instant exported;
  std::vector<SignedStatement> statements;   // the log from 1 up to the position the transfer was judged under, or later
  std::vector<ProvenMessage> messages;       // of both sides, in the order of the conversation
  friend bool operator==(const EvidenceBundle&, const EvidenceBundle&) = default;
};
// "USTPEVB1" ‖ key id ‖ signature over the rest ‖ FlatBuffer: no octet of the file can change unnoticed.
Result<Bytes> seal_bundle(const EvidenceBundle& bundle, crypto::Signer& signer);
struct OpenedBundle {
  EvidenceBundle bundle;
  KeyId key;
  Bytes signature;
  Bytes signed_octets;
};
// Structure only; the seal and the contents are checked by protocol/verify_bundle.hpp.
Result<OpenedBundle> open_bundle(BytesView file);

}  // namespace ustp::wire
