#include "gateway/journal/sqlite_journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "gateway/journal/block_writer.hpp"
#include "gateway/journal/file_lock.hpp"
#include "gateway/journal/snapshot_store.hpp"
#include "gateway/journal/sqlite_chain.hpp"

namespace ustp::gateway {
namespace {

using journal::BlockWriter;
using journal::Connection;
using journal::Identity;
using journal::OpenMode;
using journal::Statement;

constexpr int kWalIdlePages = 1024;    // 4 MiB: checkpoint when nothing waits
constexpr int kWalHardPages = 16384;   // 64 MiB: checkpoint even so (USTP-JRN-009)
constexpr int kReaderPatienceMs = 50;

Result<void> sync_directory(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!good) return Error{Code::io_error, "sync of directory " + directory.string()};
  return {};
}

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(SqliteJournalOptions options)
      : options_(std::move(options)), snapshots_(options_.path.string() + ".snapshots", options_.vfs),
        thread_({options_.max_queued_blocks, options_.max_queued_octets}) {}
  ~SqliteJournal() override { stop(); }

  Result<JournalHead> open() override;
  Result<void> start(JournalSink& sink) override;
  void stop() override { thread_.stop(); }
  void submit(Block block) override { thread_.submit(std::move(block)); }
  Result<void> read(std::uint64_t from, std::uint64_t to, const Visitor& visit) override;
  Result<std::optional<Snapshot>> load_snapshot() override { return snapshots_.load(); }
  Result<void> store_snapshot(const Snapshot& snapshot) override { return snapshots_.store(snapshot, durable_); }
  Archive& archive() override { return snapshots_; }

 private:
  Result<void> open_file();
  Result<void> take_over();
  Result<std::uint64_t> commit(std::deque<Block>& batch);
  void checkpoint(bool idle);

  const SqliteJournalOptions options_;
  journal::FileLock lock_;
  Identity identity_;
  JournalHead head_;                    // the writer's, once started
  std::optional<Connection> writer_;
  Statement insert_, epoch_;
  int wal_pages_ = 0;
  std::atomic<std::uint64_t> durable_{0};

  std::mutex read_mutex_;
  std::optional<Connection> reader_;
  journal::SnapshotStore snapshots_;

  BlockWriter thread_;                  // last: it ends first
};

