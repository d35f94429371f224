#pragma once
// The embedded journal: SQLite in WAL mode, one writer thread, one transaction for everything queued. Format, schema
// and guarantees: README.md beside this file.

#include <filesystem>
#include <memory>

#include "gateway/ports/journal.hpp"

namespace ustp::gateway {

struct SqliteJournalOptions {
  std::filesystem::path path;     // PATH, PATH-wal, PATH-shm, PATH.lock, PATH.snapshots belong to the journal
  std::uint32_t shard = 0;
  bool synchronous_full = true;   // false breaks every promise of the gateway; for the test that shows so
  std::string vfs;                // a registered SQLite VFS; empty: the default
  // The engine keeps fewer blocks in flight than this. More is a broken contract: on_failure, nothing more is written.
  std::size_t max_queued_blocks = 4096;
  std::size_t max_queued_octets = 256u << 20;
};

// Errors of open(): journal_damaged, journal_format, journal_fenced (another process has it), io_error, journal_write.
std::unique_ptr<Journal> make_sqlite_journal(SqliteJournalOptions options);

}  // namespace ustp::gateway
