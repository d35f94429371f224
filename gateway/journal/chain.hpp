#pragma once
// The chain of blocks, checked and continued; the same for every kind of store.

#include <functional>
#include <string>

#include "gateway/ports/journal.hpp"

namespace ustp::gateway::journal {

struct Identity {
  std::uint64_t version = 0, shard = 0, epoch = 0;
};

// Code::journal_damaged, with the position before `what`.
Error damaged(std::uint64_t position, const std::string& what);

// Follows the chain one stored block at a time. Code::journal_damaged names the position that does not fit.
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

// The next block as it is stored: checks that it follows `head`, sets its previous hash and moves `head` on to it.
// Code::internal when it does not follow or is of another epoch or shard: a broken contract of the submitter.
Result<Bytes> frame_next(Block& block, const Identity& identity, JournalHead& head);

// What walks of either kind show: the block, its framed octets and their hash.
using BlockVisitor = std::function<Result<void>(const Block&, BytesView octets, const Hash256& hash)>;

}  // namespace ustp::gateway::journal