Result<void> SqliteJournal::open_file() {
  const auto path = options_.path.string();
  const bool is_new = !std::filesystem::exists(options_.path);
  USTP_TRY(auto db, Connection::open(path, options_.vfs, OpenMode::kCreate));
  USTP_CHECK(db.run("PRAGMA journal_mode=WAL"));
  USTP_CHECK(db.run(options_.synchronous_full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"));
  USTP_CHECK(db.run("PRAGMA wal_autocheckpoint=0"));
  USTP_CHECK(db.run("PRAGMA journal_size_limit=67108864"));  // after one great transaction the file shrinks again
  writer_ = std::move(db);
  USTP_TRY(auto tables, writer_->prepare("SELECT count(*) FROM sqlite_master"));
  USTP_TRY([[maybe_unused]] const bool row, tables.step());
  if (tables.integer(0) != 0) return {};
  tables.reset();
  // Tables and identity in one transaction: a crash in between leaves an empty file, which is a new journal again.
  USTP_CHECK(writer_->run("BEGIN IMMEDIATE"));
  USTP_CHECK(writer_->run("CREATE TABLE journal(id INTEGER PRIMARY KEY CHECK(id = 1), version INTEGER NOT NULL, "
                          "shard INTEGER NOT NULL, epoch INTEGER NOT NULL)"));
  USTP_CHECK(writer_->run("CREATE TABLE block(position INTEGER PRIMARY KEY, octets BLOB NOT NULL)"));
  USTP_TRY(auto identity, writer_->prepare("INSERT INTO journal VALUES(1, ?, ?, 0)"));
  identity.bind(1, journal::kSchemaVersion).bind(2, std::uint64_t{options_.shard});
  USTP_TRY([[maybe_unused]] const bool none, identity.step());
  identity.reset();
  USTP_CHECK(writer_->run("COMMIT"));
  if (is_new) return sync_directory(options_.path);
  return {};
}

// USTP-JRN-005
Result<void> SqliteJournal::take_over() {
  USTP_TRY(auto update, writer_->prepare("UPDATE journal SET epoch = ? WHERE id = 1 AND epoch = ?"));
  update.bind(1, identity_.epoch + 1).bind(2, identity_.epoch);
  USTP_TRY([[maybe_unused]] const bool row, update.step());
  update.reset();
  if (sqlite3_changes(writer_->raw()) != 1) return Error{Code::journal_fenced, "the epoch moved while opening"};
  ++identity_.epoch;
  return {};
}

Result<JournalHead> SqliteJournal::open() {
  if (writer_) return Error{Code::internal, "the journal is open already"};
  USTP_CHECK(lock_.take(options_.path.string() + ".lock"));
  USTP_CHECK(open_file());
  USTP_TRY(identity_, journal::read_identity(*writer_));
  if (identity_.shard != options_.shard)
    return Error{Code::journal_format, "the journal is of shard " + std::to_string(identity_.shard)};
  USTP_TRY(const auto last, journal::last_position(*writer_));
  const auto snapshot = snapshots_.load();
  // A snapshot is only taken of durable blocks: one ahead of the journal means that blocks are gone (USTP-JRN-008).
  if (snapshot && snapshot->position > last)
    return Error{Code::journal_damaged, "position " + std::to_string(last + 1) + ": missing, a snapshot of position " +
                                            std::to_string(snapshot->position) + " exists"};
  const auto from = snapshot && snapshot->position > 0 ? snapshot->position : 1;
  USTP_TRY(head_, journal::walk(*writer_, identity_, from, last, nullptr));
  USTP_CHECK(take_over());
  head_.epoch = identity_.epoch;
  durable_ = head_.position;
  USTP_TRY(reader_, Connection::open(options_.path.string(), options_.vfs, OpenMode::kRead));
  USTP_TRY(insert_, writer_->prepare("INSERT INTO block VALUES(?, ?)"));
  USTP_TRY(epoch_, writer_->prepare("SELECT epoch FROM journal WHERE id = 1"));
  sqlite3_wal_hook(writer_->raw(), [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  }, &wal_pages_);
  return head_;
}

Result<void> SqliteJournal::start(JournalSink& sink) {
  if (!reader_ || thread_.started()) return Error{Code::internal, "start() needs an open journal, once"};
  thread_.start(sink, [this](std::deque<Block>& batch) { return commit(batch); }, [this](bool idle) { checkpoint(idle); });
  return {};
}

// USTP-JRN-004, -006
Result<std::uint64_t> SqliteJournal::commit(std::deque<Block>& batch) {
  USTP_CHECK(writer_->run("BEGIN IMMEDIATE"));
  USTP_TRY(const bool row, epoch_.step());
  const auto stored = row ? epoch_.integer(0) : 0;
  epoch_.reset();
  if (stored != identity_.epoch)
    return Error{Code::journal_fenced, "epoch " + std::to_string(stored) + " owns the journal, ours is " +
                                           std::to_string(identity_.epoch)};
  for (Block& block : batch) {
    USTP_TRY(const Bytes octets, journal::frame_next(block, identity_, head_));
    insert_.bind(1, block.position).bind(2, BytesView(octets));
    auto done = insert_.step();
    insert_.reset();
    if (!done) return done.error();
  }
  USTP_CHECK(writer_->run("COMMIT"));
  durable_ = head_.position;
  return head_.position;
}

// Runs after on_durable, so the engine already works on; off the hot path unless the log reached its hard bound.
void SqliteJournal::checkpoint(bool idle) {
  if (wal_pages_ < (idle ? kWalIdlePages : kWalHardPages)) return;
  // A reader in the way makes it partial; the next commit tries again. An I/O error here shows at the next commit too.
  // At the hard bound it waits for readers, whose transactions are short, so that the log can start anew.
  const bool hard = wal_pages_ >= kWalHardPages;
  if (hard) sqlite3_busy_timeout(writer_->raw(), kReaderPatienceMs);
  sqlite3_wal_checkpoint_v2(writer_->raw(), nullptr, hard ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
  if (hard) sqlite3_busy_timeout(writer_->raw(), journal::kBusyTimeoutMs);
  wal_pages_ = 0;
}

Result<void> SqliteJournal::read(std::uint64_t from, std::uint64_t to, const Visitor& visit) {
  const std::lock_guard hold(read_mutex_);
  if (!reader_) return Error{Code::internal, "the journal is not open"};
  to = std::min(to, durable_.load());
  if (from == 0) from = 1;
  if (from > to) return {};
  auto head = journal::walk(*reader_, identity_, from, to,
                            [&](const Block& block, BytesView, const Hash256&) { return visit(block); });
  if (!head) return head.error();
  return {};
}

}  // namespace

std::unique_ptr<Journal> make_sqlite_journal(SqliteJournalOptions options) {
  return std::make_unique<SqliteJournal>(std::move(options));
}

}  // namespace ustp::gateway
