#include "adapters/ethereum/embedded/storage.hpp"

#include <cstdlib>

#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum::embedded {
namespace {

enum class Kind : std::uint8_t { kAccount = 1, kOperation = 2, kTotals = 3 };

Slot slot(Kind kind, BytesView key) {
  Slot out;
  std::copy(key.begin(), key.end(), out.mutable_octets().begin());
  out.mutable_octets()[32] = static_cast<std::uint8_t>(kind);
  return out;
}
Bytes number(Uint128 value) { return rlp::encode(value); }

// Records are written by this file only: one that does not read back means the store was changed by somebody else.
class Fields {
 public:
  Fields(const Bytes& octets, std::size_t count) : item_(rlp::decode(octets).value()) {
    if (item_.list(count, count)->size() != count) std::abort();
  }
  Uint128 number(std::size_t i) const { return item_.parts[i].number().value(); }
  std::uint64_t number64(std::size_t i) const { return item_.parts[i].number64().value(); }
  BytesView octets(std::size_t i) const { return item_.parts[i].octets().value(); }

 private:
  rlp::Item item_;
};

}  // namespace

Slot account_slot(const Address& address) { return slot(Kind::kAccount, address.view()); }
Slot operation_slot(const Word& id) { return slot(Kind::kOperation, id.view()); }
Slot totals_slot() { return slot(Kind::kTotals, {}); }
std::optional<Address> account_of(const Slot& of) {
  if (of.octets()[32] != static_cast<std::uint8_t>(Kind::kAccount)) return std::nullopt;
  return Address::from_bytes(of.view().first(20)).value();
}

Account Reader::account(const Address& address) const {
  const Bytes octets = read(account_slot(address));
  if (octets.empty()) return {};
  const Fields f(octets, 8);
  return {f.number(0), f.number(1),      f.number(2),   f.number(3),
          f.number(4) == 1, f.number(5) == 1, f.number64(6), std::string(as_text(f.octets(7)))};
}
Operation Reader::operation(const Word& id) const {
  const Bytes octets = read(operation_slot(id));
  if (octets.empty()) return {};
  const Fields f(octets, 7);
  return {static_cast<Status>(f.number64(0)), static_cast<std::uint8_t>(f.number64(1)), f.number(2) == 1, f.number64(3),
          Address::from_bytes(f.octets(4)).value(), Word::from_bytes(f.octets(5)).value(), f.number(6)};
}
Totals Reader::totals() const {
  const Bytes octets = read(totals_slot());
  if (octets.empty()) return {};
  const Fields f(octets, 4);
  return {f.number(0), f.number(1) == 1, f.number64(2), f.number64(3)};
}

Bytes Storage::read(const Slot& of) const {
  const auto it = values_.find(of);
  if (it != values_.end()) return it->second;
  return base_ != nullptr ? base_->read(of) : Bytes{};
}
void Storage::write(const Slot& of, Bytes value) {
  undo_.push_back({of, read(of)});
  values_[of] = std::move(value);
}
void Storage::put(const Address& address, const Account& a) {
  write(account_slot(address),
        rlp::encode_list({number(a.balance), number(a.locked), number(a.frozen), number(a.suspended),
                          number(a.blocked ? 1U : 0U), number(a.agent ? 1U : 0U), number(a.nonce),
                          rlp::encode(as_bytes(a.capacity))}));
}
void Storage::put(const Word& id, const Operation& o) {
  write(operation_slot(id),
        rlp::encode_list({number(static_cast<std::uint8_t>(o.status)), number(o.kind), number(o.ended ? 1U : 0U),
                          number(o.block), rlp::encode(o.account.view()), rlp::encode(o.request_hash.view()),
                          number(o.amount)}));
}
void Storage::put(const Totals& t) {
  write(totals_slot(), rlp::encode_list({number(t.supply), number(t.paused ? 1U : 0U), number(t.open), number(t.agents)}));
}

void Storage::rollback(std::size_t checkpoint) {
  while (undo_.size() > checkpoint) {
    if (undo_.back().previous.empty()) values_.erase(undo_.back().slot);
    else values_[undo_.back().slot] = std::move(undo_.back().previous);
    undo_.pop_back();
  }
}
void Storage::revert(const std::vector<Undo>& undo) {
  for (auto it = undo.rbegin(); it != undo.rend(); ++it) {
    if (it->previous.empty()) values_.erase(it->slot);
    else values_[it->slot] = it->previous;
  }
}

Bytes Past::read(const Slot& slot) const {
  for (const auto* block : later_)
    for (const Undo& undo : *block)
      if (undo.slot == slot) return undo.previous;
  return now_.read(slot);
}

}  // namespace ustp::ethereum::embedded
