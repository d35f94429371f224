#pragma once
// Frames that wait for one link: written by the engine's thread, read by the network's. Bounded; what does not fit ends
// the link, because the channel above is durable and repeats what was lost.

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "ustp/base/bytes.hpp"

namespace ustp::gateway {

// Thread-safe.
class Outbox {
 public:
  using Frame = std::shared_ptr<const Bytes>;
  enum class Push {
    kQueued,    // the writer is at work and will see it
    kWake,      // the writer rests: wake it
    kOverflow,  // said once; the outbox is closed now
    kClosed,
  };

  Outbox(std::size_t frames_max, std::size_t octets_max) : frames_max_(frames_max), octets_max_(octets_max) {}

  // `first`: before what waits.
  Push push(Frame frame, bool first = false) {
    const std::lock_guard hold(mutex_);
    if (closed_) return Push::kClosed;
    if (frames_.size() >= frames_max_ || frame->size() > octets_max_ - octets_) {
      closed_ = true;
      return Push::kOverflow;
    }
    octets_ += frame->size();
    first ? frames_.push_front(std::move(frame)) : frames_.push_back(std::move(frame));
    return std::exchange(resting_, false) ? Push::kWake : Push::kQueued;
  }

  struct Next {
    Frame frame;       // null: nothing there; the next push() answers kWake
    bool more = false; // another one follows at once
  };
  Next pop() {
    const std::lock_guard hold(mutex_);
    if (frames_.empty()) {
      resting_ = true;
      return {};
    }
    Next next{std::move(frames_.front()), frames_.size() > 1};
    frames_.pop_front();
    octets_ -= next.frame->size();
    return next;
  }

  // Takes nothing more; what waits is kept (to be sent still) or dropped.
  void close(bool drop) {
    std::deque<Frame> dropped;  // declared first: freed after the lock is gone
    const std::lock_guard hold(mutex_);
    closed_ = true;
    if (!drop) return;
    frames_.swap(dropped);
    octets_ = 0;
  }

 private:
  const std::size_t frames_max_, octets_max_;
  std::mutex mutex_;
  std::deque<Frame> frames_;
  std::size_t octets_ = 0;
  bool resting_ = true, closed_ = false;
};

}  // namespace ustp::gateway
