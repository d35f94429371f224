#pragma once
// Serves a ledger to gateways and readers over the frames of adapters/corda/frames.hpp: one thread, natural batches.

#include "adapters/corda/access.hpp"
#include "adapters/corda/sockets.hpp"
#include "ustp/base/random.hpp"

namespace ustp::corda {

// Faults of the answers, never of what is in force: the ledger of decision 10 that answers late, twice or unknown.
struct Faults {
  std::uint32_t late_percent = 0, twice_percent = 0, unknown_percent = 0;
  std::uint64_t seed = 1;
};
Result<Faults> parse_faults(std::string_view text);  // "late=10,twice=5,unknown=5"

class Server {
 public:
  static Result<std::unique_ptr<Server>> listen(LedgerAccess& ledger, const Endpoint& endpoint, Faults faults);
  ~Server();
  std::uint16_t port() const;
  // Serves until `stop` is readable. An error of the ledger ends it: nothing more may be told.
  Result<void> serve(const Fd& stop);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ustp::corda
