#include "gateway/journal/segment_journal.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "gateway/journal/block_writer.hpp"
#include "gateway/journal/file_lock.hpp"
#include "gateway/journal/segment_reader.hpp"
#include "gateway/journal/segment_spare.hpp"
#include "gateway/journal/snapshot_store.hpp"
#include "ustp/base/random.hpp"

namespace ustp::gateway {
namespace {

using journal::FileMode;
using journal::SegmentEnd;
using journal::SegmentSet;

constexpr std::size_t kMaxWrite = 8u << 20;  // blocks under one sync; a greater one stands alone

class SegmentJournal final : public Journal {
 public:
  explicit SegmentJournal(SegmentJournalOptions options)
      : options_(std::move(options)), files_(options_.files ? options_.files : journal::make_posix_files()),
        snapshots_((options_.folder / journal::kSnapshotsName).string(), options_.snapshot_vfs),
        spare_(files_, options_.folder, options_.segment_octets),
        thread_({options_.max_queued_blocks, options_.max_queued_octets}) {}
  ~SegmentJournal() override { SegmentJournal::stop(); }

  Result<JournalHead> open() override;
  Result<void> start(JournalSink& sink) override;
  void stop() override;
  void submit(Block block) override { thread_.submit(std::move(block)); }
  Result<void> read(std::uint64_t from, std::uint64_t to, const Visitor& visit) override;
  Result<std::optional<Snapshot>> load_snapshot() override { return snapshots_.load(); }
  Result<void> store_snapshot(const Snapshot& snapshot) override { return snapshots_.store(snapshot, durable_); }
  Archive& archive() override { return snapshots_; }

 private:
  Result<SegmentSet> load();
  Result<void> mend_end(const SegmentEnd& end);
  Result<void> write_identity();
  Result<void> check_owner();
  Result<std::uint64_t> commit(std::deque<Block>& batch);
  Result<void> flush();
  Result<void> next_segment(std::uint64_t first, std::uint64_t least);

  const SegmentJournalOptions options_;
  const std::shared_ptr<journal::Files> files_;
  journal::FileLock lock_;
  journal::SegmentIdentity identity_;
  std::unique_ptr<journal::File> identity_file_;  // kept open: no other file can look like it

  JournalHead head_;                              // the writer's, once started, and so is what follows
  std::unique_ptr<journal::File> segment_;
  std::uint64_t offset_ = 0, segment_size_ = 0;
  std::vector<std::pair<std::uint64_t, Bytes>> group_;  // position and framed octets: the next write
  std::size_t group_octets_ = 0;
  journal::AlignedBuffer buffer_;
  std::atomic<std::uint64_t> durable_{0};

