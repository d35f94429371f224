#pragma once
// The ledger as its users see it: JSON-RPC in, JSON-RPC out; blocks on demand, after each document, or by a clock.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "adapters/ethereum/embedded/chain.hpp"
#include "ustp/base/random.hpp"

namespace ustp::ethereum::embedded {

// Percentages of transactions sent. late: held back for some blocks. twice: taken, and answered as if it had been sent
// before. unknown: answered with an internal error, half of them taken, half of them lost.
struct Faults {
  std::uint32_t late = 0, twice = 0, unknown = 0;
};

struct NodeOptions {
  ChainOptions chain;
  std::string store;      // SQLite file; empty: in memory
  bool automine = true;   // a block after each document that made a transaction ready
  Faults faults;
  std::uint64_t seed = 1;
};

inline constexpr std::size_t kMaxRequestOctets = 8 * 1'048'576, kMaxBatchCalls = 1'000;

// Thread-safe. What is answered is durable. After the first failure of the store every answer is an error.
class Node {
 public:
  // `clock` must outlive the node. Code::config_invalid: a store of another ledger, or a new one without a book.
  static Result<std::unique_ptr<Node>> open(NodeOptions options, const Clock& clock);
  // One document (a call or a batch) in, one out. Never fails: what cannot be read is answered with an error object.
  std::string handle(std::string_view json_rpc_request);
  Result<void> mine(std::uint64_t blocks = 1);
  // By the clock: a block when a transaction waits or one with transactions is not final yet; an idle chain stands still.
  Result<void> tick();
  // Drops unfinalised blocks; Code::out_of_range beyond them.
  Result<void> reorganise(std::uint64_t depth);
  bool failed() const;

 private:
  Node(NodeOptions options, std::unique_ptr<Chain> chain)
      : options_(std::move(options)), chain_(std::move(chain)), random_(options_.seed) {}
  template <class Work>
  Result<void> durably(Work&& work);

  mutable std::mutex mutex_;
  NodeOptions options_;
  std::unique_ptr<Chain> chain_;
  SeededRandom random_;
  bool failed_ = false;
};

}  // namespace ustp::ethereum::embedded
