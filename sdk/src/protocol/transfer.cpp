// Names, derived values and apply(): the only function that changes a transfer's state.
#include "ustp/protocol/transfer.hpp"

#include "ustp/protocol/transfer_table.hpp"

namespace ustp::protocol {

std::string_view to_string(State state) {
  switch (state) {
    case State::kNone: return "none";
    case State::kProposed: return "proposed";
    case State::kCommenced: return "commenced";
    case State::kLocking: return "locking";
    case State::kLockAsserted: return "lock_asserted";
    case State::kPreparing: return "preparing";
    case State::kExtinguishing: return "extinguishing";
    case State::kFinalising: return "finalising";
    case State::kUnlocking: return "unlocking";
    case State::kCompleted: return "completed";
    case State::kAborted: return "aborted";
    case State::kUnexecutable: return "decided_unexecutable";
    case State::kAccepted: return "accepted";
    case State::kCommenceAcked: return "commence_acked";
    case State::kLockAccepted: return "lock_accepted";
    case State::kCreating: return "creating";
    case State::kReady: return "ready";
    case State::kInDoubt: return "in_doubt";
    case State::kAssigning: return "assigning";
    case State::kSuspending: return "suspending";
    case State::kUndelivered: return "undelivered";
    case State::kAssigned: return "assigned";
    case State::kSuspended: return "suspended";
    case State::kReleasing: return "releasing";
    case State::kDestroying: return "destroying";
    case State::kNotifying: return "notifying";
    case State::kReceived: return "received";
    case State::kRefused: return "refused";
  }
  return "unknown";
}

std::string_view to_string(Event event) {
  switch (event) {
    case Event::kOrder: return "order";
    case Event::kProposal: return "transfer-proposal-msg";
    case Event::kProposalReceipt: return "proposal-receipt-msg";
    case Event::kCommence: return "transfer-commence-msg";
    case Event::kAckCommence: return "ack-commence-msg";
    case Event::kLockAssert: return "lock-assert-msg";
    case Event::kAssertionReceipt: return "assertion-receipt-msg";
    case Event::kCommitPrepare: return "commit-prepare-msg";
    case Event::kCommitReady: return "commit-ready-msg";
    case Event::kCommitFinal: return "commit-final-msg, beneficiary eligible";
    case Event::kCommitFinalIneligible: return "commit-final-msg, beneficiary not eligible";
    case Event::kAckCommitFinal: return "ack-commit-final-msg";
    case Event::kComplete: return "commit-transfer-complete-msg";
    case Event::kCompleteNoticePending: return "commit-transfer-complete-msg, home not told";
    case Event::kNoticeReceipt: return "move-notice-receipt-msg";
    case Event::kPeerError: return "error-msg";
    case Event::kPeerAbort: return "session-abort-msg before the vote";
    case Event::kDecisionAbort: return "decision: abort";
    case Event::kDecisionCommit: return "decision: commit, evidence awaited";
    case Event::kLockFinal: return "lock final";
    case Event::kLockRefused: return "lock refused";
    case Event::kLockNever: return "lock never to take effect";
    case Event::kUnlockFinal: return "unlock final";
    case Event::kUnlockRefused: return "unlock refused";
    case Event::kExtinguishFinal: return "extinguish final";
    case Event::kExtinguishRefused: return "extinguish refused";
    case Event::kCreateFinal: return "create final";
    case Event::kCreateRefused: return "create refused";
    case Event::kCreateNever: return "create never to take effect";
    case Event::kAssignFinal: return "assign final";
    case Event::kAssignRefused: return "assign refused";
    case Event::kSuspendFinal: return "suspend final";
    case Event::kSuspendRefused: return "suspend refused";
    case Event::kReleaseFinal: return "release final, conversation open";
    case Event::kReleaseFinalDone: return "release final, all else done";
    case Event::kReleaseRefused: return "release refused";
    case Event::kDestroyFinal: return "destroy final";
    case Event::kDestroyRefused: return "destroy refused";
    case Event::kReleaseFinalNoticePending: return "release final, home not told";
    case Event::kDeadline: return "deadline";
    case Event::kCancel: return "cancel";
    case Event::kRecheck: return "re-check passed";
    case Event::kRecheckFailed: return "re-check failed";
  }
  return "unknown";
}

std::string_view to_string(Action action) {
  switch (action) {
    case Action::kNothing: return "";
    case Action::kSendProposal: return "send transfer-proposal-msg";
    case Action::kSendReceipt: return "send proposal-receipt-msg";
    case Action::kSendCommence: return "send transfer-commence-msg";
    case Action::kSendAckCommence: return "send ack-commence-msg";
    case Action::kLock: return "ledger: lock";
    case Action::kSendLockAssert: return "send lock-assert-msg";
    case Action::kSendAssertionReceipt: return "send assertion-receipt-msg";
    case Action::kSendPrepare: return "send commit-prepare-msg";
    case Action::kCreate: return "ledger: create";
    case Action::kVote: return "send commit-ready-msg (the vote)";
    case Action::kDecideCommit: return "decide commit; ledger: extinguish";
    case Action::kSendCommitFinal: return "send commit-final-msg";
    case Action::kAssign: return "ledger: assign";
    case Action::kSuspend: return "ledger: suspend";
    case Action::kAcknowledge: return "send ack-commit-final-msg; notice to the home gateway";
    case Action::kSendComplete: return "send commit-transfer-complete-msg";
    case Action::kDecideAbort: return "decide abort; send session-abort-msg";
    case Action::kDecideAbortUnlock: return "decide abort; send session-abort-msg; ledger: unlock";
    case Action::kRefuse: return "send error-msg";
    case Action::kDestroy: return "send error-msg; ledger: destroy";
    case Action::kDestroySilently: return "ledger: destroy";
    case Action::kAskStatus: return "send status-request-msg";
    case Action::kRelease: return "ledger: release";
    case Action::kAlarm: return "alarm";
  }
  return "";
}

bool is_terminal(State state) {
  return state == State::kCompleted || state == State::kAborted || state == State::kReceived ||
         state == State::kRefused;
}

bool awaits_recheck(State state) { return state == State::kSuspended || state == State::kUndelivered; }

std::string_view waiting_on(const TransferState& transfer) {
  switch (transfer.state) {
    case State::kLocking: case State::kExtinguishing: case State::kUnlocking: case State::kCreating:
    case State::kAssigning: case State::kSuspending: case State::kReleasing: case State::kDestroying:
    case State::kUndelivered:
      return "ledger";
    case State::kUnexecutable: return "resolution";
    case State::kSuspended: return "eligibility";
    case State::kNotifying: return "home";
    default: return is_terminal(transfer.state) ? "" : "peer";
  }
}

OperationId operation_id(const LedgerId& ledger, const GatewayId& gateway, const TransferId& transfer,
                         OperationKind kind) {
  const auto hash = crypto::sha256(operation_name_octets({ledger, gateway, transfer, 0, kind, 0}));
  return OperationId(hash.octets());
}

ledger::OperationRequest operation_request(const TransferState& state, const GatewayId& gateway, OperationKind operation,
                                           const ledger::LedgerProfile& profile, Uint128 base_units) {
  const auto id = [&](OperationKind kind) { return operation_id(profile.id, gateway, state.id, kind); };
  ledger::OperationRequest request;
  request.id = id(operation);
  request.kind = operation;
  request.transfer = state.id;
  request.instrument = state.terms.instrument;
  request.quantity = state.terms.quantity;
  request.base_units = base_units;
  request.lots = state.terms.lots;
  switch (operation) {
    case OperationKind::kLock: request.account = state.terms.originator; break;
    case OperationKind::kUnlock:
    case OperationKind::kExtinguish:
      request.account = state.terms.originator;
      request.related = id(OperationKind::kLock);
      break;
    case OperationKind::kCreate: request.account = profile.custody_account; break;
    case OperationKind::kDestroy:
      request.account = profile.custody_account;
      request.related = id(OperationKind::kCreate);
      break;
    case OperationKind::kAssign:
    case OperationKind::kSuspend:
      request.account = state.terms.beneficiary;
      request.related = id(OperationKind::kCreate);
      break;
    case OperationKind::kRelease:
      request.account = state.terms.beneficiary;
      request.related = id(OperationKind::kSuspend);
      break;
  }
  return request;
}

namespace {

void apply_order(TransferState& state, const OrderInput& order) {
  state.id = order.transfer;
  state.settlement = order.settlement;
  state.session = order.session;
  state.role = Role::kSender;
  state.peer = order.terms.recipient_gateway;
  state.terms = order.terms;
  state.leg_salt = order.leg_salt;
  state.owner = order.owner;
  state.encoding = order.encoding;
}

void apply_message(TransferState& state, const MessageInput& in) {
  const auto type = in.message.type();
  if (type == wire::MessageType::kMoveNoticeReceipt) {
    state.notice_pending = false;
    return;
  }
  if (const auto* proposal = std::get_if<wire::TransferProposal>(&in.message.body)) {
    state.id = in.message.transfer;
    state.settlement = in.message.settlement;
    state.session = in.message.session;
    state.role = Role::kRecipient;
    state.peer = in.from;
    state.encoding = in.encoding;
    state.terms = proposal->terms;
    state.leg_salt = proposal->leg_salt;
    state.proposal_proof = in.proven;
  }
  state.seen.push_back({type, in.hash});
  state.last_received = in.hash;
  if (type == wire::MessageType::kTransferCommence) state.commence_hash = in.hash;
  if (type == wire::MessageType::kCommitReady) state.vote_hash = in.hash;
  if (type == wire::MessageType::kTransferComplete) state.complete_received = true;
  if (const auto* final = std::get_if<wire::CommitFinal>(&in.message.body)) {
    state.decision = final->decision;
    state.commit_proof = in.proven;
  }
  if (const auto* abort = std::get_if<wire::SessionAbort>(&in.message.body)) state.decision = abort->decision;
  if (const auto* report = std::get_if<wire::StatusReport>(&in.message.body))
    if (report->decision) state.decision = report->decision;
  if (const auto* ack = std::get_if<wire::AckCommitFinal>(&in.message.body)) {
    state.disposition = ack->disposition;
    state.rule = ack->rule;
  }
}

void apply_sent(TransferState& state, const Record& record, const Outgoing& message) {
  if (message.type == wire::MessageType::kMoveNotice) {
    state.notice_pending = true;
    return;
  }
  const auto hash = wire::message_hash(message.octets);
  state.last_sent = hash;
  state.last_answer = message.octets;
  if (message.type == wire::MessageType::kTransferCommence) state.commence_hash = hash;
  if (message.type == wire::MessageType::kCommitReady) state.vote_hash = hash;
  if (message.type == wire::MessageType::kAckCommitFinal)
    state.disposition =
        record.to == State::kSuspended ? wire::Disposition::kSuspense : wire::Disposition::kBeneficiary;
}

}  // namespace

void apply_input(TransferState& state, const Record& record, const Input& input) {
  if (const auto* order = std::get_if<OrderInput>(&input)) apply_order(state, *order);
  if (const auto* in = std::get_if<MessageInput>(&input)) apply_message(state, *in);
  if (record.from == State::kNone) {
    state.home = record.home;
    state.base_units = record.base_units;
    state.claim_hash = wire::claim_hash(state.terms);
    const Hash256 leg = wire::leg_commitment(state.terms, state.leg_salt);
    state.legs_root = wire::legs_root({&leg, 1});
  }
  if (record.reason) state.reason = record.reason;
  if (!record.rule.empty()) state.rule = record.rule;
  if (record.event == Event::kReleaseFinal || record.event == Event::kReleaseFinalDone ||
      record.event == Event::kReleaseFinalNoticePending)
    state.disposition = wire::Disposition::kBeneficiary;
  if (const auto* row = find_transition(record.from, record.event); row && row->action == Action::kAlarm)
    ++state.alarms;
  state.state = record.to;
  if (record.from != record.to) state.timeline.push_back({record.to, record.time});
}

void apply_effects(TransferState& state, const Record& record, const std::vector<Outgoing>& sent) {
  for (const auto& message : sent) apply_sent(state, record, message);
  if (record.decision) state.decision = record.decision;
  if (is_terminal(record.to)) {  // what only an open transfer needs
    state.proposal_proof.reset();
    state.commit_proof.reset();
  }
}

void apply(TransferState& state, const Record& record, const Input& input, const std::vector<Outgoing>& sent) {
  apply_input(state, record, input);
  apply_effects(state, record, sent);
}

}  // namespace ustp::protocol
