#include "gateway/journal/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace ustp::gateway::journal {

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> FileLock::take(const std::string& path) {
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) return Error{Code::io_error, "open " + path};
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) return Error{Code::journal_fenced, path + " is held by another process"};
  return {};
}

}  // namespace ustp::gateway::journal
