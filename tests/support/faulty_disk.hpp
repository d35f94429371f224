#pragma once
// What disks do wrong, for tests of either kind of journal: writes that were not synced are lost, and faults on demand.

#include <cstdint>

namespace ustp::testing {

enum class Fault {
  kSyncError,   // the nth sync fails; nothing is written through
  kNoSpace,     // the nth write is refused: no space
  kShortWrite,  // the nth write takes half of the octets and fails
  kReadFlip,    // the nth read comes back with one bit flipped
};

enum class PowerLoss {
  kDrop,  // every unsynced write is gone
  kKeep,  // the disk had written them all the same
  kTorn,  // the unsynced writes arrived up to the last one, of which the first half did
};

// Thread-safe.
class FaultyDisk {
 public:
  virtual ~FaultyDisk() = default;
  // n counts from 1, from now on; each fault strikes once. 0: never.
  virtual void inject(Fault fault, std::uint64_t n) = 0;
  // From here on every operation fails, until power_on(). Close what was open in between.
  virtual void power_loss(PowerLoss what) = 0;
  virtual void power_on() = 0;
  virtual std::uint64_t syncs() const = 0;  // successful, of all files
};

}  // namespace ustp::testing
