#pragma once
// A small bounded pool for what may block: reading the journal, asking a ledger (private to engine).

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ustp::gateway {

// Thread-safe. stop() runs what waits and joins.
class Workers {
 public:
  explicit Workers(std::size_t waiting_max) : waiting_max_(waiting_max) {}
  ~Workers() { stop(); }
  void start(std::size_t threads);
  void stop();
  bool run(std::function<void()> job);  // false: too many wait

 private:
  void work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

}  // namespace ustp::gateway
