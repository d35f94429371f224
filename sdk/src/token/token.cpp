#include "ustp/token/token.hpp"

#include <algorithm>

namespace ustp::token {

const Representation* Instrument::representation(const LedgerId& ledger) const {
  for (const auto& one : representations)
    if (one.ledger == ledger) return &one;
  return nullptr;
}

Result<std::vector<Lot>> merge_lots(std::vector<Lot> lots) {
  std::vector<Lot> out;
  for (auto& lot : lots) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Lot& other) {
      Lot copy = lot;
      copy.quantity = other.quantity;
      return copy == other && lot.quantity.scale() == other.quantity.scale();
    });
    if (same == out.end()) {
      out.push_back(std::move(lot));
    } else {
      USTP_TRY(same->quantity, same->quantity.plus(lot.quantity));
    }
  }
  return out;
}

Result<Quantity> sum(const std::vector<Lot>& lots, std::uint8_t scale) {
  Quantity total(0, scale);
  for (const auto& lot : lots) {
    USTP_TRY(total, total.plus(lot.quantity));
  }
  return total;
}

}  // namespace ustp::token
