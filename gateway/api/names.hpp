#pragma once
// The API's names of enumerations: lower case, as in JSON statements. One table each, read in both directions.

#include <array>
#include <optional>
#include <string_view>

#include "ustp/domain/ledger_profile.hpp"
#include "ustp/token/token.hpp"

namespace ustp::gateway::api {

template <class Enum>
struct Name {
  Enum value;
  std::string_view text;
};

inline constexpr auto kOwnershipEffects = std::to_array<Name<token::OwnershipEffect>>(
    {{token::OwnershipEffect::kChange, "change"}, {token::OwnershipEffect::kNone, "none"}});
inline constexpr auto kEntitledParties = std::to_array<Name<token::EntitledParty>>(
    {{token::EntitledParty::kTransferor, "transferor"}, {token::EntitledParty::kTransferee, "transferee"}});
inline constexpr auto kCumEx = std::to_array<Name<token::CumEx>>({{token::CumEx::kUnspecified, "unspecified"},
                                                                  {token::CumEx::kCum, "cum"},
                                                                  {token::CumEx::kEx, "ex"}});
inline constexpr auto kRestrictions =
    std::to_array<Name<token::Restriction>>({{token::Restriction::kNone, "none"},
                                             {token::Restriction::kLockUp, "lock_up"},
                                             {token::Restriction::kPrivatePlacement, "private_placement"},
                                             {token::Restriction::kInsider, "insider"},
                                             {token::Restriction::kRegulatory, "regulatory"}});
inline constexpr auto kHoldingCapacities =
    std::to_array<Name<token::HoldingCapacity>>({{token::HoldingCapacity::kOwn, "own"},
                                                 {token::HoldingCapacity::kNominee, "nominee"},
                                                 {token::HoldingCapacity::kCustodian, "custodian"},
                                                 {token::HoldingCapacity::kTrustee, "trustee"}});
inline constexpr auto kCapacities = std::to_array<Name<token::Capacity>>({{token::Capacity::kHouse, "house"},
                                                                          {token::Capacity::kClient, "client"},
                                                                          {token::Capacity::kIssuer, "issuer"},
                                                                          {token::Capacity::kBacking, "backing"},
                                                                          {token::Capacity::kTransit, "transit"},
                                                                          {token::Capacity::kSuspense, "suspense"}});
inline constexpr auto kRepresentationKinds = std::to_array<Name<token::RepresentationKind>>(
    {{token::RepresentationKind::kNative, "native"},
     {token::RepresentationKind::kBacked, "backed"},
     {token::RepresentationKind::kDepositary, "depositary"}});
inline constexpr auto kRightClasses = std::to_array<Name<token::RightClass>>(
    {{token::RightClass::kMembership, "membership"}, {token::RightClass::kEconomic, "economic"}});
inline constexpr auto kExercisableBy = std::to_array<Name<token::ExercisableBy>>(
    {{token::ExercisableBy::kRegistered, "registered"},
     {token::ExercisableBy::kBeneficial, "beneficial"},
     {token::ExercisableBy::kPledgee, "pledgee"}});
inline constexpr auto kOffers = std::to_array<Name<token::OfferKind>>({{token::OfferKind::kPublic, "public"},
                                                                       {token::OfferKind::kPrivate, "private"},
                                                                       {token::OfferKind::kExempt, "exempt"}});
inline constexpr auto kAdmissions = std::to_array<Name<token::AdmissionKind>>({{token::AdmissionKind::kListed, "listed"},
                                                                               {token::AdmissionKind::kQuoted, "quoted"},
                                                                               {token::AdmissionKind::kRegional, "regional"},
                                                                               {token::AdmissionKind::kNone, "none"}});
inline constexpr auto kFinalityMoments = std::to_array<Name<token::FinalityMoment>>(
    {{token::FinalityMoment::kDecision, "decision"},
     {token::FinalityMoment::kIssuerBooking, "issuer_booking"},
     {token::FinalityMoment::kTargetBooking, "target_booking"}});
inline constexpr auto kInstrumentStatuses = std::to_array<Name<token::InstrumentStatus>>(
    {{token::InstrumentStatus::kActive, "active"},
     {token::InstrumentStatus::kHalted, "halted"},
     {token::InstrumentStatus::kTerminated, "terminated"}});

inline constexpr auto kLedgerKinds = std::to_array<Name<ledger::LedgerKind>>({{ledger::LedgerKind::kCsd, "csd"},
                                                                              {ledger::LedgerKind::kEthereum, "ethereum"},
                                                                              {ledger::LedgerKind::kCorda, "corda"}});
inline constexpr auto kLedgerModels =
    std::to_array<Name<ledger::LedgerModel>>({{ledger::LedgerModel::kBookEntry, "book_entry"},
                                              {ledger::LedgerModel::kConsortium, "consortium"},
                                              {ledger::LedgerModel::kPrivate, "private"},
                                              {ledger::LedgerModel::kPublic, "public"}});
inline constexpr auto kEvidenceKinds =
    std::to_array<Name<EvidenceKind>>({{EvidenceKind::kNone, "none"},
                                       {EvidenceKind::kCsdConfirmation, "csd_confirmation"},
                                       {EvidenceKind::kEthereumReceipt, "ethereum_receipt"},
                                       {EvidenceKind::kCordaTearOff, "corda_tear_off"}});
inline constexpr auto kStatuses = std::to_array<std::string_view>(
    {"scheduled", "open", "in_doubt", "suspense", "completed", "aborted", "unexecutable"});

// A value outside the table cannot come out of a decoder; it would show as empty.
template <class Enum, std::size_t N>
constexpr std::string_view name_of(const std::array<Name<Enum>, N>& names, Enum value) {
  for (const auto& row : names)
    if (row.value == value) return row.text;
  return {};
}
template <class Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const std::array<Name<Enum>, N>& names, std::string_view text) {
  for (const auto& row : names)
    if (row.text == text) return row.value;
  return {};
}

}  // namespace ustp::gateway::api
