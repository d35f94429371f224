#include "ustp/protocol/home_book.hpp"

#include <algorithm>

#include "ustp/wire/json_signature.hpp"

namespace ustp::protocol {
namespace {

Uint128 minus_or_zero(Uint128 a, Uint128 b) { return a > b ? a - b : 0; }

}  // namespace

void HomeBook::on_record(const TransferState& after, const Record& record) {
  if (after.home != self_) return;
  const auto units = after.terms.quantity.units();
  if (after.role == Role::kSender) {
    if (record.to != State::kExtinguishing || record.from == record.to) return;
    content_.lines[{after.terms.instrument, after.terms.target_ledger}].outstanding += units;
    return count_waiting();
  }
  auto& line = content_.lines[{after.terms.instrument, after.terms.source_ledger}];
  if (record.event == Event::kProposal) line.reserved += units;
  if (record.event == Event::kCommitFinal || record.event == Event::kCommitFinalIneligible) {
    line.reserved = minus_or_zero(line.reserved, units);
    line.outstanding = minus_or_zero(line.outstanding, units);
  }
  // The reservation ends when the transfer turns towards its abort: once, on leaving the forward path.
  const bool turned = (record.to == State::kRefused || record.to == State::kDestroying) &&
                      record.from != State::kRefused && record.from != State::kDestroying;
  if (turned) line.reserved = minus_or_zero(line.reserved, units);
}

bool HomeBook::count(const Move& move) {
  const auto source = content_.lines.find({move.instrument, move.source});
  if (source == content_.lines.end() || source->second.outstanding < move.units) return false;
  source->second.outstanding -= move.units;
  content_.lines[{move.instrument, move.target}].outstanding += move.units;
  content_.noticed.insert(move.from.settlement);
  counted_.push_back(move.from);
  return true;
}

// What one move brought may be what the next one took away.
void HomeBook::count_waiting() {
  while (std::erase_if(content_.waiting, [this](const Move& move) { return count(move); }) > 0) {
  }
}

Result<void> HomeBook::on_notice(const wire::Message& message, const Hash256& hash, const GatewayId& recipient,
                                 const Registry& registry) {
  const auto& notice = std::get<wire::MoveNotice>(message.body);
  const auto keys = registry.key_lookup();
  USTP_TRY(auto proposal_header, wire::verify_proven(notice.proposal, keys));
  USTP_TRY(auto commit_header, wire::verify_proven(notice.commit_final, keys));
  USTP_TRY(auto proposal, wire::decode_proven(notice.proposal));
  USTP_TRY(auto commit, wire::decode_proven(notice.commit_final));
  const auto* offer = std::get_if<wire::TransferProposal>(&proposal.body);
  const auto* final = std::get_if<wire::CommitFinal>(&commit.body);
  if (!offer || !final) return Error{Code::evidence_mismatch, "notice without proposal and commit-final"};
  const auto& terms = offer->terms;
  for (const auto* header : {&proposal_header, &commit_header})
    if (header->sender != terms.sender_gateway || header->recipient != recipient)
      return Error{Code::evidence_mismatch, "parties of the notice"};
  if (terms.recipient_gateway != recipient || proposal.settlement != commit.settlement ||
      final->decision.settlement != commit.settlement || final->decision.signer != terms.sender_gateway ||
      final->decision.outcome != wire::DecisionOutcome::kCommit)
    return Error{Code::evidence_mismatch, "decision of the notice"};
  const Hash256 leg = wire::leg_commitment(terms, offer->leg_salt);
  if (final->decision.legs_root != wire::legs_root({&leg, 1})) return Error{Code::evidence_mismatch, "legs root"};
  const auto* instrument = registry.instrument(terms.instrument);
  if (!instrument || instrument->home_gateway != self_) return Error{Code::unknown_instrument, terms.instrument.str()};
  const Move move{{recipient, message.session, message.transfer, commit.settlement, hash},
                  terms.instrument,
                  terms.source_ledger,
                  terms.target_ledger,
                  terms.quantity.units()};
  if (content_.noticed.contains(commit.settlement)) {
    counted_.push_back(move.from);
    return {};
  }
  const auto same = [&](const Move& other) { return other.from.settlement == commit.settlement; };
  if (std::any_of(content_.waiting.begin(), content_.waiting.end(), same)) return {};
  if (count(move)) {
    count_waiting();
    return {};
  }
  if (content_.waiting.size() >= kMostWaiting)
    return Error{Code::outstanding_exceeded, "notice of " + terms.quantity.str() + " from " + terms.source_ledger.str()};
  content_.waiting.push_back(move);
  return {};
}

Quantity HomeBook::outstanding(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const {
  const auto it = content_.lines.find({instrument, ledger});
  return {it == content_.lines.end() ? 0 : it->second.outstanding, scale};
}

Quantity HomeBook::returnable(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const {
  const auto it = content_.lines.find({instrument, ledger});
  return {it == content_.lines.end() ? 0 : minus_or_zero(it->second.outstanding, it->second.reserved), scale};
}

}  // namespace ustp::protocol
