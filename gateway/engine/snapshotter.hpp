#pragma once
// Snapshots of the core beside the running engine (private to engine). A second core replays what is durable on a thread
// of its own and writes down what it arrived at: the engine never waits, and what is written is what a restart would
// have made (USTP-JRN-011).

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

class Snapshotter {
 public:
  // A core under the same configuration that has seen nothing.
  using Replica = std::function<std::unique_ptr<Core>()>;

  Snapshotter(Journal& journal, std::uint64_t octets_between) : journal_(journal), octets_between_(octets_between) {}
  ~Snapshotter() { stop(); }
  // `stored` is told of each one, on this thread; may be empty.
  void start(Replica replica, std::function<void(std::uint64_t position)> stored = {});
  void stop();                          // waits for one under way
  // Octets of a block that became durable.
  void durable(std::size_t octets);

  std::uint64_t position() const { return position_; }  // of the newest one made by this run
  std::uint64_t failures() const { return failures_; }

 private:
  void run();
  Result<void> take();

  Journal& journal_;
  const std::uint64_t octets_between_;
  Replica replica_;
  std::function<void(std::uint64_t)> stored_;
  std::atomic<std::uint64_t> position_{0}, failures_{0};
  std::thread thread_;
  std::mutex mutex_;                    // guards what follows
  std::condition_variable wake_;
  std::uint64_t octets_ = 0;            // since the last one
  bool stopping_ = false;
};

// The newest snapshot's core, or a blank one where there is none that this version reads.
Result<std::unique_ptr<Core>> core_from_snapshot(Journal& journal, const Snapshotter::Replica& replica);
// Replays the durable blocks that the core has not seen, in short walks, so that other readers have their turn.
// `stop`: looked at between the walks; true ends it with Code::stopping.
Result<void> catch_up(Journal& journal, Core& core, const std::function<bool()>& stop);

}  // namespace ustp::gateway
