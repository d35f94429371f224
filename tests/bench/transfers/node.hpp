#pragma once
// One gateway of the bench as it runs in its own process: the real engine, a synced journal, peer links over mutual
// TLS, and a Corda-like ledger in memory. Orders come through the Service, not through HTTPS.

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "gateway/engine/engine.hpp"
#include "gateway/journal/choose.hpp"
#include "tests/bench/transfers/network.hpp"

namespace ustp::bench {

// Shared by the three processes of a run.
struct Shared {
  std::atomic<std::uint32_t> ready{0};
  std::atomic<std::uint32_t> phase{0};          // 0 warm-up, 1 measuring, 2 draining, 3 stop
  std::atomic<std::uint64_t> completed{0};      // terminal at the recipient
  std::atomic<std::uint64_t> in_flight{0}, refused{0}, offered{0};
  std::atomic<std::uint64_t> generator_cpu_ns{0};
};

struct NodeResult {                             // plain octets through a pipe
  std::uint64_t outstanding = 0, provisional = 0, journal_octets = 0, blocks = 0, rss_kib = 0, verified = 0;
  std::uint64_t p50_us = 0, p99_us = 0;         // sender only
  bool replay_equal = false, failed = false;
};

struct NodePlan {
  const Network* network = nullptr;
  bool sender = false;
  std::filesystem::path folder;
  gateway::JournalKind journal = gateway::JournalKind::kSegments;
  std::size_t in_flight = 1;                    // closed loop: kept under way
  double rate = 0;                              // open loop: orders a second, as chance has it (Poisson); 0: closed
  Duration order_within;                        // CoreOptions
  int notices = -1;                             // recipient writes, sender reads: ids of what is terminal
  Shared* shared = nullptr;
};
NodeResult run_node(const NodePlan& plan);

}  // namespace ustp::bench
