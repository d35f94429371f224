#pragma once
// A directory that is removed again, journals of either kind in it, a sink that can be waited on, and blocks to submit.

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "gateway/journal/segment_journal.hpp"
#include "gateway/journal/sqlite_journal.hpp"

namespace ustp::gateway::test {

class TempDirectory {
 public:
  TempDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "ustp-journal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path file() const { return path_ / "journal.db"; }
  std::filesystem::path folder() const { return path_ / "journal"; }

 private:
  std::filesystem::path path_;
};

enum class Kind { kSqlite, kSegments };
inline std::string to_string(Kind kind) { return kind == Kind::kSqlite ? "sqlite" : "segments"; }

// A journal of either kind in a directory.
struct Store {
  Kind kind = Kind::kSqlite;
  const TempDirectory* directory = nullptr;
  std::uint32_t shard = 0;
  bool sync = true;
  std::string vfs{};
  std::shared_ptr<journal::Files> files{};
  std::size_t max_queued_blocks = 4096;
  std::uint64_t segment_octets = 256u << 10;

  std::string path() const { return (kind == Kind::kSqlite ? directory->file() : directory->folder()).string(); }
  std::string snapshots() const { return path() + (kind == Kind::kSqlite ? ".snapshots" : "/snapshots"); }
  std::unique_ptr<Journal> make() const {
    if (kind == Kind::kSqlite)
      return make_sqlite_journal({.path = path(), .shard = shard, .synchronous_full = sync, .vfs = vfs,
                                  .max_queued_blocks = max_queued_blocks});
    return make_segment_journal({.folder = path(), .shard = shard, .segment_octets = segment_octets, .sync = sync,
                                 .files = files, .snapshot_vfs = {}, .notice = {}, .max_queued_blocks = max_queued_blocks});
  }
};

// The same behaviour is asked of both.
template <class Body>
void for_each_kind(const Body& body) {
  for (const Kind kind : {Kind::kSqlite, Kind::kSegments}) {
    INFO("journal of kind ", to_string(kind));
    body(kind);
  }
}

class WaitingSink final : public JournalSink {
 public:
  void on_durable(std::uint64_t position) override {
    const std::lock_guard hold(mutex_);
    durable = position;
    ++reports;
    if (!failures.empty()) after_failure = true;
    changed_.notify_all();
  }
  void on_failure(Error error) override {
    const std::lock_guard hold(mutex_);
    failures.push_back(std::move(error));
    changed_.notify_all();
  }
  bool wait_durable(std::uint64_t position) {
    std::unique_lock hold(mutex_);
    return changed_.wait_for(hold, std::chrono::seconds(20), [&] { return durable >= position; });
  }
  // Durable, or never.
  bool wait_settled(std::uint64_t position) {
    std::unique_lock hold(mutex_);
    return changed_.wait_for(hold, std::chrono::seconds(20), [&] { return durable >= position || !failures.empty(); });
  }
  bool wait_failure() {
    std::unique_lock hold(mutex_);
    return changed_.wait_for(hold, std::chrono::seconds(20), [&] { return !failures.empty(); });
  }

  // Read after stop(), or after a wait that says the journal is still.
  std::uint64_t durable = 0, reports = 0;
  std::vector<Error> failures;
  bool after_failure = false;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

inline Block block_at(const JournalHead& head, std::uint64_t position, std::size_t size = 100) {
  return Block{0, head.epoch, position, {}, Bytes(size, static_cast<std::uint8_t>(position))};
}

inline std::vector<std::uint64_t> positions(Journal& journal, std::uint64_t from = 1) {
  std::vector<std::uint64_t> out;
  auto done = journal.read(from, UINT64_MAX, [&](const Block& block) -> Result<void> {
    if (block.payload != Bytes(block.payload.size(), static_cast<std::uint8_t>(block.position)))
      return Error{Code::journal_damaged, "payload"};
    out.push_back(block.position);
    return {};
  });
  if (!done) out.clear();
  return out;
}

// Opens, appends positions head+1..head+count, waits until they are durable, and closes.
inline JournalHead fill(const Store& store, std::uint64_t count) {
  auto journal = store.make();
  const auto head = journal->open().value();
  WaitingSink sink;
  if (!journal->start(sink)) std::abort();
  for (std::uint64_t i = 1; i <= count; ++i) journal->submit(block_at(head, head.position + i));
  if (!sink.wait_durable(head.position + count)) std::abort();
  journal->stop();
  return head;
}

}  // namespace ustp::gateway::test
