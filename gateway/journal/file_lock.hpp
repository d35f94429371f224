#pragma once
// The exclusive lock of a journal: one process at a time (USTP-JRN-005). The kernel lets go of it with the process.

#include <string>

#include "ustp/base/result.hpp"

namespace ustp::gateway::journal {

class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();
  Result<void> take(const std::string& path);  // Code::journal_fenced when another one holds it

 private:
  int fd_ = -1;
};

}  // namespace ustp::gateway::journal
