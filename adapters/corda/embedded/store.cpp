#include "adapters/corda/embedded/store.hpp"

#include <sqlite3.h>

#include "adapters/corda/octets.hpp"

namespace ustp::corda {
namespace {

constexpr const char* kSchema = R"sql(
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account(id TEXT PRIMARY KEY, capacity INTEGER NOT NULL, blocked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, leaves BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS operation(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, request_hash BLOB NOT NULL,
  tx BLOB NOT NULL, account TEXT NOT NULL, units TEXT NOT NULL, groups BLOB NOT NULL, batch INTEGER NOT NULL,
  position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state(ref BLOB PRIMARY KEY, octets BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consumed(ref BLOB PRIMARY KEY, tx BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstone(id BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ustp_effects(operation_id TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL,
  base_units TEXT NOT NULL, effects INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ustp_holdings(account TEXT PRIMARY KEY, capacity TEXT NOT NULL, base_units TEXT NOT NULL,
  locked TEXT NOT NULL, blocked TEXT NOT NULL, provisional TEXT NOT NULL) WITHOUT ROWID;
)sql";

struct Finalize {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};

// Binds in order of the question marks; octets and texts must live until run().
class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) == SQLITE_OK) raw_.reset(raw);
  }
  Statement& octets(BytesView b) {
    if (b.empty()) sqlite3_bind_zeroblob(raw_.get(), ++index_, 0);
    else sqlite3_bind_blob64(raw_.get(), ++index_, b.data(), b.size(), SQLITE_STATIC);
    return *this;
  }
  Statement& text(std::string_view t) {
    sqlite3_bind_text64(raw_.get(), ++index_, t.data(), t.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Statement& integer(std::uint64_t value) {
    sqlite3_bind_int64(raw_.get(), ++index_, static_cast<sqlite3_int64>(value));
    return *this;
  }
  Result<void> run() {
    const int rc = raw_ ? sqlite3_step(raw_.get()) : SQLITE_ERROR;
    sqlite3_reset(raw_.get());
    index_ = 0;
    if (rc != SQLITE_DONE) return Error{Code::io_error, std::string("ledger store: ") + sqlite3_errmsg(db_)};
    return {};
  }
  // Calls row() for each row; its error ends it.
  template <class Row>
  Result<void> each(Row row) {
    int rc = raw_ ? SQLITE_ROW : SQLITE_ERROR;
    while (rc == SQLITE_ROW) {
      rc = sqlite3_step(raw_.get());
      if (rc == SQLITE_ROW) USTP_CHECK(row(*this));
    }
    sqlite3_reset(raw_.get());
    if (rc != SQLITE_DONE) return Error{Code::io_error, std::string("ledger store: ") + sqlite3_errmsg(db_)};
    return {};
  }
  BytesView octets_at(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(raw_.get(), column));
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))};
  }
  std::string_view text_at(int column) const { return as_text(octets_at(column)); }
  std::uint64_t integer_at(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(raw_.get(), column));
  }

 private:
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
  int index_ = 0;
};

std::string_view capacity_name(token::Capacity capacity) {
  constexpr std::string_view kNames[] = {"house", "client", "issuer", "backing", "transit", "suspense"};
  return kNames[static_cast<std::size_t>(capacity) - 1];
}

Result<OperationRow> operation_row(const Statement& s) {
  OperationRow out;
  USTP_TRY(out.id, OperationId::from_bytes(s.octets_at(0)));
  out.kind = static_cast<OperationKind>(s.integer_at(1));
  USTP_TRY(out.request_hash, Hash256::from_bytes(s.octets_at(2)));
  USTP_TRY(out.transaction, Hash256::from_bytes(s.octets_at(3)));
  USTP_TRY(out.account, AccountId::parse(s.text_at(4)));
  USTP_TRY(out.base_units, parse_uint128(s.text_at(5)));
  const auto groups = s.octets_at(6);
  out.groups.assign(groups.begin(), groups.end());
  out.batch = s.integer_at(7);
  out.position = static_cast<std::uint32_t>(s.integer_at(8));
  return out;
}

Result<NotaryBatch> batch_row(const Statement& s) {
  NotaryBatch out;
  out.number = s.integer_at(0);
  out.at.ns = static_cast<std::int64_t>(s.integer_at(1));
  Reader leaves(s.octets_at(2));
  while (leaves.left() > 0) {
    USTP_TRY(out.leaves.emplace_back(), leaves.fixed<Hash256>());
  }
  const auto signature = s.octets_at(3);
  out.signature.assign(signature.begin(), signature.end());
  return out;
}

}  // namespace

