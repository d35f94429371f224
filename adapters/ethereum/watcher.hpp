#pragma once
// The thread that stands between the gateway's operations and a node: sends transactions, follows final blocks, and
// answers what became of each.
//
// Theory of operation. An operation is open from the moment it is handed in until its outcome is settled under the
// profile's finality rule. A round, every poll interval or as soon as something is handed in:
//   1. new transactions are sent, in the order of their nonces;
//   2. the heads are read. Blocks that became final are read once, by number, and their receipts by hash: what is in
//      them is settled. A block that is not final decides nothing, so a reorganisation before finality can only drop
//      a transaction; when the chain's head does not descend from the head seen before, all open ones are sent again;
//   3. operations whose nonce is used up at the final height though their transaction was not seen, and those asked
//      for by query(), are looked up one by one.
// An operation never moves to another nonce. A transaction that stays unmined is replaced under its own nonce with
// higher fees and the same call; whichever is mined, the contract takes the operation once.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "adapters/ethereum/evm/transaction.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "adapters/ethereum/intent.hpp"
#include "adapters/ethereum/rpc/client.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::ethereum {

struct WatcherOptions {
  ledger::LedgerProfile profile;
  Address contract;
  Duration poll = Duration::milliseconds(20);
  Duration resend = Duration::seconds(2);   // an open transaction is offered to the node again after this time
  std::size_t max_open = 16'384;            // beyond it an operation is answered with kUnknown and not kept
  std::uint64_t bump_blocks = 30;           // unmined for so many blocks: fees are raised, under the same nonce
  Uint128 max_fee_limit = 0;                // wei per gas that a raised fee never exceeds; 0: never raise
};

// A final block with all its receipts and the trie that proves them; made once for all operations in it.
struct FinalBlock {
  static Result<FinalBlock> read(EthClient& client, Block block);  // refuses receipts that are not the header's
  Block block;
  std::vector<BlockReceipt> receipts;
  std::vector<Bytes> encoded;
  Trie trie;
};

class Watcher {
 public:
  Watcher(std::shared_ptr<EthClient> client, std::shared_ptr<const SigningKey> key, WatcherOptions options);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  enum class Task : std::uint8_t {
    kExecute = 1,  // send, and answer until it is settled
    kQuery = 2,    // answer what became of it; only what was executed here is sent again
  };
  void start(ledger::OutcomeSink& sink);
  void stop();                                 // no outcome after it returns
  void hand_in(Task task, const ledger::Intent& intent);  // any thread; returns at once

 private:
  struct Open {
    TransactionIntent intent;
    std::vector<Word> hashes;                  // of every transaction sent for it, the intent's own first
    Bytes raw;                                 // the last of them
    bool executed = false;                     // here, by this process: only such a one is sent, and kept
    bool asked = false;                        // somebody waits for an answer, be it "unknown"
    bool look_up = false;
    ledger::OutcomeKind said{};                // the last answer
    std::uint64_t priced_at = 0;               // head number when its fees were set
  };
  struct Given {
    Task task{};
    ledger::Intent intent;
  };

  void run();
  Result<void> round(std::deque<Given> given); // an error: the node did not answer, or not in a form we can read
  void admit(const Given& given);
  Result<void> send();
  void take_sent(Open& open, const Sent& sent);
  Result<bool> read_heads();                   // true: the chain does not descend from the head seen before
  Result<bool> replaced(const Block& head);
  Result<void> follow();
  Result<void> settle_block(const Block& block);
  Result<void> find_overtaken();
  Result<void> look_up();
  void look_up(Open& open, std::span<const std::optional<Place>> places);
  void send_again(bool all);
  void raise_fees();

  // watcher_settle.cpp: what a transaction's end in the final chain means for its operation. An error says why it
  // cannot be told now; the operation stays open.
  Result<ledger::Outcome> settle_at(const Open& open, const FinalBlock& block, std::size_t index);
  Result<ledger::Outcome> settle_place(const Open& open, std::uint64_t number, const Word& transaction);
  Result<ledger::Outcome> settle_reverted(const Open& open, std::uint64_t number);
  Result<ledger::Outcome> settle_overtaken(const Open& open);
  Result<std::optional<ledger::Outcome>> settle_by_state(const Open& open, std::uint64_t number);
  Result<ledger::Outcome> settle_by_log(const Open& open, std::uint64_t number);
  Result<Evidence> evidence_of(const Open& open, const FinalBlock& block, std::size_t index, std::size_t log) const;

  void tell_unknown(const Error& why);
  void answer(Open& open, ledger::OutcomeKind kind, Error error = {});
  void finish(const Word& key, ledger::Outcome outcome);

  const std::shared_ptr<EthClient> client_;
  const std::shared_ptr<const SigningKey> key_;
  const WatcherOptions options_;
  ledger::OutcomeSink* sink_ = nullptr;

  std::mutex mutex_;                           // guards given_, stopping_
  std::condition_variable woken_;
  std::deque<Given> given_;
  bool stopping_ = false;
  std::thread thread_;

  // The thread's own. An operation's key is the hash of its intent's transaction: two requests may share an id.
  std::unordered_map<Word, Open> open_;
  std::unordered_map<Word, Word> key_of_;      // by the hash of every transaction sent
  std::vector<Word> unsent_;
  std::optional<Block> head_;
  std::optional<std::uint64_t> final_;         // the highest final block seen
  std::optional<std::uint64_t> next_;          // the first block not followed; none while nothing is open
  std::uint64_t final_nonce_ = 0;              // of our account at final_
  std::chrono::steady_clock::time_point resent_{};
};

// The highest block that the profile's rule calls final; none before the first.
Result<std::optional<std::uint64_t>> final_height(EthClient& client, const ledger::LedgerProfile& profile);

}  // namespace ustp::ethereum
