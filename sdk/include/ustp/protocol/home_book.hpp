#pragma once
// The home gateway's book: what of each instrument is outstanding on which other ledger (decision 22). Changed only by
// records of its own transfers and by notices that both gateways signed.

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::protocol {

class HomeBook {
 public:
  explicit HomeBook(GatewayId self) : self_(std::move(self)) {}

  // After every record: counts the commit of an outward transfer, reserves and settles returns.
  void on_record(const TransferState& after, const Record& record);
  // A notice and who is to be told that it is counted.
  struct Notified {
    GatewayId recipient;
    SessionId session;
    TransferId transfer;
    SettlementId settlement;
    Hash256 notice;                       // of its octets
    friend bool operator==(const Notified&, const Notified&) = default;
  };
  // Checks both signatures and the terms; on success counts once per settlement. Notices of different gateways come in
  // any order: one of more than is outstanding waits until what it rests on is counted (USTP-MSG-116). Errors:
  // bad_signature, evidence_mismatch, unknown_instrument; outstanding_exceeded when too many wait. Nothing changes then.
  Result<void> on_notice(const wire::Message& message, const Hash256& hash, const GatewayId& recipient,
                         const Registry& registry);
  // Those counted since the last call: each gets its move-notice-receipt-msg. No part of the book.
  std::vector<Notified> take_counted() { return std::exchange(counted_, {}); }

  Quantity outstanding(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const;
  Quantity returnable(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const;
  friend bool operator==(const HomeBook& a, const HomeBook& b) { return a.self_ == b.self_ && a.content_ == b.content_; }

  // All it holds, for snapshots.
  struct Line {
    Uint128 outstanding = 0, reserved = 0;  // security units at the instrument's scale
    friend bool operator==(const Line&, const Line&) = default;
  };
  struct Move {                           // between two other ledgers, not counted yet
    Notified from;
    InstrumentId instrument;
    LedgerId source, target;
    Uint128 units = 0;
    friend bool operator==(const Move&, const Move&) = default;
  };
  static constexpr std::size_t kMostWaiting = 10'000;
  struct Content {
    std::map<std::pair<InstrumentId, LedgerId>, Line> lines;
    std::set<SettlementId> noticed;
    std::vector<Move> waiting;            // in the order they came
    friend bool operator==(const Content&, const Content&) = default;
  };
  const Content& content() const { return content_; }
  void restore(Content content) { content_ = std::move(content); }

 private:
  bool count(const Move& move);           // false: more than is outstanding
  void count_waiting();

  GatewayId self_;
  Content content_;
  std::vector<Notified> counted_;
};

}  // namespace ustp::protocol