struct Store::Impl {
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Close> db;
  Result<void> sql(const char* text) {
    if (sqlite3_exec(db.get(), text, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return Error{Code::io_error, std::string("ledger store: ") + sqlite3_errmsg(db.get())};
  }
  struct Prepared {
    explicit Prepared(sqlite3* d)
        : meta(d, "INSERT INTO meta VALUES(?,?) ON CONFLICT DO UPDATE SET value=excluded.value"),
          batch(d, "INSERT INTO batch VALUES(?,?,?,?)"),
          operation(d, "INSERT INTO operation VALUES(?,?,?,?,?,?,?,?,?)"),
          effect(d, "INSERT INTO ustp_effects VALUES(?,?,?,?,1) ON CONFLICT DO UPDATE SET effects=effects+1"),
          produce(d, "INSERT INTO state VALUES(?,?)"), consume(d, "DELETE FROM state WHERE ref=?"),
          consumed(d, "INSERT INTO consumed VALUES(?,?)"), tombstone(d, "INSERT INTO tombstone VALUES(?)"),
          holding(d, "INSERT OR REPLACE INTO ustp_holdings VALUES(?,?,?,?,?,?)") {}
    Statement meta, batch, operation, effect, produce, consume, consumed, tombstone, holding;
  };
  std::optional<Prepared> prepared;

  Result<void> write(const BatchRow& row, const Vault& vault);
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  sqlite3* raw = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  impl->db.reset(raw);
  if (rc != SQLITE_OK) return Error{Code::io_error, "open " + path};
  sqlite3_busy_timeout(raw, 5000);
  USTP_CHECK(impl->sql(kSchema));
  impl->prepared.emplace(raw);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<StoreContent> Store::load() {
  auto* db = impl_->db.get();
  StoreContent out;
  using Row = Statement;
  USTP_CHECK(Statement(db, "SELECT key, value FROM meta").each([&](Row& s) -> Result<void> {
    if (s.text_at(0) == "identity") out.identity = s.text_at(1);
    if (s.text_at(0) == "epoch") out.epoch = std::strtoull(std::string(s.text_at(1)).c_str(), nullptr, 10);
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT id, capacity, blocked FROM account").each([&](Row& s) -> Result<void> {
    USTP_TRY(const auto id, AccountId::parse(s.text_at(0)));
    out.accounts.push_back({id, static_cast<token::Capacity>(s.integer_at(1)), s.integer_at(2) != 0});
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT number, at, leaves, signature FROM batch ORDER BY number").each([&](Row& s) -> Result<void> {
    USTP_TRY(out.batches.emplace_back(), batch_row(s));
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT * FROM operation").each([&](Row& s) -> Result<void> {
    USTP_TRY(out.operations.emplace_back(), operation_row(s));
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT ref, tx FROM consumed").each([&](Row& s) -> Result<void> {
    USTP_TRY(const auto ref, decode_ref(s.octets_at(0)));
    USTP_TRY(const auto by, Hash256::from_bytes(s.octets_at(1)));
    out.consumed.emplace_back(ref, by);
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT ref, octets FROM state").each([&](Row& s) -> Result<void> {
    USTP_TRY(const auto ref, decode_ref(s.octets_at(0)));
    const auto octets = s.octets_at(1);
    out.states.emplace_back(ref, Bytes(octets.begin(), octets.end()));
    return {};
  }));
  USTP_CHECK(Statement(db, "SELECT id FROM tombstone").each([&](Row& s) -> Result<void> {
    USTP_TRY(out.tombstones.emplace_back(), OperationId::from_bytes(s.octets_at(0)));
    return {};
  }));
  return out;
}

Result<void> Store::begin_new(const std::string& identity, std::span<const StoredAccount> accounts) {
  USTP_CHECK(impl_->sql("BEGIN IMMEDIATE"));
  Statement insert(impl_->db.get(), "INSERT INTO account VALUES(?,?,?)");
  for (const auto& one : accounts)
    USTP_CHECK(insert.text(one.account.str()).integer(static_cast<std::uint64_t>(one.capacity)).integer(one.blocked).run());
  USTP_CHECK(impl_->prepared->meta.text("identity").text(identity).run());
  return {};  // the first append() commits it together with the opening states
}

Result<void> Store::save_epoch(std::uint64_t epoch) {
  return impl_->prepared->meta.text("epoch").text(std::to_string(epoch)).run();
}

Result<void> Store::Impl::write(const BatchRow& row, const Vault& vault) {
  auto& p = *prepared;
  Bytes leaves;
  for (const auto& leaf : row.batch.leaves) ustp::append(leaves, leaf.view());
  USTP_CHECK(p.batch.integer(row.batch.number).integer(static_cast<std::uint64_t>(row.batch.at.ns)).octets(leaves)
                 .octets(row.batch.signature).run());
  for (const auto& o : row.operations) {
    const auto units = to_string(o.base_units);
    USTP_CHECK(p.operation.octets(o.id.view()).integer(static_cast<std::uint64_t>(o.kind)).octets(o.request_hash.view())
                   .octets(o.transaction.view()).text(o.account.str()).text(units).octets(o.groups).integer(o.batch)
                   .integer(o.position).run());
    USTP_CHECK(p.effect.text(o.id.hex()).text(to_string(o.kind)).text(o.account.str()).text(units).run());
  }
  for (const auto& [ref, octets] : row.produced) {
    const auto key = encode_ref(ref);
    USTP_CHECK(p.produce.octets(key).octets(octets).run());
  }
  for (const auto& [ref, by] : row.consumed) {
    const auto key = encode_ref(ref);
    USTP_CHECK(p.consume.octets(key).run());
    USTP_CHECK(p.consumed.octets(key).octets(by.view()).run());
  }
  for (const auto& id : row.tombstones) USTP_CHECK(p.tombstone.octets(id.view()).run());
  for (const auto& account : row.touched) {
    const auto* holding = vault.holding(account);
    if (holding == nullptr) continue;
    const auto blocked = holding->suspended + (holding->blocked ? holding->free : 0);
    USTP_CHECK(p.holding.text(account.str()).text(capacity_name(holding->capacity)).text(to_string(holding->sum()))
                   .text(to_string(holding->locked)).text(to_string(blocked)).text(to_string(holding->provisional)).run());
  }
  return {};
}

Result<void> Store::append(const BatchRow& row, const Vault& vault) {
  if (sqlite3_get_autocommit(impl_->db.get()) != 0) USTP_CHECK(impl_->sql("BEGIN IMMEDIATE"));
  USTP_CHECK(impl_->write(row, vault));
  return impl_->sql("COMMIT");
}

}  // namespace ustp::corda
