#include "sdk/cli/files.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ustp::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error io(const std::string& path, const char* what) {
  return Error{Code::io_error, path + ": " + what + ": " + std::strerror(errno)};
}

Result<void> write_all(int fd, BytesView content, const std::string& path) {
  while (!content.empty()) {
    const auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io(path, "write");
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::size_t most) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io(path, "open");
  Bytes out, chunk(64u << 10);
  for (;;) {
    const auto n = ::read(file.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io(path, "read");
    if (n == 0) return out;
    if (out.size() + static_cast<std::size_t>(n) > most)
      return Error{Code::too_long, path + ": more than " + std::to_string(most) + " octets"};
    append(out, BytesView(chunk).first(static_cast<std::size_t>(n)));
  }
}

Result<void> write_new_file(const std::string& path, BytesView content, unsigned mode) {
  auto folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return io(path, "create");
  const auto abandon = [&](Error error) {
    ::unlink(temporary.c_str());
    return error;
  };
  if (::fchmod(file.get(), mode) != 0) return abandon(io(path, "mode"));
  if (auto done = write_all(file.get(), content, path); !done) return abandon(done.error());
  if (::fsync(file.get()) != 0) return abandon(io(path, "sync"));
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0)
    return abandon(io(path, "rename"));
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return io(folder, "sync");
  return {};
}

}  // namespace ustp::cli
