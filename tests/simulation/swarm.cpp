#include "tests/simulation/swarm.hpp"

namespace ustp::simulation {

std::string_view to_string(Fault fault) {
  constexpr std::array<std::string_view, kFaults> kNames{
      "link cut", "frame delayed", "one-way partition", "flapping link", "frame duplicated", "frames reordered",
      "frame corrupted", "frame forged", "old frame replayed", "crash before the write", "crash, unsynced write lost",
      "crash, unsynced write torn", "crash, unsynced write kept", "crash before the effects",
      "crash among the effects", "sync error", "no space", "short write", "bit flip", "old backup restored",
      "clock wrong", "clock jumps", "ledger slow", "request lost", "answer lost", "answer twice", "answer unknown", "answer pending",
      "request outlives a crash", "reorganisation", "client retries", "same key, other body", "client cancels",
      "overload", "account blocked at the ledger", "account blocked by a statement", "request copied"};
  return kNames[static_cast<std::size_t>(fault)];
}

Swarm choose(SeededRandom& random) {
  Swarm out;
  constexpr std::uint32_t kLevels[] = {10, 40, 150, 500, 1500};
  for (std::size_t at = 0; at < static_cast<std::size_t>(Fault::kRequestCopied); ++at)
    if (random.below(2) == 0) out.rate[at] = kLevels[random.below(std::size(kLevels))];
  // What has few chances in a run comes more often.
  for (auto at = static_cast<std::size_t>(Fault::kLedgerSlow); at <= static_cast<std::size_t>(Fault::kClientCancel); ++at)
    out.rate[at] *= 3;
  const auto rate = [&](Fault fault) -> std::uint32_t& { return out.rate[static_cast<std::size_t>(fault)]; };
  // What takes the world apart faster than it can be put together again is kept rare.
  for (const auto fault : {Fault::kCut, Fault::kOneWay, Fault::kFlap, Fault::kCorruptFrame, Fault::kForgedFrame,
                           Fault::kReorderFrame, Fault::kCrashBeforeWrite, Fault::kCrashUnsyncedLost,
                           Fault::kCrashUnsyncedTorn, Fault::kCrashUnsyncedKept, Fault::kCrashBeforeEffects,
                           Fault::kCrashAmongEffects, Fault::kSyncError, Fault::kNoSpace, Fault::kShortWrite,
                           Fault::kClockJump, Fault::kAccountBlockedAtLedger, Fault::kAccountBlockedByStatement})
    rate(fault) = std::min<std::uint32_t>(rate(fault), 150);
  for (const auto fault : {Fault::kClockJump, Fault::kAccountBlockedAtLedger, Fault::kAccountBlockedByStatement})
    rate(fault) = std::min<std::uint32_t>(rate(fault), random.below(4) == 0 ? 150 : 25);
  rate(Fault::kBitFlip) = random.below(8) == 0 ? 3000 : 0;    // of restarts
  rate(Fault::kOldBackup) = random.below(6) == 0 ? 3000 : 0;  // of restarts
  out.orders = 6 + static_cast<std::uint32_t>(random.below(14));
  out.quiet = random.below(3) == 0 ? 0 : 300;
  out.steps = out.quiet + 300 + static_cast<std::uint32_t>(random.below(900));
  out.batch_max = random.below(3) == 0 ? 1 : 2 + static_cast<std::uint32_t>(random.below(12));
  out.inbox_max = random.below(4) == 0 ? 3 : 64;
  out.open_max = random.below(6) == 0 ? 3 : 1000;
  out.quantity_max = random.below(3) == 0 ? 400'000 : 5'000;
  out.contention = random.below(3) == 0 ? 50 : 5;
  out.bad_orders = random.below(2) == 0 ? 15 : 0;
  out.vote_within = random.below(5) == 0 ? 5 : 60;
  out.calm = static_cast<std::uint32_t>(random.below(4));
  // Without a throw of its own: the seeds that failed before this fault was thought of stay what they were.
  rate(Fault::kRequestCopied) = out.orders % 3 == 0 ? 1000 : 0;
  return out;
}

}  // namespace ustp::simulation
