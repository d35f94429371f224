#pragma once
// The API's own counters in Prometheus text (exposition format 0.0.4). Thread-safe.

#include <array>
#include <atomic>
#include <map>
#include <mutex>

#include "gateway/api/routes.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway::api {

class Metrics {
 public:
  void answered(Route route, int status, Duration took);

  std::atomic<std::int64_t> connections{0}, in_flight{0};
  std::atomic<std::uint64_t> connections_accepted{0}, connections_refused{0}, handshakes_failed{0},
      identities_refused{0}, deadlines_passed{0}, late_replies{0}, token_keys_refused{0};

  std::string render() const;

 private:
  static constexpr std::array<std::int64_t, 14> kBoundsUs = {500,    1'000,   2'500,   5'000,     10'000,    25'000,    50'000,
                                                             100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
  struct Latency {
    std::array<std::uint64_t, kBoundsUs.size() + 1> buckets{};
    std::uint64_t count = 0;
    std::int64_t sum_us = 0;
  };
  mutable std::mutex mutex_;  // of what follows
  std::map<std::pair<Route, int>, std::uint64_t> by_status_;
  std::array<Latency, kRoutes> latency_{};
};

}  // namespace ustp::gateway::api
