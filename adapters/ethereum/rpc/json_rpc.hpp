#pragma once
// JSON-RPC 2.0 as octets: what stands between the driver and a node, be it over HTTP or a node in the same process.

#include <string>

#include "ustp/base/result.hpp"

namespace ustp::ethereum {

// Thread-safe. One request document (a call or a batch) in, one response document out. Blocks, at most for the
// transport's timeout. Errors: Code::ledger_unavailable (no answer; whether the node acted is not known),
// Code::ledger_message (an answer beyond the limits, or not of HTTP status 200).
class JsonRpc {
 public:
  virtual ~JsonRpc() = default;
  virtual Result<std::string> post(const std::string& request) = 0;
};

}  // namespace ustp::ethereum
