#include "gateway/hooks/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "ustp/base/bytes.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp::gateway::hooks {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path) { return {Code::io_error, path.string()}; }

struct File {
  explicit File(int opened) : fd(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  int fd;
};

Result<void> write_all(const fs::path& path, int flags, std::string_view text) {
  const File file(::open(path.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd < 0) return failed(path);
  while (!text.empty()) {
    const auto count = ::write(file.fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.fd) != 0) return failed(path);
  return {};
}
Result<void> sync_folder(const fs::path& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd < 0 || ::fsync(file.fd) != 0) return failed(folder);
  return {};
}
Result<void> replace(const fs::path& path, const std::string& text) {
  auto beside = path;
  beside += ".new";
  USTP_CHECK(write_all(beside, O_TRUNC, text));
  std::error_code ec;
  fs::rename(beside, path, ec);
  if (ec) return failed(path);
  return sync_folder(path.parent_path());
}

Result<std::optional<std::uint64_t>> read_number(const fs::path& path) {
  std::ifstream in(path);
  if (!in) return std::optional<std::uint64_t>();
  std::string text(32, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  const auto number = parse_uint128(text);
  if (!number || *number > UINT64_MAX) return Error{Code::journal_damaged, path.string() + ": no sequence number"};
  return std::optional(static_cast<std::uint64_t>(*number));
}

}  // namespace

Result<HookStore> HookStore::open(const fs::path& folder, const std::string& name) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return failed(folder);
  HookStore out(folder, name);
  USTP_TRY(out.cursor_, read_number(out.file("cursor")));
  std::ifstream dead(out.file("dead"), std::ios::binary);
  out.dead_ = static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>(dead), {}, '\n'));
  return out;
}

Result<void> HookStore::keep(std::uint64_t cursor) {
  if (cursor_ == cursor) return {};
  USTP_CHECK(replace(file("cursor"), std::to_string(cursor) + "\n"));
  cursor_ = cursor;
  return {};
}

Result<void> HookStore::bury(const std::string& line) {
  const auto path = file("dead");
  std::error_code ec;
  if (fs::file_size(path, ec) > kMaxDead && !ec) {
    fs::rename(path, file("dead.1"), ec);
    if (ec) return failed(path);
  }
  USTP_CHECK(write_all(path, O_APPEND, line + "\n"));
  ++dead_;
  return sync_folder(folder_);
}

Result<bool> HookStore::take_replay() {
  USTP_TRY(const auto after, read_number(file("replay")));
  if (!after) return false;
  USTP_CHECK(keep(*after));
  std::error_code ec;
  fs::remove(file("replay"), ec);  // when this is lost, it is only taken once more
  return true;
}

Result<void> ask_replay(const fs::path& folder, const std::string& name, std::uint64_t after) {
  return replace(folder / (name + ".replay"), std::to_string(after) + "\n");
}
Result<std::optional<std::uint64_t>> read_cursor(const fs::path& folder, const std::string& name) {
  return read_number(folder / (name + ".cursor"));
}
std::string read_dead(const fs::path& folder, const std::string& name) {
  std::ifstream in(folder / (name + ".dead"), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace ustp::gateway::hooks
