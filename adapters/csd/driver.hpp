#pragma once
// The ledger port over the file drop of a CSD.

#include <memory>
#include <string>

#include "ustp/base/time.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::csd {

struct CsdOptions {
  ledger::LedgerProfile profile;   // anchor.key: the CSD's confirmation key; custody and suspense accounts
  std::string inbox;               // folder the CSD reads and we write
  std::string outbox;              // folder the CSD writes and we read
  Duration poll = Duration::milliseconds(5);
  Duration patience = Duration::seconds(10);   // of positions() and supply()
  std::shared_ptr<const Clock> clock;          // null: the system's
};

// Thread-safe as the port says. One worker thread from start() to stop(), which does all file work; execute() and query()
// queue, at most 65,536 (beyond that they answer kUnknown). Outcomes come from the worker thread.
// Errors: config_invalid, bad_key, io_error.
Result<std::unique_ptr<ledger::Driver>> make_csd_driver(CsdOptions options);

}  // namespace ustp::csd
