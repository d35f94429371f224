#pragma once
// The journal port (decisions 1 to 4): a chain of blocks, appended atomically, read from a position.

#include <functional>
#include <optional>

#include "gateway/ports/archive.hpp"

namespace ustp::gateway {

// One engine batch: everything it took in and decided, as one durable write. The framed octets are the same in every
// implementation (segment file, SQLite, PostgreSQL):
//   "USTJ" ‖ u16 format ‖ u16 reserved ‖ u32 shard ‖ u64 epoch ‖ u64 position ‖ previous[32] ‖ u32 length ‖ payload
//   ‖ u32 CRC32C of all before; integers big-endian.
// `previous` is the SHA-256 of the previous block's framed octets; zero at position 1.
struct Block {
  std::uint32_t shard = 0;
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;  // 1, 2, …
  Hash256 previous;
  Bytes payload;
};
inline constexpr std::uint16_t kBlockFormat = 1;
inline constexpr std::size_t kMaxBlockPayload = 64u << 20;
Bytes frame_block(const Block& block);
// Code::journal_damaged (mark, length, CRC) or journal_format, with the position in the detail where it can be read.
Result<Block> parse_block(BytesView octets);

struct JournalHead {
  std::uint64_t position = 0;
  Hash256 hash;
  std::uint64_t epoch = 0;
  friend bool operator==(const JournalHead&, const JournalHead&) = default;
};

// Called from the journal's thread.
class JournalSink {
 public:
  virtual ~JournalSink() = default;
  virtual void on_durable(std::uint64_t position) = 0;  // everything up to here survives a power cut
  virtual void on_failure(Error error) = 0;             // nothing more will become durable; the process must end
};

// submit() is called by one thread. read() may be called by any thread, for blocks that are durable.
class Journal {
 public:
  virtual ~Journal() = default;
  // Verifies the whole chain since the last snapshot; a damaged one stops here with its position. Takes the journal
  // over under a new epoch, which is written durably before it returns.
  virtual Result<JournalHead> open() = 0;
  virtual Result<void> start(JournalSink& sink) = 0;
  virtual void stop() = 0;   // waits for what was submitted
  virtual void submit(Block block) = 0;  // returns at once; order is kept; position must follow the head
  using Visitor = std::function<Result<void>(const Block&)>;
  // Both inclusive; ends at the durable end. An error of the visitor ends it and is given back.
  virtual Result<void> read(std::uint64_t from, std::uint64_t to, const Visitor& visit) = 0;

  // The newest state of the engine, so that a start need not replay everything. One thread at a time.
  struct Snapshot {
    std::uint64_t position = 0;  // state after this block
    Bytes state;
    std::uint64_t base = 0;      // position of the snapshot it went on from; what was archived behind that is dropped
    std::vector<Archived> archived;  // put aside with it, stored with it or not at all; empty when loaded
  };
  virtual Result<std::optional<Snapshot>> load_snapshot() = 0;
  virtual Result<void> store_snapshot(const Snapshot& snapshot) = 0;
  virtual Archive& archive() = 0;
};

}  // namespace ustp::gateway
