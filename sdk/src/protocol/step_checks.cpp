#include "step_checks.hpp"

#include "ustp/wire/json_message.hpp"

namespace ustp::protocol {
namespace {

constexpr Duration kFarthestDeadline = Duration::seconds(30 * 24 * 3600);

Result<void> first(const std::vector<token::Finding>& findings) {
  if (findings.empty()) return {};
  return Error{findings.front().code, findings.front().rule + ": " + findings.front().detail};
}

// Both sides judge the same terms (USTP-TRF-040): instrument, statements, ledgers, ratios, deadlines.
Result<void> check_terms(const token::TransferTerms& terms, const Facts& facts, Instant now) {
  USTP_CHECK(token::validate(terms));
  const auto& registry = *facts.registry;
  const auto* instrument = registry.instrument(terms.instrument);
  if (!instrument) return Error{Code::unknown_instrument, terms.instrument.str()};
  if (terms.statement_position > registry.position())
    return Error{Code::statement_position,
                 std::to_string(terms.statement_position) + " > " + std::to_string(registry.position())};
  for (const auto* id : {&terms.source_ledger, &terms.target_ledger}) {
    const auto* profile = registry.ledger(*id);
    if (!profile) return Error{Code::unknown_ledger, id->str()};
    if (registry.ledger_halted(*id)) return Error{Code::ledger_halted, id->str()};
    // Decision 13: a ledger whose holds release themselves may not take part in a vote.
    if (profile->releases_itself) return Error{Code::ledger_rejected, id->str() + " releases holds by itself"};
    const auto& gateway = id == &terms.source_ledger ? terms.sender_gateway : terms.recipient_gateway;
    if (profile->gateway != gateway) return Error{Code::unknown_ledger, id->str() + " is not behind " + gateway.str()};
    const auto* representation = instrument->representation(*id);
    if (!representation) return Error{Code::no_representation, id->str()};
    if (!representation->ratio.to_base(terms.quantity))
      return Error{Code::inexact_ratio, terms.quantity.str() + " on " + id->str()};
  }
  if (terms.vote_by <= now) return Error{Code::deadline_expired, to_rfc3339(terms.vote_by)};
  if (terms.vote_by - now > kFarthestDeadline) return Error{Code::deadline_too_far, to_rfc3339(terms.vote_by)};
  return {};
}

// The evidence must prove exactly the operation that the terms demand of the other gateway (USTP-EVD-018).
Result<void> check_evidence(const TransferState& state, const Evidence& evidence, OperationKind kind,
                            const Facts& facts) {
  const bool source = kind == OperationKind::kLock || kind == OperationKind::kExtinguish;
  const auto& ledger_id = source ? state.terms.source_ledger : state.terms.target_ledger;
  const auto* profile = facts.registry->ledger(ledger_id);
  if (!profile) return Error{Code::unknown_ledger, ledger_id.str()};
  if (evidence.ledger != ledger_id || evidence.kind != profile->evidence)
    return Error{Code::evidence_mismatch, "evidence of another ledger or kind"};
  USTP_TRY(auto proven, facts.prove(evidence, profile->anchor));
  const auto* instrument = facts.registry->instrument(state.terms.instrument);
  const auto* representation = instrument ? instrument->representation(ledger_id) : nullptr;
  if (!representation) return Error{Code::no_representation, ledger_id.str()};
  // The request as the other gateway must have made it.
  USTP_TRY(const auto base_units, representation->ratio.to_base(state.terms.quantity));
  const auto expected = operation_request(state, profile->gateway, kind, *profile, base_units);
  if (proven.id != expected.id) return Error{Code::evidence_mismatch, "operation id"};
  if (proven.kind != kind) return Error{Code::evidence_mismatch, "operation kind"};
  if (proven.instrument != expected.instrument) return Error{Code::evidence_mismatch, "instrument"};
  if (proven.base_units != expected.base_units) return Error{Code::evidence_mismatch, "quantity"};
  if (proven.account != expected.account) return Error{Code::evidence_mismatch, "account"};
  if (proven.request_hash != crypto::sha256(ledger::request_octets(expected)))
    return Error{Code::evidence_mismatch, "request hash"};
  return {};
}

Result<void> check_decision(const TransferState& state, const wire::DecisionRecord& decision) {
  if (decision.settlement != state.settlement) return Error{Code::decision_invalid, "settlement"};
  if (decision.signer != state.peer) return Error{Code::decision_invalid, "signer"};
  if (decision.outcome == wire::DecisionOutcome::kCommit) {
    if (decision.legs_root != state.legs_root) return Error{Code::decision_invalid, "legs root"};
    if (decision.votes_root != wire::votes_root({&state.vote_hash, 1})) return Error{Code::vote_mismatch, "votes root"};
  }
  return {};
}

// The home gateway is told by a notice that carries this message and another one; proven is filled when one is due.
Result<void> check_noticeable(const MessageInput& in) {
  constexpr std::size_t kMostInNotice = 28u << 10;
  if (in.proven.octets.size() > kMostInNotice) return Error{Code::too_long, "a message that no notice can carry"};
  return {};
}

Result<Event> proposal_event(const MessageInput& in, const wire::TransferProposal& proposal, const Facts& facts,
                             Instant now) {
  const auto& terms = proposal.terms;
  if (terms.recipient_gateway != facts.self) return Error{Code::wrong_channel, "recipient gateway"};
  if (terms.sender_gateway != in.from) return Error{Code::wrong_channel, "sender gateway"};
  if (proposal.encoding != in.encoding) return Error{Code::unknown_tag, "encoding"};  // USTP-JSN-022, -054
  USTP_CHECK(check_noticeable(in));
  USTP_CHECK(check_terms(terms, facts, now));
  USTP_CHECK(first(beneficiary_findings(terms, *facts.registry, now)));
  const auto* instrument = facts.registry->instrument(terms.instrument);
  if (instrument->home_gateway == facts.self && terms.source_ledger != instrument->issuer_ledger) {
    // Decision 22: one stolen gateway cannot drain the backing.
    if (facts.returnable.scale() != terms.quantity.scale() || facts.returnable < terms.quantity)
      return Error{Code::outstanding_exceeded, facts.returnable.str() + " on " + terms.source_ledger.str()};
  }
  return Event::kProposal;
}

// While both sides converse message by message; after an abort or in doubt, answers may cross.
bool conversing(State state) {
  return state != State::kUnlocking && state != State::kAborted && state != State::kInDoubt &&
         state != State::kDestroying && state != State::kRefused;
}

struct MessageCheck {
  const TransferState& state;
  const MessageInput& in;
  const Facts& facts;
  Instant now;

