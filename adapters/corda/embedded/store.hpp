#pragma once
// What the embedded ledger keeps across restarts, in one SQLite file: written batch by batch, before a batch is
// answered. `ustp_effects` and `ustp_holdings` are there for test programs. One thread at a time.

#include <optional>

#include "adapters/corda/embedded/notary.hpp"
#include "adapters/corda/embedded/vault.hpp"

struct sqlite3;

namespace ustp::corda {

struct OperationRow {
  OperationId id;
  OperationKind kind{};
  Hash256 request_hash, transaction;
  AccountId account;
  Uint128 base_units = 0;
  Bytes groups;                 // the tear-off without path and signature
  std::uint64_t batch = 0;
  std::uint32_t position = 0;   // of its leaf in the batch
};
struct BatchRow {
  NotaryBatch batch;
  std::vector<OperationRow> operations;
  std::vector<std::pair<StateRef, Hash256>> consumed;  // by which transaction
  std::vector<std::pair<StateRef, Bytes>> produced;    // state components
  std::vector<OperationId> tombstones;
  std::vector<AccountId> touched;                      // whose rows of ustp_holdings are written anew
};
struct StoredAccount {
  AccountId account;
  token::Capacity capacity{};
  bool blocked = false;
};
struct StoreContent {
  std::string identity;  // what the ledger is (ledger, instrument, accounts); empty when the store is new
  std::uint64_t epoch = 0;
  std::vector<StoredAccount> accounts;
  std::vector<NotaryBatch> batches;
  std::vector<OperationRow> operations;
  std::vector<std::pair<StateRef, Hash256>> consumed;
  std::vector<std::pair<StateRef, Bytes>> states;  // unconsumed
  std::vector<OperationId> tombstones;
};

class Store {
 public:
  // Code::io_error.
  static Result<std::unique_ptr<Store>> open(const std::string& path);
  ~Store();
  Result<StoreContent> load();
  Result<void> begin_new(const std::string& identity, std::span<const StoredAccount> accounts);
  Result<void> save_epoch(std::uint64_t epoch);
  Result<void> append(const BatchRow& row, const Vault& vault);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ustp::corda
