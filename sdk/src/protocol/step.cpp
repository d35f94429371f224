// From an input to its event, from the event to its row, from the row to messages and operations.
#include "ustp/protocol/step.hpp"

#include "step_checks.hpp"
#include "ustp/protocol/transfer_table.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::protocol {
namespace {

wire::Message compose(const TransferState& state, const Hash256& previous, wire::Body body) {
  wire::Message message;
  message.session = state.session;
  message.transfer = state.id;
  message.settlement = state.settlement;
  message.previous = previous;
  message.body = std::move(body);
  return message;
}

// Builds what an action sends and asks of the ledger. `view` is the state with the input applied.
struct Builder {
  const Facts& facts;
  StepResult& out;
  const Input& input;
  const TransferState& view;
  Instant now;

  void send(wire::Body body) {
    const auto message = compose(view, view.last_received, std::move(body));
    out.messages.push_back({view.peer, message.type(), encoded(message, view.encoding)});
  }
  void operate(OperationKind kind) { out.record.operations.push_back(kind); }
  wire::DecisionRecord decide(wire::DecisionOutcome outcome, Hash256 votes) {
    wire::DecisionRecord decision{view.settlement, view.legs_root, votes, outcome, now, facts.self};
    out.record.decision = decision;
    return decision;
  }
  void abort() {
    const Code code = out.record.reason ? out.record.reason->code : Code::cancelled;
    send(wire::SessionAbort{code, decide(wire::DecisionOutcome::kAbort, {})});
  }
  void refuse() {
    const Error error = out.record.reason.value_or(Error{Code::deadline_expired, ""});
    send(wire::ErrorMessage{error.code, error.detail, {}, {}, now});
  }
  const Evidence& evidence() const { return std::get<OutcomeInput>(input).outcome.evidence; }
  void acknowledge();
  void act(Action action);
};

void Builder::acknowledge() {
  const bool suspense = out.record.to == State::kSuspended;
  send(wire::AckCommitFinal{suspense ? wire::Disposition::kSuspense : wire::Disposition::kBeneficiary,
                            suspense ? view.rule : std::string(), evidence()});
  // Decision 22: a move between two other ledgers is told to the home gateway, signed by both.
  if (view.home != facts.self && view.home != view.peer && view.proposal_proof && view.commit_proof) {
    const auto notice = compose(view, {}, wire::MoveNotice{*view.proposal_proof, *view.commit_proof});
    const bool json = facts.json_peers != nullptr && facts.json_peers->contains(view.home);
    out.messages.push_back(
        {view.home, notice.type(), encoded(notice, json ? wire::kJsonEncoding : wire::kFlatBuffersEncoding)});
  }
}

void Builder::act(Action action) {
  switch (action) {
    case Action::kNothing: case Action::kAlarm: break;
    case Action::kSendProposal:
      send(wire::TransferProposal{view.terms, view.leg_salt, {crypto::Algorithm::kEs256}, view.encoding});
      break;
    case Action::kSendReceipt: send(wire::ProposalReceipt{view.claim_hash, now}); break;
    case Action::kSendCommence: send(wire::TransferCommence{view.claim_hash}); break;
    case Action::kSendAckCommence: send(wire::AckCommence{}); break;
    case Action::kLock: operate(OperationKind::kLock); break;
    case Action::kSendLockAssert: send(wire::LockAssert{evidence(), {}}); break;
    case Action::kSendAssertionReceipt: send(wire::AssertionReceipt{}); break;
    case Action::kSendPrepare: send(wire::CommitPrepare{}); break;
    case Action::kCreate: operate(OperationKind::kCreate); break;
    case Action::kVote: send(wire::CommitReady{view.legs_root, evidence()}); break;
    case Action::kDecideCommit:  // the point of no return, durable before the extinguish leaves (USTP-TRF-006)
      decide(wire::DecisionOutcome::kCommit, wire::votes_root({&view.vote_hash, 1}));
      operate(OperationKind::kExtinguish);
      break;
    case Action::kSendCommitFinal: send(wire::CommitFinal{*view.decision, evidence()}); break;
    case Action::kAssign: operate(OperationKind::kAssign); break;
    case Action::kSuspend: operate(OperationKind::kSuspend); break;
    case Action::kAcknowledge: acknowledge(); break;
    case Action::kSendComplete: send(wire::TransferComplete{view.commence_hash}); break;
    case Action::kDecideAbort: abort(); break;
    case Action::kDecideAbortUnlock:
      abort();
      operate(OperationKind::kUnlock);
      break;
    case Action::kRefuse: refuse(); break;
    case Action::kDestroy:
      refuse();
      operate(OperationKind::kDestroy);
      break;
    case Action::kDestroySilently: operate(OperationKind::kDestroy); break;
    case Action::kAskStatus: send(wire::StatusRequest{}); break;
    case Action::kRelease: operate(OperationKind::kRelease); break;
  }
}

Result<Event> outcome_event(const TransferState& state, const OutcomeInput& in, const Facts& facts, Instant now) {
  const bool final = in.outcome.kind == ledger::OutcomeKind::kFinal;
  // A refusal tells of now: a copy of the request may still be on its way. Never is for ever (decision 8).
  const bool never =
      in.outcome.kind == ledger::OutcomeKind::kNever || in.outcome.error.code == Code::operation_tombstoned;
  switch (in.operation) {
    case OperationKind::kLock: return final ? Event::kLockFinal : never ? Event::kLockNever : Event::kLockRefused;
    case OperationKind::kUnlock: return final ? Event::kUnlockFinal : Event::kUnlockRefused;
    case OperationKind::kExtinguish: return final ? Event::kExtinguishFinal : Event::kExtinguishRefused;
    case OperationKind::kCreate: {
      if (!final) return never ? Event::kCreateNever : Event::kCreateRefused;
      // Deadline, clocks and eligibility are judged here, at the vote, and never after it (USTP-TRF-044).
      const bool may_vote = now <= state.terms.vote_by && !facts.peer_skewed &&
                            beneficiary_findings(state.terms, *facts.registry, now).empty();
      return state.state == State::kCreating && !may_vote ? Event::kDeadline : Event::kCreateFinal;
    }
    case OperationKind::kAssign: return final ? Event::kAssignFinal : Event::kAssignRefused;
    case OperationKind::kSuspend: return final ? Event::kSuspendFinal : Event::kSuspendRefused;
    case OperationKind::kRelease:
      if (!final) return Event::kReleaseRefused;
      if (!state.complete_received) return Event::kReleaseFinal;
      return state.notice_pending ? Event::kReleaseFinalNoticePending : Event::kReleaseFinalDone;
    case OperationKind::kDestroy: return final ? Event::kDestroyFinal : Event::kDestroyRefused;
  }
  return Error{Code::internal, "operation kind"};
}

// Why this event ends or parks the transfer, for the record and the peer.
std::optional<Error> reason_of(const TransferState& state, Event event, const Input& input, const Facts& facts,
                               Instant now) {
  // What ended it first stays the reason: what crosses the abort changes nothing (USTP-TRF-025, -027, -073).
  const bool crosses = state.reason.has_value();
  if (const auto* outcome = std::get_if<OutcomeInput>(&input)) {
    const bool first = outcome->operation == OperationKind::kLock || outcome->operation == OperationKind::kCreate;
    if (first && crosses) return std::nullopt;
    if (outcome->outcome.error.code != Code{}) return outcome->outcome.error;
    if (outcome->outcome.kind == ledger::OutcomeKind::kNever)
      return Error{Code::operation_tombstoned, std::string(to_string(outcome->operation))};
  }
  if (event == Event::kDeadline && state.state != State::kReady && state.state != State::kInDoubt) {
    if (now > state.terms.vote_by) return Error{Code::deadline_expired, to_rfc3339(state.terms.vote_by)};
    if (facts.peer_skewed) return Error{Code::clock_skew, state.peer.str()};
    for (const auto& finding : beneficiary_findings(state.terms, *facts.registry, now))
      return Error{finding.code, finding.rule + ": " + finding.detail};
  }
  if (event == Event::kCancel) return Error{Code::cancelled, ""};
  if (const auto* in = std::get_if<MessageInput>(&input); in && !crosses) {
    if (const auto* error = std::get_if<wire::ErrorMessage>(&in->message.body)) return Error{error->code, error->detail};
    if (const auto* abort = std::get_if<wire::SessionAbort>(&in->message.body))
      return Error{Code::aborted_by_peer, std::string(info(abort->reason).name)};
  }
  return std::nullopt;
}

Refusal refuse(const TransferState& state, const Input& input, const Error& error, Instant now) {
  Refusal refusal{error, std::nullopt};
  const auto* in = std::get_if<MessageInput>(&input);
  if (!in) return refusal;
  const auto type = in->message.type();
  // An error is never answered by an error, and doubt is no fault of the peer's.
  if (type != wire::MessageType::kError && type != wire::MessageType::kSessionAbort && error.code != Code::in_doubt &&
      (state.state == State::kNone || in->from == state.peer))
    refusal.answer = error_answer(in->from, in->message, in->hash, error, now, in->encoding);
  return refusal;
}

// Same content again: same answer. Same type with other content: conflict, the evidence of both is in the journal.
std::optional<Refusal> check_repetition(const TransferState& state, const MessageInput& in, const Input& input,
                                        Instant now) {
  if (in.from != state.peer) return std::nullopt;
  for (const auto& seen : state.seen) {
    if (seen.hash == in.hash) {  // USTP-TRF-010
      Refusal same{Error{Code::sequence_replayed, std::string(to_string(seen.type))}, std::nullopt};
      // A status report is an answer itself: answered by the question again, two equal ones would go round for ever.
      if (seen.hash == state.last_received && !state.last_answer.empty() &&
          seen.type != wire::MessageType::kStatusReport)
        same.answer = Outgoing{state.peer, {}, state.last_answer};
      return same;
    }
  }
  for (const auto& seen : state.seen)
    if (seen.type == in.message.type() && comes_once(seen.type))
      return refuse(state, input, {Code::conflict, std::string(to_string(seen.type))}, now);
  return std::nullopt;
}

std::string suspense_rule(const TransferState& state, const std::optional<Error>& reason, const Facts& facts,
                          Instant now) {
  const auto findings = beneficiary_findings(state.terms, *facts.registry, now);
  if (!findings.empty()) return findings.front().rule;
  return std::string(reason ? info(reason->code).name : info(Code::ledger_rejected).name);
}

}  // namespace

