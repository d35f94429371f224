#pragma once
// Three gateways' cores, three fake ledgers, a wire that can be cut, one clock: single-threaded, replayable by its seed.

#include <memory>

#include "gateway/engine/core.hpp"
#include "tests/support/fake_ledger.hpp"

namespace ustp::test {

struct Node {
  GatewayId id;
  LedgerId ledger_id;
  std::unique_ptr<crypto::Signer> signer;
  std::unique_ptr<FakeLedger> ledger;
  std::vector<gateway::Block> journal;           // durable
  // One run of the process; gone on crash.
  std::unique_ptr<FakeDriver> driver;
  std::unique_ptr<gateway::Core> core;
  std::deque<gateway::CoreInput> inbox;
  std::uint64_t link = 0;
};

struct Carried {  // a frame on its way
  GatewayId from, to;
  std::uint64_t link = 0;
  Bytes frame;
};

class World {
 public:
  // `https`: the gateways that state an https endpoint, and speak JSON with everybody therefore.
  explicit World(std::uint64_t seed, std::set<std::string> https = {});

  static const InstrumentId& isin();
  Node& csd() { return nodes_[0]; }
  Node& eth() { return nodes_[1]; }
  Node& corda() { return nodes_[2]; }
  std::vector<Node>& nodes() { return nodes_; }
  Instant now() const { return now_; }
  void advance(Duration d) { now_ = now_ + d; }

  gateway::TransferOrder order(Node& from, const std::string& originator, Node& to, const std::string& beneficiary,
                               const std::string& quantity);
  // Puts an order in and gives the answer (which comes once it is durable).
  Result<gateway::TransferView> submit(Node& node, gateway::TransferOrder order);
  void apply_statement(wire::StatementBody body);  // by the authority, to every node

  std::shared_ptr<const crypto::Verifier> authority_key() const {
    return crypto::make_verifier(authority_->spki()).value();
  }

  void start(Node& node);                        // from its journal
  void crash(Node& node);
  // One batch of one node that has something to do: process, journal, let the effects out. False: nothing to do.
  // `before_effects`: called once the block is durable and before anything leaves; true crashes the node there.
  // A batch holds one to `batch_max` inputs, as chance has it.
  bool step(const std::function<bool(Node&)>& before_effects = {}, std::size_t batch_max = 3);
  // One input to one node, as a batch of its own: journalled, its effects let out; gives what it did.
  gateway::BatchResult feed(Node& node, gateway::CoreInput input);
  Duration order_within;                         // of every core that starts from now on; CoreOptions
  // Sees every frame on its way; true loses it.
  std::function<bool(const Carried&)> on_wire;
  void settle(std::size_t steps_max = 2000);     // until nothing moves; restarts crashed nodes
  void check_invariants(bool at_rest);           // token-model identities over the three ledgers
  void check_replay();  // live state = replayed state = state from a snapshot halfway and the rest, on every node

 private:
  testing::Picture picture();
  void connect(Node& a, Node& b);
  void route(Node& from, gateway::Effects effects);
  void keep(Node& node, Bytes payload);  // in its journal
  std::unique_ptr<gateway::Core> make_core(Node& node, FakeDriver& driver);
  Node& node(const GatewayId& id);

  SeededRandom random_;
  Instant now_{1'780'000'000'000'000'000};
  std::unique_ptr<crypto::Signer> authority_;
  std::vector<wire::SignedStatement> statements_;
  std::vector<Node> nodes_;
  std::size_t first_statements_ = 0;  // how many the nodes were configured with
  std::uint64_t links_ = 0;
  testing::Picture checked_;                   // as of the last check_invariants
  std::map<LedgerId, std::size_t> entries_checked_;
};

}  // namespace ustp::test
