#pragma once
// The body of POST /v1/transfers:batch: up to 1,000 orders, each with its own key and judged alone.

#include <vector>

#include "gateway/api/http.hpp"
#include "gateway/ports/service.hpp"

namespace ustp::gateway::api {

inline constexpr std::size_t kMaxBatch = 1000;

struct BatchItem {
  TransferOrder order;         // with key and payload hash; not to be used with a fault
  std::optional<Fault> fault;  // of this order alone
  std::string key;             // as sent, where there is one
};

// A fault of its own when the body as a whole cannot be taken: no list of 1 to kMaxBatch objects. The payload hash of an
// order is that of its octets as they stand in the body, so that the same octets sent alone under the same key are the
// same request (USTP-API-015). Pointers lead into the body.
std::optional<Fault> read_batch(std::string_view body, std::vector<BatchItem>& out);

}  // namespace ustp::gateway::api
