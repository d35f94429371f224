#pragma once
// Transactions that wait for a block, by sender and nonce. A nonce with a gap before it waits silently.

#include <functional>
#include <map>
#include <unordered_map>

#include "adapters/ethereum/evm/transaction.hpp"

namespace ustp::ethereum::embedded {

inline constexpr std::size_t kMaxPool = 20'000;

class Pool {
 public:
  struct Entry {
    SignedTransaction transaction;
    std::uint64_t order = 0;      // of arrival
    std::uint64_t not_before = 0; // block number: a transaction that is late (fault)
  };
  // What a node answers to a second transaction with the nonce of a waiting one.
  enum class Added { kAdded, kKnown, kUnderpriced, kFull };
  // `replaced` is the hash of the transaction it took the place of, if any.
  Added add(const SignedTransaction& transaction, std::uint64_t not_before, std::optional<Word>& replaced);
  const Entry* find(const Word& hash) const;
  // The nonce after the last one that follows without a gap from `next`.
  std::uint64_t pending_nonce(const Address& sender, std::uint64_t next) const;
  // The oldest entry that may go into block `number`; `next` tells each sender's account nonce. Entries with a nonce
  // below it can never go in and are dropped into `stale`.
  const Entry* ready(std::uint64_t number, const std::function<std::uint64_t(const Address&)>& next,
                     std::vector<Word>& stale);
  void remove(const Word& hash);
  std::size_t size() const { return places_.size(); }

 private:
  std::map<Address, std::map<std::uint64_t, Entry>> senders_;
  std::unordered_map<Word, std::pair<Address, std::uint64_t>> places_;  // by transaction hash
  std::uint64_t arrivals_ = 0;
};

}  // namespace ustp::ethereum::embedded
