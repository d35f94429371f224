#pragma once
// The few file operations that the segment journal needs, behind an interface, so that tests can lose, tear and refuse
// what they like (decision 28). Paths are whole; errors are journal_write when something was to be written, io_error
// otherwise.

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "ustp/base/bytes.hpp"

namespace ustp::gateway::journal {

// One thread at a time for what changes it; read() may be called beside.
class File {
 public:
  virtual ~File() = default;
  virtual Result<void> write(std::uint64_t at, BytesView octets) = 0;  // all of them, or an error
  virtual Result<void> sync() = 0;                                     // fdatasync
  // As many as there are from there, at most the span: fewer only at the end of the file.
  virtual Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> to) = 0;
  virtual Result<std::uint64_t> size() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
};

enum class FileMode {
  kRead,
  kWrite,    // an existing file
  kCreate,   // made new and empty
  kAligned,  // an existing file, written past the page cache where the file system can: offset, size and address of
             // every write are multiples of kAlignment
};
inline constexpr std::size_t kAlignment = 4096;

// Thread-safe.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path, FileMode mode) = 0;
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;  // no error when there is none
  virtual Result<void> sync_folder(const std::filesystem::path& folder) = 0;
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& folder) = 0;  // names, sorted
  // Whether `path` still leads to this open file. While it is open no other file can take its place unseen.
  virtual Result<bool> leads_to(const std::filesystem::path& path, File& file) = 0;
};

std::shared_ptr<Files> make_posix_files();

// Memory that may be handed to a kAligned file. Grows; what is added is zero.
class AlignedBuffer {
 public:
  std::span<std::uint8_t> octets() { return {data_.get(), size_}; }
  BytesView view() const { return {data_.get(), size_}; }
  void clear() { size_ = 0; }
  void append(BytesView octets);
  void pad();  // zeroes up to a multiple of kAlignment
  std::size_t size() const { return size_; }
  void release_above(std::size_t capacity);  // gives memory back when it holds more than this

 private:
  void reserve(std::size_t size);
  struct Free { void operator()(std::uint8_t* p) const { std::free(p); } };
  std::unique_ptr<std::uint8_t[], Free> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace ustp::gateway::journal