  std::mutex set_mutex_;
  SegmentSet set_;                                // what readers see: durable segments and offsets
  journal::SnapshotStore snapshots_;
  bool open_ = false;
  journal::SegmentSpare spare_;
  journal::BlockWriter thread_;                   // last: it ends first
};

Result<SegmentSet> SegmentJournal::load() {
  std::error_code failed;
  std::filesystem::create_directories(options_.folder, failed);
  if (failed) return Error{Code::io_error, options_.folder.string() + ": " + failed.message()};
  USTP_CHECK(lock_.take((options_.folder / journal::kLockName).string()));
  USTP_TRY(auto found, journal::load_segments(files_, options_.folder));
  if (found) return *std::move(found);
  SegmentSet fresh{files_, options_.folder, {}, {}, 0};
  fresh.identity.identity = {journal::kSegmentVersion, options_.shard, 0};
  SystemRandom().fill(fresh.identity.salt);
  const auto parent = options_.folder.has_parent_path() ? options_.folder.parent_path() : std::filesystem::path(".");
  USTP_CHECK(files_->sync_folder(parent));
  return fresh;
}

Result<JournalHead> SegmentJournal::open() {
  if (open_) return Error{Code::internal, "the journal is open already"};
  if (options_.segment_octets == 0 || options_.segment_octets % journal::kAlignment != 0)
    return Error{Code::internal, "a segment's size is a multiple of 4096"};
  USTP_TRY(set_, load());
  identity_ = set_.identity;
  if (identity_.identity.shard != options_.shard)
    return Error{Code::journal_format, "the journal is of shard " + std::to_string(identity_.identity.shard)};
  const auto snapshot = snapshots_.load();
  const auto from = snapshot && snapshot->position > 0 ? snapshot->position : 1;
  SegmentEnd end;
  USTP_TRY(head_, journal::walk_to_end(set_, from, nullptr, end));
  // A snapshot is only taken of durable blocks: one ahead of the journal means that blocks are gone (USTP-JRN-008).
  if (snapshot && snapshot->position > head_.position)
    return Error{Code::journal_damaged, "position " + std::to_string(head_.position + 1) + ": missing, a snapshot of position " +
                                            std::to_string(snapshot->position) + " exists"};
  USTP_CHECK(mend_end(end));
  ++identity_.identity.epoch;
  identity_.durable = head_;
  USTP_CHECK(write_identity());  // USTP-JRN-005
  USTP_CHECK(spare_.find());
  if (set_.firsts.empty()) {
    USTP_CHECK(spare_.make());
  }
  head_.epoch = identity_.identity.epoch;
  durable_ = head_.position;
  set_.identity = identity_;
  set_.last_size = offset_;
  open_ = true;
  return head_;
}

// USTP-JRN-013: octets of a write that was never finished are cut; what is whole is made durable before it counts, as
// the process before may have died between its write and its sync.
Result<void> SegmentJournal::mend_end(const SegmentEnd& end) {
  if (end.segment == 0) return {};
  const auto path = options_.folder / journal::segment_name(end.segment);
  {
    USTP_TRY(auto file, files_->open(path, FileMode::kWrite));
    const Bytes zeroes(std::size_t{1} << 20);
    for (auto at = end.offset; at < end.written_to; at += zeroes.size())
      USTP_CHECK(file->write(at, BytesView(zeroes).first(std::min<std::size_t>(zeroes.size(), end.written_to - at))));
    USTP_CHECK(file->sync());
  }
  if (end.unfinished() && options_.notice)
    options_.notice("behind position " + std::to_string(head_.position) + " a write was never finished: " +
                    std::to_string(end.written_to - end.offset) + " octets at offset " + std::to_string(end.offset) +
                    " of " + path.filename().string() + " were cut");
  USTP_TRY(segment_, files_->open(path, FileMode::kAligned));
  USTP_TRY(segment_size_, segment_->size());
  offset_ = (end.offset + journal::kAlignment - 1) / journal::kAlignment * journal::kAlignment;
  segment_size_ = std::max(segment_size_, offset_);
  return {};
}

Result<void> SegmentJournal::write_identity() {
  const auto path = options_.folder / journal::kIdentityName, fresh = options_.folder / journal::kIdentityNewName;
  USTP_CHECK(files_->remove(fresh));  // what a process that ended in here left
  USTP_TRY(auto file, files_->open(fresh, FileMode::kCreate));
  USTP_CHECK(file->write(0, journal::encode_identity(identity_)));
  USTP_CHECK(file->sync());
  USTP_CHECK(files_->rename(fresh, path));
  USTP_CHECK(files_->sync_folder(options_.folder));
  identity_file_ = std::move(file);
  return {};
}

// USTP-JRN-006: whoever takes over puts a new identity file in the place of ours.
Result<void> SegmentJournal::check_owner() {
  USTP_TRY(const bool ours, files_->leads_to(options_.folder / journal::kIdentityName, *identity_file_));
  if (!ours)
    return Error{Code::journal_fenced, "the journal was taken over from epoch " + std::to_string(identity_.identity.epoch)};
  return {};
}

Result<void> SegmentJournal::start(JournalSink& sink) {
  if (!open_ || thread_.started()) return Error{Code::internal, "start() needs an open journal, once"};
  spare_.start();
  thread_.start(sink, [this](std::deque<Block>& batch) { return commit(batch); }, nullptr);
  return {};
}

void SegmentJournal::stop() {
  thread_.stop();
  spare_.stop();
  if (!open_ || !options_.sync || thread_.failed() || identity_.durable.position == durable_) return;
  // From a clean stop on, every block is known to have been durable: nothing at the end can pass for unfinished.
  identity_.durable = {durable_, head_.hash, head_.epoch};
  if (head_.position == durable_ && check_owner()) (void)write_identity();
}

// USTP-JRN-004, -006. The owner is checked before the write, which it may spoil, and before the report of durability.
Result<std::uint64_t> SegmentJournal::commit(std::deque<Block>& batch) {
  USTP_CHECK(check_owner());
  for (Block& block : batch) {
    USTP_TRY(auto octets, journal::frame_next(block, identity_.identity, head_));
    const auto need = journal::kRecordHeader + octets.size();
    const auto room = segment_size_ - offset_;
    if (!group_.empty() && group_octets_ + need > std::min<std::uint64_t>(room, kMaxWrite)) USTP_CHECK(flush());
    if (group_.empty() && need > segment_size_ - offset_) USTP_CHECK(next_segment(block.position, need));
    group_octets_ += need;
    group_.emplace_back(block.position, std::move(octets));
  }
  USTP_CHECK(flush());
  USTP_CHECK(check_owner());
  durable_ = head_.position;
  return head_.position;
}

Result<void> SegmentJournal::flush() {
  buffer_.clear();
  Bytes header;
  for (std::size_t i = 0; i < group_.size(); ++i) {
    header.clear();
    journal::append_header(header, {static_cast<std::uint32_t>(group_[i].second.size()), group_[i].first, group_.front().first,
                                    static_cast<std::uint32_t>(group_.size() - 1 - i)}, identity_.salt);
    buffer_.append(header);
    buffer_.append(group_[i].second);
  }
  buffer_.pad();
  USTP_CHECK(segment_->write(offset_, buffer_.view()));
  if (options_.sync) {
    USTP_CHECK(segment_->sync());
  }
  offset_ += buffer_.size();
  {
    const std::lock_guard hold(set_mutex_);
    set_.last_size = offset_;
  }
  buffer_.release_above(2 * kMaxWrite);
  group_.clear();
  group_octets_ = 0;
  return {};
}

// The file gets its name only now, when everything before its first position is durable: the name says so.
Result<void> SegmentJournal::next_segment(std::uint64_t first, std::uint64_t least) {
  const auto name = journal::segment_name(first);
  if (least <= options_.segment_octets) {
    USTP_CHECK(spare_.take(name));
  } else {
    const auto size = (least + journal::kAlignment - 1) / journal::kAlignment * journal::kAlignment;
    USTP_CHECK(journal::make_zeroed(*files_, options_.folder, journal::kLargeNewName, name, size, nullptr));
  }
  USTP_TRY(segment_, files_->open(options_.folder / name, FileMode::kAligned));
  USTP_TRY(segment_size_, segment_->size());
  offset_ = 0;
  const std::lock_guard hold(set_mutex_);
  set_.firsts.push_back(first);
  set_.last_size = journal::kAlignment;  // nothing is in it yet, and nobody asks before it is durable
  return {};
}

Result<void> SegmentJournal::read(std::uint64_t from, std::uint64_t to, const Visitor& visit) {
  if (!open_) return Error{Code::internal, "the journal is not open"};
  to = std::min(to, durable_.load());
  if (from == 0) from = 1;
  if (from > to) return {};
  SegmentSet set;
  {
    const std::lock_guard hold(set_mutex_);
    set = set_;
  }
  auto head = journal::walk_segments(set, from, to,
                                     [&](const Block& block, BytesView, const Hash256&) { return visit(block); });
  if (!head) return head.error();
  return {};
}

}  // namespace

std::unique_ptr<Journal> make_segment_journal(SegmentJournalOptions options) {
  return std::make_unique<SegmentJournal>(std::move(options));
}

}  // namespace ustp::gateway
