#include "tests/support/faulty_files.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>

namespace ustp::testing {
namespace {

using namespace gateway::journal;
namespace fs = std::filesystem;

struct Operation {
  bool truncate = false;
  std::uint64_t at = 0;  // offset, or the new size
  Bytes data;
};

// One file that is open or was: the real one, and what of it the disk has not got yet.
struct Node {
  std::unique_ptr<File> real;
  std::vector<Operation> pending;
  bool spare = false;  // written by another thread than the journal's: faults that are counted do not strike it
};

// How to take back a change of names that was not synced.
struct Undo {
  fs::path from, to;
  std::optional<Bytes> replaced;  // what `to` held; nothing: it was not there
  bool created = false;           // `to` was made, not renamed
};

Error off() { return {Code::journal_write, "the power is off"}; }

class Disk final : public FaultyFiles, public std::enable_shared_from_this<Disk> {
 public:
  Result<std::unique_ptr<File>> open(const fs::path& path, FileMode mode) override;
  Result<void> rename(const fs::path& from, const fs::path& to) override;
  Result<void> remove(const fs::path& path) override;
  Result<void> sync_folder(const fs::path& folder) override;
  Result<std::vector<std::string>> list(const fs::path& folder) override { return real_->list(folder); }
  Result<bool> leads_to(const fs::path& path, File& file) override;

  void inject(Fault fault, std::uint64_t n) override {
    const std::lock_guard hold(mutex_);
    countdown_[static_cast<std::size_t>(fault)] = n;
  }
  void power_loss(PowerLoss what) override {
    const std::lock_guard hold(mutex_);
    lose(what);
  }
  void power_on() override {
    const std::lock_guard hold(mutex_);
    off_ = false;
    nodes_.clear();  // what was open has been closed
    undo_.clear();
    until_loss_ = 0;
  }
  std::uint64_t syncs() const override {
    const std::lock_guard hold(mutex_);
    return syncs_;
  }
  void lose_power_at(std::uint64_t n, PowerLoss what) override {
    const std::lock_guard hold(mutex_);
    until_loss_ = n;
    loss_ = what;
  }
  bool is_off() const override {
    const std::lock_guard hold(mutex_);
    return off_;
  }

  Result<void> write(Node& node, std::uint64_t at, BytesView octets);
  Result<void> sync(Node& node);
  Result<std::size_t> read(Node& node, std::uint64_t at, std::span<std::uint8_t> to);
  Result<std::uint64_t> size(Node& node);
  Result<void> truncate(Node& node, std::uint64_t size);

 private:
  bool strikes(Fault fault) {
    auto& left = countdown_[static_cast<std::size_t>(fault)];
    return left > 0 && --left == 0;
  }
  // False: there is no power for a change.
  bool powered() {
    if (!off_ && until_loss_ > 0 && --until_loss_ == 0) lose(loss_);
    return !off_;
  }
  static Result<void> write_through(File& file, const Operation& op) {
    return op.truncate ? file.truncate(op.at) : file.write(op.at, op.data);
  }
  void lose(PowerLoss what);

  const std::shared_ptr<Files> real_ = make_posix_files();
  mutable std::mutex mutex_;
  std::map<fs::path, std::shared_ptr<Node>> nodes_;
  std::vector<Undo> undo_;
  std::array<std::uint64_t, 4> countdown_{};
  std::uint64_t syncs_ = 0, until_loss_ = 0;
  PowerLoss loss_ = PowerLoss::kDrop;
  bool off_ = false;
};

class FaultyFile final : public File {
 public:
  FaultyFile(std::shared_ptr<Disk> disk, std::shared_ptr<Node> node) : disk_(std::move(disk)), node_(std::move(node)) {}
  Result<void> write(std::uint64_t at, BytesView octets) override { return disk_->write(*node_, at, octets); }
  Result<void> sync() override { return disk_->sync(*node_); }
  Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> to) override { return disk_->read(*node_, at, to); }
  Result<std::uint64_t> size() override { return disk_->size(*node_); }
  Result<void> truncate(std::uint64_t size) override { return disk_->truncate(*node_, size); }
  Node& node() { return *node_; }

 private:
  const std::shared_ptr<Disk> disk_;
  const std::shared_ptr<Node> node_;
};

Result<std::unique_ptr<File>> Disk::open(const fs::path& path, FileMode mode) {
  const std::lock_guard hold(mutex_);
  if (off_ || (mode == FileMode::kCreate && !powered())) return off();
  auto& node = nodes_[path];
  if (mode == FileMode::kCreate) {
    auto made = real_->open(path, FileMode::kCreate);  // the journal removes what there was before
    if (!made) {
      nodes_.erase(path);
      return made.error();
    }
    node = std::make_shared<Node>();
    node->real = *std::move(made);
    node->spare = path.filename().string().starts_with("spare");
    undo_.push_back({{}, path, std::nullopt, true});
  } else if (!node) {
    auto opened = real_->open(path, mode == FileMode::kRead ? FileMode::kRead : FileMode::kWrite);
    if (!opened) {
      nodes_.erase(path);
      return opened.error();
    }
    if (mode == FileMode::kRead) {  // not kept: it may be opened for writing later
      auto passing = std::make_shared<Node>();
      passing->real = *std::move(opened);
      nodes_.erase(path);
      return std::unique_ptr<File>(std::make_unique<FaultyFile>(shared_from_this(), std::move(passing)));
    }
    node = std::make_shared<Node>();
    node->real = *std::move(opened);
  }
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(shared_from_this(), node));
}

