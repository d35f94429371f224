#pragma once
// The home gateway's book: what of each instrument is outstanding on which other ledger (decision 22). Changed only by
// records of its own transfers and by notices that both gateways signed.

#include <map>
#include <set>

#include "ustp/protocol/registry.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::protocol {

class HomeBook {
 public:
  explicit HomeBook(GatewayId self) : self_(std::move(self)) {}

  // After every record: counts the commit of an outward transfer, reserves and settles returns.
  void on_record(const TransferState& after, const Record& record);
  // Checks both signatures and the terms; on success applies once per settlement. Errors: bad_signature,
  // evidence_mismatch, outstanding_exceeded (then nothing changes: alarm and halt are the caller's).
  Result<void> on_notice(const wire::MoveNotice& notice, const GatewayId& recipient, const Registry& registry);

  Quantity outstanding(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const;
  Quantity returnable(const InstrumentId& instrument, const LedgerId& ledger, std::uint8_t scale) const;
  friend bool operator==(const HomeBook&, const HomeBook&) = default;

  // All it holds, for snapshots.
  struct Line {
    Uint128 outstanding = 0, reserved = 0;  // security units at the instrument's scale
    friend bool operator==(const Line&, const Line&) = default;
  };
  struct Content {
    std::map<std::pair<InstrumentId, LedgerId>, Line> lines;
    std::set<SettlementId> noticed;
    friend bool operator==(const Content&, const Content&) = default;
  };
  const Content& content() const { return content_; }
  void restore(Content content) { content_ = std::move(content); }

 private:
  GatewayId self_;
  Content content_;
};

}  // namespace ustp::protocol
