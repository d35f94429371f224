#pragma once
// The Corda-like ledger: states, transactions with Corda's Merkle ids, a validating notary that signs batches, a vault.
// In memory, or with a store that is written before anything is answered. Deterministic for a given clock, randomness
// and notary key. Thread-safe: one lock around a batch.

#include <unordered_set>

#include "adapters/corda/access.hpp"
#include "adapters/corda/embedded/plan.hpp"
#include "adapters/corda/embedded/store.hpp"

namespace ustp::corda {

// How the ledger begins; read from the book of a new ledger, checked against the store of an old one.
struct Book {
  struct Entry {
    AccountId account;
    token::Capacity capacity = token::Capacity::kClient;
    Uint128 units = 0;
    bool blocked = false;
  };
  LedgerId ledger;
  InstrumentId instrument;
  std::uint8_t scale = 0;   // of the security units in which lots are shown
  UnitRatio ratio;          // the same
  AccountId custody, suspense;
  std::vector<Entry> accounts;
};

struct LedgerParts {
  std::unique_ptr<crypto::Signer> notary;
  std::shared_ptr<const Clock> clock;
  std::unique_ptr<Random> random;     // salts
  std::unique_ptr<Store> store;       // null: in memory
  std::string finality_rule = "notarised";
};

class CordaLedger final : public LedgerAccess {
 public:
  // Code::config_invalid: the store belongs to another ledger; journal_damaged: it contradicts itself.
  static Result<std::unique_ptr<CordaLedger>> open(Book book, LedgerParts parts);

  const LedgerId& id() const override { return book_.ledger; }
  const Bytes& notary_spki() const { return notary_.spki(); }
  Result<void> enter(std::uint64_t epoch) override;
  Result<std::vector<Answer>> run(std::span<const Question> questions, std::uint64_t epoch) override;
  Result<Snapshot> snapshot(const InstrumentId& instrument, const AccountId& after, std::size_t limit) override;

 private:
  struct Done {
    Hash256 request_hash, transaction;
    Bytes groups;
    std::uint64_t batch = 0;
    std::uint32_t position = 0;
  };
  struct Round {  // one run(): what is notarised in it together
    BatchRow row;
    std::vector<std::pair<std::size_t, const Done*>> finals;  // answers that get their evidence when the batch is signed
  };
  CordaLedger(Book book, LedgerParts parts);
  Result<void> found();
  Result<void> restore(StoreContent content);
  bool seen(const OperationId& id) const { return done_.contains(id) || tombstones_.contains(id); }
  Result<Answer> execute(const Question& question, bool fenced, std::size_t index, Round& round);
  Result<void> notarise(const ledger::OperationRequest& request, const Hash256& hash, const Draft& draft, Round& round);
  Result<void> close_batch(Round& round);
  void prove(Answer& answer, const Done& done, std::map<std::uint64_t, TreeLevels>& trees) const;
  token::Position position(const AccountId& account, const Holding& holding) const;

  std::mutex mutex_;
  Book book_;
  Notary notary_;
  std::shared_ptr<const Clock> clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Store> store_;
  std::string finality_rule_;
  Bytes notary_component_, signers_component_;
  Vault vault_;
  std::unordered_map<OperationId, Done> done_;
  std::unordered_set<OperationId> tombstones_;
  std::unordered_map<OperationId, Error> refused_;  // in this epoch; told when asked, and no bar to another try
  std::vector<NotaryBatch> batches_;  // by number
  std::uint64_t epoch_ = 0;
  bool failed_ = false;               // the store failed: what is in memory may be ahead of it, nothing more is told
};

}  // namespace ustp::corda
