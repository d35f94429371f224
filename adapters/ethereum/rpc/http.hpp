#pragma once
// JSON-RPC over HTTP/1.1 on cpprestsdk, which shows itself in http.cpp alone.

#include <memory>

#include "adapters/ethereum/rpc/json_rpc.hpp"
#include "ustp/base/time.hpp"

namespace ustp::ethereum {

struct HttpOptions {
  std::string url;                             // "http://127.0.0.1:8545"; https works where the system trusts the node
  Duration timeout = Duration::seconds(5);     // for one request, connecting included
  std::size_t max_response = 32 * 1024 * 1024; // octets; a longer answer is refused while it is read
};
Result<std::shared_ptr<JsonRpc>> make_http_rpc(HttpOptions options);  // Code::config_invalid: not an http(s) URL

}  // namespace ustp::ethereum