Bytes encoded(wire::Message message, std::uint32_t encoding) {
  if (encoding != wire::kJsonEncoding) return wire::encode(message);
  auto octets = wire::encode_json(message);
  if (octets) return *std::move(octets);
  if (auto* error = std::get_if<wire::ErrorMessage>(&message.body)) error->detail.clear();
  return wire::encode_json(message).value();
}

Outgoing error_answer(const GatewayId& to, const wire::Message& message, const Hash256& hash, const Error& error,
                      Instant now, std::uint32_t encoding) {
  wire::Message answer = message;
  answer.previous = hash;
  answer.extensions.clear();
  answer.body = wire::ErrorMessage{error.code, error.detail, message.type(), hash, now};
  return {to, wire::MessageType::kError, encoded(std::move(answer), encoding)};
}

Outgoing status_answer(const GatewayId& to, const TransferState& state) {
  wire::StatusReport report;
  report.decision = state.decision;
  if (!state.decision) {
    report.state = wire::ReportedState::kOpen;
  } else if (state.decision->outcome == wire::DecisionOutcome::kAbort) {
    report.state = wire::ReportedState::kAborted;
  } else {
    report.state = is_terminal(state.state) ? wire::ReportedState::kCompleted : wire::ReportedState::kCommitted;
  }
  const auto message = compose(state, state.last_received, report);
  return {to, message.type(), encoded(message, state.encoding)};
}

