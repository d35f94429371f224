#pragma once
// One folder of the file drop and one direction: a writer puts files in by rename, a reader takes them in the order of
// their names and moves what it has processed to done/, what it cannot read to bad/. Both sides survive a crash at any
// point: a file is in the folder whole or not at all, and one that was processed but not moved comes again.

#include <string>
#include <vector>

#include "ustp/base/bytes.hpp"

namespace ustp::csd {

struct DropFile {
  std::string name;     // letters, digits, '-' and '.'; at most 128; does not begin with '.'
  std::string content;
};

enum class Sync {
  kYes,  // on disk before the call returns: one sync for the whole batch
  kNo,   // for a writer that keeps the octets itself until the reader has taken them
};

class FileDrop {
 public:
  static constexpr std::size_t kMaxFile = 1U << 20;
  static constexpr std::size_t kKeptDone = 4096;  // done/ and bad/ hold the newest; older ones go

  // Makes the folder, done/ and bad/ where missing. Code::io_error.
  static Result<FileDrop> open(const std::string& folder);

  // Temporary names, then a rename each; a file of the same name is replaced. Code::io_error, malformed_text (name).
  Result<void> write(const std::vector<DropFile>& files, Sync sync) const;
  // The first `max` names in order.
  Result<std::vector<std::string>> list(std::size_t max) const;
  // Code::frame_too_large, io_error; not_found when it has gone.
  Result<std::string> read(const std::string& name) const;
  bool holds(const std::string& name) const;     // in the folder
  bool has_taken(const std::string& name) const; // in done/ or bad/
  Result<void> done(const std::string& name) { return move(name, "done"); }
  Result<void> bad(const std::string& name) { return move(name, "bad"); }
  const std::string& folder() const { return folder_; }

 private:
  explicit FileDrop(std::string folder) : folder_(std::move(folder)) {}
  Result<void> move(const std::string& name, const char* to);
  void prune(const char* folder) const;

  std::string folder_;
  std::size_t moved_ = 0;
};

}  // namespace ustp::csd
