#include "gateway/engine/snapshotter.hpp"

#include "ustp/base/thread.hpp"

namespace ustp::gateway {

Result<std::unique_ptr<Core>> core_from_snapshot(Journal& journal, const Snapshotter::Replica& replica) {
  auto core = replica();
  USTP_TRY(const auto snapshot, journal.load_snapshot());
  if (!snapshot || (core->load(snapshot->state) && core->learn_archived())) return core;
  return replica();  // of another version: the blocks say the same, and take longer
}

Result<void> catch_up(Journal& journal, Core& core, const std::function<bool()>& stop) {
  constexpr std::uint64_t kWalk = 64;
  while (true) {
    if (stop()) return Error{Code::stopping, ""};
    const auto seen = core.position();
    USTP_CHECK(journal.read(seen + 1, seen + kWalk, [&](const Block& block) { return core.replay(block); }));
    if (core.position() < seen + kWalk) return {};
  }
}

void Snapshotter::start(Replica replica, std::function<void(std::uint64_t position)> stored) {
  replica_ = std::move(replica);
  stored_ = std::move(stored);
  thread_ = std::thread([this] {
    name_this_thread("snapshots");
    run();
  });
}

void Snapshotter::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Snapshotter::durable(std::size_t octets) {
  {
    const std::lock_guard hold(mutex_);
    octets_ += octets;
    if (octets_ < octets_between_) return;
  }
  wake_.notify_one();
}

void Snapshotter::run() {
  std::unique_lock hold(mutex_);
  while (true) {
    wake_.wait(hold, [this] { return stopping_ || octets_ >= octets_between_; });
    if (stopping_) return;
    octets_ = 0;
    hold.unlock();
    if (const auto done = take(); !done && done.error().code != Code::stopping) ++failures_;
    hold.lock();
  }
}

Result<void> Snapshotter::take() {
  const auto stopping = [this] {
    const std::lock_guard hold(mutex_);
    return stopping_;
  };
  USTP_TRY(auto core, core_from_snapshot(journal_, replica_));
  Journal::Snapshot snapshot;
  snapshot.base = core->position();
  USTP_CHECK(catch_up(journal_, *core, stopping));
  snapshot.position = core->position();
  snapshot.archived = core->archive_ended();
  snapshot.state = core->snapshot();
  core.reset();
  // What does not read back to itself is not stored: the blocks are there, and right.
  const auto again = replica_();
  USTP_CHECK(again->load(snapshot.state));
  if (again->snapshot() != snapshot.state) return Error{Code::internal, "the snapshot does not read back to itself"};
  USTP_CHECK(journal_.store_snapshot(snapshot));
  position_ = snapshot.position;
  if (stored_) stored_(snapshot.position);
  return {};
}

}  // namespace ustp::gateway
