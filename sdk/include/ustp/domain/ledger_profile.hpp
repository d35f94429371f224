#pragma once
// A ledger as its statement declares it (house plan: LedgerProfile). Rules name the instrument, never the ledger; what
// a ledger is shows here and nowhere else.

#include "ustp/domain/operation.hpp"

namespace ustp::ledger {

enum class LedgerKind : std::uint8_t { kCsd = 1, kEthereum = 2, kCorda = 3 };
enum class LedgerModel : std::uint8_t { kBookEntry = 1, kConsortium = 2, kPrivate = 3, kPublic = 4 };

// What a ledger is, as its statement declares it.
struct LedgerProfile {
  LedgerId id;
  LedgerKind kind{};
  LedgerModel model = LedgerModel::kPrivate;
  GatewayId gateway;               // who speaks for it
  Lei liable_operator;
  std::string finality_rule;       // "confirmed", "finalized", "notarised"
  std::uint64_t finality_depth = 0;
  EvidenceKind evidence{};
  std::uint32_t rewriters = 1;     // how many independent parties together could rewrite it
  bool carries_lots = false;
  bool releases_itself = false;    // holds that expire by themselves: such a ledger may not vote (decision 13)
  AccountId custody_account;       // where created units wait: the backing account on a CSD, custody elsewhere
  AccountId suspense_account;
  LedgerAnchor anchor;
  friend bool operator==(const LedgerProfile&, const LedgerProfile&) = default;
};

}  // namespace ustp::ledger
