#pragma once
// What the engine counts, and its Prometheus text (private to engine). Written by the engine's thread after each batch,
// read by the admin port's.

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

class Meter {
 public:
  // After a batch was processed.
  void batch(const Core& core, const Effects& effects, std::size_t inputs, std::size_t payload_octets);
  void durable_after(Duration waited);
  void effects_left(const Effects& effects);
  std::string text(std::size_t inputs_waiting, std::uint64_t durable, std::uint64_t snapshot,
                   std::uint64_t snapshot_failures) const;

  struct Readiness {
    bool recovery_only = false;
    std::size_t open = 0;
    std::map<GatewayId, bool> links;
  };
  Readiness readiness() const;
  bool admitted(const ParticipantId& participant) const;

 private:
  static constexpr std::array<std::int64_t, 10> kBucketsUs{250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 500000,
                                                           2000000};
  mutable std::mutex mutex_;
  Core::Counters counters_;
  Readiness readiness_;
  std::set<ParticipantId> admitted_;    // as of statements_
  std::map<protocol::State, std::uint64_t> entered_;
  std::uint64_t alarms_ = 0, blocks_ = 0, inputs_ = 0, octets_ = 0, sends_ = 0, executes_ = 0, queries_ = 0, statements_ = 0;
  std::uint64_t archived_ = 0;
  std::array<std::uint64_t, kBucketsUs.size() + 1> latency_{};
  std::uint64_t latency_count_ = 0, latency_sum_us_ = 0;
};

}  // namespace ustp::gateway
