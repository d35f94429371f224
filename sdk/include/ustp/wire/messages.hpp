#pragma once
// The messages of a transfer as domain types: what FlatBuffers or JSON carry, after all checks (spec/03, spec/04).
// Names are SATP's. FlatBuffers types never leave wire's sources.

#include <optional>
#include <variant>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/crypto/merkle.hpp"
#include "ustp/domain/operation.hpp"
#include "ustp/token/token.hpp"

namespace ustp::wire {

inline constexpr std::uint16_t kVersionMajor = 1, kVersionMinor = 0;

enum class MessageType : std::uint16_t {
  kTransferProposal = 1,
  kProposalReceipt = 2,
  kTransferCommence = 3,
  kAckCommence = 4,
  kLockAssert = 5,
  kAssertionReceipt = 6,
  kCommitPrepare = 7,
  kCommitReady = 8,
  kCommitFinal = 9,
  kAckCommitFinal = 10,
  kTransferComplete = 11,
  kError = 12,
  kSessionAbort = 13,
  kStatusRequest = 14,   // USTP
  kStatusReport = 15,    // USTP
  kMoveNotice = 16,      // USTP: a move between two other ledgers, told to the home gateway (decision 22)
  kMoveNoticeReceipt = 17,
};
// "transfer-proposal-msg", …: the last part of SATP's URN.
std::string_view to_string(MessageType type);

// An extension that this version does not know is refused when critical and preserved otherwise (decision 18).
struct Extension {
  std::string name;
  bool critical = false;
  Bytes value;
  friend bool operator==(const Extension&, const Extension&) = default;
};

struct TransferProposal {
  token::TransferTerms terms;
  Salt leg_salt;                    // from which the field salts of the leg commitment are derived
  std::vector<crypto::Algorithm> signature_algorithms;
  std::uint32_t encoding = 1;       // 1 = FlatBuffers; one encoding per transfer
  friend bool operator==(const TransferProposal&, const TransferProposal&) = default;
};
struct ProposalReceipt {
  Hash256 claim_hash;
  Instant received;
  friend bool operator==(const ProposalReceipt&, const ProposalReceipt&) = default;
};
struct TransferCommence {
  Hash256 claim_hash;
  friend bool operator==(const TransferCommence&, const TransferCommence&) = default;
};
struct AckCommence {
  friend bool operator==(const AckCommence&, const AckCommence&) = default;
};
struct LockAssert {
  Evidence evidence;
  Instant expires;                  // of the lock; 0 = it never releases itself
  friend bool operator==(const LockAssert&, const LockAssert&) = default;
};
struct AssertionReceipt {
  friend bool operator==(const AssertionReceipt&, const AssertionReceipt&) = default;
};
struct CommitPrepare {
  friend bool operator==(const CommitPrepare&, const CommitPrepare&) = default;
};
struct CommitReady {                // the recipient's vote
  Hash256 legs_root;
  Evidence evidence;                // of the create
  friend bool operator==(const CommitReady&, const CommitReady&) = default;
};

enum class DecisionOutcome : std::uint8_t { kCommit = 1, kAbort = 2 };
// The one fact that ends a settlement (decision 12).
struct DecisionRecord {
  SettlementId settlement;
  Hash256 legs_root;
  Hash256 votes_root;               // zero only with kAbort
  DecisionOutcome outcome{};
  Instant time;
  GatewayId signer;
  friend bool operator==(const DecisionRecord&, const DecisionRecord&) = default;
};
struct CommitFinal {
  DecisionRecord decision;
  Evidence evidence;                // of the extinguish
  friend bool operator==(const CommitFinal&, const CommitFinal&) = default;
};
enum class Disposition : std::uint8_t { kBeneficiary = 1, kSuspense = 2 };
struct AckCommitFinal {
  Disposition disposition{};
  std::string rule;                 // why suspense; empty otherwise
  Evidence evidence;                // of the assign or suspend
  friend bool operator==(const AckCommitFinal&, const AckCommitFinal&) = default;
};
struct TransferComplete {
  Hash256 commence_hash;
  friend bool operator==(const TransferComplete&, const TransferComplete&) = default;
};
struct ErrorMessage {
  Code code{};
  std::string detail;
  MessageType offending_type{};     // 0 when the error answers no message
  Hash256 offending;                // hash of the offending message; zero when none
  Instant time;
  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};
struct SessionAbort {
  Code reason{};
  DecisionRecord decision;          // outcome kAbort
  friend bool operator==(const SessionAbort&, const SessionAbort&) = default;
};
struct StatusRequest {
  friend bool operator==(const StatusRequest&, const StatusRequest&) = default;
};
enum class ReportedState : std::uint8_t { kUnknown = 0, kOpen = 1, kCommitted = 2, kAborted = 3, kCompleted = 4 };
struct StatusReport {
  ReportedState state{};
  std::optional<DecisionRecord> decision;
  friend bool operator==(const StatusReport&, const StatusReport&) = default;
};

// One message as its sender signed it: provable alone, by anybody, at any time.
struct ProvenMessage {
  Bytes octets;                     // the envelope
  Salt salt;
  crypto::MerkleProof proof;
  Bytes batch_header;               // the signed octets of the batch
  Bytes signature;
  friend bool operator==(const ProvenMessage&, const ProvenMessage&) = default;
};
// Carried in the recipient's own signed batch, it holds the sender's signed proposal and commit-final: both sign.
struct MoveNotice {
  ProvenMessage proposal, commit_final;
  friend bool operator==(const MoveNotice&, const MoveNotice&) = default;
};
struct MoveNoticeReceipt {
  Hash256 notice_hash;
  friend bool operator==(const MoveNoticeReceipt&, const MoveNoticeReceipt&) = default;
};

// The alternatives stand in the order of MessageType.
using Body = std::variant<TransferProposal, ProposalReceipt, TransferCommence, AckCommence, LockAssert, AssertionReceipt,
                          CommitPrepare, CommitReady, CommitFinal, AckCommitFinal, TransferComplete, ErrorMessage,
                          SessionAbort, StatusRequest, StatusReport, MoveNotice, MoveNoticeReceipt>;

struct Message {
  SessionId session;
  TransferId transfer;
  SettlementId settlement;
  Hash256 previous;                 // SATP hashPrevMessage: SHA-256 of the octets of the message answered; else zero
  std::vector<Extension> extensions;
  Body body;
  MessageType type() const { return static_cast<MessageType>(body.index() + 1); }
  friend bool operator==(const Message&, const Message&) = default;
};

// Encoding never fails on a valid domain value; a value beyond its bounds is a bug of ours and terminates.
Bytes encode(const Message& message);
// FlatBuffers verifier with tight limits -> exact size -> known tags -> character sets -> semantic checks -> domain
// type (decision 11). `octets` need no alignment. Errors: buffer_invalid, buffer_trailing, unknown_tag,
// unknown_critical_extension, zero_hash, and those of the domain types.
Result<Message> decode(BytesView octets);
inline Hash256 message_hash(BytesView octets) { return crypto::sha256(octets); }

// Hash of the claim of a proposal: SHA-256 over the canonical octets of its terms (spec/03).
Bytes terms_octets(const token::TransferTerms& terms);
Hash256 claim_hash(const token::TransferTerms& terms);
// Root over the salted commitments of each field of the leg; the legs root of a settlement with one leg is the Merkle
// root of this single root (decision 12).
Hash256 leg_commitment(const token::TransferTerms& terms, const Salt& leg_salt);
Hash256 legs_root(std::span<const Hash256> leg_commitments);
// Merkle root over the votes: leaf i is the hash of vote i's octets (a commit-ready message), unsalted.
Hash256 votes_root(std::span<const Hash256> vote_hashes);

}  // namespace ustp::wire
