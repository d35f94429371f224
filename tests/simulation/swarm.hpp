#pragma once
// Which faults a seed suffers, and how often ("swarm"): every seed leaves some out and overdoes others, so that rare
// combinations come up that an average of everything would never reach.

#include <array>
#include <cstdint>
#include <string_view>

#include "ustp/base/random.hpp"

namespace ustp::simulation {

enum class Fault : std::uint8_t {
  kCut, kDelay, kOneWay, kFlap, kDuplicateFrame, kReorderFrame, kCorruptFrame, kForgedFrame, kOldFrame,
  kCrashBeforeWrite, kCrashUnsyncedLost, kCrashUnsyncedTorn, kCrashUnsyncedKept, kCrashBeforeEffects,
  kCrashAmongEffects, kSyncError, kNoSpace, kShortWrite, kBitFlip, kOldBackup,
  kClockWrong, kClockJump,
  kLedgerSlow, kRequestLost, kAnswerLost, kAnswerTwice, kAnswerUnknown, kAnswerPending, kRequestOutlivesCrash, kReorganisation,
  kClientRetry, kClientOtherBody, kClientCancel, kOverload, kAccountBlockedAtLedger, kAccountBlockedByStatement,
  kRequestCopied,
  kCount
};
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::kCount);
std::string_view to_string(Fault fault);

struct Swarm {
  std::array<std::uint32_t, kFaults> rate{};  // of 10,000 chances
  std::uint32_t orders = 0;        // that clients give
  std::uint32_t quiet = 0;         // steps without trouble at the beginning, for units to reach all ledgers
  std::uint32_t steps = 0;         // until the world is healed
  std::uint32_t batch_max = 0;     // inputs of one block
  std::uint32_t inbox_max = 0;     // inputs that wait; beyond, the edges are pushed back
  std::uint32_t open_max = 0;      // transfers open at one gateway
  std::uint32_t quantity_max = 0;
  std::uint32_t contention = 0;    // of 100 orders, how many want nearly everything
  std::uint32_t bad_orders = 0;    // of 100: zero, too large, unknown
  std::uint32_t vote_within = 0;   // seconds
  std::uint32_t calm = 0;          // of 100 steps, how many let time pass far
};
Swarm choose(SeededRandom& random);

// Throws the dice for faults and counts those that came. Healed, it throws none any more.
class Chance {
 public:
  Chance(SeededRandom& random, const Swarm& swarm) : random_(random), swarm_(swarm) {}
  bool happens(Fault fault) {
    const auto at = static_cast<std::size_t>(fault);
    if (healed || quiet || swarm_.rate[at] == 0 || random_.below(10'000) >= swarm_.rate[at]) return false;
    ++count[at];
    return true;
  }
  // For faults that the caller brings about by other means than the dice.
  void came(Fault fault) { ++count[static_cast<std::size_t>(fault)]; }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  SeededRandom& random() { return random_; }
  const Swarm& swarm() const { return swarm_; }

  bool healed = false, quiet = false;
  std::array<std::uint64_t, kFaults> count{};

 private:
  SeededRandom& random_;
  const Swarm& swarm_;
};

}  // namespace ustp::simulation
