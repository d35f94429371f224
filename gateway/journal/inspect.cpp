#include "gateway/journal/inspect.hpp"

#include <filesystem>

#include "gateway/journal/segment_reader.hpp"
#include "gateway/journal/sqlite_chain.hpp"

namespace ustp::gateway::journal {
namespace {

Result<JournalHead> inspect_segments(const std::string& folder, std::uint64_t from, const BlockVisitor& visit,
                                     std::string* note) {
  USTP_TRY(const auto set, load_segments(make_posix_files(), folder));
  if (!set) return Error{Code::journal_format, "no journal of segments in folder " + folder};
  SegmentEnd end;
  USTP_TRY(const auto head, walk_to_end(*set, from, visit, end));
  if (end.unfinished() && note != nullptr)
    *note = "behind position " + std::to_string(head.position) + " stand " + std::to_string(end.written_to - end.offset) +
            " octets of a write that was never finished, at offset " + std::to_string(end.offset) + " of " +
            segment_name(end.segment);
  return head;
}

}  // namespace

Result<JournalHead> inspect(const std::string& file, std::uint64_t from, const BlockVisitor& visit, std::string* note) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return inspect_segments(file, from, visit, note);
  USTP_TRY(auto db, Connection::open(file, "", OpenMode::kRead));
  USTP_TRY(const auto identity, read_identity(db));
  USTP_TRY(const auto last, last_position(db));
  return walk(db, identity, from, last, visit);
}

}  // namespace ustp::gateway::journal
