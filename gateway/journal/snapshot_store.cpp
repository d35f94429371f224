#include "gateway/journal/snapshot_store.hpp"

#include <filesystem>

#include "ustp/base/big_endian.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::journal {
namespace {

Hash256 snapshot_hash(std::uint64_t position, BytesView state) {
  Bytes prefix;
  append_be(prefix, position);
  return crypto::sha256({BytesView(prefix), state});
}
Hash256 row_hash(const Archived& row, std::uint64_t position) {
  Bytes prefix;
  append_be(prefix, position);
  append_be(prefix, row.ordinal);
  return crypto::sha256({BytesView(prefix), row.id.view(), row.order_key.view(), BytesView(row.state)});
}

// What a reader of position ?1 sees: of each transfer the newest row up to there.
constexpr std::string_view kSeen =
    "SELECT id, position, ordinal, order_key, state, sha256 FROM archived AS row WHERE position <= ?1 AND NOT EXISTS "
    "(SELECT 1 FROM archived AS later WHERE later.id = row.id AND later.position > row.position AND later.position <= ?1) ";

Result<void> set_up(Connection& db) {
  USTP_CHECK(db.run("PRAGMA journal_mode=WAL"));  // who reads what is archived never waits for a snapshot
  USTP_CHECK(db.run("PRAGMA synchronous=FULL"));
  USTP_CHECK(db.run("PRAGMA journal_size_limit=67108864"));
  USTP_CHECK(db.run("CREATE TABLE IF NOT EXISTS snapshot("
                    "position INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, state BLOB NOT NULL)"));
  USTP_CHECK(db.run("CREATE TABLE IF NOT EXISTS archived(id BLOB NOT NULL, position INTEGER NOT NULL, "
                    "ordinal INTEGER NOT NULL, order_key BLOB, state BLOB NOT NULL, sha256 BLOB NOT NULL)"));
  USTP_CHECK(db.run("CREATE UNIQUE INDEX IF NOT EXISTS archived_id ON archived(id, position)"));
  USTP_CHECK(db.run("CREATE INDEX IF NOT EXISTS archived_ordinal ON archived(ordinal)"));
  return db.run("CREATE INDEX IF NOT EXISTS archived_order ON archived(order_key) WHERE order_key IS NOT NULL");
}

Result<void> put_aside(Connection& db, const Journal::Snapshot& snapshot) {
  // What another history, or a run that began before, put aside behind the snapshot this one went on from.
  USTP_TRY(auto drop, db.prepare("DELETE FROM archived WHERE position > ?"));
  drop.bind(1, snapshot.base);
  USTP_TRY([[maybe_unused]] const bool none, drop.step());
  USTP_TRY(auto insert, db.prepare("INSERT INTO archived VALUES(?, ?, ?, ?, ?, ?)"));
  for (const auto& row : snapshot.archived) {
    const auto hash = row_hash(row, snapshot.position);
    insert.bind(1, row.id.view()).bind(2, snapshot.position).bind(3, row.ordinal);
    if (row.order_key.is_zero()) insert.bind_null(4);
    else insert.bind(4, row.order_key.view());
    insert.bind(5, BytesView(row.state)).bind(6, hash.view());
    USTP_TRY([[maybe_unused]] const bool more, insert.step());
    insert.reset();
  }
  return {};
}

// A row without its state.
Result<Archived> named(BytesView id, BytesView order_key) {
  Archived row;
  const auto transfer = TransferId::from_bytes(id);
  if (!transfer || (!order_key.empty() && order_key.size() != Hash256::kSize))
    return Error{Code::journal_damaged, "an archived transfer"};
  row.id = *transfer;
  if (!order_key.empty()) row.order_key = Hash256::from_bytes(order_key).value();
  return row;
}

Result<std::vector<Archived>> read_rows(Statement& statement) {
  std::vector<Archived> out;
  while (true) {
    USTP_TRY(const bool more, statement.step());
    if (!more) return out;
    USTP_TRY(auto row, named(statement.octets(0), statement.octets(3)));
    row.ordinal = statement.integer(2);
    const auto state = statement.octets(4), stored = statement.octets(5);
    row.state.assign(state.begin(), state.end());
    const auto hash = row_hash(row, statement.integer(1));
    if (!std::equal(stored.begin(), stored.end(), hash.view().begin(), hash.view().end()))
      return Error{Code::journal_damaged, "archived transfer " + row.id.hex()};
    out.push_back(std::move(row));
  }
}

}  // namespace

