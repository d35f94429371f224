#pragma once
// The one table of the transfer machine. spec/04-transfer.md shows the same rows and a test compares them; a pair that
// is not here is refused with Code::unexpected_message.

#include <array>

#include "ustp/protocol/transfer.hpp"

namespace ustp::protocol {

struct Transition {
  State from;
  Event event;
  State to;
  Action action;
  const char* requirement;
};

// clang-format off
inline constexpr auto kTransitions = std::to_array<Transition>({
  // ---- sender: the way forward
  {State::kNone,          Event::kOrder,            State::kProposed,      Action::kSendProposal,        "USTP-TRF-001"},
  {State::kProposed,      Event::kProposalReceipt,  State::kCommenced,     Action::kSendCommence,        "USTP-TRF-002"},
  {State::kCommenced,     Event::kAckCommence,      State::kLocking,       Action::kLock,                "USTP-TRF-003"},
  {State::kLocking,       Event::kLockFinal,        State::kLockAsserted,  Action::kSendLockAssert,      "USTP-TRF-004"},
  {State::kLockAsserted,  Event::kAssertionReceipt, State::kPreparing,     Action::kSendPrepare,         "USTP-TRF-005"},
  {State::kPreparing,     Event::kCommitReady,      State::kExtinguishing, Action::kDecideCommit,        "USTP-TRF-006"},
  {State::kExtinguishing, Event::kExtinguishFinal,  State::kFinalising,    Action::kSendCommitFinal,     "USTP-TRF-007"},
  {State::kFinalising,    Event::kAckCommitFinal,   State::kCompleted,     Action::kSendComplete,        "USTP-TRF-008"},
  // ---- sender: abort before the decision to commit
  {State::kProposed,      Event::kDeadline,         State::kAborted,       Action::kDecideAbort,         "USTP-TRF-020"},
  {State::kProposed,      Event::kCancel,           State::kAborted,       Action::kDecideAbort,         "USTP-TRF-020"},
  {State::kProposed,      Event::kPeerError,        State::kAborted,       Action::kNothing,             "USTP-TRF-021"},
  {State::kCommenced,     Event::kDeadline,         State::kAborted,       Action::kDecideAbort,         "USTP-TRF-020"},
  {State::kCommenced,     Event::kCancel,           State::kAborted,       Action::kDecideAbort,         "USTP-TRF-020"},
  {State::kCommenced,     Event::kPeerError,        State::kAborted,       Action::kNothing,             "USTP-TRF-021"},
  {State::kLocking,       Event::kLockRefused,      State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-022"},
  {State::kLocking,       Event::kLockNever,        State::kAborted,       Action::kDecideAbort,         "USTP-TRF-022"},
  {State::kLocking,       Event::kDeadline,         State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kLocking,       Event::kCancel,           State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kLocking,       Event::kPeerError,        State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kLockAsserted,  Event::kDeadline,         State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kLockAsserted,  Event::kCancel,           State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kLockAsserted,  Event::kPeerError,        State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kPreparing,     Event::kDeadline,         State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-024"},
  {State::kPreparing,     Event::kCancel,           State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kPreparing,     Event::kPeerError,        State::kUnlocking,     Action::kDecideAbortUnlock,   "USTP-TRF-023"},
  {State::kUnlocking,     Event::kUnlockFinal,      State::kAborted,       Action::kNothing,             "USTP-TRF-025"},
  {State::kUnlocking,     Event::kUnlockRefused,    State::kUnexecutable,  Action::kAlarm,               "USTP-TRF-026"},
  {State::kUnlocking,     Event::kLockFinal,        State::kUnlocking,     Action::kNothing,             "USTP-TRF-025"},
  {State::kUnlocking,     Event::kLockRefused,      State::kUnlocking,     Action::kNothing,             "USTP-TRF-025"},
  {State::kUnlocking,     Event::kLockNever,        State::kUnlocking,     Action::kNothing,             "USTP-TRF-025"},
  {State::kUnlocking,     Event::kAssertionReceipt, State::kUnlocking,     Action::kNothing,             "USTP-TRF-027"},
  {State::kUnlocking,     Event::kCommitReady,      State::kUnlocking,     Action::kNothing,             "USTP-TRF-027"},
  {State::kUnlocking,     Event::kPeerError,        State::kUnlocking,     Action::kNothing,             "USTP-TRF-027"},
  {State::kAborted,       Event::kProposalReceipt,  State::kAborted,       Action::kNothing,             "USTP-TRF-027"},
  {State::kAborted,       Event::kAckCommence,      State::kAborted,       Action::kNothing,             "USTP-TRF-027"},
  {State::kAborted,       Event::kAssertionReceipt, State::kAborted,       Action::kNothing,             "USTP-TRF-027"},
  {State::kAborted,       Event::kCommitReady,      State::kAborted,       Action::kNothing,             "USTP-TRF-027"},
  {State::kAborted,       Event::kPeerError,        State::kAborted,       Action::kNothing,             "USTP-TRF-027"},
  // ---- sender: decided, but the hold was broken
  {State::kExtinguishing, Event::kExtinguishRefused,State::kUnexecutable,  Action::kAlarm,               "USTP-TRF-028"},
  // ---- recipient: the way forward
  {State::kNone,          Event::kProposal,         State::kAccepted,      Action::kSendReceipt,         "USTP-TRF-040"},
  {State::kAccepted,      Event::kCommence,         State::kCommenceAcked, Action::kSendAckCommence,     "USTP-TRF-041"},
  {State::kCommenceAcked, Event::kLockAssert,       State::kLockAccepted,  Action::kSendAssertionReceipt,"USTP-TRF-042"},
  {State::kLockAccepted,  Event::kCommitPrepare,    State::kCreating,      Action::kCreate,              "USTP-TRF-043"},
  {State::kCreating,      Event::kCreateFinal,      State::kReady,         Action::kVote,                "USTP-TRF-044"},
  {State::kReady,         Event::kCommitFinal,      State::kAssigning,     Action::kAssign,              "USTP-TRF-045"},
  {State::kReady,         Event::kCommitFinalIneligible, State::kSuspending, Action::kSuspend,           "USTP-TRF-046"},
  {State::kAssigning,     Event::kAssignFinal,      State::kAssigned,      Action::kAcknowledge,         "USTP-TRF-047"},
  {State::kAssigning,     Event::kAssignRefused,    State::kSuspending,    Action::kSuspend,             "USTP-TRF-046"},
  {State::kSuspending,    Event::kSuspendFinal,     State::kSuspended,     Action::kAcknowledge,         "USTP-TRF-047"},
  {State::kSuspending,    Event::kSuspendRefused,   State::kUndelivered,   Action::kAlarm,               "USTP-TRF-048"},
  {State::kUndelivered,   Event::kRecheck,          State::kAssigning,     Action::kAssign,              "USTP-TRF-048"},
  {State::kUndelivered,   Event::kRecheckFailed,    State::kSuspending,    Action::kSuspend,             "USTP-TRF-048"},
  {State::kSuspended,     Event::kRecheck,          State::kReleasing,     Action::kRelease,             "USTP-TRF-049"},
  {State::kReleasing,     Event::kReleaseFinal,     State::kAssigned,      Action::kNothing,             "USTP-TRF-049"},
  {State::kReleasing,     Event::kReleaseFinalDone, State::kReceived,      Action::kNothing,             "USTP-TRF-049"},
  {State::kReleasing,     Event::kReleaseFinalNoticePending, State::kNotifying, Action::kNothing,        "USTP-TRF-051"},
  {State::kReleasing,     Event::kReleaseRefused,   State::kSuspended,     Action::kNothing,             "USTP-TRF-049"},
  {State::kAssigned,      Event::kComplete,         State::kReceived,      Action::kNothing,             "USTP-TRF-050"},
  {State::kAssigned,      Event::kCompleteNoticePending, State::kNotifying, Action::kNothing,            "USTP-TRF-051"},
  {State::kAssigned,      Event::kNoticeReceipt,    State::kAssigned,      Action::kNothing,             "USTP-TRF-051"},
  {State::kNotifying,     Event::kNoticeReceipt,    State::kReceived,      Action::kNothing,             "USTP-TRF-051"},
  {State::kSuspended,     Event::kComplete,         State::kSuspended,     Action::kNothing,             "USTP-TRF-050"},
  {State::kSuspended,     Event::kCompleteNoticePending, State::kSuspended, Action::kNothing,            "USTP-TRF-050"},
  {State::kSuspended,     Event::kNoticeReceipt,    State::kSuspended,     Action::kNothing,             "USTP-TRF-051"},
  {State::kReleasing,     Event::kComplete,         State::kReleasing,     Action::kNothing,             "USTP-TRF-050"},
  {State::kReleasing,     Event::kCompleteNoticePending, State::kReleasing, Action::kNothing,            "USTP-TRF-050"},
  {State::kReleasing,     Event::kNoticeReceipt,    State::kReleasing,     Action::kNothing,             "USTP-TRF-051"},
  // ---- recipient: doubt after the vote is never guessed away
  {State::kReady,         Event::kDeadline,         State::kInDoubt,       Action::kAskStatus,           "USTP-TRF-060"},
  {State::kInDoubt,       Event::kDeadline,         State::kInDoubt,       Action::kAskStatus,           "USTP-TRF-060"},
  {State::kInDoubt,       Event::kDecisionCommit,   State::kInDoubt,       Action::kNothing,             "USTP-TRF-061"},
  {State::kReady,         Event::kDecisionCommit,   State::kReady,         Action::kNothing,             "USTP-TRF-061"},
  {State::kInDoubt,       Event::kCommitFinal,      State::kAssigning,     Action::kAssign,              "USTP-TRF-045"},
  {State::kInDoubt,       Event::kCommitFinalIneligible, State::kSuspending, Action::kSuspend,           "USTP-TRF-046"},
  {State::kReady,         Event::kDecisionAbort,    State::kDestroying,    Action::kDestroySilently,     "USTP-TRF-062"},
  {State::kInDoubt,       Event::kDecisionAbort,    State::kDestroying,    Action::kDestroySilently,     "USTP-TRF-062"},
  // ---- recipient: abort before the vote
  {State::kAccepted,      Event::kDeadline,         State::kRefused,       Action::kRefuse,              "USTP-TRF-070"},
  {State::kAccepted,      Event::kPeerError,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kAccepted,      Event::kPeerAbort,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kCommenceAcked, Event::kDeadline,         State::kRefused,       Action::kRefuse,              "USTP-TRF-070"},
  {State::kCommenceAcked, Event::kPeerError,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kCommenceAcked, Event::kPeerAbort,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kLockAccepted,  Event::kDeadline,         State::kRefused,       Action::kRefuse,              "USTP-TRF-070"},
  {State::kLockAccepted,  Event::kPeerError,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kLockAccepted,  Event::kPeerAbort,        State::kRefused,       Action::kNothing,             "USTP-TRF-071"},
  {State::kCreating,      Event::kCreateRefused,    State::kDestroying,    Action::kDestroy,             "USTP-TRF-072"},
  {State::kCreating,      Event::kCreateNever,      State::kRefused,       Action::kRefuse,              "USTP-TRF-072"},
  {State::kCreating,      Event::kDeadline,         State::kDestroying,    Action::kDestroy,             "USTP-TRF-070"},
  {State::kCreating,      Event::kPeerError,        State::kDestroying,    Action::kDestroySilently,     "USTP-TRF-071"},
  {State::kCreating,      Event::kPeerAbort,        State::kDestroying,    Action::kDestroySilently,     "USTP-TRF-071"},
  {State::kDestroying,    Event::kCreateFinal,      State::kDestroying,    Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kCreateRefused,    State::kDestroying,    Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kCreateNever,      State::kDestroying,    Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kPeerAbort,        State::kDestroying,    Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kDecisionAbort,    State::kDestroying,    Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kDestroyFinal,     State::kRefused,       Action::kNothing,             "USTP-TRF-073"},
  {State::kDestroying,    Event::kDestroyRefused,   State::kDestroying,    Action::kAlarm,               "USTP-TRF-074"},
  {State::kRefused,       Event::kPeerAbort,        State::kRefused,       Action::kNothing,             "USTP-TRF-073"},
  {State::kRefused,       Event::kDecisionAbort,    State::kRefused,       Action::kNothing,             "USTP-TRF-073"},
  {State::kRefused,       Event::kPeerError,        State::kRefused,       Action::kNothing,             "USTP-TRF-073"},
});
// clang-format on

constexpr const Transition* find_transition(State from, Event event) {
  for (const auto& row : kTransitions)
    if (row.from == from && row.event == event) return &row;
  return nullptr;
}

namespace table_checks {
constexpr bool unique() {
  for (std::size_t i = 0; i < kTransitions.size(); ++i)
    for (std::size_t j = i + 1; j < kTransitions.size(); ++j)
      if (kTransitions[i].from == kTransitions[j].from && kTransitions[i].event == kTransitions[j].event) return false;
  return true;
}
constexpr bool reachable() {  // every state but kNone is entered from another one
  for (const auto& row : kTransitions) {
    if (row.from == State::kNone) continue;
    bool entered = false;
    for (const auto& other : kTransitions) entered = entered || (other.to == row.from && other.from != row.from);
    if (!entered) return false;
  }
  return true;
}
constexpr bool terminals_stay() {  // a terminal state never changes
  for (const auto& row : kTransitions) {
    const bool terminal = row.from == State::kCompleted || row.from == State::kAborted ||
                          row.from == State::kReceived || row.from == State::kRefused;
    if (terminal && row.to != row.from) return false;
  }
  return true;
}
// After the vote only a decision leads on (USTP-TRF-060): no deadline, error or cancel undoes a voted hold.
constexpr bool no_doubt_resolved_by_time() {
  for (const auto& row : kTransitions)
    if ((row.from == State::kReady || row.from == State::kInDoubt) &&
        (row.to == State::kDestroying || row.to == State::kRefused) && row.event != Event::kDecisionAbort)
      return false;
  return true;
}
static_assert(unique() && reachable() && terminals_stay() && no_doubt_resolved_by_time());
}  // namespace table_checks

}  // namespace ustp::protocol
