#pragma once
// The contract's and the accounts' records as octets under slots, with undo: a refused call, and a block that a
// reorganisation drops, leave no trace. One thread at a time.

#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum::embedded {

using Slot = FixedId<struct SlotTag, 33>;  // an address, identifier or nothing, right-padded; the record's kind

struct Account {
  Uint128 balance = 0, locked = 0, frozen = 0, suspended = 0;
  bool blocked = false, agent = false;
  std::uint64_t nonce = 0;
  std::string capacity = "client";
};
enum class Status : std::uint8_t { kNone = 0, kDone = 1, kTombstoned = 2 };
struct Operation {
  Status status = Status::kNone;
  std::uint8_t kind = 0;
  bool ended = false;
  std::uint64_t block = 0;
  Address account;
  Word request_hash;
  Uint128 amount = 0;
};
struct Totals {
  Uint128 supply = 0;
  bool paused = false;
  std::uint64_t open = 0, agents = 0;
};

Slot account_slot(const Address& address);
Slot operation_slot(const Word& id);
Slot totals_slot();
std::optional<Address> account_of(const Slot& slot);  // none: another kind of record

// One state to read from: the newest, or that of an earlier block.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Bytes read(const Slot& slot) const = 0;  // empty: nothing there
  Account account(const Address& address) const;
  Operation operation(const Word& id) const;
  Totals totals() const;
};

struct Undo {
  Slot slot;
  Bytes previous;  // empty: there was nothing
};

class Storage final : public Reader {
 public:
  Storage() = default;
  explicit Storage(const Reader& base) : base_(&base) {}  // changes on top of another state, which stays as it is
  Bytes read(const Slot& slot) const override;
  void write(const Slot& slot, Bytes value);
  void put(const Address& address, const Account& account);
  void put(const Word& id, const Operation& operation);
  void put(const Totals& totals);

  std::size_t checkpoint() const { return undo_.size(); }
  void rollback(std::size_t checkpoint);
  std::vector<Undo> take_undo() { return std::exchange(undo_, {}); }  // what changed since the last one
  void revert(const std::vector<Undo>& undo);                         // of a whole block
  void load(const Slot& slot, Bytes value) { values_[slot] = std::move(value); }

 private:
  const Reader* base_ = nullptr;
  std::unordered_map<Slot, Bytes> values_;
  std::vector<Undo> undo_;
};

// The state after an earlier block: what later blocks changed, looked up in their undo.
class Past final : public Reader {
 public:
  Past(const Storage& now, std::vector<const std::vector<Undo>*> later) : now_(now), later_(std::move(later)) {}
  Bytes read(const Slot& slot) const override;

 private:
  const Storage& now_;
  std::vector<const std::vector<Undo>*> later_;  // of the blocks after it, oldest first
};

}  // namespace ustp::ethereum::embedded
