#include "adapters/csd/file_drop.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ustp::csd {
namespace {

namespace fs = std::filesystem;

class Fd {
 public:
  Fd(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error io(const std::string& doing) { return {Code::io_error, doing + ": " + std::strerror(errno)}; }

bool good_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' && std::all_of(name.begin(), name.end(), plain);
}

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io("write " + path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// One file: fsync. Several: syncfs, which costs about as much as one fsync and covers all of them.
Result<void> write_temporary(const std::string& path, std::string_view content, bool sync_file, bool sync_all) {
  const Fd fd(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (fd.get() < 0) return io("create " + path);
  USTP_CHECK(write_all(fd.get(), content, path));
  if (sync_file && ::fsync(fd.get()) != 0) return io("fsync " + path);
  if (sync_all && ::syncfs(fd.get()) != 0) return io("syncfs " + path);
  return {};
}

std::vector<std::string> names_in(const std::string& folder, std::error_code& problem) {
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    std::string name = it->path().filename().string();
    if (!good_name(name)) continue;  // temporary files begin with '.'
    std::error_code kind;
    if (it->is_regular_file(kind)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<FileDrop> FileDrop::open(const std::string& folder) {
  std::error_code problem;
  for (const char* part : {"", "/done", "/bad"}) {
    fs::create_directories(folder + part, problem);
    if (problem) return Error{Code::io_error, "create " + folder + part + ": " + problem.message()};
  }
  return FileDrop(folder);
}

Result<void> FileDrop::write(const std::vector<DropFile>& files, Sync sync) const {
  const bool syncing = sync == Sync::kYes;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!good_name(files[i].name)) return Error{Code::malformed_text, "file name"};
    const bool last = i + 1 == files.size();
    USTP_CHECK(write_temporary(folder_ + "/." + files[i].name, files[i].content, syncing && files.size() == 1,
                               syncing && last && files.size() > 1));
  }
  for (const DropFile& file : files)
    if (::rename((folder_ + "/." + file.name).c_str(), (folder_ + "/" + file.name).c_str()) != 0)
      return io("rename " + file.name);
  if (!syncing || files.empty()) return {};
  const Fd directory(folder_, O_RDONLY | O_DIRECTORY);
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return io("fsync " + folder_);
  return {};
}

Result<std::vector<std::string>> FileDrop::list(std::size_t max) const {
  std::error_code problem;
  auto names = names_in(folder_, problem);
  if (problem) return Error{Code::io_error, "list " + folder_ + ": " + problem.message()};
  if (names.size() > max) names.resize(max);
  return names;
}

Result<std::string> FileDrop::read(const std::string& name) const {
  const std::string path = folder_ + "/" + name;
  const Fd fd(path, O_RDONLY | O_NOFOLLOW);
  if (fd.get() < 0) return errno == ENOENT ? Error{Code::not_found, name} : io("open " + path);
  std::string out;
  char buffer[16384];
  for (;;) {
    const auto got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io("read " + path);
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > kMaxFile) return Error{Code::frame_too_large, name};
  }
}

bool FileDrop::holds(const std::string& name) const { return ::access((folder_ + "/" + name).c_str(), F_OK) == 0; }
bool FileDrop::has_taken(const std::string& name) const {
  return ::access((folder_ + "/done/" + name).c_str(), F_OK) == 0 || ::access((folder_ + "/bad/" + name).c_str(), F_OK) == 0;
}

Result<void> FileDrop::move(const std::string& name, const char* to) {
  const std::string target = folder_ + "/" + to + "/" + name;
  if (::rename((folder_ + "/" + name).c_str(), target.c_str()) != 0 && errno != ENOENT) return io("move " + name);
  if (++moved_ % (kKeptDone / 4) == 0)
    for (const char* kept : {"/done", "/bad"}) prune(kept);
  return {};
}
void FileDrop::prune(const char* folder) const {
  std::error_code ignored;  // what cannot be removed now is removed next time
  const auto names = names_in(folder_ + folder, ignored);
  for (std::size_t i = 0; i + kKeptDone < names.size(); ++i) fs::remove(folder_ + folder + "/" + names[i], ignored);
}

}  // namespace ustp::csd
