#pragma once
// How fast transfers with one peer end, to tell before an order is taken whether its transfer would end in time: beyond
// capacity the gateway refuses what is new, while nothing of it is locked, and keeps its word to what it took.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "ustp/base/time.hpp"

namespace ustp::gateway {

// Not part of the state: it decides what is begun, never what becomes of it. Time counts only while transfers are open,
// so a quiet night leaves what was learnt.
class Pace {
 public:
  void opened(Instant now) {
    pass(now);
    ++open_;
  }
  void ended(Instant now) {
    pass(now);
    if (open_ > 0) --open_;
    ended_ += 1;
  }
  // Would one more transfer probably end within this time? Without a second of experience, and with few open, yes.
  bool keeps(Duration within, Instant now) {
    pass(now);
    if (within.ns == 0 || open_ < kAlways || busy_ < 1) return true;
    const double per_second = ended_ / std::min(busy_, kMemory);
    return static_cast<double>(open_) <= per_second * static_cast<double>(within.ns) / 1e9;
  }
  // A new run: what is open stays so, how fast it ends is to be seen.
  void begin(Instant now) {
    ended_ = busy_ = 0;
    at_ = now;
  }

 private:
  static constexpr std::size_t kAlways = 64;
  static constexpr double kMemory = 2;  // seconds after which what was seen counts e times less

  void pass(Instant now) {
    const double seconds = static_cast<double>((now - at_).ns) / 1e9;
    at_ = now;
    if (open_ == 0 || seconds <= 0 || seconds > 3600) return;  // quiet, or a clock that was put
    busy_ += seconds;
    ended_ *= std::exp(-seconds / kMemory);
  }

  std::size_t open_ = 0;
  double ended_ = 0, busy_ = 0;
  Instant at_;
};

}  // namespace ustp::gateway
