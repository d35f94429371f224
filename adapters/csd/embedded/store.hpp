#pragma once
// What the embedded CSD keeps: accounts, operations with their request hashes and confirmations, tombstones, the log of
// deliveries, and what is on its way out. One writer; everything between begin() and commit() is durable together.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/csd/embedded/sqlite.hpp"
#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"
#include "ustp/domain/operation.hpp"

namespace ustp::csd::embedded {

struct Account {
  AccountId id;
  std::string capacity = "client";  // house, client, issuer, backing, transit, suspense
  Uint128 units = 0;                // locked and provisional included
  Uint128 locked = 0;               // blocked for settlements
  Uint128 provisional = 0;          // earmarked; backing account only
  bool blocked = false;             // by an authority
};
// One instrument's book, as the file given at the first start has it.
struct Book {
  LedgerId ledger;
  InstrumentId instrument;
  std::uint8_t scale = 0;
  AccountId custody, suspense;
  std::vector<Account> accounts;    // of a new store only
};
// Code::config_invalid: JSON of the form that README.md shows.
Result<Book> parse_book(std::string_view json);

// An operation that took effect.
struct Booked {
  OperationId id;
  OperationKind kind{};
  Hash256 request_hash;
  AccountId account;
  Uint128 units = 0;
  bool ended = false;         // a lock, create or suspend that was used up or undone
  std::string confirmation;   // the signed file
};
struct Refusal {
  Hash256 request_hash;
  Code reason{};
  std::uint64_t epoch = 0;
};
struct Outgoing {
  std::uint64_t number = 0;   // names the file
  Instant due;
  std::string file;
};

class Store {
 public:
  // Empty path: in memory. A store that has a book keeps it; a new one takes `book`. Code::config_invalid without any.
  static Result<Store> open(const std::string& path, const std::optional<Book>& book);
  const Book& book() const { return book_; }

  Result<void> begin();
  Result<void> commit();
  void rollback();

  Result<std::optional<Account>> account(const AccountId& id);
  Result<void> save(const Account& account);
  Result<std::vector<Account>> accounts();

  Result<std::optional<Booked>> operation(const OperationId& id);
  Result<void> add(const Booked& operation);           // counts its effect, removes a refusal
  Result<void> count_effect(const OperationId& id, OperationKind kind, const AccountId& account, Uint128 units);
  Result<void> end(const OperationId& id);
  Result<bool> is_tombstoned(const OperationId& id);
  Result<void> tombstone(const OperationId& id);
  Result<std::optional<Refusal>> refusal(const OperationId& id);
  Result<void> refuse(const OperationId& id, const Refusal& refusal);

  // True when the delivery is new; it is noted then.
  Result<bool> take_delivery(std::string_view key, Instant at);
  Result<std::uint64_t> counter(std::string_view name);
  Result<void> set_counter(std::string_view name, std::uint64_t value);

  Result<void> send(const Outgoing& outgoing);
  Result<std::vector<Outgoing>> outgoing();             // not known to have been taken
  Result<void> taken(std::uint64_t number);

 private:
  // Prepares a statement once; the SQL text is its name.
  Result<Statement*> statement(const char* sql);
  Result<void> create(const Book& book);
  Result<void> load_book();

  Connection db_;
  std::map<const char*, Statement> statements_;
  Book book_;
};

}  // namespace ustp::csd::embedded
