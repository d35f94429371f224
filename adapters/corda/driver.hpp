#pragma once
// The ledger port on the Corda-like ledger: a driver with a thread of its own that takes everything that waits, asks
// the ledger in one batch and hands the answers to the sink. Over TCP or in process; nothing else differs.
// Security: the protocol has no secrets of its own; the endpoint must be the loopback or a protected network.

#include <string>

#include "adapters/corda/access.hpp"

namespace ustp::corda {

struct CordaOptions {
  ledger::LedgerProfile profile;
  std::string endpoint;                    // "host:port" (numeric address or "localhost"); or
  std::shared_ptr<LedgerAccess> ledger;    // a ledger in this process
  Duration reconnect_first = Duration::milliseconds(10), reconnect_most = Duration::seconds(2);
  Duration read_timeout = Duration::seconds(5);  // of positions() and supply()
  std::size_t waiting = 65'536;            // operations that wait for the ledger; one more is unknown at once
};
// Code::config_invalid: neither or both of endpoint and ledger, or a profile of another kind of ledger.
Result<std::unique_ptr<ledger::Driver>> make_corda_driver(CordaOptions options);

}  // namespace ustp::corda
