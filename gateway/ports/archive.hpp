#pragma once
// The archive port: transfers that ended, put aside with a snapshot, so that memory and snapshots hold what still moves.

#include <functional>
#include <optional>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/base/result.hpp"

namespace ustp::gateway {

struct Archived {
  TransferId id;
  std::uint64_t ordinal = 0;   // of its first appearance: lists are in this order
  Hash256 order_key;           // over participant and idempotency key; zero: no order of this gateway began it
  Bytes state;                 // the engine's octets
};

// A transfer stands here once for each snapshot that put it aside. Whoever reads says the position of its own snapshot
// and sees of each transfer the newest up to there. Thread-safe; errors: Code::journal_damaged, journal_write.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual Result<std::optional<Archived>> find(const TransferId& id, std::uint64_t position) = 0;
  virtual Result<std::optional<Archived>> find_order(const Hash256& order_key, std::uint64_t position) = 0;
  // Those that appeared before `ordinal`, the newest first, at most `limit`.
  virtual Result<std::vector<Archived>> before(std::uint64_t ordinal, std::uint64_t position, std::size_t limit) = 0;
  // All, in no order, without their states.
  using Visitor = std::function<void(const Archived&)>;
  virtual Result<void> each(std::uint64_t position, const Visitor& visit) = 0;
};

}  // namespace ustp::gateway
