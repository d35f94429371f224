#pragma once
// The state of one transfer at one gateway, and the records that change it.
//
// Theory of operation. A transfer is SATP's: proposal, lock, commit. The sender (SATP client) coordinates; the recipient
// (SATP server) votes with commit-ready. The sender's durable decision is the point of no return: after its yes the
// recipient waits for the decision and never resolves doubt by itself (decisions 12 to 16). step() looks at a state and
// an input and gives a Record, the messages and the ledger operations that follow; apply() is the only function that
// changes a state, live and in replay alike (decision 1).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ustp/ledger/port.hpp"
#include "ustp/wire/messages.hpp"

namespace ustp::protocol {

enum class Role : std::uint8_t { kSender = 1, kRecipient = 2 };

// Numbers are in journals: append only.
enum class State : std::uint8_t {
  kNone = 0,
  // sender
  kProposed = 1,       // proposal sent
  kCommenced = 2,      // commence sent
  kLocking = 3,        // lock asked of the ledger
  kLockAsserted = 4,   // lock proven to the recipient
  kPreparing = 5,      // commit-prepare sent; the vote is awaited
  kExtinguishing = 6,  // DECIDED: commit; extinguish asked of the ledger
  kFinalising = 7,     // commit-final sent
  kUnlocking = 8,      // DECIDED: abort; unlock asked of the ledger
  kCompleted = 9,
  kAborted = 10,
  kUnexecutable = 11,  // decided, but the hold was broken: a resolution order is needed (decision 17)
  // recipient
  kAccepted = 21,      // proposal accepted
  kCommenceAcked = 22,
  kLockAccepted = 23,
  kCreating = 24,      // create asked of the ledger
  kReady = 25,         // VOTED
  kInDoubt = 26,       // voted, the deadline passed, the decision is not known
  kAssigning = 27,
  kSuspending = 28,
  kAssigned = 29,      // the beneficiary has the units
  kSuspended = 30,     // custody units recorded as the beneficiary's, blocked (decision 16)
  kReleasing = 31,
  kDestroying = 32,    // aborted; undo of create asked of the ledger
  kNotifying = 33,     // the home gateway has not confirmed the move yet
  kReceived = 34,      // terminal: assigned, acknowledged, home told
  kRefused = 35,       // terminal: aborted, nothing left to undo
  kUndelivered = 36,   // decided: commit; the ledger refused to assign and to suspend, and is asked again later
};

enum class Event : std::uint8_t {
  kOrder = 1,
  kProposal, kProposalReceipt, kCommence, kAckCommence, kLockAssert, kAssertionReceipt, kCommitPrepare, kCommitReady,
  kCommitFinal, kCommitFinalIneligible, kAckCommitFinal, kComplete, kCompleteNoticePending, kNoticeReceipt,
  kPeerError, kPeerAbort, kDecisionAbort, kDecisionCommit,
  kLockFinal = 40, kLockRefused, kUnlockFinal, kUnlockRefused, kExtinguishFinal, kExtinguishRefused, kCreateFinal,
  kCreateRefused, kAssignFinal, kAssignRefused, kSuspendFinal, kSuspendRefused, kReleaseFinal, kReleaseFinalDone,
  kReleaseRefused, kDestroyFinal, kDestroyRefused, kReleaseFinalNoticePending, kLockNever, kCreateNever,
  kDeadline = 70, kCancel, kRecheck, kRecheckFailed,
};

enum class Action : std::uint8_t {
  kNothing = 0,
  kSendProposal, kSendReceipt, kSendCommence, kSendAckCommence, kLock, kSendLockAssert, kSendAssertionReceipt,
  kSendPrepare, kCreate, kVote, kDecideCommit, kSendCommitFinal, kAssign, kSuspend, kAcknowledge, kSendComplete,
  kDecideAbort, kDecideAbortUnlock, kRefuse, kDestroy, kDestroySilently, kAskStatus, kRelease, kAlarm,
};

std::string_view to_string(State state);
std::string_view to_string(Event event);
std::string_view to_string(Action action);
bool is_terminal(State state);
bool awaits_recheck(State state);  // of the beneficiary, again and again (USTP-TRF-048, -049)

struct TimelineEntry {
  State state{};
  Instant at;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};
struct SeenMessage {
  wire::MessageType type{};
  Hash256 hash;
  friend bool operator==(const SeenMessage&, const SeenMessage&) = default;
};

struct TransferState {
  TransferId id;
  SettlementId settlement;
  SessionId session;
  Role role{};
  State state = State::kNone;
  GatewayId peer;
  token::TransferTerms terms;
  Salt leg_salt;
  Hash256 claim_hash, legs_root;
  Hash256 last_received, last_sent;    // message hashes, for hashPrevMessage
  Hash256 commence_hash, vote_hash;
  Bytes last_answer;                   // octets of the last message sent to the peer: a duplicate gets the same answer
  std::vector<SeenMessage> seen;
  std::optional<wire::DecisionRecord> decision;
  std::optional<Error> reason;
  std::string rule;                    // why in suspense
  wire::Disposition disposition{};
  bool complete_received = false, notice_pending = false;
  std::uint64_t alarms = 0;
  Uint128 base_units = 0;              // on this gateway's ledger
  GatewayId home;                      // of the instrument
  std::optional<wire::ProvenMessage> proposal_proof, commit_proof;  // kept only where a notice to a third gateway is due
  std::vector<TimelineEntry> timeline;
  // API side, empty at the recipient.
  ParticipantId owner;
  std::uint32_t encoding = 1;          // of all its messages, as the proposal says (USTP-JSN-054)
  friend bool operator==(const TransferState&, const TransferState&) = default;
};

// What stands to happen next and who is waited for: "peer", "ledger", "home", "resolution", "" when terminal.
std::string_view waiting_on(const TransferState& state);

struct OrderInput {
  TransferId transfer;
  SettlementId settlement;
  SessionId session;
  Salt leg_salt;
  token::TransferTerms terms;
  ParticipantId owner;
  std::uint32_t encoding = 1;    // of the channel to the recipient
};
struct MessageInput {
  GatewayId from;
  wire::Message message;
  Hash256 hash;                  // of its octets
  wire::ProvenMessage proven;    // filled where the caller kept the frame; used for notices only
  std::uint32_t encoding = 1;    // it came in
};
struct OutcomeInput {
  OperationKind operation{};
  ledger::Outcome outcome;       // kFinal, kRejected or kNever
};
struct DeadlineInput {};
struct CancelInput {};
struct RecheckInput {};
using Input = std::variant<OrderInput, MessageInput, OutcomeInput, DeadlineInput, CancelInput, RecheckInput>;

struct Outgoing {
  GatewayId to;
  wire::MessageType type{};
  Bytes octets;
};

// One transition taken: the journalled event. With the input it was taken on and the messages it sent it reproduces
// the state.
struct Record {
  TransferId transfer;
  State from{}, to{};
  Event event{};
  Instant time;
  std::vector<OperationKind> operations;
  std::optional<wire::DecisionRecord> decision;
  std::optional<Error> reason;
  std::string rule;
  GatewayId home;                // with the first record: the instrument's home gateway
  Uint128 base_units = 0;        // with the first record: the quantity in this gateway's ledger units
  friend bool operator==(const Record&, const Record&) = default;
};

// The only functions that change a state, live and in replay alike: first what came in, then what it led to. step()
// composes its messages between the two; apply() is both in one.
void apply_input(TransferState& state, const Record& record, const Input& input);
void apply_effects(TransferState& state, const Record& record, const std::vector<Outgoing>& sent);
void apply(TransferState& state, const Record& record, const Input& input, const std::vector<Outgoing>& sent);

// A transfer asks each operation under one id, however often it asks (USTP-LED-005).
OperationId operation_id(const LedgerId& ledger, const GatewayId& gateway, const TransferId& transfer,
                         OperationKind kind);
// The request behind an operation of this transfer at `gateway`, whose ledger counts `base_units`; derived from the
// state alone.
ledger::OperationRequest operation_request(const TransferState& state, const GatewayId& gateway, OperationKind operation,
                                           const ledger::LedgerProfile& profile, Uint128 base_units);

}  // namespace ustp::protocol
