#pragma once
// Reading and checking the chain of blocks; shared by the journal and its tool.

#include "gateway/journal/sqlite.hpp"
#include "gateway/ports/journal.hpp"

namespace ustp::gateway::journal {

inline constexpr std::uint64_t kSchemaVersion = 1;

struct Identity {
  std::uint64_t version = 0, shard = 0, epoch = 0;
};
// Code::journal_format when the file is no journal or of a version not known here.
Result<Identity> read_identity(Connection& db);

// Follows the chain one stored row at a time. Code::journal_damaged names the position that does not fit.
class Chain {
 public:
  explicit Chain(Identity identity) : identity_(identity) {}
  Result<Block> check(std::uint64_t row, BytesView octets);
  // Starts in the middle: `row` itself is checked for all but its `previous`.
  void start_at(std::uint64_t row) { head_.position = row - 1; anchored_ = row == 1; }
  const JournalHead& head() const { return head_; }

 private:
  Identity identity_;
  JournalHead head_;
  bool anchored_ = true;
};

// Visits the checked blocks from..to (inclusive); from starts the chain. Reads in short transactions, so that a long
// replay does not keep the write-ahead log from being reused.
using BlockVisitor = std::function<Result<void>(const Block&, BytesView octets, const Hash256& hash)>;
Result<JournalHead> walk(Connection& db, const Identity& identity, std::uint64_t from, std::uint64_t to,
                         const BlockVisitor& visit);
Result<std::uint64_t> last_position(Connection& db);  // 0: empty

}  // namespace ustp::gateway::journal
