#pragma once
// The journal of one gateway on the fake disk: the real framing of blocks (gateway/ports) and the real check of their
// chain (gateway/journal), one after the other in one file. Writing and syncing are two steps, so that a crash can come
// between. An epoch is taken by every opening.

#include "gateway/journal/chain.hpp"
#include "gateway/ports/journal.hpp"
#include "tests/simulation/disk.hpp"

namespace ustp::simulation {

struct JournalFiles {          // survive the gateway
  FakeFile blocks;
  std::uint64_t epoch = 0;     // a small file of its own, replaced atomically
};

class SimJournal {
 public:
  explicit SimJournal(JournalFiles& files) : files_(files) {}
  // Checks everything, drops a torn tail, takes a new epoch. Code::journal_damaged names the position.
  Result<std::vector<gateway::Block>> open();
  Result<void> write(gateway::Block block);  // position must follow
  Result<void> sync();
  std::uint64_t written() const { return head_.position; }
  std::uint64_t durable() const { return durable_; }
  std::uint64_t epoch() const { return files_.epoch; }
  // For the planted defects of tests/simulation/defects.hpp: a journal that does not look.
  bool check_chain = true;
  void believe_durable() { durable_ = head_.position; }

 private:
  JournalFiles& files_;
  gateway::JournalHead head_;
  std::uint64_t durable_ = 0;
};

// Where each block stands in the file's octets, as far as they can be read.
struct Extent {
  std::size_t at = 0, size = 0;
  std::uint64_t position = 0;
};
std::vector<Extent> extents(BytesView octets);

}  // namespace ustp::simulation
