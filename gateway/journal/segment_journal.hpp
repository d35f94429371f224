#pragma once
// The journal as a folder of segments: one write and one sync for everything queued, nothing written twice, no metadata
// at a sync. Format and guarantees: README.md beside this file, "Segments".

#include <filesystem>
#include <functional>
#include <memory>

#include "gateway/journal/files.hpp"
#include "gateway/ports/journal.hpp"

namespace ustp::gateway {

struct SegmentJournalOptions {
  std::filesystem::path folder;        // made when it is missing; everything in it belongs to the journal
  std::uint32_t shard = 0;
  std::uint64_t segment_octets = 64u << 20;  // a multiple of 4096; a greater block gets a segment of its own
  bool sync = true;                    // false breaks every promise of the gateway; for the test that shows so
  std::shared_ptr<journal::Files> files;  // empty: the operating system's
  std::string snapshot_vfs;            // SQLite VFS of the snapshots; empty: the default
  // Called by open() when it cut octets of a write that was never finished: what and where, for the log.
  std::function<void(const std::string& what)> notice;
  // The engine keeps fewer blocks in flight than this. More is a broken contract: on_failure, nothing more is written.
  std::size_t max_queued_blocks = 4096;
  std::size_t max_queued_octets = 256u << 20;
};

// Errors of open(): journal_damaged, journal_format, journal_fenced (another process has it), io_error, journal_write.
std::unique_ptr<Journal> make_segment_journal(SegmentJournalOptions options);

}  // namespace ustp::gateway
