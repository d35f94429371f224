#include "tests/simulation/disk.hpp"

namespace ustp::simulation {

Result<void> FakeFile::append(BytesView octets) {
  const auto fault = std::exchange(next_write, WriteFault::kNone);
  if (fault == WriteFault::kNoSpace) return Error{Code::journal_write, "no space left on device"};
  if (fault == WriteFault::kShort) {
    ustp::append(pending_, octets.first(octets.size() / 2));
    return Error{Code::journal_write, "short write"};
  }
  ustp::append(pending_, octets);
  return {};
}

Result<void> FakeFile::sync() {
  if (std::exchange(next_sync_fails, false)) {
    pending_.clear();  // the kernel calls the pages clean and forgets them
    return Error{Code::io_error, "fsync"};
  }
  ustp::append(synced_, pending_);
  pending_.clear();
  return {};
}

void FakeFile::crash(Crash how, SeededRandom& random) {
  if (how == Crash::kTorn && !pending_.empty()) {
    // A part arrived; behind it a sector of the old content may show, which here is zeros.
    const auto kept = random.below(pending_.size());
    const auto zeros = random.below(2) == 0 ? std::min<std::uint64_t>(pending_.size() - kept, 512) : 0;
    pending_.resize(kept);
    pending_.resize(kept + zeros, 0);
  }
  if (how != Crash::kLost) ustp::append(synced_, pending_);
  pending_.clear();
}

Bytes FakeFile::content() const {
  Bytes out = synced_;
  ustp::append(out, pending_);
  return out;
}

void FakeFile::replace(Bytes content) {
  synced_ = std::move(content);
  pending_.clear();
}

}  // namespace ustp::simulation
