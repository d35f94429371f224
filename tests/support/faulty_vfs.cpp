#include "tests/support/faulty_vfs.hpp"

#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace ustp::testing {
namespace {

using Octets = std::vector<std::uint8_t>;

struct Operation {
  bool truncate = false;
  std::size_t at = 0;  // offset, or the new size
  Octets data;
};

// One file as the process sees it, and what of it the disk has not got yet.
struct Node {
  Octets content;
  std::vector<Operation> pending;
};

void put(Octets& content, const Operation& op) {
  if (op.truncate) return content.resize(op.at);
  if (content.size() < op.at + op.data.size()) content.resize(op.at + op.data.size());
  std::copy(op.data.begin(), op.data.end(), content.begin() + static_cast<std::ptrdiff_t>(op.at));
}

class Disk;

struct File {
  sqlite3_file base;
  Disk* disk;
  std::string* path;     // null: a temporary file without a name
  Node* node;
  sqlite3_file* real;    // behind this struct in the same allocation
};
File* file_of(sqlite3_file* f) { return reinterpret_cast<File*>(f); }

class Disk final : public FaultyVfs {
 public:
  Disk();
  void inject(Fault fault, std::uint64_t n) override {
    const std::lock_guard hold(mutex_);
    countdown_[static_cast<std::size_t>(fault)] = n;
  }
  void power_loss(PowerLoss what) override;
  void power_on() override {
    const std::lock_guard hold(mutex_);
    off_ = false;
    nodes_.clear();  // what was open has been closed
  }
  std::uint64_t syncs() const override {
    const std::lock_guard hold(mutex_);
    return syncs_;
  }

  int open(sqlite3_vfs*, const char* path, sqlite3_file* out, int flags, int* out_flags);
  int remove(const char* path, int sync_directory);
  int read(File& file, void* to, int count, sqlite3_int64 at);
  int write(File& file, const void* from, int count, sqlite3_int64 at);
  int truncate(File& file, sqlite3_int64 size);
  int sync(File& file, int flags);
  int size(File& file, sqlite3_int64* out);

  sqlite3_vfs* real() const { return real_; }

