#pragma once
// The methods of the JSON-RPC subset: README.md lists them.

#include "adapters/ethereum/embedded/node.hpp"

namespace ustp::ethereum::embedded {

struct Backend {
  Chain& chain;
  Random& random;
  Faults faults;
  bool added = false;            // a transaction was taken into the pool
  std::optional<Error> failure;  // the store's; nothing may be answered any more
};
std::string answer_rpc(Backend& backend, std::string_view request);
std::string refused_rpc(std::string_view why);  // an error object without an id

}  // namespace ustp::ethereum::embedded
