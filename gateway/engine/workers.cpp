#include "gateway/engine/workers.hpp"

#include "ustp/base/thread.hpp"

namespace ustp::gateway {

void Workers::start(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void Workers::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool Workers::run(std::function<void()> job) {
  {
    const std::lock_guard hold(mutex_);
    if (stopping_ || jobs_.size() >= waiting_max_) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Workers::work() {
  name_this_thread("worker");
  std::unique_lock hold(mutex_);
  while (true) {
    wake_.wait(hold, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    hold.unlock();
    job();
    hold.lock();
  }
}

}  // namespace ustp::gateway
