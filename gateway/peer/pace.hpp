#pragma once
// How fast: a token bucket for what comes in, a jittered exponential backoff for what goes out. Time is an argument.

#include <algorithm>
#include <chrono>
#include <cstring>

#include "ustp/base/random.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway {

// At most `rate` per second over time and in one burst.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit TokenBucket(std::uint32_t rate) : rate_(std::max<std::uint32_t>(rate, 1)), tokens_(rate_) {}

  bool take(Time now) {
    if (tokens_ == 0) refill(now);
    if (tokens_ == 0) return false;
    if (tokens_ == rate_) since_ = now;
    --tokens_;
    return true;
  }
  // How long until take() can succeed; call it after a take() that did not.
  std::chrono::nanoseconds wait() const { return std::chrono::nanoseconds(1'000'000'000 / rate_ + 1); }

 private:
  void refill(Time now) {
    const auto passed = std::min<std::chrono::nanoseconds>(now - since_, std::chrono::seconds(1));
    const auto earned = static_cast<std::uint64_t>(passed.count()) * rate_ / 1'000'000'000;
    tokens_ = std::min<std::uint64_t>(rate_, earned);
    if (tokens_ > 0) since_ = now;
  }

  std::uint64_t rate_, tokens_;
  Time since_{};
};

// Doubles from `first` to `most`; each delay lies between half of it and all of it, so that gateways that lost the same
// peer do not come back in step.
class Backoff {
 public:
  Backoff(Duration first, Duration most) : first_(first), most_(most), next_(first) {}
  Duration next(Random& random) {
    const std::int64_t full = std::max<std::int64_t>(next_.ns, 1), half = full / 2;
    std::array<std::uint8_t, 8> octets;
    random.fill(octets);
    std::uint64_t value;
    std::memcpy(&value, octets.data(), sizeof value);
    next_.ns = full > most_.ns / 2 ? most_.ns : full * 2;
    return {half + static_cast<std::int64_t>(value % static_cast<std::uint64_t>(full - half + 1))};
  }
  void reset() { next_ = first_; }

 private:
  Duration first_, most_, next_;
};

}  // namespace ustp::gateway
