#pragma once
// Snapshots and what was archived with them live in a file of their own beside the journal: a large one never holds the
// writer up, and losing all of them costs a longer replay and nothing else. Thread-safe.

#include <mutex>
#include <optional>

#include "gateway/journal/sqlite.hpp"
#include "gateway/ports/journal.hpp"

namespace ustp::gateway::journal {

class SnapshotStore final : public Archive {
 public:
  SnapshotStore(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}
  // Keeps the last two, and takes none of a position above `durable` (USTP-JRN-008). A file that SQLite cannot read any
  // more is made anew.
  Result<void> store(const Journal::Snapshot& snapshot, std::uint64_t durable);
  // The newest whose hash is right; none when there is no such one.
  std::optional<Journal::Snapshot> load();

  // Damage, a row that is not as it was written too, makes the snapshots forgotten: the next start replays every block.
  Result<std::optional<Archived>> find(const TransferId& id, std::uint64_t position) override;
  Result<std::optional<Archived>> find_order(const Hash256& order_key, std::uint64_t position) override;
  Result<std::vector<Archived>> before(std::uint64_t ordinal, std::uint64_t position, std::size_t limit) override;
  Result<void> each(std::uint64_t position, const Visitor& visit) override;

 private:
  Result<void> try_store(const Journal::Snapshot& snapshot);
  // One connection that stays open, with what was prepared on it.
  struct Reader {
    std::mutex mutex;                   // guards what follows
    std::optional<Connection> db;
    Statement first, second;
    void close();
  };
  // `which` of the rows that a position sees. The reader's mutex is held, here and in one().
  Result<Statement*> reading(Reader& reader, Statement& statement, std::string_view which);
  Result<std::optional<Archived>> one(Statement& statement, std::string_view which, std::uint64_t position, BytesView what);
  Result<std::vector<Archived>> rows(Statement& statement);
  void forget();

  const std::string path_, vfs_;
  std::mutex mutex_;                    // one writer at a time
  Reader one_, many_;                   // who asks for one transfer does not wait for who lists
};

}  // namespace ustp::gateway::journal
