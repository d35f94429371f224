#pragma once
// The unified token of spec/02: instrument, rights, accounts, lots, encumbrances, holding chain. Plain values; what is
// not yet used by a feature is carried, validated and preserved all the same.

#include <optional>
#include <string>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"
#include "ustp/domain/identifiers.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp::token {

// Bounds every list and text of the model (spec/02). A value beyond them is refused with Code::too_long.
inline constexpr std::size_t kMaxLots = 64, kMaxRights = 32, kMaxChain = 8, kMaxRepresentations = 16, kMaxText = 350,
                             kMaxEncumbrances = 32, kMaxAdmissions = 8;

enum class RightClass : std::uint8_t { kMembership = 1, kEconomic = 2 };
enum class ExercisableBy : std::uint8_t { kRegistered = 1, kBeneficial = 2, kPledgee = 3 };
struct Right {
  std::string code;  // "vote", "attend", "inspect", "elect", "dividend", "coupon", "principal", "residual"
  RightClass cls{};
  std::uint64_t weight_per_unit = 1;  // votes or shares of the distribution per whole security unit
  ExercisableBy exercisable_by = ExercisableBy::kBeneficial;
  std::string record_rule;
  friend bool operator==(const Right&, const Right&) = default;
};

enum class RepresentationKind : std::uint8_t { kNative = 1, kBacked = 2, kDepositary = 3 };
struct Representation {
  LedgerId ledger;
  RepresentationKind kind = RepresentationKind::kBacked;
  std::string reference;      // contract address, token type, or account class on that ledger
  AccountId backing_account;  // at the issuer ledger; empty for the issuer ledger itself
  std::uint8_t scale = 0;     // decimals of the ledger's base unit as shown there
  UnitRatio ratio;
  friend bool operator==(const Representation&, const Representation&) = default;
};

enum class OfferKind : std::uint8_t { kPublic = 1, kPrivate = 2, kExempt = 3 };
enum class AdmissionKind : std::uint8_t { kListed = 1, kQuoted = 2, kRegional = 3, kNone = 4 };
struct Admission {
  Mic mic;
  AdmissionKind kind = AdmissionKind::kNone;
  Date from, to;
  friend bool operator==(const Admission&, const Admission&) = default;
};
enum class FinalityMoment : std::uint8_t { kDecision = 1, kIssuerBooking = 2, kTargetBooking = 3 };
enum class InstrumentStatus : std::uint8_t { kActive = 1, kHalted = 2, kTerminated = 3 };

struct ContractTerms {
  Hash256 code_hash, prose_hash;  // zero = none filed
  std::string language;           // BCP 47 of the authoritative prose
  Lei liable_party;
  std::string filing;
  friend bool operator==(const ContractTerms&, const ContractTerms&) = default;
};

struct Instrument {
  InstrumentId id;
  std::uint32_t version = 1;
  std::string name;
  Cfi cfi;
  Lei issuer;
  std::uint8_t scale = 0;          // decimals of the security unit's smallest unit
  Quantity authorised, approved, issued, treasury;
  Quantity denomination;           // smallest transferable amount and its multiple; zero = one smallest unit
  LedgerId issuer_ledger;          // home
  GatewayId home_gateway;
  std::vector<Representation> representations;
  std::vector<Right> rights;
  OfferKind offer = OfferKind::kPublic;
  std::vector<Admission> admissions;
  std::uint32_t holder_cap = 0;    // 0 = none
  std::string investor_class;      // required of holders; empty = anybody
  FinalityMoment finality_moment = FinalityMoment::kDecision;
  std::string governing_law, system_designation;
  ContractTerms contract;
  InstrumentStatus status = InstrumentStatus::kActive;
  friend bool operator==(const Instrument&, const Instrument&) = default;

  const Representation* representation(const LedgerId& ledger) const;
};
// Every rule an instrument statement must satisfy: bounds, ratio, authorised >= approved >= issued >= treasury,
// exactly one issuer ledger, unique representations, one scale.
Result<void> validate(const Instrument& instrument);

enum class AssetKind : std::uint8_t { kSecurities = 1, kCash = 2 };
enum class Capacity : std::uint8_t { kHouse = 1, kClient = 2, kIssuer = 3, kBacking = 4, kTransit = 5, kSuspense = 6 };
enum class Segregation : std::uint8_t { kOmnibus = 1, kIndividual = 2 };
enum class AccountStatus : std::uint8_t { kOpen = 1, kBlocked = 2, kClosed = 3 };
struct Account {
  LedgerId ledger;
  AccountId id;
  ParticipantId participant;
  AssetKind asset = AssetKind::kSecurities;
  Capacity capacity = Capacity::kClient;
  Segregation segregation = Segregation::kIndividual;
  AccountStatus status = AccountStatus::kOpen;
  std::string investor_class, jurisdiction;
  Instant identity_expires;  // 0 = no expiry stated
  friend bool operator==(const Account&, const Account&) = default;
};

