#include "gateway/journal/segment_spare.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/journal/segment_format.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::gateway::journal {

namespace {
// Small enough that the writer's own writes do not wait long behind one of them; one sync at the end makes it whole.
constexpr std::uint64_t kChunk = 256u << 10;
}  // namespace

Result<void> make_zeroed(Files& files, const std::filesystem::path& folder, const std::string& half,
                         const std::string& target, std::uint64_t size, const Pace& pace) {
  USTP_CHECK(files.remove(folder / half));
  {
    USTP_TRY([[maybe_unused]] auto created, files.open(folder / half, FileMode::kCreate));
  }
  USTP_TRY(auto file, files.open(folder / half, FileMode::kAligned));
  AlignedBuffer zeroes;
  zeroes.append(Bytes(static_cast<std::size_t>(std::min(size, kChunk))));
  for (std::uint64_t at = 0; at < size; at += kChunk) {
    const auto begin = std::chrono::steady_clock::now();
    USTP_CHECK(file->write(at, zeroes.view().first(static_cast<std::size_t>(std::min(kChunk, size - at)))));
    if (pace && !pace(std::chrono::steady_clock::now() - begin))
      return Error{Code::journal_write, "stopped while a segment was prepared"};
  }
  USTP_CHECK(file->sync());
  USTP_CHECK(files.rename(folder / half, folder / target));
  return files.sync_folder(folder);
}

Result<void> SegmentSpare::find() {
  for (const char* half : {kSpareNewName, kLargeNewName}) USTP_CHECK(files_->remove(folder_ / half));
  USTP_TRY(const auto names, files_->list(folder_));
  if (!std::binary_search(names.begin(), names.end(), kSpareName)) return {};
  std::uint64_t size = 0;
  {
    USTP_TRY(auto file, files_->open(folder_ / kSpareName, FileMode::kRead));
    USTP_TRY(size, file->size());
  }
  if (size != size_) return files_->remove(folder_ / kSpareName);
  ready_ = true;
  return {};
}

Result<void> SegmentSpare::make() {
  if (ready_) return {};
  USTP_CHECK(make_zeroed(*files_, folder_, kSpareNewName, kSpareName, size_, nullptr));
  ready_ = true;
  return {};
}

void SegmentSpare::start() {
  thread_ = std::thread([this] {
    name_this_thread("journal-spare");
    run();
  });
}

void SegmentSpare::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SegmentSpare::run() {
  std::unique_lock hold(mutex_);
  while (true) {
    changed_.wait(hold, [this] { return stopping_ || !ready_; });
    if (stopping_) return;
    hold.unlock();
    // Half of the disk's time is the writer's, unless it waits for this segment.
    auto made = make_zeroed(*files_, folder_, kSpareNewName, kSpareName, size_, [this](std::chrono::nanoseconds took) {
      std::unique_lock inner(mutex_);
      changed_.wait_for(inner, took, [this] { return stopping_ || wanted_; });
      return !stopping_;
    });
    hold.lock();
    made_ = std::move(made);
    ready_ = made_.has_value();
    changed_.notify_all();
    if (!made_) return;  // told when the spare is needed: until then there is room to write in
  }
}

Result<void> SegmentSpare::take(const std::string& target) {
  std::unique_lock hold(mutex_);
  wanted_ = true;
  changed_.notify_all();
  changed_.wait(hold, [this] { return stopping_ || ready_ || !made_; });
  wanted_ = false;
  if (!ready_) return made_ ? Result<void>(Error{Code::journal_write, "no next segment: stopping"}) : made_;
  hold.unlock();
  USTP_CHECK(files_->rename(folder_ / kSpareName, folder_ / target));
  USTP_CHECK(files_->sync_folder(folder_));
  hold.lock();
  ready_ = false;
  changed_.notify_all();
  return {};
}

}  // namespace ustp::gateway::journal
