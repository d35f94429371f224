#pragma once
// The ledger's own durable store (SQLite, WAL, synchronous=FULL); without a file the same in memory. Also writes the
// two tables that test programs read with plain SQL: ustp_effects and ustp_holdings, all numbers as decimal text.

#include <memory>
#include <set>

#include "adapters/ethereum/embedded/storage.hpp"
#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/transaction.hpp"

namespace ustp::ethereum::embedded {

struct Mined {
  SignedTransaction transaction;
  Receipt receipt;
  std::uint64_t gas_used = 0;
};
struct Block {
  BlockHeader header;
  Word hash;
  std::vector<Mined> transactions;
};
struct Holding {
  Address address;
  std::string capacity;
  Uint128 units = 0, locked = 0, blocked = 0, provisional = 0;
};
struct Effect {  // one operation that took effect (or, when a block is dropped, did not)
  OperationId id;
  std::string kind;
  Address account;
  Uint128 amount = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // All changes stand between begin() and commit(); commit() returns when they are durable.
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;

  virtual Result<std::string> meta(const std::string& key) = 0;  // empty: not there
  virtual Result<void> set_meta(const std::string& key, const std::string& value) = 0;

  virtual Result<void> add_block(const Block& block, const std::vector<Undo>& undo) = 0;
  virtual Result<void> drop_block(std::uint64_t number) = 0;
  virtual Result<void> forget_undo(std::uint64_t up_to) = 0;
  virtual Result<void> put_record(const Slot& slot, const Bytes& value) = 0;  // empty: gone
  virtual Result<void> put_holding(const Holding& holding) = 0;
  virtual Result<void> count_effect(const Effect& effect, bool more) = 0;
  virtual Result<void> add_waiting(const SignedTransaction& transaction) = 0;
  virtual Result<void> remove_waiting(const Word& hash) = 0;

  virtual Result<std::optional<std::uint64_t>> tip() = 0;
  virtual Result<std::optional<Block>> block(std::uint64_t number) = 0;
  virtual Result<std::optional<std::uint64_t>> number_of_block(const Word& hash) = 0;
  struct Place {
    std::uint64_t number = 0, index = 0;
  };
  virtual Result<std::optional<Place>> place_of(const Word& transaction) = 0;
  virtual Result<std::vector<std::pair<Slot, Bytes>>> records() = 0;
  virtual Result<std::vector<std::pair<std::uint64_t, std::vector<Undo>>>> undo() = 0;  // oldest block first
  virtual Result<std::vector<Bytes>> waiting() = 0;                                      // raw, by arrival
};

Result<std::unique_ptr<Store>> open_store(const std::string& path);  // empty: in memory

}  // namespace ustp::ethereum::embedded
