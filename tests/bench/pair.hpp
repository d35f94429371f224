#pragma once
// Two cores and two Corda-like ledgers in one thread, signatures and evidence included; no disk, no network, no API.

#include "gateway/engine/core.hpp"
#include "gateway/engine/idle_driver.hpp"
#include "tests/bench/transfers/network.hpp"

namespace ustp::bench {

// The ledger's driver without its thread: what a block asks for is answered with the next batch.
class InlineDriver final : public gateway::IdleDriver {
 public:
  InlineDriver(const Network& network, const Side& side);
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override {
    return ledger::Intent{request.id, ledger::request_octets(request)};
  }
  void execute(const ledger::Intent& intent) override { questions_.push_back({intent.id, true, intent.octets}); }
  std::vector<ledger::Outcome> answers();

 private:
  std::unique_ptr<corda::CordaLedger> ledger_;
  std::vector<corda::Question> questions_;
};

struct Gateway {
  std::unique_ptr<crypto::Signer> signer;
  SystemRandom random;
  InlineDriver driver;
  std::unique_ptr<gateway::Core> core;
  std::vector<gateway::CoreInput> inbox;
  std::size_t blocks = 0, octets = 0;                    // of all payloads
  std::function<void(Bytes payload)> on_block;           // may be empty

  Gateway(const Network& network, const Side& side);
  bool step(Gateway& peer);                              // true when there was something to do
};

class Pair {
 public:
  explicit Pair(const Network& network)
      : sender(network, network.sender), recipient(network, network.recipient), network_(network) {}
  void greet();                                          // statements and links
  // One round: `in_flight` orders, until all of them ended. The number of those refused or left open.
  std::size_t round(std::size_t in_flight);
  std::size_t count() const { return count_; }           // orders so far

  Gateway sender, recipient;

 private:
  const Network& network_;
  std::size_t count_ = 0;
};

}  // namespace ustp::bench