 private:
  bool strikes(Fault fault) {
    auto& left = countdown_[static_cast<std::size_t>(fault)];
    return left > 0 && --left == 0;
  }
  static int write_through(sqlite3_file* real, const Operation& op) {
    if (op.truncate) return real->pMethods->xTruncate(real, static_cast<sqlite3_int64>(op.at));
    return real->pMethods->xWrite(real, op.data.data(), static_cast<int>(op.data.size()),
                                  static_cast<sqlite3_int64>(op.at));
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::array<std::uint64_t, 4> countdown_{};
  std::uint64_t syncs_ = 0;
  bool off_ = false;
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs shim_{};
};

int Disk::read(File& file, void* to, int count, sqlite3_int64 at) {
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_IOERR_READ;
  const auto& content = file.node->content;
  const auto want = static_cast<std::size_t>(count), begin = static_cast<std::size_t>(at);
  const std::size_t have = begin >= content.size() ? 0 : std::min(want, content.size() - begin);
  if (have > 0) std::memcpy(to, content.data() + begin, have);
  std::memset(static_cast<std::uint8_t*>(to) + have, 0, want - have);
  if (have > 0 && strikes(Fault::kReadFlip)) static_cast<std::uint8_t*>(to)[have / 2] ^= 0x10;
  return have == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int Disk::write(File& file, const void* from, int count, sqlite3_int64 at) {
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_IOERR_WRITE;
  if (strikes(Fault::kNoSpace)) return SQLITE_FULL;
  const bool half = strikes(Fault::kShortWrite);
  const auto* data = static_cast<const std::uint8_t*>(from);
  Operation op{false, static_cast<std::size_t>(at), Octets(data, data + (half ? count / 2 : count))};
  put(file.node->content, op);
  file.node->pending.push_back(std::move(op));
  return half ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int Disk::truncate(File& file, sqlite3_int64 size) {
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_IOERR_TRUNCATE;
  Operation op{true, static_cast<std::size_t>(size), {}};
  put(file.node->content, op);
  file.node->pending.push_back(std::move(op));
  return SQLITE_OK;
}

int Disk::sync(File& file, int flags) {
  const std::lock_guard hold(mutex_);
  if (off_ || strikes(Fault::kSyncError)) return SQLITE_IOERR_FSYNC;
  for (const Operation& op : file.node->pending)
    if (const int rc = write_through(file.real, op); rc != SQLITE_OK) return rc;
  file.node->pending.clear();
  const int rc = file.real->pMethods->xSync(file.real, flags);
  if (rc == SQLITE_OK) ++syncs_;
  return rc;
}

int Disk::size(File& file, sqlite3_int64* out) {
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(file.node->content.size());
  return SQLITE_OK;
}

// The files may be closed already: the writes that survive go through a handle of our own.
void Disk::power_loss(PowerLoss what) {
  const std::lock_guard hold(mutex_);
  off_ = true;
  for (auto& [path, node] : nodes_) {
    auto& pending = node->pending;
    if (what != PowerLoss::kDrop && !pending.empty()) {
      if (what == PowerLoss::kTorn) pending.back().data.resize(pending.back().data.size() / 2);
      if (std::FILE* out = std::fopen(path.c_str(), "r+b")) {
        Octets disk;
        std::array<std::uint8_t, 65536> part;
        for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), out)) > 0;)
          disk.insert(disk.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
        std::fclose(out);
        for (const auto& op : pending) put(disk, op);
        if ((out = std::fopen(path.c_str(), "wb")) != nullptr) {
          std::fwrite(disk.data(), 1, disk.size(), out);
          std::fclose(out);
        }
      }
    }
    pending.clear();
  }
}

int Disk::remove(const char* path, int sync_directory) {
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_IOERR_DELETE;
  if (const auto found = nodes_.find(path); found != nodes_.end()) *found->second = Node{};
  return real_->xDelete(real_, path, sync_directory);
}

// The table SQLite calls through.
int vfs_close(sqlite3_file* f) {
  File& file = *file_of(f);
  const int rc = file.real->pMethods->xClose(file.real);
  if (file.path == nullptr) delete file.node;
  delete file.path;
  return rc;
}
int vfs_read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return file_of(f)->disk->read(*file_of(f), to, n, at); }
int vfs_write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  return file_of(f)->disk->write(*file_of(f), from, n, at);
}
int vfs_truncate(sqlite3_file* f, sqlite3_int64 n) { return file_of(f)->disk->truncate(*file_of(f), n); }
int vfs_sync(sqlite3_file* f, int flags) { return file_of(f)->disk->sync(*file_of(f), flags); }
int vfs_size(sqlite3_file* f, sqlite3_int64* n) { return file_of(f)->disk->size(*file_of(f), n); }
sqlite3_file* real_of(sqlite3_file* f) { return file_of(f)->real; }
int vfs_lock(sqlite3_file* f, int k) { return real_of(f)->pMethods->xLock(real_of(f), k); }
int vfs_unlock(sqlite3_file* f, int k) { return real_of(f)->pMethods->xUnlock(real_of(f), k); }
int vfs_reserved(sqlite3_file* f, int* out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
int vfs_control(sqlite3_file* f, int op, void* arg) {
  // Growing the real file ahead of its content would make it differ from the node.
  if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
  return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
int vfs_sector(sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
int vfs_device(sqlite3_file*) { return 0; }  // promise nothing: no atomic writes, no safe append
int vfs_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
int vfs_shm_lock(sqlite3_file* f, int at, int n, int flags) {
  return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
void vfs_shm_barrier(sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
int vfs_shm_unmap(sqlite3_file* f, int del) { return real_of(f)->pMethods->xShmUnmap(real_of(f), del); }

const sqlite3_io_methods kMethods = {2, vfs_close, vfs_read, vfs_write, vfs_truncate, vfs_sync, vfs_size, vfs_lock,
                                     vfs_unlock, vfs_reserved, vfs_control, vfs_sector, vfs_device, vfs_shm_map,
                                     vfs_shm_lock, vfs_shm_barrier, vfs_shm_unmap, nullptr, nullptr};

int Disk::open(sqlite3_vfs*, const char* path, sqlite3_file* out, int flags, int* out_flags) {
  File& file = *new (out) File{};
  file.disk = this;
  file.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::uint8_t*>(out) + sizeof(File));
  const std::lock_guard hold(mutex_);
  if (off_) return SQLITE_CANTOPEN;
  const int rc = real_->xOpen(real_, path, file.real, flags, out_flags);
  if (rc != SQLITE_OK) return rc;
  file.base.pMethods = &kMethods;
  if (path == nullptr) {
    file.node = new Node{};
    return SQLITE_OK;
  }
  file.path = new std::string(path);
  auto& node = nodes_[path];
  if (!node) {
    node = std::make_unique<Node>();
    sqlite3_int64 size = 0;
    if (const int sized = file.real->pMethods->xFileSize(file.real, &size); sized != SQLITE_OK) return sized;
    node->content.resize(static_cast<std::size_t>(size));
    if (size > 0) file.real->pMethods->xRead(file.real, node->content.data(), static_cast<int>(size), 0);
  }
  file.node = node.get();
  return SQLITE_OK;
}

Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

Disk::Disk() : real_(sqlite3_vfs_find(nullptr)) {
  shim_ = *real_;  // what is not replaced below works on its own, without the vfs argument's private data
  shim_.iVersion = 1;
  shim_.pNext = nullptr;
  shim_.zName = kFaultyVfsName;
  shim_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  shim_.pAppData = this;
  shim_.xOpen = [](sqlite3_vfs* v, const char* p, sqlite3_file* f, int flags, int* out) {
    return disk_of(v).open(v, p, f, flags, out);
  };
  shim_.xDelete = [](sqlite3_vfs* v, const char* p, int sync) { return disk_of(v).remove(p, sync); };
  shim_.xAccess = [](sqlite3_vfs* v, const char* p, int flags, int* out) {
    auto* real = disk_of(v).real();
    return real->xAccess(real, p, flags, out);
  };
  shim_.xFullPathname = [](sqlite3_vfs* v, const char* p, int n, char* out) {
    auto* real = disk_of(v).real();
    return real->xFullPathname(real, p, n, out);
  };
  sqlite3_vfs_register(&shim_, 0);
}

}  // namespace

FaultyVfs& register_faulty_vfs() {
  static Disk* const disk = new Disk();  // SQLite keeps the address: never freed
  return *disk;
}

}  // namespace ustp::testing
