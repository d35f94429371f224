#pragma once
// Inside wire only: the map of spec/03c, member by member, for whoever has an archive (Reader or Writer).

#include "json_fields.hpp"
#include "parts.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::wire::json {

using enum Need;

// The names of registry/enumerations.csv; a value whose name stands first behind 0 in there is said by its absence.
inline const Names<EvidenceKind> kEvidenceKinds = {{EvidenceKind::kCsdConfirmation, "csd_confirmation"},
                                                   {EvidenceKind::kEthereumReceipt, "ethereum_receipt"},
                                                   {EvidenceKind::kCordaTearOff, "corda_tear_off"}};
inline const Names<DecisionOutcome> kOutcomes = {{DecisionOutcome::kCommit, "commit"},
                                                 {DecisionOutcome::kAbort, "abort"}};
inline const Names<Disposition> kDispositions = {{Disposition::kBeneficiary, "beneficiary"},
                                                 {Disposition::kSuspense, "suspense"}};
inline const Names<ReportedState> kStates = {{ReportedState::kOpen, "open"},
                                             {ReportedState::kCommitted, "committed"},
                                             {ReportedState::kAborted, "aborted"},
                                             {ReportedState::kCompleted, "completed"}};
inline const Names<token::OwnershipEffect> kEffects = {{token::OwnershipEffect::kChange, "change"},
                                                       {token::OwnershipEffect::kNone, "none"}};
inline const Names<token::EntitledParty> kEntitled = {{token::EntitledParty::kTransferor, "transferor"},
                                                      {token::EntitledParty::kTransferee, "transferee"}};
inline const Names<token::CumEx> kCumEx = {{token::CumEx::kCum, "cum"}, {token::CumEx::kEx, "ex"}};
inline const Names<token::Restriction> kRestrictions = {{token::Restriction::kLockUp, "lock_up"},
                                                        {token::Restriction::kPrivatePlacement, "private_placement"},
                                                        {token::Restriction::kInsider, "insider"},
                                                        {token::Restriction::kRegulatory, "regulatory"}};
inline const Names<token::HoldingCapacity> kCapacities = {{token::HoldingCapacity::kOwn, "own"},
                                                          {token::HoldingCapacity::kNominee, "nominee"},
                                                          {token::HoldingCapacity::kCustodian, "custodian"},
                                                          {token::HoldingCapacity::kTrustee, "trustee"}};
inline const Names<crypto::Algorithm> kAlgorithms = {{crypto::Algorithm::kEs256, "ES256"},
                                                     {crypto::Algorithm::kEd25519, "EdDSA"}};

template <class A>
void fields(A& a, token::Lot& l) {
  a.quantity("quantity", l.quantity);
  a.date("acquired", l.acquired);
  a.text("origin", l.origin, token::kMaxText);
  a.instant("lockedUntil", l.locked_until);
  a.tag("restriction", l.restriction, kRestrictions, kOptional);
}
template <class A>
void fields(A& a, token::ChainLink& l) {
  a.text("party", l.party, 64, kRequired);
  a.id("account", l.account, kOptional);
  a.tag("capacity", l.capacity, kCapacities);
}
template <class A>
void fields(A& a, token::HoldingChain& c) {
  a.objects("links", c.links, token::kMaxChain);
  a.text("beneficialOwner", c.beneficial_owner, token::kMaxText);
}
template <class A>
void fields(A& a, Evidence& e) {
  a.tag("kind", e.kind, kEvidenceKinds, kOptional);
  a.id("ledger", e.ledger);
  a.text("rule", e.finality.rule, 64);
  a.large("height", e.finality.height);
  a.large("depth", e.finality.depth);
  a.fixed("block", e.finality.block, kOptional);
  a.instant("at", e.finality.at);
  a.octets("octets", e.octets, kMaxEvidenceOctets);
}
template <class A>
void fields(A& a, DecisionRecord& d) {
  a.fixed("settlementId", d.settlement);
  a.fixed("legsRoot", d.legs_root, kOptional);
  a.fixed("votesRoot", d.votes_root, kOptional);
  a.tag("outcome", d.outcome, kOutcomes);
  a.instant("time", d.time);
  a.id("signer", d.signer);
}
template <class A>
void fields(A& a, Extension& e) {
  a.text("name", e.name, 64, kRequired);
  a.flag("critical", e.critical);
  a.octets("value", e.value, kMaxExtensionOctets);
}

// SATP's transferInitClaim.
template <class A>
void fields(A& a, token::TransferTerms& t) {
  const auto chain = [&a](const char* name, token::HoldingChain& of) {
    a.object(name, [&of](auto& inner) { fields(inner, of); }, kOptional);
  };
  a.id("digitalAssetId", t.instrument);
  a.number("instrumentVersion", t.instrument_version);
  a.number("sourceRatioVersion", t.source_ratio_version);
  a.number("targetRatioVersion", t.target_ratio_version);
  a.quantity("quantity", t.quantity);
  a.objects("lots", t.lots, token::kMaxLots);
  a.id("senderGatewayId", t.sender_gateway);
  a.id("recipientGatewayId", t.recipient_gateway);
  a.id("senderGatewayNetworkId", t.source_ledger);
  a.id("recipientGatewayNetworkId", t.target_ledger);
  a.id("originatorAccount", t.originator);
  a.id("beneficiaryAccount", t.beneficiary);
  chain("verifiedOriginatorEntityId", t.originator_chain);
  chain("verifiedBeneficiaryEntityId", t.beneficiary_chain);
  a.tag("ownershipEffect", t.ownership_effect, kEffects);
  a.text("transactionType", t.transaction_type, 4, kRequired);
  a.tag("entitledParty", t.entitled_party, kEntitled);
  a.date("tradeDate", t.trade_date);
  a.tag("cumEx", t.cum_ex, kCumEx, kOptional);
  a.id("venue", t.venue, kOptional);
  a.id("liableOperator", t.liable_operator, kOptional);
  a.text("placeOfSettlement", t.place_of_settlement, token::kMaxText);
  a.text("governingLaw", t.governing_law, token::kMaxText);
  a.text("jurisdiction", t.jurisdiction, token::kMaxText);
  a.text("reference", t.reference, 35);
  a.instant("voteBy", t.vote_by);
  a.instant("completeBy", t.complete_by);
  a.large("statementPosition", t.statement_position);
}

// SATP's name for what an evidence is in its message: lock, mint, burn, assignment.
template <class A>
void claim(A& a, const std::string& what, Evidence& e) {
  a.constant((what + "AssertionClaimFormat").c_str(), "USTP_EVIDENCE_1", Code::json_fixed);
  a.object((what + "AssertionClaim").c_str(), [&e](auto& inner) { fields(inner, e); });
}

}  // namespace ustp::wire::json
