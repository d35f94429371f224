// The body of an order from any octets: what is accepted keeps its bounds, what is refused says where.
#include <cstdlib>

#include "gateway/api/order.hpp"
#include "gateway/api/render.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  gateway::TransferOrder order;
  const auto fault = gateway::api::read_order({reinterpret_cast<const char*>(data), size}, order);
  if (fault) {
    if (!fault->pointer.empty() && fault->pointer.front() != '/') std::abort();
    (void)gateway::api::render_problem(*fault, {"id", "/v1/transfers"});
    return 0;
  }
  if (order.lots.size() > token::kMaxLots || order.reference.size() > 35 || order.instrument.empty() ||
      order.originator.empty() || order.beneficiary.empty() || order.target_ledger.empty() || order.vote_within.ns <= 0)
    std::abort();
  for (const auto& lot : order.lots)
    if (Quantity::parse(lot.quantity.str(), lot.quantity.scale()).value() != lot.quantity) std::abort();
  if (!Quantity::parse(order.quantity, Quantity::kMaxScale) &&
      Quantity::parse(order.quantity, Quantity::kMaxScale).error().code != Code::overflow)
    std::abort();
  return 0;
}
