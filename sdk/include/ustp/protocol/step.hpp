#pragma once
// step(state, input, facts, now): what a gateway does next for one transfer. Pure: no clock, I/O or randomness.

#include <set>

#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::protocol {

// What the verdict rests on; resolved by the caller for this one step.
struct Facts {
  const Registry* registry = nullptr;
  GatewayId self;
  bool peer_skewed = false;             // clocks differ by more than two seconds: no vote (decision 14)
  Quantity returnable;                  // home gateway: outstanding on the source ledger minus open returns
  std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> prove;
  const std::set<GatewayId>* json_peers = nullptr;  // whose channel speaks JSON (USTP-JSN-050); none: nobody's
};

struct StepResult {
  Record record;
  std::vector<Outgoing> messages;
  std::vector<ledger::OperationRequest> operations;
};
struct Refusal {
  Error error;
  std::optional<Outgoing> answer;       // error-msg to the peer, or the repeated answer to a duplicate
};

// `state` is blank for an order or a proposal that starts a transfer; it becomes the next state. On Refusal nothing
// changed. In place, because a state is large and steps are many.
std::variant<StepResult, Refusal> step(TransferState& state, const Input& input, const Facts& facts, Instant now);

// A message in the encoding it is asked for in. Texts that JSON has no form for are left out of an error-msg; anywhere
// else they were refused before (USTP-JSN-013).
Bytes encoded(wire::Message message, std::uint32_t encoding);
// An error-msg that answers `message`, which came in `encoding`.
Outgoing error_answer(const GatewayId& to, const wire::Message& message, const Hash256& hash, const Error& error,
                      Instant now, std::uint32_t encoding);
// A status question (USTP-TRF-063): the answer from a known state.
Outgoing status_answer(const GatewayId& to, const TransferState& state);
// Decision 14: an unknown id gets a signed abort tombstone; this is the state to journal and the answer.
TransferState abort_tombstone(const GatewayId& self, const GatewayId& peer, const wire::Message& question, Instant now,
                              std::uint32_t encoding);

// Every failing rule of the beneficiary's side, judged by what is in force now (decision 16).
std::vector<token::Finding> beneficiary_findings(const token::TransferTerms& terms, const Registry& registry,
                                                 Instant now);
std::vector<token::Finding> originator_findings(const token::TransferTerms& terms, const Registry& registry,
                                                const ParticipantId& acting, Instant now);

}  // namespace ustp::protocol
