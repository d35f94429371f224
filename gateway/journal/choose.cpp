#include "gateway/journal/choose.hpp"

#include "gateway/journal/segment_journal.hpp"
#include "gateway/journal/sqlite_journal.hpp"

namespace ustp::gateway {

Result<std::unique_ptr<Journal>> choose_journal(JournalChoice choice) {
  const auto folder = choice.data / "journal", file = choice.data / "journal.db";
  const bool segments = choice.kind == JournalKind::kSegments;
  const auto& other = segments ? file : folder;
  std::error_code ignored;
  if (std::filesystem::exists(other, ignored))
    return Error{Code::config_invalid, other.string() + " is a journal of the kind " + (segments ? "sqlite" : "segments") +
                                           ", but journal.kind is " + (segments ? "segments" : "sqlite") +
                                           ": a gateway stays with the kind it began with"};
  if (segments)
    return make_segment_journal({.folder = folder, .shard = choice.shard, .segment_octets = choice.segment_octets,
                                 .sync = choice.sync, .files = choice.files, .snapshot_vfs = choice.vfs,
                                 .notice = std::move(choice.notice)});
  return make_sqlite_journal(
      {.path = file, .shard = choice.shard, .synchronous_full = choice.sync, .vfs = choice.vfs});
}

}  // namespace ustp::gateway
