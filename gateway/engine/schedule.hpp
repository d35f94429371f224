#pragma once
// Orders that are to begin later (USTP-API-016): accepted and durable, but no transfers yet; nothing is locked and no peer
// has heard of them. When one begins it becomes a transfer under the same id. Part of the core (private to engine).

#include <map>
#include <set>

#include "gateway/engine/octets.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway {

struct ScheduledOrder {
  enum class Stage : std::uint8_t { kWaiting = 1, kWithdrawn, kRefused };
  TransferId id;
  TransferOrder order;           // not_before is when it begins
  Stage stage = Stage::kWaiting;
  Instant accepted, ended;
  std::optional<Error> reason;   // of a refusal at its time
  std::uint64_t ordinal = 0;     // its place in lists; in snapshots, in no block
  // Of this run, in no journal.
  Instant try_at;                // a refusal that may pass is tried again then
  bool inherited = false;        // from before this run
};

std::string_view to_string(ScheduledOrder::Stage stage);  // "scheduled", "withdrawn", "refused"
std::string_view status_of(ScheduledOrder::Stage stage);  // "scheduled", "aborted"

class Schedule {
 public:
  const ScheduledOrder* find(const TransferId& id) const;
  void accept(ScheduledOrder order);
  // It is a transfer from now on and here no more.
  std::optional<ScheduledOrder> begin(const TransferId& id);
  void end(const TransferId& id, ScheduledOrder::Stage stage, std::optional<Error> reason, Instant at);
  void postpone(const TransferId& id, Instant until);
  void recount();                                 // what was tried in vain is due at its own time again: the clock was put back
  void inherit();                                 // all that wait come from before this run
  std::vector<TransferId> due(Instant now, std::size_t most) const;
  Instant next() const { return waiting_.empty() ? Instant{INT64_MAX} : waiting_.begin()->first; }
  std::size_t waiting() const { return waiting_.size(); }
  const std::map<TransferId, ScheduledOrder>& all() const { return orders_; }

 private:
  std::map<TransferId, ScheduledOrder> orders_;   // ended ones too: they are still asked for
  std::set<std::pair<Instant, TransferId>> waiting_;
};

// For blocks and snapshots. A participant's order as it was taken, without its answer.
void put(Writer& w, const ScheduledOrder& order);
ScheduledOrder get_scheduled(Reader& r);

}  // namespace ustp::gateway
