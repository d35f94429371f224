// The body of a batch from any octets: what is taken has as many parts as orders, and each part reads to the same order alone.
#include <cstdlib>

#include "gateway/api/batch_order.hpp"
#include "gateway/api/json_value.hpp"
#include "gateway/api/order.hpp"
#include "ustp/crypto/crypto.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::gateway::api;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)json_parts(text);  // reads what is no JSON without leaving it
  std::vector<BatchItem> items;
  if (const auto fault = read_batch(text, items)) {
    if (!fault->pointer.empty() && fault->pointer.front() != '/') std::abort();
    return 0;
  }
  if (items.empty() || items.size() > kMaxBatch) std::abort();
  const auto orders = json_parts(json_parts(text).front());
  if (orders.size() != items.size()) std::abort();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].fault) continue;
    bool found = false;
    for (const auto part : json_parts(orders[i])) {
      if (crypto::sha256(as_bytes(part)) != items[i].order.payload_hash) continue;
      gateway::TransferOrder alone;
      if (read_order(part, alone) || alone.quantity != items[i].order.quantity) std::abort();
      found = true;
    }
    if (!found) std::abort();
  }
  return 0;
}
