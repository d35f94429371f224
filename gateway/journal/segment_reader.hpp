#pragma once
// Reading a folder of segments: from a position, to its end, and what stands at the end.

#include "gateway/journal/files.hpp"
#include "gateway/journal/segment_format.hpp"

namespace ustp::gateway::journal {

struct SegmentSet {
  std::shared_ptr<Files> files;
  std::filesystem::path folder;
  SegmentIdentity identity;
  std::vector<std::uint64_t> firsts;  // ascending
  std::uint64_t last_size = 0;        // of the last segment, as far as it is written; 0: not known, all of it
};
// Nothing when the folder holds neither identity nor segments: a new journal.
Result<std::optional<SegmentSet>> load_segments(std::shared_ptr<Files> files, const std::filesystem::path& folder);

// Where what is intact ends.
struct SegmentEnd {
  std::uint64_t segment = 0;     // its first position; 0: there is no segment
  std::uint64_t offset = 0;      // behind the last whole record
  std::uint64_t written_to = 0;  // above offset: octets of a write that was never finished stand up to there
  bool unfinished() const { return written_to > offset; }
};

// Visits the checked blocks from..to (inclusive); from starts the chain; a block that is not there is damage.
Result<JournalHead> walk_segments(const SegmentSet& set, std::uint64_t from, std::uint64_t to, const BlockVisitor& visit);
// The same up to the end, which is told apart from damage (USTP-JRN-013).
Result<JournalHead> walk_to_end(const SegmentSet& set, std::uint64_t from, const BlockVisitor& visit, SegmentEnd& end);

}  // namespace ustp::gateway::journal
