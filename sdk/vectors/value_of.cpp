// Messages as values, field by field under the schema's names.
#include "sdk/vectors/judge.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;

Value value_of(const token::HoldingChain& chain) {
  List links;
  for (const auto& link : chain.links)
    links.emplace_back(Members{{"party", link.party}, {"account", link.account.str()}, {"capacity", small(link.capacity)}});
  return Members{{"links", links}, {"beneficial_owner", chain.beneficial_owner}};
}

Value value_of(const token::TransferTerms& t) {
  List lots;
  for (const auto& lot : t.lots)
    lots.emplace_back(Members{{"quantity", vectors::value_of(lot.quantity)},
                              {"acquired", vectors::value_of(lot.acquired)},
                              {"origin", lot.origin},
                              {"locked_until", decimal(lot.locked_until)},
                              {"restriction", small(lot.restriction)}});
  return Members{{"instrument", t.instrument.str()},
                 {"instrument_version", small(t.instrument_version)},
                 {"source_ratio_version", small(t.source_ratio_version)},
                 {"target_ratio_version", small(t.target_ratio_version)},
                 {"quantity", vectors::value_of(t.quantity)},
                 {"lots", lots},
                 {"sender_gateway", t.sender_gateway.str()},
                 {"recipient_gateway", t.recipient_gateway.str()},
                 {"source_ledger", t.source_ledger.str()},
                 {"target_ledger", t.target_ledger.str()},
                 {"originator", t.originator.str()},
                 {"beneficiary", t.beneficiary.str()},
                 {"originator_chain", value_of(t.originator_chain)},
                 {"beneficiary_chain", value_of(t.beneficiary_chain)},
                 {"ownership_effect", small(t.ownership_effect)},
                 {"transaction_type", t.transaction_type},
                 {"entitled_party", small(t.entitled_party)},
                 {"trade_date", vectors::value_of(t.trade_date)},
                 {"cum_ex", small(t.cum_ex)},
                 {"venue", t.venue.str()},
                 {"liable_operator", t.liable_operator.str()},
                 {"place_of_settlement", t.place_of_settlement},
                 {"governing_law", t.governing_law},
                 {"jurisdiction", t.jurisdiction},
                 {"reference", t.reference},
                 {"vote_by", decimal(t.vote_by)},
                 {"complete_by", decimal(t.complete_by)},
                 {"statement_position", decimal(t.statement_position)}};
}

Value value_of(const Evidence& e) {
  return Members{{"kind", small(e.kind)},
                 {"ledger", e.ledger.str()},
                 {"rule", e.finality.rule},
                 {"height", decimal(e.finality.height)},
                 {"depth", decimal(e.finality.depth)},
                 {"block", hex(e.finality.block)},
                 {"at", decimal(e.finality.at)},
                 {"octets", octets_value(e.octets)}};
}

Value value_of(const DecisionRecord& d) {
  return Members{{"settlement", hex(d.settlement)}, {"legs_root", hex(d.legs_root)}, {"votes_root", hex(d.votes_root)},
                 {"outcome", small(d.outcome)},     {"time", decimal(d.time)},       {"signer", d.signer.str()}};
}

Value value_of(const ProvenMessage& m) {
  List path;
  for (const auto& hash : m.proof.path) path.emplace_back(hex(hash));
  return Members{{"octets", octets_value(m.octets)},
                 {"salt", hex(m.salt)},
                 {"index", small(m.proof.index)},
                 {"count", small(m.proof.count)},
                 {"path", path},
                 {"batch_header", octets_value(m.batch_header)},
                 {"signature", octets_value(m.signature)}};
}

struct BodyValue {
  Value operator()(const TransferProposal& b) const {
    Bytes algorithms;
    for (const auto a : b.signature_algorithms) algorithms.push_back(static_cast<std::uint8_t>(a));
    return Members{{"terms", value_of(b.terms)},
                   {"leg_salt", hex(b.leg_salt)},
                   {"signature_algorithms", octets_value(algorithms)},
                   {"encoding", small(b.encoding)}};
  }
  Value operator()(const ProposalReceipt& b) const {
    return Members{{"claim_hash", hex(b.claim_hash)}, {"received", decimal(b.received)}};
  }
  Value operator()(const TransferCommence& b) const { return Members{{"claim_hash", hex(b.claim_hash)}}; }
  Value operator()(const AckCommence&) const { return Members{}; }
  Value operator()(const LockAssert& b) const {
    return Members{{"evidence", value_of(b.evidence)}, {"expires", decimal(b.expires)}};
  }
  Value operator()(const AssertionReceipt&) const { return Members{}; }
  Value operator()(const CommitPrepare&) const { return Members{}; }
  Value operator()(const CommitReady& b) const {
    return Members{{"legs_root", hex(b.legs_root)}, {"evidence", value_of(b.evidence)}};
  }
  Value operator()(const CommitFinal& b) const {
    return Members{{"decision", value_of(b.decision)}, {"evidence", value_of(b.evidence)}};
  }
  Value operator()(const AckCommitFinal& b) const {
    return Members{{"disposition", small(b.disposition)}, {"rule", b.rule}, {"evidence", value_of(b.evidence)}};
  }
  Value operator()(const TransferComplete& b) const { return Members{{"commence_hash", hex(b.commence_hash)}}; }
  Value operator()(const ErrorMessage& b) const {
    return Members{{"code", small(b.code)},
                   {"detail", b.detail},
                   {"offending_type", small(b.offending_type)},
                   {"offending", hex(b.offending)},
                   {"time", decimal(b.time)}};
  }
  Value operator()(const SessionAbort& b) const {
    return Members{{"reason", small(b.reason)}, {"decision", value_of(b.decision)}};
  }
  Value operator()(const StatusRequest&) const { return Members{}; }
  Value operator()(const StatusReport& b) const {
    return Members{{"state", small(b.state)}, {"decision", b.decision ? value_of(*b.decision) : Value()}};
  }
  Value operator()(const MoveNotice& b) const {
    return Members{{"proposal", value_of(b.proposal)}, {"commit_final", value_of(b.commit_final)}};
  }
  Value operator()(const MoveNoticeReceipt& b) const { return Members{{"notice_hash", hex(b.notice_hash)}}; }
};

}  // namespace

Value value_of(const Quantity& q) { return Members{{"units", to_string(q.units())}, {"scale", small(q.scale())}}; }
Value value_of(Date d) { return d == Date{} ? std::string() : to_string(d); }

Value value_of(const Message& m) {
  List extensions;
  for (const auto& e : m.extensions)
    extensions.emplace_back(Members{{"name", e.name}, {"critical", e.critical}, {"value", octets_value(e.value)}});
  return Members{{"session", hex(m.session)},
                 {"transfer", hex(m.transfer)},
                 {"settlement", hex(m.settlement)},
                 {"previous", hex(m.previous)},
                 {"extensions", extensions},
                 {"body_type", small(m.type())},
                 {"body", std::visit(BodyValue{}, m.body)}};
}

}  // namespace ustp::vectors
