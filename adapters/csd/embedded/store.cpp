#include "adapters/csd/embedded/store.hpp"

namespace ustp::csd::embedded {
namespace {

// Amounts are decimal TEXT: SQLite's integers end at 63 bits. ustp_effects and ustp_holdings are for whoever checks.
constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS text(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account(id TEXT PRIMARY KEY, capacity TEXT NOT NULL, units TEXT NOT NULL,
  locked TEXT NOT NULL, provisional TEXT NOT NULL, blocked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operation(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, request_hash BLOB NOT NULL,
  account TEXT NOT NULL, units TEXT NOT NULL, ended INTEGER NOT NULL, confirmation BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS effect(id BLOB PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, units TEXT NOT NULL,
  effects INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstone(id BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal(id BLOB PRIMARY KEY, request_hash BLOB NOT NULL, reason INTEGER NOT NULL,
  epoch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery(key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outgoing(number INTEGER PRIMARY KEY, due INTEGER NOT NULL, file BLOB, taken INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS outgoing_waiting ON outgoing(number) WHERE taken = 0;
CREATE VIEW IF NOT EXISTS ustp_effects AS
  SELECT lower(hex(id)) AS operation_id, kind, account, units AS base_units, effects FROM effect;
CREATE VIEW IF NOT EXISTS ustp_holdings AS
  SELECT id AS account, capacity, units AS base_units, locked,
    CASE WHEN blocked <> 0 OR capacity = 'suspense' THEN units ELSE '0' END AS blocked, provisional FROM account;
)";

Result<OperationKind> kind_from(std::uint64_t number) {
  if (number < 1 || number > 8) return Error{Code::internal, "operation kind in the store"};
  return static_cast<OperationKind>(number);
}

Result<Account> read_account(const Statement& row) {
  Account out;
  USTP_TRY(out.id, AccountId::parse(row.text(0)));
  out.capacity = row.text(1);
  USTP_TRY(out.units, parse_uint128(row.text(2)));
  USTP_TRY(out.locked, parse_uint128(row.text(3)));
  USTP_TRY(out.provisional, parse_uint128(row.text(4)));
  out.blocked = row.integer(5) != 0;
  return out;
}

}  // namespace

Result<Store> Store::open(const std::string& path, const std::optional<Book>& book) {
  Store out;
  USTP_TRY(out.db_, Connection::open(path.empty() ? ":memory:" : path));
  USTP_CHECK(out.db_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384"));
  USTP_CHECK(out.db_.run("BEGIN IMMEDIATE"));
  USTP_CHECK(out.db_.run(kSchema));
  USTP_TRY(auto* version, out.statement("SELECT value FROM text WHERE name = 'ledger'"));
  USTP_TRY(const bool old, version->step());
  version->reset();
  if (!old) {
    if (!book) return Error{Code::config_invalid, "a new store needs a book"};
    USTP_CHECK(out.create(*book));
  }
  USTP_CHECK(out.load_book());
  USTP_CHECK(out.commit());
  return out;
}

Result<Statement*> Store::statement(const char* sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return &known->second;
  USTP_TRY(auto prepared, db_.prepare(sql));
  return &statements_.emplace(sql, std::move(prepared)).first->second;
}

Result<void> Store::create(const Book& book) {
  USTP_TRY(auto* insert, statement("INSERT INTO text(name, value) VALUES(?1, ?2)"));
  const std::pair<const char*, std::string> rows[] = {{"ledger", book.ledger.str()},
                                                      {"instrument", book.instrument.str()},
                                                      {"scale", std::to_string(book.scale)},
                                                      {"custody", book.custody.str()},
                                                      {"suspense", book.suspense.str()}};
  for (const auto& [name, value] : rows) {
    insert->bind(1, std::string_view(name)).bind(2, std::string_view(value));
    USTP_CHECK(insert->run());
  }
  for (const Account& row : book.accounts) USTP_CHECK(save(row));
  return {};
}

Result<void> Store::load_book() {
  const auto value = [&](std::string_view name) -> Result<std::string> {
    USTP_TRY(auto* select, statement("SELECT value FROM text WHERE name = ?1"));
    select->bind(1, name);
    USTP_TRY(const bool found, select->step());
    std::string out = found ? select->text(0) : std::string();
    select->reset();
    return out;
  };
  USTP_TRY(const auto ledger, value("ledger"));
  USTP_TRY(book_.ledger, LedgerId::parse(ledger));
  USTP_TRY(const auto instrument, value("instrument"));
  USTP_TRY(book_.instrument, InstrumentId::parse(instrument));
  USTP_TRY(const auto scale, value("scale"));
  USTP_TRY(const auto places, parse_uint128(scale));
  book_.scale = static_cast<std::uint8_t>(places);
  USTP_TRY(const auto custody, value("custody"));
  USTP_TRY(book_.custody, AccountId::parse(custody));
  USTP_TRY(const auto suspense, value("suspense"));
  USTP_TRY(book_.suspense, AccountId::parse(suspense));
  return {};
}

Result<void> Store::begin() { return db_.run("BEGIN IMMEDIATE"); }
Result<void> Store::commit() { return db_.run("COMMIT"); }
void Store::rollback() { (void)db_.run("ROLLBACK"); }

Result<std::optional<Account>> Store::account(const AccountId& id) {
  USTP_TRY(auto* select, statement("SELECT id, capacity, units, locked, provisional, blocked FROM account WHERE id = ?1"));
  select->bind(1, std::string_view(id.str()));
  USTP_TRY(const bool found, select->step());
  std::optional<Account> out;
  if (found) {
    USTP_TRY(out, read_account(*select));
  }
  select->reset();
  return out;
}
Result<void> Store::save(const Account& a) {
  USTP_TRY(auto* upsert, statement("INSERT INTO account(id, capacity, units, locked, provisional, blocked) "
                                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(id) DO UPDATE SET units = ?3, "
                                   "locked = ?4, provisional = ?5, blocked = ?6"));
  upsert->bind(1, std::string_view(a.id.str())).bind(2, std::string_view(a.capacity));
  upsert->bind(3, std::string_view(to_string(a.units))).bind(4, std::string_view(to_string(a.locked)));
  upsert->bind(5, std::string_view(to_string(a.provisional))).bind(6, std::uint64_t{a.blocked});
  return upsert->run();
}
Result<std::vector<Account>> Store::accounts() {
  USTP_TRY(auto* select, statement("SELECT id, capacity, units, locked, provisional, blocked FROM account ORDER BY id"));
  std::vector<Account> out;
  for (;;) {
    USTP_TRY(const bool row, select->step());
    if (!row) break;
    USTP_TRY(auto account, read_account(*select));
    out.push_back(std::move(account));
  }
  select->reset();
  return out;
}

Result<std::optional<Booked>> Store::operation(const OperationId& id) {
  USTP_TRY(auto* select, statement("SELECT kind, request_hash, account, units, ended, confirmation FROM operation WHERE id = ?1"));
  select->bind(1, id.view());
  USTP_TRY(const bool found, select->step());
  std::optional<Booked> out;
  if (found) {
    out.emplace();
    out->id = id;
    USTP_TRY(out->kind, kind_from(select->integer(0)));
    USTP_TRY(out->request_hash, Hash256::from_bytes(select->octets(1)));
    USTP_TRY(out->account, AccountId::parse(select->text(2)));
    USTP_TRY(out->units, parse_uint128(select->text(3)));
    out->ended = select->integer(4) != 0;
    out->confirmation = select->text(5);
  }
  select->reset();
  return out;
}
Result<void> Store::add(const Booked& o) {
  USTP_TRY(auto* insert, statement("INSERT INTO operation(id, kind, request_hash, account, units, ended, confirmation) "
                                   "VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6)"));
  insert->bind(1, o.id.view()).bind(2, static_cast<std::uint64_t>(o.kind)).bind(3, o.request_hash.view());
  insert->bind(4, std::string_view(o.account.str())).bind(5, std::string_view(to_string(o.units)));
  insert->bind(6, as_bytes(o.confirmation));
  USTP_CHECK(insert->run());
  USTP_TRY(auto* forget, statement("DELETE FROM refusal WHERE id = ?1"));
  forget->bind(1, o.id.view());
  return forget->run();
}
Result<void> Store::count_effect(const OperationId& id, OperationKind kind, const AccountId& account, Uint128 units) {
  USTP_TRY(auto* upsert, statement("INSERT INTO effect(id, kind, account, units, effects) VALUES(?1, ?2, ?3, ?4, 1) "
                                   "ON CONFLICT(id) DO UPDATE SET effects = effects + 1"));
  upsert->bind(1, id.view()).bind(2, to_string(kind)).bind(3, std::string_view(account.str()));
  upsert->bind(4, std::string_view(to_string(units)));
  return upsert->run();
}
Result<void> Store::end(const OperationId& id) {
  USTP_TRY(auto* update, statement("UPDATE operation SET ended = 1 WHERE id = ?1"));
  update->bind(1, id.view());
  return update->run();
}
Result<bool> Store::is_tombstoned(const OperationId& id) {
  USTP_TRY(auto* select, statement("SELECT 1 FROM tombstone WHERE id = ?1"));
  select->bind(1, id.view());
  USTP_TRY(const bool found, select->step());
  select->reset();
  return found;
}
Result<void> Store::tombstone(const OperationId& id) {
  USTP_TRY(auto* insert, statement("INSERT OR IGNORE INTO tombstone(id) VALUES(?1)"));
  insert->bind(1, id.view());
  return insert->run();
}
Result<std::optional<Refusal>> Store::refusal(const OperationId& id) {
  USTP_TRY(auto* select, statement("SELECT request_hash, reason, epoch FROM refusal WHERE id = ?1"));
  select->bind(1, id.view());
  USTP_TRY(const bool found, select->step());
  std::optional<Refusal> out;
  if (found) {
    out.emplace();
    USTP_TRY(out->request_hash, Hash256::from_bytes(select->octets(0)));
    out->reason = static_cast<Code>(select->integer(1));
    out->epoch = select->integer(2);
  }
  select->reset();
  return out;
}
Result<void> Store::refuse(const OperationId& id, const Refusal& refusal) {
  USTP_TRY(auto* upsert, statement("INSERT OR REPLACE INTO refusal(id, request_hash, reason, epoch) VALUES(?1, ?2, ?3, ?4)"));
  upsert->bind(1, id.view()).bind(2, refusal.request_hash.view());
  upsert->bind(3, static_cast<std::uint64_t>(refusal.reason)).bind(4, refusal.epoch);
  return upsert->run();
}

Result<bool> Store::take_delivery(std::string_view key, Instant at) {
  USTP_TRY(auto* insert, statement("INSERT OR IGNORE INTO delivery(key, at) VALUES(?1, ?2) RETURNING 1"));
  insert->bind(1, key).bind(2, static_cast<std::uint64_t>(at.ns));
  USTP_TRY(const bool fresh, insert->step());
  if (fresh) {
    USTP_TRY(const bool more, insert->step());
    (void)more;
  }
  insert->reset();
  return fresh;
}
Result<std::uint64_t> Store::counter(std::string_view name) {
  USTP_TRY(auto* select, statement("SELECT value FROM counter WHERE name = ?1"));
  select->bind(1, name);
  USTP_TRY(const bool found, select->step());
  const std::uint64_t out = found ? select->integer(0) : 0;
  select->reset();
  return out;
}
Result<void> Store::set_counter(std::string_view name, std::uint64_t value) {
  USTP_TRY(auto* upsert, statement("INSERT OR REPLACE INTO counter(name, value) VALUES(?1, ?2)"));
  upsert->bind(1, name).bind(2, value);
  return upsert->run();
}

Result<void> Store::send(const Outgoing& o) {
  USTP_TRY(auto* insert, statement("INSERT INTO outgoing(number, due, file, taken) VALUES(?1, ?2, ?3, 0)"));
  insert->bind(1, o.number).bind(2, static_cast<std::uint64_t>(o.due.ns)).bind(3, as_bytes(o.file));
  return insert->run();
}
Result<std::vector<Outgoing>> Store::outgoing() {
  USTP_TRY(auto* select, statement("SELECT number, due, file FROM outgoing WHERE taken = 0 ORDER BY number"));
  std::vector<Outgoing> out;
  for (;;) {
    USTP_TRY(const bool row, select->step());
    if (!row) break;
    out.push_back({select->integer(0), {static_cast<std::int64_t>(select->integer(1))}, select->text(2)});
  }
  select->reset();
  return out;
}
// The octets of what took effect stay with its operation; those of statuses are no longer needed.
Result<void> Store::taken(std::uint64_t number) {
  USTP_TRY(auto* update, statement("UPDATE outgoing SET taken = 1, file = NULL WHERE number = ?1"));
  update->bind(1, number);
  return update->run();
}

}  // namespace ustp::csd::embedded
