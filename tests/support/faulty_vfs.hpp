#pragma once
// A SQLite VFS for tests, registered as "ustp-faulty": a disk that keeps unsynced writes in memory only, so that
// killing the process or power_loss() really loses them, and that fails on demand. What is written reaches the real
// file at xSync. Creating, deleting and locking files and the WAL index go straight to the default VFS.

#include "tests/support/faulty_disk.hpp"

namespace ustp::testing {

using FaultyVfs = FaultyDisk;

inline constexpr const char* kFaultyVfsName = "ustp-faulty";
// Registers at the first call; later ones give the same object. It lives as long as the process.
FaultyVfs& register_faulty_vfs();

}  // namespace ustp::testing
