#pragma once
// The identities of spec/02 (USTP-TOK-040 to -050) over a neutral picture of one instrument on all its ledgers. Pure:
// give it what the ledgers themselves say, and it names every identity that does not hold. Quantities are smallest
// security units unless "base" is said; a conversion that is not exact is a finding of its own.

#include <string>
#include <vector>

#include "ustp/token/token.hpp"

namespace ustp::testing {

struct Figures {
  Uint128 authorised = 0, approved = 0, issued = 0, treasury = 0;
};

// One account's holding on one ledger.
struct PositionPicture {
  AccountId account;
  token::Capacity capacity = token::Capacity::kClient;
  Uint128 base_units = 0;
  std::vector<Uint128> locks;         // by settlements, base units; no unit is under two of them
  std::vector<Uint128> encumbrances;  // rights of others, base units; they overlap each other and the locks
  Uint128 claimed = 0;                // base units under at least one lock, encumbrance or unexpired lot lock
  std::vector<token::Lot> lots;       // empty where the ledger carries none
  std::vector<Uint128> entitlements;  // base units of each client behind an omnibus account; empty: not an omnibus
};

struct LedgerPicture {
  LedgerId ledger;
  bool issuer = false;                // exactly one is
  UnitRatio ratio;
  Uint128 provisional = 0;            // base units created (earmarked on the issuer ledger) and not yet assigned
  std::vector<PositionPicture> positions;
};

// Extinguished on one ledger and not yet assigned on the other.
struct TransitPicture {
  LedgerId from, to;
  Uint128 units = 0;
};

struct Picture {
  Figures figures;
  std::uint8_t scale = 0;
  Instant now;
  std::vector<LedgerPicture> ledgers;
  std::vector<TransitPicture> in_transit;
};

struct Violation {
  std::string requirement;            // "USTP-TOK-041"
  std::string identity;               // in words, as in spec/02
  std::string detail;                 // the figures that do not agree
};

// Issue, backing, count once, positions, ratio, segregation, exclusivity. At rest nothing is in transit or provisional.
std::vector<Violation> check_picture(const Picture& picture, bool at_rest);

// One booking between two pictures; a figure of the issue changes by an act of the issuer only.
// kRepresentation: created or extinguished on a ledger that is not the issuer's; balanced by the backing, not there.
enum class EntryCause : std::uint8_t { kTransfer = 1, kRepresentation, kIssue, kRedemption, kEvent, kCorrection };
struct Entry {
  LedgerId ledger;
  AccountId account;
  bool credit = false;
  Uint128 base_units = 0;
  EntryCause cause = EntryCause::kTransfer;
};
// Entry and day: Σ debits = Σ credits but for the acts of the issuer, and every account moved by its entries alone.
std::vector<Violation> check_entries(const Picture& before, const Picture& after, const std::vector<Entry>& entries);

// Persistence: what a round trip gives back is what went in, lot by lot, whatever was split or merged on the way.
std::vector<Violation> check_lots_persist(const std::vector<token::Lot>& before, const std::vector<token::Lot>& after);
// Encumbrances after = before + registrations − releases; a release needs its authority in `releases`.
std::vector<Violation> check_encumbrances_persist(const std::vector<token::Encumbrance>& before,
                                                  const std::vector<token::Encumbrance>& registrations,
                                                  const std::vector<token::Encumbrance>& releases,
                                                  const std::vector<token::Encumbrance>& after);

// Correction: the contra undoes the original entry by entry, and the hashes of what was booked before are unchanged.
std::vector<Violation> check_correction(const std::vector<Entry>& original, const std::vector<Entry>& contra,
                                        const std::vector<Hash256>& hashes_before,
                                        const std::vector<Hash256>& hashes_after);

}  // namespace ustp::testing
