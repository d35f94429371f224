#pragma once
// The writer's thread of a journal: everything queued is one batch; the first failure is the last thing it reports.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/ports/journal.hpp"

namespace ustp::gateway::journal {

class BlockWriter {
 public:
  struct Limits {
    std::size_t blocks = 4096, octets = 256u << 20;  // queued (USTP-JRN-010)
  };
  // Makes the batch durable and gives its last position. Called from the writer's thread.
  using Commit = std::function<Result<std::uint64_t>(std::deque<Block>& batch)>;
  // After the report of durability; idle: nothing waits.
  using After = std::function<void(bool idle)>;

  explicit BlockWriter(Limits limits) : limits_(limits) {}
  ~BlockWriter() { stop(); }
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  bool started() const { return thread_.joinable(); }
  void start(JournalSink& sink, Commit commit, After after);
  void stop();               // waits for what was submitted
  void submit(Block block);  // never waits; may come before start()
  bool failed();

 private:
  void run();
  const Limits limits_;
  JournalSink* sink_ = nullptr;
  Commit commit_;
  After after_;
  std::thread thread_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Block> queue_;
  std::size_t queued_octets_ = 0;
  bool stopping_ = false, overrun_ = false, failed_ = false;
};

}  // namespace ustp::gateway::journal
