#pragma once
// Snapshots live in a file of their own beside the journal: a large one never holds the writer up, and losing all of
// them costs a longer replay and nothing else. Thread-safe.

#include <mutex>
#include <optional>

#include "gateway/journal/sqlite.hpp"
#include "gateway/ports/journal.hpp"

namespace ustp::gateway::journal {

class SnapshotStore {
 public:
  SnapshotStore(std::string path, std::string vfs) : path_(std::move(path)), vfs_(std::move(vfs)) {}
  // Keeps the last two, and takes none of a position above `durable` (USTP-JRN-008). A file that SQLite cannot read any
  // more is made anew.
  Result<void> store(const Journal::Snapshot& snapshot, std::uint64_t durable);
  // The newest whose hash is right; none when there is no such one.
  std::optional<Journal::Snapshot> load();

 private:
  Result<void> try_store(const Journal::Snapshot& snapshot);
  const std::string path_, vfs_;
  std::mutex mutex_;
};

}  // namespace ustp::gateway::journal
