#include "gateway/journal/block_writer.hpp"

#include "ustp/base/thread.hpp"

namespace ustp::gateway::journal {

void BlockWriter::start(JournalSink& sink, Commit commit, After after) {
  sink_ = &sink;
  commit_ = std::move(commit);
  after_ = std::move(after);
  thread_ = std::thread([this] {
    name_this_thread("journal");
    run();
  });
}

void BlockWriter::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool BlockWriter::failed() {
  const std::lock_guard hold(mutex_);
  return failed_;
}

// USTP-JRN-010: never waits.
void BlockWriter::submit(Block block) {
  {
    const std::lock_guard hold(mutex_);
    if (failed_ || overrun_ || stopping_) return;
    queued_octets_ += block.payload.size();
    overrun_ = queue_.size() >= limits_.blocks || queued_octets_ > limits_.octets;
    if (!overrun_) queue_.push_back(std::move(block));
  }
  wake_.notify_one();
}

// USTP-JRN-007: after the first failure nothing is written and nothing is reported any more.
void BlockWriter::run() {
  std::unique_lock hold(mutex_);
  while (true) {
    wake_.wait(hold, [this] { return stopping_ || overrun_ || !queue_.empty(); });
    if (queue_.empty() && !overrun_) return;
    std::deque<Block> batch;
    batch.swap(queue_);
    queued_octets_ = 0;
    const bool overrun = overrun_;
    hold.unlock();
    Result<void> done;
    if (!batch.empty()) {
      auto committed = commit_(batch);
      if (committed)
        sink_->on_durable(*committed);
      else
        done = committed.error();
    }
    if (done && overrun) done = Error{Code::journal_write, "more was submitted than the queue bound allows"};
    hold.lock();
    if (!done) {
      failed_ = true;
      queue_.clear();
      hold.unlock();
      sink_->on_failure(done.error());
      return;
    }
    const bool idle = queue_.empty();
    hold.unlock();
    if (after_) after_(idle);
    hold.lock();
  }
}

}  // namespace ustp::gateway::journal
