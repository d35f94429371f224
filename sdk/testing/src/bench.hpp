#pragma once
// One clause's world: a reset ledger, the sessions of a gateway on it, every outcome they heard, the ledger's books.

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <span>

#include "ustp/testing/ledger_contract.hpp"

namespace ustp::testing {

// A clause that does not hold; thrown and caught inside the suite only.
struct Failed {
  std::string what;
};
inline void require(bool holds, const std::string& what) {
  if (!holds) throw Failed{what};
}

class Recorder final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override;
  std::size_t count() const;
  std::vector<ledger::Outcome> since(std::size_t mark) const;
  void wait_beyond(std::size_t mark, Duration at_most) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<ledger::Outcome> outcomes_;
};

// What positions() and supply() say, as far as every ledger must show it alike.
struct Books {
  struct Holding {
    Uint128 free = 0, locked = 0, total = 0;
    friend bool operator==(const Holding&, const Holding&) = default;
  };
  std::map<AccountId, Holding> holdings;
  Uint128 outstanding = 0, provisional = 0, backing = 0;
};

// What outlives a clause: ids and epochs are never used twice in one run.
struct Run {
  LedgerUnderTest& ledger;
  Duration patience;
  std::uint64_t epoch = 0;
  std::uint64_t transfers = 0;
  std::uint64_t seed = 1;
};

class Bench;

// A gateway's run: a driver between start() and stop().
class Session {
 public:
  Session(Bench& bench, std::span<const ledger::Intent> restored);
  ~Session() { stop(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ledger::Intent prepare(const ledger::OperationRequest& request);
  std::size_t execute(const ledger::Intent& intent);  // the mark from which answers count
  std::size_t query(const ledger::Intent& intent);
  // Asks again until a final, rejected or never comes that `counts`; fails when patience ends.
  ledger::Outcome settle(const ledger::Intent& intent, std::size_t mark,
                         const std::function<bool(const ledger::Outcome&)>& counts = {});
  ledger::Outcome first_answer(const ledger::Intent& intent, std::size_t mark);
  ledger::Driver& driver() { return *driver_; }
  const Recorder& recorder() const { return recorder_; }
  void pump();
  void stop();

 private:
  Bench& bench_;
  bool started_ = false;
  Recorder recorder_;
  std::unique_ptr<ledger::Driver> driver_;
  LateDriver* late_ = nullptr;
};

class Bench {
 public:
  Bench(Run& run, bool late);

  // A request on its own transfer; `related` zero where the operation has none.
  ledger::OperationRequest request(OperationKind kind, std::uint64_t units, const AccountId& account,
                                   const OperationId& related = {});
  OperationId fresh_id(OperationKind kind);
  Uint128 base(std::uint64_t units) const;
  AccountId holder() const { return run_.ledger.holder(); }
  AccountId other() const { return run_.ledger.other(); }
  AccountId blocked() const { return run_.ledger.blocked(); }
  AccountId custody() { return session().driver().profile().custody_account; }

  Session& session();                                             // the current one, opened when there is none
  void restart(std::span<const ledger::Intent> restored);         // ends it, connects a new one with a higher epoch
  Run& run() { return run_; }
  bool late() const { return late_; }

  // Runs a request to its end, which must be final with right evidence.
  ledger::Intent finish(const ledger::OperationRequest& request);
  ledger::Outcome finish(const ledger::Intent& intent, const ledger::OperationRequest& request);
  // Runs a request, which must be rejected with `code` and change nothing.
  void refused(const ledger::OperationRequest& request, Code code);
  // Runs a request, which must end as never (or rejected as tombstoned) and change nothing.
  void never(const ledger::OperationRequest& request);

  Books books();
  void expect(const Books& expected, const std::string& when);
  bool issuer() const { return issuer_; }
  const Books& opening() const { return opening_; }
  void check_evidence(const ledger::Outcome& outcome, const ledger::OperationRequest& request);
  // What must hold of everything that was heard: nothing invented, no end contradicted.
  void check_answers(const Session& session);
  void close();

 private:
  friend class Session;
  Run& run_;
  bool late_;
  std::unique_ptr<Session> session_;
  std::set<OperationId> asked_;
  Books opening_;
  bool issuer_ = false;
};

}  // namespace ustp::testing
