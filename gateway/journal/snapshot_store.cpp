#include "gateway/journal/snapshot_store.hpp"

#include <filesystem>

#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::journal {
namespace {
Hash256 snapshot_hash(std::uint64_t position, BytesView state) {
  std::array<std::uint8_t, 8> prefix{};
  for (std::size_t i = 0; i < 8; ++i) prefix[i] = static_cast<std::uint8_t>(position >> (56 - 8 * i));
  return crypto::sha256({BytesView(prefix), state});
}
}  // namespace

Result<void> SnapshotStore::try_store(const Journal::Snapshot& snapshot) {
  USTP_TRY(auto db, Connection::open(path_, vfs_, OpenMode::kCreate));
  USTP_CHECK(db.run("PRAGMA synchronous=FULL"));
  USTP_CHECK(db.run("CREATE TABLE IF NOT EXISTS snapshot("
                    "position INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, state BLOB NOT NULL)"));
  USTP_CHECK(db.run("BEGIN IMMEDIATE"));
  const Hash256 hash = snapshot_hash(snapshot.position, snapshot.state);
  USTP_TRY(auto insert, db.prepare("INSERT OR REPLACE INTO snapshot VALUES(?, ?, ?)"));
  insert.bind(1, snapshot.position).bind(2, hash.view()).bind(3, BytesView(snapshot.state));
  USTP_TRY([[maybe_unused]] const bool row, insert.step());
  insert.reset();
  USTP_CHECK(db.run("DELETE FROM snapshot WHERE position NOT IN "
                    "(SELECT position FROM snapshot ORDER BY position DESC LIMIT 2)"));
  return db.run("COMMIT");
}

Result<void> SnapshotStore::store(const Journal::Snapshot& snapshot, std::uint64_t durable) {
  if (snapshot.position > durable)
    return Error{Code::internal, "snapshot of position " + std::to_string(snapshot.position) + ", which is not durable"};
  const std::lock_guard hold(mutex_);
  auto first = try_store(snapshot);
  if (first || first.error().code != Code::journal_damaged) return first;
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  std::filesystem::remove(path_ + "-journal", ignored);
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
      return Journal::Snapshot{position, Bytes(state.begin(), state.end())};
  }
}

}  // namespace ustp::gateway::journal