Result<void> SnapshotStore::try_store(const Journal::Snapshot& snapshot) {
  USTP_TRY(auto db, Connection::open(path_, vfs_, OpenMode::kCreate));
  USTP_CHECK(set_up(db));
  USTP_CHECK(db.run("BEGIN IMMEDIATE"));
  const Hash256 hash = snapshot_hash(snapshot.position, snapshot.state);
  USTP_TRY(auto insert, db.prepare("INSERT OR REPLACE INTO snapshot VALUES(?, ?, ?)"));
  insert.bind(1, snapshot.position).bind(2, hash.view()).bind(3, BytesView(snapshot.state));
  USTP_TRY([[maybe_unused]] const bool row, insert.step());
  insert.reset();
  USTP_CHECK(db.run("DELETE FROM snapshot WHERE position NOT IN "
                    "(SELECT position FROM snapshot ORDER BY position DESC LIMIT 2)"));
  USTP_CHECK(put_aside(db, snapshot));
  return db.run("COMMIT");
}

Result<void> SnapshotStore::store(const Journal::Snapshot& snapshot, std::uint64_t durable) {
  if (snapshot.position > durable)
    return Error{Code::internal, "snapshot of position " + std::to_string(snapshot.position) + ", which is not durable"};
  const std::lock_guard hold(mutex_);
  auto first = try_store(snapshot);
  if (first || first.error().code != Code::journal_damaged) return first;
  if (snapshot.base > 0) return first;  // it does not stand alone: the next one begins at the first block
  one_.close();
  many_.close();
  std::error_code ignored;
  for (const char* part : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(path_ + part, ignored);
  return try_store(snapshot);
}

std::optional<Journal::Snapshot> SnapshotStore::load() {
  const std::lock_guard hold(mutex_);
  if (!std::filesystem::exists(path_)) return std::nullopt;
  auto db = Connection::open(path_, vfs_, OpenMode::kWrite);
  if (!db) return std::nullopt;
  auto query = db->prepare("SELECT position, sha256, state FROM snapshot ORDER BY position DESC");
  if (!query) return std::nullopt;
  while (true) {
    auto row = query->step();
    if (!row || !*row) return std::nullopt;
    const auto position = query->integer(0);
    const auto stored = query->octets(1), state = query->octets(2);
    const auto hash = snapshot_hash(position, state);
    if (std::equal(stored.begin(), stored.end(), hash.view().begin(), hash.view().end()))
      return Journal::Snapshot{position, Bytes(state.begin(), state.end()), 0, {}};
  }
}

void SnapshotStore::Reader::close() {
  const std::lock_guard hold(mutex);
  first = {};
  second = {};
  db.reset();
}

Result<Statement*> SnapshotStore::reading(Reader& reader, Statement& statement, std::string_view which) {
  if (!reader.db) {
    USTP_TRY(reader.db, Connection::open(path_, vfs_, OpenMode::kWrite));
  }
  if (!statement) {
    USTP_TRY(statement, reader.db->prepare(std::string(kSeen).append(which).c_str()));
  }
  statement.reset();
  return &statement;
}

Result<std::vector<Archived>> SnapshotStore::rows(Statement& statement) {
  auto out = read_rows(statement);
  statement.reset();
  if (!out && out.error().code == Code::journal_damaged) forget();
  return out;
}

void SnapshotStore::forget() {
  if (auto db = Connection::open(path_, vfs_, OpenMode::kWrite)) (void)db->run("DELETE FROM snapshot");
}

Result<std::optional<Archived>> SnapshotStore::one(Statement& statement, std::string_view which, std::uint64_t position,
                                                   BytesView what) {
  USTP_TRY(auto* query, reading(one_, statement, which));
  query->bind(1, position).bind(2, what);
  USTP_TRY(auto found, rows(*query));
  return found.empty() ? std::optional<Archived>() : std::optional(std::move(found.front()));
}

Result<std::optional<Archived>> SnapshotStore::find(const TransferId& id, std::uint64_t position) {
  const std::lock_guard hold(one_.mutex);
  return one(one_.first, "AND id = ?2", position, id.view());
}

Result<std::optional<Archived>> SnapshotStore::find_order(const Hash256& order_key, std::uint64_t position) {
  const std::lock_guard hold(one_.mutex);
  return one(one_.second, "AND order_key = ?2", position, order_key.view());
}

Result<std::vector<Archived>> SnapshotStore::before(std::uint64_t ordinal, std::uint64_t position, std::size_t limit) {
  const std::lock_guard hold(many_.mutex);
  USTP_TRY(auto* query, reading(many_, many_.first, "AND ordinal < ?2 ORDER BY ordinal DESC LIMIT ?3"));
  query->bind(1, position).bind(2, ordinal).bind(3, limit);
  return rows(*query);
}

// On a connection of its own: it looks at everything, and nobody is to wait for it.
Result<void> SnapshotStore::each(std::uint64_t position, const Visitor& visit) {
  USTP_TRY(auto db, Connection::open(path_, vfs_, OpenMode::kWrite));
  USTP_TRY(auto query, db.prepare("SELECT DISTINCT id, order_key FROM archived WHERE position <= ?"));
  query.bind(1, position);
  while (true) {
    USTP_TRY(const bool more, query.step());
    if (!more) return {};
    USTP_TRY(const auto row, named(query.octets(0), query.octets(1)));
    visit(row);
  }
}

}  // namespace ustp::gateway::journal
