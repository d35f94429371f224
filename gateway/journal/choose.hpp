#pragma once
// The journal of a gateway's data folder, of the kind that was chosen.

#include <functional>

#include "gateway/journal/files.hpp"
#include "gateway/ports/journal.hpp"

namespace ustp::gateway {

enum class JournalKind { kSegments, kSqlite };

struct JournalChoice {
  JournalKind kind = JournalKind::kSegments;
  std::filesystem::path data;  // segments: data/journal/, SQLite: data/journal.db
  std::uint32_t shard = 0;
  std::uint64_t segment_octets = 64u << 20;
  std::function<void(const std::string& what)> notice;  // as in SegmentJournalOptions
  // For tests, untouched in production.
  std::string vfs;                            // SQLite's, of the journal and of snapshots
  std::shared_ptr<journal::Files> files;      // of segments
  bool sync = true;
};

// Code::config_invalid when the folder holds a journal of the other kind (USTP-JRN-012). Opens nothing.
Result<std::unique_ptr<Journal>> choose_journal(JournalChoice choice);

}  // namespace ustp::gateway
