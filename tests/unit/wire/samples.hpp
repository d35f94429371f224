#pragma once
// Messages of every type, with every field filled or with as few as are allowed, from fixed values: golden.
#include "ustp/wire/bundle.hpp"

namespace ustp::wire::samples {

template <class Id>
Id id(std::uint8_t seed) {
  Id out;
  for (std::size_t i = 0; i < Id::kSize; ++i) out.mutable_octets()[i] = static_cast<std::uint8_t>(seed + i);
  return out;
}

inline token::TransferTerms terms(bool full) {
  token::TransferTerms t;
  t.instrument = InstrumentId::literal("US0378331005");
  t.quantity = Quantity(1000, 0);
  t.lots = {{Quantity(full ? 400 : 1000, 0), {}, "", {}, token::Restriction::kNone}};
  t.sender_gateway = GatewayId::literal("gw-a");
  t.recipient_gateway = GatewayId::literal("gw-b");
  t.source_ledger = LedgerId::literal("csd");
  t.target_ledger = LedgerId::literal("eth");
  t.originator = AccountId::literal("ACC-1");
  t.beneficiary = AccountId::literal("0x00112233445566778899aabbccddeeff00112233");
  t.vote_by = {1'800'000'000'000'000'000};
  t.complete_by = {1'800'000'060'000'000'000};
  t.statement_position = 7;
  if (!full) return t;
  t.lots.push_back({Quantity(600, 0), {2024, 2, 29}, "bonus", {1'900'000'000'000'000'000},
                    token::Restriction::kLockUp});
  t.instrument_version = 3;
  t.source_ratio_version = 4;
  t.target_ratio_version = 5;
  t.originator_chain.links = {{"5493001KJTIIGC8Y1R12", AccountId::literal("ACC-1"), token::HoldingCapacity::kNominee}};
  t.originator_chain.beneficial_owner = "owner-77";
  t.beneficiary_chain.links = {{"DEUTDEFF", AccountId::literal("ACC-2"), token::HoldingCapacity::kTrustee}};
  t.ownership_effect = token::OwnershipEffect::kNone;
  t.transaction_type = "COLO";
  t.entitled_party = token::EntitledParty::kTransferor;
  t.trade_date = {2026, 11, 24};
  t.cum_ex = token::CumEx::kEx;
  t.venue = Mic::literal("XNAS");
  t.liable_operator = Lei::literal("5493001KJTIIGC8Y1R12");
  t.place_of_settlement = "DTCYUS33";
  t.governing_law = "US-NY";
  t.jurisdiction = "US";
  t.reference = "TRADE-0001";
  return t;
}

inline Evidence evidence(bool full) {
  Evidence e;
  e.kind = EvidenceKind::kEthereumReceipt;
  e.ledger = LedgerId::literal("eth");
  if (!full) return e;
  e.finality = {"finalized", 1234567, 64, id<Hash256>(9), {1'800'000'000'123'456'789}};
  e.octets = {1, 2, 3, 4, 5};
  return e;
}

inline DecisionRecord decision(DecisionOutcome outcome) {
  return {id<SettlementId>(3), id<Hash256>(20), id<Hash256>(21), outcome, {1'800'000'000'000'000'001},
          GatewayId::literal("gw-a")};
}

inline ProvenMessage proven(bool full) {
  ProvenMessage p{{1, 2, 3}, id<Salt>(1), {0, 1, {}}, {4, 5}, Bytes(64, 6)};
  if (full) p.proof = {1, 3, {id<Hash256>(30), id<Hash256>(31)}};
  return p;
}

inline std::vector<Message> all(bool full) {
  const Instant at{1'800'000'000'000'000'005};
  const Hash256 hash = id<Hash256>(40);
  TransferProposal proposal{terms(full), id<Salt>(50), {crypto::Algorithm::kEs256}, 1};
  if (full) proposal.signature_algorithms.push_back(crypto::Algorithm::kEd25519);
  const std::vector<Body> bodies = {
      proposal,
      ProposalReceipt{hash, full ? at : Instant{}},
      TransferCommence{hash},
      AckCommence{},
      LockAssert{evidence(full), full ? at : Instant{}},
      AssertionReceipt{},
      CommitPrepare{},
      CommitReady{hash, evidence(full)},
      CommitFinal{decision(DecisionOutcome::kCommit), evidence(full)},
      AckCommitFinal{full ? Disposition::kSuspense : Disposition::kBeneficiary, full ? "TOK-R07" : "", evidence(full)},
      TransferComplete{hash},
      ErrorMessage{Code::conflict, full ? "field é" : "", full ? MessageType::kLockAssert : MessageType{},
                   full ? hash : Hash256(), full ? at : Instant{}},
      SessionAbort{Code::cancelled, decision(DecisionOutcome::kAbort)},
      StatusRequest{},
      StatusReport{ReportedState::kAborted,
                   full ? std::optional(decision(DecisionOutcome::kAbort)) : std::nullopt},
      MoveNotice{proven(full), proven(full)},
      MoveNoticeReceipt{hash}};
  std::vector<Message> messages;
  for (const Body& body : bodies) {
    Message m{id<SessionId>(1), id<TransferId>(2), id<SettlementId>(3), id<Hash256>(4), {}, body};
    if (full) m.extensions = {{"x-note", false, {7, 8, 9}}, {"x-empty", false, {}}};
    if (!full && m.type() == MessageType::kTransferProposal) m.previous = {};
    messages.push_back(std::move(m));
  }
  return messages;
}

}  // namespace ustp::wire::samples
