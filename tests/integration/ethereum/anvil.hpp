#pragma once
// A real node (anvil) as a process of its own on a free loopback port, and a token contract on it. Both go with the
// objects; also when the test program dies.

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "adapters/ethereum/deploy/deploy.hpp"
#include "adapters/ethereum/driver.hpp"

namespace ustp::test {

using ethereum::Address;
using ethereum::Word;

class Anvil {
 public:
  // Without other flags nothing is mined but by mine(). None when node_modules or the compiled contract is missing; `why` names it.
  static std::unique_ptr<Anvil> start(std::string& why, std::vector<std::string> flags = {"--no-mining"});
  ~Anvil();
  const std::string& url() const { return url_; }
  ethereum::EthClient& client() { return *client_; }
  void raw(const std::string& method, const std::string& parameters);  // terminates the test when refused
  void mine(int blocks = 1);
  void fund(const Address& account);
  void mine_at_once(bool on);  // what is sent; leaves a node alone that mines by itself
  // A call of an account, mined; false when it reverted.
  bool act(const ethereum::SigningKey& key, const Address& to, const Bytes& call);

 private:
  Anvil() = default;
  int pid_ = -1;
  bool by_hand_ = true;   // nothing is mined but by mine()
  std::string url_;
  std::unique_ptr<ethereum::EthClient> client_;
};

// A key nobody else uses; the same number gives the same key.
std::shared_ptr<const ethereum::SigningKey> test_key(std::uint32_t number);
Bytes call_of(std::string_view signature, std::vector<Word> words);

// A fresh token: `holder` has 1,000 units at 1,000 base units each, `blocked` is frozen. All of it is final.
struct Token {
  explicit Token(Anvil& anvil);
  std::unique_ptr<ledger::Driver> connect(const std::function<void(ethereum::EthereumOptions&)>& change = {}) const;
  bool agent_acts(std::string_view signature, std::vector<Word> words) const;
  Uint128 read(std::string_view signature, std::vector<Word> words, std::size_t count = 1, std::size_t which = 0) const;
  std::size_t records_of(const OperationId& id) const;  // how often the contract says it took effect

  Anvil& anvil;
  std::shared_ptr<const ethereum::SigningKey> owner, agent;
  Address holder, other, blocked, custody, suspense, contract;
  ledger::LedgerProfile profile;
  static InstrumentId instrument() { return InstrumentId::literal("XS0104440986"); }
};

class Outcomes final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override;
  // Mines until the operation has an end (final, rejected, never) or, with `any`, waits for the first answer.
  ledger::Outcome end_of(Anvil& anvil, const OperationId& id, bool any = false);
  ledger::Outcome wait(const OperationId& id);  // for the end, on a node that mines by itself
  std::size_t count(const OperationId& id, ledger::OutcomeKind kind);

 private:
  ledger::Outcome find(const OperationId& id, bool any, const std::function<void()>& meanwhile);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ledger::Outcome> seen_;
};

// A request in security units, with an id that the number makes.
ledger::OperationRequest request_of(OperationKind kind, std::uint32_t number, std::uint64_t units, const Address& account,
                                    const OperationId& related = {});

}  // namespace ustp::test