  // The right side, and an answer that names what it answers (USTP-TRF-011).
  Result<Event> expect(Role role, Event event) const {
    if (state.role != role) return Error{Code::unexpected_message, std::string(to_string(in.message.type()))};
    if (conversing(state.state) && in.message.previous != state.last_sent)
      return Error{Code::hash_prev_mismatch, in.message.previous.hex()};
    return event;
  }
  Result<Event> operator()(const wire::TransferProposal&) const {
    return Error{Code::conflict, "transfer-proposal-msg"};
  }
  Result<Event> operator()(const wire::ProposalReceipt& body) const {
    if (body.claim_hash != state.claim_hash) return Error{Code::claim_hash_mismatch, body.claim_hash.hex()};
    return expect(Role::kSender, Event::kProposalReceipt);
  }
  Result<Event> operator()(const wire::TransferCommence& body) const {
    if (body.claim_hash != state.claim_hash) return Error{Code::claim_hash_mismatch, body.claim_hash.hex()};
    return expect(Role::kRecipient, Event::kCommence);
  }
  Result<Event> operator()(const wire::AckCommence&) const { return expect(Role::kSender, Event::kAckCommence); }
  Result<Event> operator()(const wire::LockAssert& body) const {
    USTP_TRY(auto event, expect(Role::kRecipient, Event::kLockAssert));
    if (body.expires.ns != 0) return Error{Code::deadline_too_far, "a lock that releases itself may not back a vote"};
    USTP_CHECK(check_evidence(state, body.evidence, OperationKind::kLock, facts));
    return event;
  }
  Result<Event> operator()(const wire::AssertionReceipt&) const {
    return expect(Role::kSender, Event::kAssertionReceipt);
  }
  Result<Event> operator()(const wire::CommitPrepare&) const {
    USTP_TRY(auto event, expect(Role::kRecipient, Event::kCommitPrepare));
    return state.state == State::kLockAccepted && now > state.terms.vote_by ? Event::kDeadline : event;
  }
  Result<Event> operator()(const wire::CommitReady& body) const {
    USTP_TRY(auto event, expect(Role::kSender, Event::kCommitReady));
    if (state.state != State::kPreparing) return event;
    if (body.legs_root != state.legs_root) return Error{Code::decision_invalid, "legs root of the vote"};
    USTP_CHECK(check_evidence(state, body.evidence, OperationKind::kCreate, facts));
    return now > state.terms.vote_by ? Event::kDeadline : event;  // USTP-TRF-024: never commit after the own deadline
  }
  Result<Event> operator()(const wire::CommitFinal& body) const {  // decision 15: decision and evidence, both checked
    USTP_TRY(auto event, expect(Role::kRecipient, Event::kCommitFinal));
    if (body.decision.outcome != wire::DecisionOutcome::kCommit) return Error{Code::decision_invalid, "outcome"};
    USTP_CHECK(check_decision(state, body.decision));
    USTP_CHECK(check_noticeable(in));
    USTP_CHECK(check_evidence(state, body.evidence, OperationKind::kExtinguish, facts));
    return beneficiary_findings(state.terms, *facts.registry, now).empty() ? event : Event::kCommitFinalIneligible;
  }
  Result<Event> operator()(const wire::AckCommitFinal& body) const {
    USTP_TRY(auto event, expect(Role::kSender, Event::kAckCommitFinal));
    const bool suspense = body.disposition == wire::Disposition::kSuspense;
    USTP_CHECK(check_evidence(state, body.evidence, suspense ? OperationKind::kSuspend : OperationKind::kAssign, facts));
    return event;
  }
  Result<Event> operator()(const wire::TransferComplete& body) const {
    if (body.commence_hash != state.commence_hash) return Error{Code::hash_prev_mismatch, "hashTransferCommence"};
    return expect(Role::kRecipient, state.notice_pending ? Event::kCompleteNoticePending : Event::kComplete);
  }
  Result<Event> operator()(const wire::ErrorMessage&) const { return Event::kPeerError; }
  Result<Event> operator()(const wire::SessionAbort& body) const {
    if (state.role == Role::kSender) return Event::kPeerError;
    if (body.decision.outcome != wire::DecisionOutcome::kAbort) return Error{Code::decision_invalid, "outcome"};
    USTP_CHECK(check_decision(state, body.decision));
    return state.state == State::kReady || state.state == State::kInDoubt ? Event::kDecisionAbort : Event::kPeerAbort;
  }
  Result<Event> operator()(const wire::StatusRequest&) const { return Error{Code::unexpected_message, "status-request-msg"}; }
  Result<Event> operator()(const wire::StatusReport& body) const {
    if (state.role == Role::kSender) return Error{Code::unexpected_message, "status-report-msg"};
    if (!body.decision) return Error{Code::in_doubt, "the coordinator has not decided"};
    USTP_CHECK(check_decision(state, *body.decision));
    return body.decision->outcome == wire::DecisionOutcome::kAbort ? Event::kDecisionAbort : Event::kDecisionCommit;
  }
  Result<Event> operator()(const wire::MoveNotice&) const { return Error{Code::unexpected_message, "move-notice-msg"}; }
  Result<Event> operator()(const wire::MoveNoticeReceipt&) const { return Event::kNoticeReceipt; }
};

}  // namespace

std::vector<token::Finding> beneficiary_findings(const token::TransferTerms& terms, const Registry& registry,
                                                 Instant now) {
  token::CheckFacts facts;
  facts.instrument = registry.instrument(terms.instrument);
  facts.beneficiary = registry.account(terms.target_ledger, terms.beneficiary);
  facts.check_originator = false;
  const auto* target = registry.ledger(terms.target_ledger);
  facts.target_carries_lots = target && target->carries_lots;
  facts.now = now;
  return token::check(terms, facts);
}

std::vector<token::Finding> originator_findings(const token::TransferTerms& terms, const Registry& registry,
                                                const ParticipantId& acting, Instant now) {
  token::CheckFacts facts;
  facts.instrument = registry.instrument(terms.instrument);
  facts.originator = registry.account(terms.source_ledger, terms.originator);
  facts.beneficiary = registry.account(terms.target_ledger, terms.beneficiary);
  const auto* target = registry.ledger(terms.target_ledger);
  facts.target_carries_lots = target && target->carries_lots;
  facts.acting = acting;
  facts.now = now;
  return token::check(terms, facts);
}

bool comes_once(wire::MessageType type) { return type <= wire::MessageType::kTransferComplete; }

Result<Event> check_order(const OrderInput& order, const Facts& facts, Instant now) {
  if (order.terms.sender_gateway != facts.self) return Error{Code::wrong_channel, "sender gateway"};
  USTP_CHECK(check_terms(order.terms, facts, now));
  USTP_CHECK(first(originator_findings(order.terms, *facts.registry, order.owner, now)));
  if (order.encoding == wire::kJsonEncoding) {  // USTP-JSN-013: what cannot be told in this encoding is not begun
    wire::Message proposal{order.session, order.transfer, order.settlement, {}, {}, {}};
    proposal.body = wire::TransferProposal{order.terms, order.leg_salt, {crypto::Algorithm::kEs256}, order.encoding};
    USTP_CHECK(wire::encode_json(proposal));
  }
  return Event::kOrder;
}

Result<Event> message_event(const TransferState& state, const MessageInput& in, const Facts& facts, Instant now) {
  const auto& message = in.message;
  if (state.state == State::kNone) {
    if (const auto* proposal = std::get_if<wire::TransferProposal>(&message.body))
      return proposal_event(in, *proposal, facts, now);
    return Error{Code::unknown_transfer, message.transfer.hex()};
  }
  // A stranger learns nothing about a transfer that is not its own (decision 21).
  const bool receipt = message.type() == wire::MessageType::kMoveNoticeReceipt;
  if (in.from != (receipt ? state.home : state.peer)) return Error{Code::unknown_transfer, message.transfer.hex()};
  if (message.session != state.session) return Error{Code::session_mismatch, message.session.hex()};
  if (message.settlement != state.settlement) return Error{Code::unknown_transfer, message.settlement.hex()};
  // USTP-JSN-054; a receipt has the encoding of the home gateway's channel.
  if (!receipt && in.encoding != state.encoding) return Error{Code::unexpected_message, "another encoding than the transfer's"};
  return std::visit(MessageCheck{state, in, facts, now}, message.body);
}

}  // namespace ustp::protocol
