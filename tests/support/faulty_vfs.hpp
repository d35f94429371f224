#pragma once
// A SQLite VFS for tests, registered as "ustp-faulty": a disk that keeps unsynced writes in memory only, so that
// killing the process or power_loss() really loses them, and that fails on demand. What is written reaches the real
// file at xSync. Creating, deleting and locking files and the WAL index go straight to the default VFS.

#include <cstdint>

namespace ustp::testing {

enum class Fault {
  kSyncError,   // the nth xSync fails; nothing is written through
  kNoSpace,     // the nth xWrite answers SQLITE_FULL
  kShortWrite,  // the nth xWrite takes half of the octets and fails
  kReadFlip,    // the nth xRead comes back with one bit flipped
};

enum class PowerLoss {
  kDrop,  // every unsynced write is gone
  kKeep,  // the disk had written them all the same
  kTorn,  // the unsynced writes arrived up to the last one, of which the first half did
};

// Thread-safe.
class FaultyVfs {
 public:
  virtual ~FaultyVfs() = default;
  // n counts from 1, from now on; each fault strikes once.
  virtual void inject(Fault fault, std::uint64_t n) = 0;
  // From here on every operation fails, until power_on(). Close what was open in between.
  virtual void power_loss(PowerLoss what) = 0;
  virtual void power_on() = 0;
  virtual std::uint64_t syncs() const = 0;  // successful, of all files
};

inline constexpr const char* kFaultyVfsName = "ustp-faulty";
// Registers at the first call; later ones give the same object. It lives as long as the process.
FaultyVfs& register_faulty_vfs();

}  // namespace ustp::testing