Bytes content_of(const fs::path& path) {
  auto file = make_posix_files()->open(path, FileMode::kRead).value();
  Bytes out(static_cast<std::size_t>(file->size().value()));
  (void)file->read(0, out);
  return out;
}

Result<void> Disk::rename(const fs::path& from, const fs::path& to) {
  const std::lock_guard hold(mutex_);
  if (!powered()) return off();
  Undo undo{from, to, std::nullopt, false};
  if (fs::exists(to)) undo.replaced = content_of(to);
  undo_.push_back(std::move(undo));
  if (const auto node = nodes_.extract(from)) {
    node.mapped()->spare = to.filename().string().starts_with("spare");
    nodes_[to] = node.mapped();
  }
  return real_->rename(from, to);
}

Result<void> Disk::remove(const fs::path& path) {
  const std::lock_guard hold(mutex_);
  if (!powered()) return off();
  nodes_.erase(path);
  return real_->remove(path);
}

Result<void> Disk::sync_folder(const fs::path& folder) {
  const std::lock_guard hold(mutex_);
  if (!powered()) return off();
  undo_.clear();
  return real_->sync_folder(folder);
}

Result<bool> Disk::leads_to(const fs::path& path, File& file) {
  const std::lock_guard hold(mutex_);
  return real_->leads_to(path, *static_cast<FaultyFile&>(file).node().real);
}

Result<void> Disk::write(Node& node, std::uint64_t at, BytesView octets) {
  const std::lock_guard hold(mutex_);
  if (off_) return off();
  if (!node.spare && strikes(Fault::kNoSpace)) return Error{Code::journal_write, "injected: no space"};
  const bool half = !node.spare && strikes(Fault::kShortWrite);
  // It is under way when the power goes: a torn disk has the first half of it.
  node.pending.push_back({false, at, Bytes(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(
                                                                                half ? octets.size() / 2 : octets.size()))});
  if (!powered()) return off();
  if (half) return Error{Code::journal_write, "injected: short write"};
  return {};
}

Result<void> Disk::sync(Node& node) {
  const std::lock_guard hold(mutex_);
  if (!powered()) return off();
  if (!node.spare && strikes(Fault::kSyncError)) return Error{Code::journal_write, "injected: sync"};
  for (const auto& op : node.pending) USTP_CHECK(write_through(*node.real, op));
  node.pending.clear();
  USTP_CHECK(node.real->sync());
  ++syncs_;
  return {};
}

Result<std::size_t> Disk::read(Node& node, std::uint64_t at, std::span<std::uint8_t> to) {
  const std::lock_guard hold(mutex_);
  if (off_) return off();
  USTP_TRY(auto got, node.real->read(at, to));
  for (const auto& op : node.pending) {
    const auto begin = std::max(at, op.at), end = std::min(at + to.size(), op.at + op.data.size());
    if (op.truncate || begin >= end) continue;
    std::copy_n(op.data.begin() + static_cast<std::ptrdiff_t>(begin - op.at), end - begin, to.begin() + static_cast<std::ptrdiff_t>(begin - at));
    got = std::max<std::size_t>(got, end - at);
  }
  if (got > 0 && strikes(Fault::kReadFlip)) to[got / 2] ^= 0x10;
  return got;
}

Result<std::uint64_t> Disk::size(Node& node) {
  const std::lock_guard hold(mutex_);
  if (off_) return off();
  USTP_TRY(auto size, node.real->size());
  for (const auto& op : node.pending) size = op.truncate ? op.at : std::max<std::uint64_t>(size, op.at + op.data.size());
  return size;
}

Result<void> Disk::truncate(Node& node, std::uint64_t size) {
  const std::lock_guard hold(mutex_);
  if (!powered()) return off();
  node.pending.push_back({true, size, {}});
  return {};
}

void Disk::lose(PowerLoss what) {
  off_ = true;
  for (auto& [path, node] : nodes_) {
    auto& pending = node->pending;
    if (what == PowerLoss::kTorn && !pending.empty()) pending.back().data.resize(pending.back().data.size() / 2);
    if (what != PowerLoss::kDrop)
      for (const auto& op : pending) (void)write_through(*node->real, op);
    pending.clear();
  }
  if (what == PowerLoss::kDrop)
    for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
      if (undo->created) {
        (void)real_->remove(undo->to);
        continue;
      }
      (void)real_->rename(undo->to, undo->from);
      if (!undo->replaced) continue;
      auto file = real_->open(undo->to, FileMode::kCreate);
      if (file) (void)(*file)->write(0, *undo->replaced);
    }
  undo_.clear();
}

}  // namespace

std::shared_ptr<FaultyFiles> make_faulty_files() { return std::make_shared<Disk>(); }

}  // namespace ustp::testing
