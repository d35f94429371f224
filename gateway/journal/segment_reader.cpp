#include "gateway/journal/segment_reader.hpp"

#include <algorithm>

namespace ustp::gateway::journal {
namespace {

constexpr std::size_t kLeastAhead = 16u << 10, kMostAhead = 1u << 20;
constexpr std::uint64_t kNearEnough = 64u << 10;  // from here on a position is looked for one record at a time

std::uint64_t align_up(std::uint64_t at) { return (at + kAlignment - 1) / kAlignment * kAlignment; }

// A part of a file; reads ahead the more the longer it is read in order.
class Window {
 public:
  Window(std::unique_ptr<File> file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const { return size_; }
  // Fewer octets only where the file ends. Valid until the next call.
  Result<BytesView> view(std::uint64_t at, std::uint64_t count) {
    if (at >= size_) return BytesView();
    count = std::min(count, size_ - at);
    if (at < base_ || at + count > base_ + data_.size()) {
      ahead_ = at == base_ + data_.size() || (at > base_ && at < base_ + data_.size()) ? std::min(ahead_ * 2, kMostAhead)
                                                                                      : kLeastAhead;
      const auto want = std::min<std::uint64_t>(std::max<std::uint64_t>(count, ahead_), size_ - at);
      data_.resize(want);
      base_ = at;
      USTP_TRY(const auto got, file_->read(at, data_));
      data_.resize(got);
      if (got < count) count = got;
    }
    return BytesView(data_).subspan(static_cast<std::size_t>(at - base_), static_cast<std::size_t>(count));
  }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t size_, base_ = 0;
  std::size_t ahead_ = kLeastAhead;
  Bytes data_;
};

class Walk {
 public:
  Walk(const SegmentSet& set, std::uint64_t from, std::uint64_t to, const BlockVisitor& visit, SegmentEnd* end)
      : set_(set), from_(from), to_(to), visit_(visit), end_(end), chain_(set.identity.identity) {}
  Result<JournalHead> run();

 private:
  enum class Next { kGoOn, kSegmentOver };
  Result<void> open_segment();
  Result<void> locate();
  Result<std::optional<std::uint64_t>> batch_from(std::uint64_t at, std::uint64_t below, RecordHeader& header);
  Result<Next> step();
  Result<Next> take(const RecordHeader& header);
  Result<Next> stopped(bool empty, bool unfinished, const std::string& what);
  Result<void> judge_end(const std::string& what);
  bool last_segment() const { return index_ + 1 == set_.firsts.size(); }

