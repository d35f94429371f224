#include "adapters/ethereum/embedded/store.hpp"

#include <sqlite3.h>

#include <map>

namespace ustp::ethereum::embedded {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS block(number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, header BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mined(block INTEGER, position INTEGER, hash BLOB NOT NULL, raw BLOB NOT NULL,
  receipt BLOB NOT NULL, gas INTEGER NOT NULL, PRIMARY KEY(block, position));
CREATE INDEX IF NOT EXISTS mined_hash ON mined(hash);
CREATE TABLE IF NOT EXISTS waiting(arrival INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, raw BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS record(slot BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS undo(block INTEGER, position INTEGER, slot BLOB NOT NULL, previous BLOB NOT NULL,
  PRIMARY KEY(block, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ustp_effects(operation_id TEXT PRIMARY KEY, kind TEXT, account TEXT, base_units TEXT, effects INTEGER);
CREATE TABLE IF NOT EXISTS ustp_holdings(account TEXT PRIMARY KEY, capacity TEXT, base_units TEXT, locked TEXT, blocked TEXT,
  provisional TEXT);
)";

class Statement {
 public:
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  ~Statement() {
    sqlite3_reset(raw_);
    sqlite3_clear_bindings(raw_);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& bind(std::uint64_t value) {
    sqlite3_bind_int64(raw_, ++bound_, static_cast<sqlite3_int64>(value));
    return *this;
  }
  Statement& bind(BytesView octets) {  // must live until the step
    if (octets.empty()) sqlite3_bind_zeroblob(raw_, ++bound_, 0);
    else sqlite3_bind_blob64(raw_, ++bound_, octets.data(), octets.size(), SQLITE_STATIC);
    return *this;
  }
  Statement& bind(const std::string& text) {
    sqlite3_bind_text64(raw_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Result<bool> row() {
    const int rc = raw_ == nullptr ? SQLITE_MISUSE : sqlite3_step(raw_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    return Error{Code::io_error, std::string("ledger store: ") + sqlite3_errstr(rc)};
  }
  Result<void> run() {
    USTP_TRY([[maybe_unused]] const bool any, row());
    return {};
  }
  std::uint64_t integer(int column) const { return static_cast<std::uint64_t>(sqlite3_column_int64(raw_, column)); }
  Bytes octets(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(raw_, column));
    return data == nullptr ? Bytes{} : Bytes(data, data + sqlite3_column_bytes(raw_, column));
  }
  std::string text(int column) const {
    const Bytes raw = octets(column);
    return {raw.begin(), raw.end()};
  }

 private:
  sqlite3_stmt* raw_;
  int bound_ = 0;
};

class SqliteStore final : public Store {
 public:
  Result<void> open(const std::string& path) {
    const int rc = sqlite3_open_v2(path.empty() ? ":memory:" : path.c_str(), &db_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (rc != SQLITE_OK) return Error{Code::io_error, "ledger store " + path};
    sqlite3_busy_timeout(db_, 5000);
    USTP_CHECK(exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"));
    return exec(kSchema);
  }
  ~SqliteStore() override {
    for (auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
    sqlite3_close_v2(db_);
  }

  Result<void> begin() override { return exec("BEGIN IMMEDIATE"); }
  Result<void> commit() override { return exec("COMMIT"); }

  Result<std::string> meta(const std::string& key) override {
    auto s = sql("SELECT value FROM meta WHERE key=?");
    USTP_TRY(const bool found, s.bind(key).row());
    return found ? s.text(0) : std::string{};
  }
  Result<void> set_meta(const std::string& key, const std::string& value) override {
    return sql("INSERT OR REPLACE INTO meta VALUES(?,?)").bind(key).bind(value).run();
  }

  Result<void> add_block(const Block& block, const std::vector<Undo>& undo) override {
    const std::uint64_t number = block.header.number;
    const Bytes header = encode_header(block.header);
    USTP_CHECK(sql("INSERT INTO block VALUES(?,?,?)").bind(number).bind(block.hash.view()).bind(BytesView(header)).run());
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
      const Mined& mined = block.transactions[i];
      const Bytes receipt = encode_receipt(mined.receipt);
      USTP_CHECK(sql("INSERT INTO mined VALUES(?,?,?,?,?,?)").bind(number).bind(i).bind(mined.transaction.hash.view())
                     .bind(BytesView(mined.transaction.raw)).bind(BytesView(receipt)).bind(mined.gas_used).run());
    }
    for (std::size_t i = 0; i < undo.size(); ++i)
      USTP_CHECK(sql("INSERT INTO undo VALUES(?,?,?,?)").bind(number).bind(i).bind(undo[i].slot.view())
                     .bind(BytesView(undo[i].previous)).run());
    return {};
  }
  Result<void> drop_block(std::uint64_t number) override {
    USTP_CHECK(sql("DELETE FROM block WHERE number=?").bind(number).run());
    USTP_CHECK(sql("DELETE FROM mined WHERE block=?").bind(number).run());
    return sql("DELETE FROM undo WHERE block=?").bind(number).run();
  }
  Result<void> forget_undo(std::uint64_t up_to) override { return sql("DELETE FROM undo WHERE block<=?").bind(up_to).run(); }
  Result<void> put_record(const Slot& slot, const Bytes& value) override {
    if (value.empty()) return sql("DELETE FROM record WHERE slot=?").bind(slot.view()).run();
    return sql("INSERT OR REPLACE INTO record VALUES(?,?)").bind(slot.view()).bind(BytesView(value)).run();
  }
  Result<void> put_holding(const Holding& h) override {
    return sql("INSERT OR REPLACE INTO ustp_holdings VALUES(?,?,?,?,?,?)").bind(to_text(h.address)).bind(h.capacity)
        .bind(to_string(h.units)).bind(to_string(h.locked)).bind(to_string(h.blocked)).bind(to_string(h.provisional)).run();
  }
  // Counted from the events of the blocks in force, apart from what the contract remembers of an id.
  Result<void> count_effect(const Effect& e, bool more) override {
    if (!more) {
      USTP_CHECK(sql("UPDATE ustp_effects SET effects=effects-1 WHERE operation_id=?").bind(e.id.hex()).run());
      return sql("DELETE FROM ustp_effects WHERE effects=0 AND operation_id=?").bind(e.id.hex()).run();
    }
    return sql("INSERT INTO ustp_effects VALUES(?,?,?,?,1) ON CONFLICT(operation_id) DO UPDATE SET effects=effects+1")
        .bind(e.id.hex()).bind(e.kind).bind(to_text(e.account)).bind(to_string(e.amount)).run();
  }
  Result<void> add_waiting(const SignedTransaction& t) override {
    return sql("INSERT OR IGNORE INTO waiting(hash,raw) VALUES(?,?)").bind(t.hash.view()).bind(BytesView(t.raw)).run();
  }
  Result<void> remove_waiting(const Word& hash) override {
    return sql("DELETE FROM waiting WHERE hash=?").bind(hash.view()).run();
  }

  Result<std::optional<std::uint64_t>> tip() override {
    auto s = sql("SELECT number FROM block ORDER BY number DESC LIMIT 1");
    USTP_TRY(const bool found, s.row());
    return found ? std::optional<std::uint64_t>(s.integer(0)) : std::nullopt;
  }
  Result<std::optional<Block>> block(std::uint64_t number) override {
    Block out;
    {
      auto s = sql("SELECT hash,header FROM block WHERE number=?");
      USTP_TRY(const bool found, s.bind(number).row());
      if (!found) return std::optional<Block>{};
      USTP_TRY(out.hash, Word::from_bytes(s.octets(0)));
      USTP_TRY(out.header, decode_header(s.octets(1)));
    }
    auto s = sql("SELECT raw,receipt,gas FROM mined WHERE block=? ORDER BY position");
    s.bind(number);
    while (true) {
      USTP_TRY(const bool more, s.row());
      if (!more) return std::optional<Block>(std::move(out));
      Mined mined;
      USTP_TRY(mined.transaction, decode_transaction(s.octets(0)));
      USTP_TRY(mined.receipt, decode_receipt(s.octets(1)));
      mined.gas_used = s.integer(2);
      out.transactions.push_back(std::move(mined));
    }
  }
  Result<std::optional<std::uint64_t>> number_of_block(const Word& hash) override {
    auto s = sql("SELECT number FROM block WHERE hash=?");
    USTP_TRY(const bool found, s.bind(hash.view()).row());
    return found ? std::optional<std::uint64_t>(s.integer(0)) : std::nullopt;
  }
  Result<std::optional<Place>> place_of(const Word& transaction) override {
    auto s = sql("SELECT block,position FROM mined WHERE hash=?");
    USTP_TRY(const bool found, s.bind(transaction.view()).row());
    return found ? std::optional<Place>(Place{s.integer(0), s.integer(1)}) : std::nullopt;
  }
  Result<std::vector<std::pair<Slot, Bytes>>> records() override {
    std::vector<std::pair<Slot, Bytes>> out;
    auto s = sql("SELECT slot,value FROM record");
    while (true) {
      USTP_TRY(const bool more, s.row());
      if (!more) return out;
      USTP_TRY(const Slot slot, Slot::from_bytes(s.octets(0)));
      out.emplace_back(slot, s.octets(1));
    }
  }
  Result<std::vector<std::pair<std::uint64_t, std::vector<Undo>>>> undo() override {
    std::vector<std::pair<std::uint64_t, std::vector<Undo>>> out;
    auto s = sql("SELECT block,slot,previous FROM undo ORDER BY block,position");
    while (true) {
      USTP_TRY(const bool more, s.row());
      if (!more) return out;
      if (out.empty() || out.back().first != s.integer(0)) out.push_back({s.integer(0), {}});
      USTP_TRY(const Slot slot, Slot::from_bytes(s.octets(1)));
      out.back().second.push_back({slot, s.octets(2)});
    }
  }
  Result<std::vector<Bytes>> waiting() override {
    std::vector<Bytes> out;
    auto s = sql("SELECT raw FROM waiting ORDER BY arrival");
    while (true) {
      USTP_TRY(const bool more, s.row());
      if (!more) return out;
      out.push_back(s.octets(0));
    }
  }

 private:
  Result<void> exec(const char* text) {
    const int rc = sqlite3_exec(db_, text, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return Error{Code::io_error, std::string("ledger store: ") + sqlite3_errmsg(db_)};
    return {};
  }
  Statement sql(const char* text) {  // prepared once; the literals are few
    sqlite3_stmt*& statement = prepared_[text];
    if (statement == nullptr) sqlite3_prepare_v3(db_, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    return Statement(statement);
  }

  sqlite3* db_ = nullptr;
  std::map<std::string, sqlite3_stmt*> prepared_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& path) {
  auto out = std::make_unique<SqliteStore>();
  USTP_CHECK(out->open(path));
  return std::unique_ptr<Store>(std::move(out));
}

}  // namespace ustp::ethereum::embedded
