#pragma once
// One run: a seed, a world of three gateways and three ledgers, trouble, healing, a verdict.

#include <string>

#include "tests/simulation/charter.hpp"
#include "tests/simulation/defects.hpp"
#include "tests/simulation/swarm.hpp"
#include "tests/simulation/violation.hpp"

namespace ustp::simulation {

struct Report {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0, healed_at = 0;
  std::uint64_t orders = 0, committed = 0, aborted = 0, suspended = 0;
  bool restored = false;                          // an old backup was: safety is required, an end is not
  std::array<std::uint64_t, kFaults> faults{};
  std::vector<Violation> violations;
  std::string trace;                              // when asked for
  Hash256 path;                                   // over everything that happened: equal for equal seeds
};
// After healing everything ends within so many steps of the world.
inline constexpr std::uint64_t kStepsToEnd = 6'000;

enum class Tell : std::uint8_t { kNothing, kInvolved, kAll };
Report run(const Charter& charter, std::uint64_t seed, Defect defect = Defect::kNone, Tell tell = Tell::kNothing);

}  // namespace ustp::simulation