  const SegmentSet& set_;
  const std::uint64_t from_, to_;
  const BlockVisitor& visit_;
  SegmentEnd* end_;
  Chain chain_;
  std::optional<Window> window_;
  std::size_t index_ = 0;
  std::uint64_t at_ = 0;        // where the next record is looked for
  std::uint64_t expected_ = 0;  // its position
  std::uint32_t left_ = 0;      // of the write that the record before belongs to
};

Result<void> Walk::open_segment() {
  USTP_TRY(auto file, set_.files->open(set_.folder / segment_name(set_.firsts[index_]), FileMode::kRead));
  USTP_TRY(auto size, file->size());
  if (last_segment() && set_.last_size > 0) size = std::min(size, set_.last_size);
  window_.emplace(std::move(file), size);
  at_ = 0;
  left_ = 0;
  expected_ = set_.firsts[index_];
  return {};
}

// The first place at or behind `at` where a write begins.
Result<std::optional<std::uint64_t>> Walk::batch_from(std::uint64_t at, std::uint64_t below, RecordHeader& header) {
  for (at = align_up(at); at < below; at += kAlignment) {
    USTP_TRY(const auto octets, window_->view(at, kRecordHeader));
    const auto found = parse_header(octets, set_.identity.salt);
    if (!found || found->batch != found->position) continue;
    header = *found;
    return std::optional(at);
  }
  return std::optional<std::uint64_t>();
}

// Halves the segment until the last write that begins at or before `from` is near. Nothing found is trusted: whatever
// comes out of it is checked as it is walked.
Result<void> Walk::locate() {
  std::uint64_t low = 0, high = window_->size();
  while (expected_ < from_ && high - low > kNearEnough) {
    const auto middle = low + (high - low) / 2 / kAlignment * kAlignment;
    RecordHeader header;
    USTP_TRY(const auto found, batch_from(middle, high, header));
    if (found && header.position <= from_) {
      low = *found;
      expected_ = header.position;
    } else {
      high = middle;
    }
  }
  at_ = low;
  return {};
}

Result<JournalHead> Walk::run() {
  if (set_.firsts.empty() || set_.firsts.front() > from_) {
    const auto known = set_.identity.durable.position;
    if (!set_.firsts.empty() || from_ > 1 || known > 0 || end_ == nullptr) return damaged(1, "missing");
    *end_ = {};
    return chain_.head();
  }
  index_ = static_cast<std::size_t>(std::upper_bound(set_.firsts.begin(), set_.firsts.end(), from_) -
                                    set_.firsts.begin()) - 1;
  USTP_CHECK(open_segment());
  USTP_CHECK(locate());
  chain_.start_at(from_);
  while (expected_ <= to_) {
    USTP_TRY(const auto next, step());
    if (next == Next::kGoOn) continue;
    if (last_segment()) return chain_.head();
    ++index_;
    USTP_CHECK(open_segment());
  }
  return chain_.head();
}

Result<Walk::Next> Walk::step() {
  USTP_TRY(auto octets, window_->view(at_, kRecordHeader));
  bool empty = all_zero(octets);
  // Behind a write that was cut, the next one begins at the boundary.
  if (empty && left_ > 0 && at_ % kAlignment != 0) {
    const auto boundary = align_up(at_);
    USTP_TRY(const auto behind, window_->view(boundary, kRecordHeader));
    const auto header = parse_header(behind, set_.identity.salt);
    if (header && header->position == expected_ && header->batch == expected_) {
      at_ = boundary;
      octets = behind;
      empty = false;
    }
  }
  if (empty) return stopped(true, true, "missing");
  const auto header = parse_header(octets, set_.identity.salt);
  if (!header) return stopped(false, looks_unfinished(at_, octets), "its record header is damaged");
  if (header->position != expected_) return damaged(expected_, "holds position " + std::to_string(header->position));
  if (header->length > kMaxRecord || at_ + kRecordHeader + header->length > window_->size())
    return damaged(expected_, "length " + std::to_string(header->length) + " leads out of the segment");
  return take(*header);
}

Result<Walk::Next> Walk::take(const RecordHeader& header) {
  const auto body = at_ + kRecordHeader;
  if (expected_ >= from_) {
    USTP_TRY(const auto octets, window_->view(body, header.length));
    auto block = octets.size() == header.length ? chain_.check(expected_, octets)
                                                : Result<Block>(damaged(expected_, "the segment ends in it"));
    if (!block) {
      const bool torn = block.error().code == Code::journal_damaged && !parse_block(octets) && looks_unfinished(body, octets);
      const auto where = "position " + std::to_string(expected_) + ": ";
      auto what = block.error().detail;
      if (what.starts_with(where)) what = what.substr(where.size());
      if (torn) return stopped(false, true, what);
      return block.error();
    }
    const auto& durable = set_.identity.durable;
    if (end_ != nullptr && expected_ == durable.position && chain_.head().hash != durable.hash)
      return damaged(expected_, "is not the block that was durable at the last stop");
    if (visit_) {
      USTP_CHECK(visit_(*block, octets, chain_.head().hash));
    }
  }
  left_ = header.left;
  at_ = body + header.length;
  if (left_ == 0) at_ = align_up(at_);
  ++expected_;
  return Next::kGoOn;
}

// There is no whole record at at_. What is behind decides whether it is the end (USTP-JRN-013).
Result<Walk::Next> Walk::stopped(bool empty, bool unfinished, const std::string& what) {
  if (!last_segment()) {
    if (empty && set_.firsts[index_ + 1] == expected_) return Next::kSegmentOver;
    return damaged(expected_, what);
  }
  if (!unfinished || end_ == nullptr || expected_ < from_) return damaged(expected_, what);
  USTP_CHECK(judge_end(what));
  return Next::kSegmentOver;
}

Result<void> Walk::judge_end(const std::string& what) {
  if (expected_ <= set_.identity.durable.position) return damaged(expected_, what + ", though it was durable");
  RecordHeader header;
  for (auto at = at_ + 1; at < window_->size();) {
    USTP_TRY(const auto found, batch_from(at, window_->size(), header));
    if (!found) break;
    // A write begins only when all before it is durable: this one tells that what is missing had been.
    if (header.position > expected_) return damaged(expected_, what + ", but a later write is there");
    at = *found + 1;
  }
  *end_ = {set_.firsts[index_], at_, at_};
  for (auto at = at_; at < window_->size();) {
    USTP_TRY(const auto octets, window_->view(at, std::min<std::uint64_t>(kMostAhead, window_->size() - at)));
    if (octets.empty()) break;
    if (!all_zero(octets)) {
      const auto behind = std::find_if(octets.rbegin(), octets.rend(), [](std::uint8_t octet) { return octet != 0; });
      end_->written_to = at + static_cast<std::uint64_t>(octets.rend() - behind);
    }
    at += octets.size();
  }
  return {};
}

Result<SegmentIdentity> load_identity(Files& files, const std::filesystem::path& path) {
  USTP_TRY(auto file, files.open(path, FileMode::kRead));
  Bytes octets(kIdentitySize + 1);
  USTP_TRY(const auto size, file->read(0, octets));
  octets.resize(size);
  return parse_identity(octets);
}

}  // namespace

Result<std::optional<SegmentSet>> load_segments(std::shared_ptr<Files> files, const std::filesystem::path& folder) {
  SegmentSet set{files, folder, {}, {}, 0};
  USTP_TRY(const auto names, files->list(folder));
  bool identity = false;
  for (const auto& name : names) {
    if (name == kIdentityName) identity = true;
    if (const auto first = segment_first(name)) set.firsts.push_back(*first);
  }
  if (!identity && set.firsts.empty()) return std::optional<SegmentSet>();
  if (!identity) return Error{Code::journal_format, "identity: missing from " + folder.string()};
  USTP_TRY(set.identity, load_identity(*files, folder / kIdentityName));
  return std::optional(std::move(set));
}

Result<JournalHead> walk_segments(const SegmentSet& set, std::uint64_t from, std::uint64_t to, const BlockVisitor& visit) {
  return Walk(set, from, to, visit, nullptr).run();
}

Result<JournalHead> walk_to_end(const SegmentSet& set, std::uint64_t from, const BlockVisitor& visit, SegmentEnd& end) {
  return Walk(set, from, UINT64_MAX, visit, &end).run();
}

}  // namespace ustp::gateway::journal
