#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "gateway/journal/files.hpp"

namespace ustp::gateway::journal {
namespace {

Error failure(Code code, const std::string& doing, const std::filesystem::path& path) {
  return {code, doing + " " + path.string() + ": " + std::strerror(errno)};
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<void> write(std::uint64_t at, BytesView octets) override {
    while (!octets.empty()) {
      const auto n = ::pwrite(fd_, octets.data(), octets.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return failure(Code::journal_write, "write to", path_);
      octets = octets.subspan(static_cast<std::size_t>(n));
      at += static_cast<std::uint64_t>(n);
    }
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(fd_) != 0) return failure(Code::journal_write, "sync of", path_);
    return {};
  }
  Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> to) override {
    std::size_t done = 0;
    while (done < to.size()) {
      const auto n = ::pread(fd_, to.data() + done, to.size() - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure(Code::io_error, "read of", path_);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }
  Result<std::uint64_t> size() override {
    struct stat about {};
    if (::fstat(fd_, &about) != 0) return failure(Code::io_error, "size of", path_);
    return static_cast<std::uint64_t>(about.st_size);
  }
  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failure(Code::journal_write, "truncate", path_);
    return {};
  }
  int fd() const { return fd_; }

 private:
  const int fd_;
  const std::filesystem::path path_;
};

class PosixFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, FileMode mode) override {
    int flags = O_CLOEXEC | (mode == FileMode::kRead ? O_RDONLY : O_RDWR);
    if (mode == FileMode::kCreate) flags |= O_CREAT | O_TRUNC;
    int fd = mode == FileMode::kAligned ? ::open(path.c_str(), flags | O_DIRECT) : -1;
    if (fd < 0) fd = ::open(path.c_str(), flags, 0600);  // tmpfs and others have no direct writes
    if (fd < 0) return failure(mode == FileMode::kRead ? Code::io_error : Code::journal_write, "open", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failure(Code::journal_write, "rename", from);
    return {};
  }
  Result<void> remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failure(Code::journal_write, "remove", path);
    return {};
  }
  Result<void> sync_folder(const std::filesystem::path& folder) override {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && ::fsync(fd) == 0;
    auto error = failure(Code::journal_write, "sync of folder", folder);
    if (fd >= 0) ::close(fd);
    if (!good) return error;
    return {};
  }
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) override {
    std::error_code failed;
    std::vector<std::string> out;
    for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
      out.push_back(it->path().filename().string());
    if (failed) return Error{Code::io_error, "list " + folder.string() + ": " + failed.message()};
    std::sort(out.begin(), out.end());
    return out;
  }
  Result<bool> leads_to(const std::filesystem::path& path, File& file) override {
    struct stat there {}, here {};
    if (::fstat(static_cast<PosixFile&>(file).fd(), &here) != 0) return failure(Code::io_error, "stat of", path);
    if (::stat(path.c_str(), &there) != 0) {
      if (errno == ENOENT) return false;
      return failure(Code::io_error, "stat of", path);
    }
    return there.st_dev == here.st_dev && there.st_ino == here.st_ino;
  }
};

}  // namespace

std::shared_ptr<Files> make_posix_files() { return std::make_shared<PosixFiles>(); }

void AlignedBuffer::reserve(std::size_t size) {
  if (size <= capacity_) return;
  auto capacity = std::max<std::size_t>(capacity_ * 2, std::size_t{64} << 10);
  while (capacity < size) capacity *= 2;
  auto* raw = static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, capacity));
  if (raw == nullptr) std::abort();
  if (size_ > 0) std::memcpy(raw, data_.get(), size_);
  data_.reset(raw);
  capacity_ = capacity;
}

void AlignedBuffer::append(BytesView octets) {
  reserve(size_ + octets.size());
  if (!octets.empty()) std::memcpy(data_.get() + size_, octets.data(), octets.size());
  size_ += octets.size();
}

void AlignedBuffer::pad() {
  const auto rest = (kAlignment - size_ % kAlignment) % kAlignment;
  reserve(size_ + rest);
  if (rest > 0) std::memset(data_.get() + size_, 0, rest);
  size_ += rest;
}

void AlignedBuffer::release_above(std::size_t capacity) {
  if (capacity_ <= capacity) return;
  data_.reset();
  size_ = capacity_ = 0;
}

}  // namespace ustp::gateway::journal
