#pragma once
// The next segment, made before it is needed: written full of zeroes, so that a sync of it later has no metadata to
// write (measured: docs/adr/0005-segment-journal.md), by a thread of its own.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/journal/files.hpp"

namespace ustp::gateway::journal {

// Called after each part with the time its write took; may wait. false: enough.
using Pace = std::function<bool(std::chrono::nanoseconds took)>;
// Makes `target` in `folder`, zeroed and durable, by way of the name `half`. Stops early with Code::journal_write when
// `pace` says so.
Result<void> make_zeroed(Files& files, const std::filesystem::path& folder, const std::string& half,
                         const std::string& target, std::uint64_t size, const Pace& pace);

class SegmentSpare {
 public:
  SegmentSpare(std::shared_ptr<Files> files, std::filesystem::path folder, std::uint64_t size)
      : files_(std::move(files)), folder_(std::move(folder)), size_(size) {}
  ~SegmentSpare() { stop(); }
  SegmentSpare(const SegmentSpare&) = delete;
  SegmentSpare& operator=(const SegmentSpare&) = delete;

  Result<void> find();  // takes over what an earlier process left: a whole spare is kept, a half one removed
  Result<void> make();  // at once, in the caller's thread, unless there is one
  void start();         // makes one whenever there is none
  void stop();          // what is half made is left for find()
  // Gives the spare the name `target`, durably; waits only when the next is asked for before it could be made.
  Result<void> take(const std::string& target);

 private:
  void run();
  const std::shared_ptr<Files> files_;
  const std::filesystem::path folder_;
  const std::uint64_t size_;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool ready_ = false, stopping_ = false, wanted_ = false;
  Result<void> made_;
};

}  // namespace ustp::gateway::journal
