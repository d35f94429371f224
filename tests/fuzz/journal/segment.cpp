// A segment file of any octets, behind a right identity: walked to its end or refused, and read again alike.
#include <cstdlib>
#include <cstring>

#include "gateway/journal/segment_reader.hpp"

namespace {

using namespace ustp;
using namespace ustp::gateway::journal;

class MemoryFile final : public File {
 public:
  explicit MemoryFile(BytesView octets) : octets_(octets) {}
  Result<void> write(std::uint64_t, BytesView) override { std::abort(); }
  Result<void> sync() override { std::abort(); }
  Result<void> truncate(std::uint64_t) override { std::abort(); }
  Result<std::uint64_t> size() override { return std::uint64_t{octets_.size()}; }
  Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> to) override {
    if (at >= octets_.size()) return std::size_t{0};
    const auto count = std::min<std::size_t>(to.size(), octets_.size() - static_cast<std::size_t>(at));
    std::memcpy(to.data(), octets_.data() + at, count);
    return count;
  }

 private:
  const BytesView octets_;
};

// One segment, and nothing of it may be changed.
class OneSegment final : public Files {
 public:
  explicit OneSegment(BytesView octets) : octets_(octets) {}
  Result<std::unique_ptr<File>> open(const std::filesystem::path&, FileMode mode) override {
    if (mode != FileMode::kRead) std::abort();
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(octets_));
  }
  Result<void> rename(const std::filesystem::path&, const std::filesystem::path&) override { std::abort(); }
  Result<void> remove(const std::filesystem::path&) override { std::abort(); }
  Result<void> sync_folder(const std::filesystem::path&) override { std::abort(); }
  Result<std::vector<std::string>> list(const std::filesystem::path&) override { std::abort(); }
  Result<bool> leads_to(const std::filesystem::path&, File&) override { std::abort(); }

 private:
  const BytesView octets_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1u << 20) return 0;
  (void)parse_identity({data, size});
  SegmentSet set{std::make_shared<OneSegment>(BytesView(data, size)), "", {}, {1}, 0};
  set.identity.identity = {kSegmentVersion, 0, 9};
  SegmentEnd end;
  const auto head = walk_to_end(set, 1, nullptr, end);
  if (!head) return 0;
  if (end.offset > size + kAlignment || end.written_to > size + kAlignment) std::abort();
  std::uint64_t seen = 0;
  const auto count = [&](const gateway::Block&, BytesView, const Hash256&) -> Result<void> { return ++seen, Result<void>(); };
  if (head->position == 0) return 0;
  const auto again = walk_segments(set, 1, head->position, count);
  if (!again || *again != *head || seen != head->position) std::abort();
  const auto last = walk_segments(set, head->position, head->position, nullptr);
  if (!last || last->hash != head->hash) std::abort();
  return 0;
}