enum class Restriction : std::uint8_t { kNone = 0, kLockUp = 1, kPrivatePlacement = 2, kInsider = 3, kRegulatory = 4 };
struct Lot {
  Quantity quantity;
  Date acquired;             // year 0 = not tracked
  std::string origin;        // "issue", "purchase", "bonus", …
  Instant locked_until;      // 0 = not locked
  Restriction restriction = Restriction::kNone;
  friend bool operator==(const Lot&, const Lot&) = default;
  bool is_restricted() const { return restriction != Restriction::kNone || locked_until.ns != 0; }
};
// Merges lots that are identical but for the quantity, keeps order of first appearance. Code::overflow.
Result<std::vector<Lot>> merge_lots(std::vector<Lot> lots);
Result<Quantity> sum(const std::vector<Lot>& lots, std::uint8_t scale);

enum class EncumbranceKind : std::uint8_t { kPledge = 1, kAttachment = 2, kQueuedAttachment = 3, kUsufruct = 4 };
struct Encumbrance {
  EncumbranceKind kind{};
  Lei beneficiary;
  std::uint32_t rank = 1;
  Quantity coverage;
  bool includes_fruits = false;
  std::string releaser;
  Instant perfected_at;
  Hash256 deed_or_order;
  friend bool operator==(const Encumbrance&, const Encumbrance&) = default;
};

// One account's holding of one instrument on one ledger, as that ledger tells it.
struct Position {
  AccountId account;
  InstrumentId instrument;
  Uint128 base_units = 0;   // total, locked included, in ledger base units
  Uint128 locked = 0;       // by settlements
  Uint128 blocked = 0;      // by authority or in suspense for this account
  Capacity capacity = Capacity::kClient;
  std::vector<Lot> lots;    // empty where the ledger carries none
  friend bool operator==(const Position&, const Position&) = default;
};

enum class HoldingCapacity : std::uint8_t { kOwn = 1, kNominee = 2, kCustodian = 3, kTrustee = 4 };
struct ChainLink {
  std::string party;   // LEI or BIC
  AccountId account;
  HoldingCapacity capacity = HoldingCapacity::kOwn;
  friend bool operator==(const ChainLink&, const ChainLink&) = default;
};
struct HoldingChain {
  std::vector<ChainLink> links;        // ends in the registered holder
  std::string beneficial_owner;        // opaque id, disclosed per field
  friend bool operator==(const HoldingChain&, const HoldingChain&) = default;
};

enum class OwnershipEffect : std::uint8_t { kChange = 1, kNone = 2 };     // ISO 20022 BnfclOwnrsh
enum class EntitledParty : std::uint8_t { kTransferor = 1, kTransferee = 2 };
enum class CumEx : std::uint8_t { kUnspecified = 0, kCum = 1, kEx = 2 };

// The terms of one leg: what moves, from where to where, in which legal sense. This is SATP's transferInitClaim.
struct TransferTerms {
  InstrumentId instrument;
  std::uint32_t instrument_version = 1;
  std::uint32_t source_ratio_version = 1, target_ratio_version = 1;
  Quantity quantity;
  std::vector<Lot> lots;  // adds up to quantity; at least one
  GatewayId sender_gateway, recipient_gateway;
  LedgerId source_ledger, target_ledger;
  AccountId originator, beneficiary;
  HoldingChain originator_chain, beneficiary_chain;
  OwnershipEffect ownership_effect = OwnershipEffect::kChange;
  std::string transaction_type = "TRAD";  // ISO 20022: TRAD, OWNE, REPU, COLO, …
  EntitledParty entitled_party = EntitledParty::kTransferee;
  Date trade_date;
  CumEx cum_ex = CumEx::kUnspecified;
  Mic venue;
  Lei liable_operator;
  std::string place_of_settlement, governing_law, jurisdiction;
  std::string reference;       // the owner's own, at most 35 characters
  Instant vote_by;             // absolute; ends the right to vote (decision 13)
  Instant complete_by;         // when a party that waits alarms; resolves nothing
  std::uint64_t statement_position = 0;  // the statements this transfer is judged under (decision 19)
  friend bool operator==(const TransferTerms&, const TransferTerms&) = default;
};

// What the rules look at; resolved by the caller under one statement position.
struct CheckFacts {
  const Instrument* instrument = nullptr;
  const Account* originator = nullptr;   // null: not known here (the other side's business)
  const Account* beneficiary = nullptr;
  bool check_originator = true, check_beneficiary = true;
  bool target_carries_lots = false;
  ParticipantId acting;                  // empty: not asked by a participant (recipient side)
  Instant now;
};
struct Finding {
  Code code{};
  std::string rule;    // "TOK-R07"; the rule's id in spec/02
  std::string detail;
  friend bool operator==(const Finding&, const Finding&) = default;
};
// Every failing rule with its reason code, in the rules' order; empty means the transfer may proceed. The one function
// for dry run and execution.
std::vector<Finding> check(const TransferTerms& terms, const CheckFacts& facts);
// Form only: bounds, charsets, non-empty required fields, lots sum. First violation.
Result<void> validate(const TransferTerms& terms);

}  // namespace ustp::token
