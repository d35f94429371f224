#pragma once
// The chain: pool, block production, finality, reorganisation of what is not final. Every change is written to the
// store inside the caller's begin() and commit(). One thread at a time.

#include <deque>
#include <map>

#include "adapters/ethereum/embedded/book.hpp"
#include "adapters/ethereum/embedded/pool.hpp"
#include "adapters/ethereum/embedded/store.hpp"
#include "adapters/ethereum/embedded/token.hpp"
#include "ustp/base/time.hpp"

namespace ustp::ethereum::embedded {

struct ChainOptions {
  std::uint64_t chain_id = 31'337;
  std::uint64_t finality_depth = 0;  // blocks above the last final one
  Address contract, agent;           // agent: may call operate(); also the token's owner
  std::optional<Book> book;          // needed when the store is new, not looked at otherwise
};

inline constexpr std::uint64_t kBlockGas = 1'000'000'000, kTransactionGasCap = 16'777'216;  // EIP-7825
inline constexpr std::uint64_t kBaseFee = 1'000'000'000;  // wei; never charged: accounts hold no ether here
inline constexpr std::uint64_t kMaxNonceGap = 4'096, kKeptStates = 128;

class Chain {
 public:
  static Result<std::unique_ptr<Chain>> open(ChainOptions options, std::unique_ptr<Store> store, const Clock& clock);

  // A refusal in the words that nodes use ("nonce too low", "already known" …), or nothing.
  Result<std::optional<std::string>> add(const SignedTransaction& transaction, std::uint64_t blocks_late);
  Result<void> mine();                        // one block with what is ready, maybe empty
  Result<void> reorganise(std::uint64_t depth);  // drops unfinalised blocks; their transactions wait again
  bool transaction_ready();
  bool unfinalised_work() const;              // a block with transactions is not final yet

  std::uint64_t tip() const { return tip_.header.number; }
  std::uint64_t finalized() const { return tip() > options_.finality_depth ? tip() - options_.finality_depth : 0; }
  Result<std::shared_ptr<const Block>> block(std::uint64_t number);  // null: there is none
  Store& store() { return *store_; }
  const Pool& pool() const { return pool_; }
  Storage& state() { return state_; }
  // The state after block `number`, for kKeptStates blocks before the last final one and all after; null: not there.
  std::unique_ptr<Reader> state_at(std::uint64_t number) const;
  const TokenConfig& token() const { return token_; }
  const ChainOptions& options() const { return options_; }
  Word state_root() const { return tip_.header.state_root; }
  // Runs a call on the state after block `number` without keeping what it does; nothing when that state is not there.
  std::optional<CallResult> simulate(std::uint64_t number, const Address& from, const Address& to, BytesView data) const;

 private:
  struct Changes {
    std::uint64_t number = 0;
    std::vector<Undo> undo;
    bool work = false;  // the block holds transactions
  };
  Chain(ChainOptions options, std::unique_ptr<Store> store, const Clock& clock)
      : options_(std::move(options)), store_(std::move(store)), clock_(clock) {}
  Result<void> begin_new();
  Result<void> write_book();
  Result<void> begin_again();
  Mined run(const SignedTransaction& transaction, std::uint64_t gas_before);
  Result<void> seal(std::vector<Mined> transactions);
  Result<void> write_changes(const std::vector<Undo>& undo);
  Result<void> write_effects(const Block& block, bool more);
  BlockHeader next_header() const;

  ChainOptions options_;
  std::unique_ptr<Store> store_;
  const Clock& clock_;
  TokenConfig token_;
  Storage state_;
  Pool pool_;
  Block tip_;
  std::deque<Changes> changes_;  // of the unfinalised blocks and kKeptStates before them, oldest first
  std::map<std::uint64_t, std::shared_ptr<const Block>> recent_;
  std::uint64_t reorganisations_ = 0;
};

std::uint64_t intrinsic_gas(BytesView data);

}  // namespace ustp::ethereum::embedded
