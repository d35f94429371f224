#pragma once
// The event stream of a gateway (USTP-API-009): every change of a transfer's state, under sequence numbers that the
// journal alone gives, the same live, after replay and from a snapshot. Part of the core (private to engine).

#include <deque>

#include "gateway/engine/schedule.hpp"
#include "gateway/ports/service.hpp"
#include "ustp/protocol/transfer.hpp"

namespace ustp::gateway {

// What stands for a state in views and events: open, in_doubt, suspense, completed, aborted, unexecutable.
std::string_view status_of(protocol::State state);
// Of an abort, or the rule of a suspense.
std::optional<Error> reason_of(const protocol::TransferState& state);

class EventLog {
 public:
  explicit EventLog(std::size_t kept) : kept_(kept) {}

  // `viewer`: the participant who sees it beside the operator; may be empty.
  void add(const protocol::TransferState& state, const ParticipantId& viewer, Instant at);
  void add(const ScheduledOrder& scheduled, Instant at);
  std::uint64_t last() const { return first_ + entries_.size() - 1; }  // 0: none yet
  std::uint64_t first() const { return first_; }                       // the oldest kept
  // Of what `viewer` sees (`all`: an operator), up to `until` inclusive. Looks at a bounded number of events at a time.
  EventPage page(const ParticipantId& viewer, bool all, std::optional<std::uint64_t> after, std::uint64_t until,
                 std::size_t limit) const;

  void put(Writer& w) const;
  bool get(Reader& r);

 private:
  struct Entry {
    TransferId transfer;
    Instant at;
    ParticipantId viewer;
    protocol::State state{};
    ScheduledOrder::Stage stage{};  // of an order that is no transfer yet; the state says nothing then
    bool sender = false;
    std::optional<Error> reason;
  };
  void trim();
  static TransferEvent view(const Entry& entry, std::uint64_t sequence);

  std::size_t kept_;
  std::uint64_t first_ = 1;
  std::deque<Entry> entries_;
};

}  // namespace ustp::gateway
