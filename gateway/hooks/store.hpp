#pragma once
// What one subscription keeps in the gateway's data folder: NAME.cursor, NAME.dead (JSON lines), NAME.replay. Small files that
// people may read; written whole or not at all, synced before the call returns. One thread; a replay may be asked for by
// another process.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "ustp/base/result.hpp"

namespace ustp::gateway::hooks {

class HookStore {
 public:
  static constexpr std::uintmax_t kMaxDead = 16u << 20;  // octets; then the older half is put aside as NAME.dead.1, once

  // Makes the folder. Code::io_error; Code::journal_damaged when the cursor is none.
  static Result<HookStore> open(const std::filesystem::path& folder, const std::string& name);
  // The sequence number that was dealt with last; none: nothing yet.
  const std::optional<std::uint64_t>& cursor() const { return cursor_; }
  Result<void> keep(std::uint64_t cursor);
  Result<void> bury(const std::string& line);            // without the line's end
  std::uint64_t dead() const { return dead_; }
  // What ask_replay() left, once; it is the cursor then.
  Result<bool> take_replay();

 private:
  HookStore(std::filesystem::path folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}
  std::filesystem::path file(const char* kind) const { return folder_ / (name_ + "." + kind); }

  std::filesystem::path folder_;
  std::string name_;
  std::optional<std::uint64_t> cursor_;
  std::uint64_t dead_ = 0;
};

// For tools, also while the gateway runs: everything behind this cursor is sent again. Code::io_error.
Result<void> ask_replay(const std::filesystem::path& folder, const std::string& name, std::uint64_t after);
Result<std::optional<std::uint64_t>> read_cursor(const std::filesystem::path& folder, const std::string& name);
std::string read_dead(const std::filesystem::path& folder, const std::string& name);

}  // namespace ustp::gateway::hooks
