#include <algorithm>

#include "ustp/token/token.hpp"

namespace ustp::token {

const Representation* Instrument::representation(const LedgerId& ledger) const {
  const auto at = std::find_if(representations.begin(), representations.end(),
                               [&](const Representation& entry) { return entry.ledger == ledger; });
  return at == representations.end() ? nullptr : &*at;
}

Result<std::vector<Lot>> merge_lots(std::vector<Lot> lots) {
  std::vector<Lot> out;
  for (const Lot& lot : lots) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Lot& other) {
      Lot copy = other;
      copy.quantity = lot.quantity;
      return other.quantity.scale() == lot.quantity.scale() && copy == lot;
    });
    if (same == out.end()) {
      out.push_back(lot);
    } else {
      USTP_TRY(same->quantity, same->quantity.plus(lot.quantity));
    }
  }
  return out;
}

Result<Quantity> sum(const std::vector<Lot>& lots, std::uint8_t scale) {
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  Quantity total(0, scale);
  for (const Lot& lot : lots) {
    USTP_TRY(total, total.plus(lot.quantity));
  }
  return total;
}

}  // namespace ustp::token
