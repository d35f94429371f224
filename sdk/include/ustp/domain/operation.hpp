#pragma once
// One operation on a ledger: its kind, its identity (decisions 6 and 7) and what a proof of it shows. Shared by the
// ledger port, the proofs of the adapters and the offline verifier.

#include <cstdint>
#include <string>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"
#include "ustp/domain/identifiers.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp {

enum class OperationKind : std::uint8_t {
  kLock = 1,        // block the units of a holder for one settlement
  kUnlock = 2,      // undo of lock; tombstones the lock id
  kExtinguish = 3,  // locked units leave this ledger (burn, redeem, delivery to the backing account)
  kCreate = 4,      // units appear, provisional, held by the gateway (mint to custody, issue, earmark)
  kAssign = 5,      // created units go to the beneficiary
  kDestroy = 6,     // undo of create; tombstones the create id
  kSuspend = 7,     // created units are recorded as the beneficiary's but blocked (suspense)
  kRelease = 8,     // suspended units go to the beneficiary
};
std::string_view to_string(OperationKind kind);  // "lock", "unlock", …

enum class EvidenceKind : std::uint8_t {
  kNone = 0,
  kCsdConfirmation = 1,   // signed ISO 20022 confirmation (adapters/csd/proof)
  kEthereumReceipt = 2,   // receipt proof under a block header (adapters/ethereum/proof)
  kCordaTearOff = 3,      // Merkle tear-off and notary signature (adapters/corda/proof)
};
std::string_view to_string(EvidenceKind kind);

// Finality as stated by the ledger's adapter: under which rule, where, how deep, when.
struct FinalityStatement {
  std::string rule;          // "confirmed", "finalized", "notarised"
  std::uint64_t height = 0;  // block number or sequence; 0 where the ledger has none
  std::uint64_t depth = 0;   // blocks above it
  Hash256 block;             // block hash or transaction id; zero where the ledger has none
  Instant at;                // ledger time
  friend bool operator==(const FinalityStatement&, const FinalityStatement&) = default;
};

// Proof of one operation: octets that the verifier of its kind understands, and the finality they claim.
struct Evidence {
  EvidenceKind kind = EvidenceKind::kNone;
  LedgerId ledger;
  FinalityStatement finality;
  Bytes octets;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// What an evidence proves, as read from its octets alone.
struct ProvenOperation {
  OperationId id;
  OperationKind kind{};
  Hash256 request_hash;     // hash of the request the id is bound to
  InstrumentId instrument;
  Uint128 base_units = 0;   // in the ledger's base units
  AccountId account;        // lock, extinguish: holder; assign, suspend, release: beneficiary; create: custody account
};

// What a verifier trusts about one ledger: taken from the ledger's statement.
struct LedgerAnchor {
  LedgerId ledger;
  Bytes key;             // SPKI (DER) of the CSD's confirmation key or of the notary; empty for Ethereum
  Bytes contract;        // Ethereum: 20-octet address of the token contract; else empty
  std::uint64_t chain_id = 0;  // Ethereum
  friend bool operator==(const LedgerAnchor&, const LedgerAnchor&) = default;
};

// SHA-256(domain tag, ledger, initiating gateway, transferContextId, leg, operation, ordinal); decision 7.
struct OperationName {
  LedgerId ledger;
  GatewayId gateway;
  TransferId transfer;
  std::uint16_t leg = 0;
  OperationKind kind{};
  std::uint16_t ordinal = 0;
};
// The octets that are hashed: "USTP-OP-1" and the fields, integers big-endian, texts with a 16-bit length before them.
Bytes operation_name_octets(const OperationName& name);

}  // namespace ustp