TransferState abort_tombstone(const GatewayId& self, const GatewayId& peer, const wire::Message& question, Instant now,
                              std::uint32_t encoding) {
  TransferState state;
  state.id = question.transfer;
  state.settlement = question.settlement;
  state.session = question.session;
  state.role = Role::kSender;
  state.peer = peer;
  state.state = State::kAborted;
  state.decision = wire::DecisionRecord{question.settlement, {}, {}, wire::DecisionOutcome::kAbort, now, self};
  state.reason = Error{Code::unknown_transfer, ""};
  state.timeline.push_back({State::kAborted, now});
  state.encoding = encoding;
  return state;
}

std::variant<StepResult, Refusal> step(TransferState& state, const Input& input, const Facts& facts, Instant now) {
  Result<Event> event = Event::kDeadline;
  if (const auto* order = std::get_if<OrderInput>(&input)) {
    event = check_order(*order, facts, now);
  } else if (const auto* in = std::get_if<MessageInput>(&input)) {
    if (auto repeated = check_repetition(state, *in, input, now)) return *std::move(repeated);
    event = message_event(state, *in, facts, now);
  } else if (const auto* outcome = std::get_if<OutcomeInput>(&input)) {
    event = outcome_event(state, *outcome, facts, now);
  } else if (std::holds_alternative<CancelInput>(input)) {
    event = Event::kCancel;
  } else if (std::holds_alternative<RecheckInput>(input)) {
    const bool passed = beneficiary_findings(state.terms, *facts.registry, now).empty();
    event = passed ? Event::kRecheck : Event::kRecheckFailed;
  }
  if (!event) return refuse(state, input, event.error(), now);

  const Transition* row = find_transition(state.state, *event);
  if (!row) {
    const Code code = *event == Event::kCancel ? Code::cannot_cancel : Code::unexpected_message;
    return refuse(state, input,
                  {code, std::string(to_string(*event)) + " in " + std::string(to_string(state.state))}, now);
  }

  StepResult out;
  auto& record = out.record;
  record.from = row->from;
  record.event = row->event;
  record.to = row->to;
  record.time = now;
  record.reason = reason_of(state, *event, input, facts, now);
  if (row->action == Action::kSuspend) record.rule = suspense_rule(state, record.reason, facts, now);
  if (row->from == State::kNone) {
    const auto* order = std::get_if<OrderInput>(&input);
    const auto& terms = order ? order->terms
                              : std::get<wire::TransferProposal>(std::get<MessageInput>(input).message.body).terms;
    const auto* instrument = facts.registry->instrument(terms.instrument);
    const auto* own = instrument->representation(order ? terms.source_ledger : terms.target_ledger);
    record.home = instrument->home_gateway;
    record.base_units = own->ratio.to_base(terms.quantity).value();
  }

  apply_input(state, record, input);
  record.transfer = state.id;
  Builder{facts, out, input, state, now}.act(row->action);
  apply_effects(state, record, out.messages);

  const auto& own_ledger = state.role == Role::kSender ? state.terms.source_ledger : state.terms.target_ledger;
  if (const auto* profile = facts.registry->ledger(own_ledger))
    for (const auto& operation : record.operations)
      out.operations.push_back(operation_request(state, facts.self, operation, *profile, state.base_units));
  return out;
}

}  // namespace ustp::protocol
