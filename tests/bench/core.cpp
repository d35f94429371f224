// CPU time of the deciding part alone: two cores and two Corda-like ledgers in one thread, signatures and evidence
// included; no disk, no network, no API.
#include <ctime>
#include <iostream>

#include "adapters/corda/proof/tear_off.hpp"
#include "gateway/engine/core.hpp"
#include "tests/bench/transfers/network.hpp"

using namespace ustp;
using namespace ustp::bench;

namespace {

double cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

// The ledger's driver without its thread: what a block asks for is answered with the next batch.
class Driver final : public ledger::Driver {
 public:
  Driver(const Network& network, const Side& side) : profile_(network.profile(side)) {
    corda::LedgerParts parts;
    parts.notary = crypto::load_signer_pem(side.notary_pem).value();
    parts.clock = std::make_shared<SystemClock>();
    parts.random = std::make_unique<SystemRandom>();
    ledger_ = corda::CordaLedger::open(side.book, std::move(parts)).value();
  }
  const ledger::LedgerProfile& profile() const override { return profile_; }
  Result<void> start(ledger::OutcomeSink&, std::uint64_t) override { return {}; }
  void stop() override {}
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override {
    return ledger::Intent{request.id, ledger::request_octets(request)};
  }
  void restore(const ledger::Intent&) override {}
  void execute(const ledger::Intent& intent) override { questions_.push_back({intent.id, true, intent.octets}); }
  void query(const ledger::Intent&) override {}
  Result<std::vector<token::Position>> positions(const InstrumentId&) override { return std::vector<token::Position>(); }
  Result<ledger::Supply> supply(const InstrumentId&) override { return ledger::Supply(); }

  std::vector<ledger::Outcome> answers() {
    if (questions_.empty()) return {};
    auto out = ledger_->run(questions_, 1).value();
    questions_.clear();
    for (auto& answer : out) {
      answer.evidence.kind = profile_.evidence;
      answer.evidence.ledger = profile_.id;
      answer.evidence.finality.rule = profile_.finality_rule;
    }
    return out;
  }

 private:
  ledger::LedgerProfile profile_;
  std::unique_ptr<corda::CordaLedger> ledger_;
  std::vector<corda::Question> questions_;
};

struct Node {
  std::unique_ptr<crypto::Signer> signer;
  SystemRandom random;
  Driver driver;
  gateway::Core core;
  std::vector<gateway::CoreInput> inbox;
  std::size_t blocks = 0, octets = 0;

  Node(const Network& network, const Side& side)
      : signer(crypto::load_signer_pem(side.signing_pem).value()), driver(network, side),
        core(
            [&] {
              gateway::CoreOptions options;
              options.self = side.gateway;
              options.ledger = side.ledger;
              return options;
            }(),
            protocol::Registry(network.authority, network.authority_key), *signer, random, driver,
            corda::make_tear_off_verifier(std::make_shared<corda::SignatureCache>())) {}

  // True when there was something to do.
  bool step(Node& peer) {
    if (inbox.empty()) return false;
    auto result = core.process(std::exchange(inbox, {}), SystemClock().now());
    blocks += !result.payload.empty();
    octets += result.payload.size();
    for (const auto& intent : result.effects.executes) driver.execute(intent);
    for (const auto& send : result.effects.sends) peer.inbox.push_back(gateway::FrameInput{core.self(), 1, *send.frame});
    for (const auto& reply : result.effects.replies) reply();
    for (auto& outcome : driver.answers()) inbox.push_back(std::move(outcome));
    return true;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t in_flight = argc > 1 ? std::stoul(argv[1]) : 256;
  const std::size_t rounds = argc > 2 ? std::stoul(argv[2]) : 20;
  const std::size_t accounts = argc > 3 ? std::stoul(argv[3]) : 1000;
  const Network network(accounts);
  Node sender(network, network.sender), recipient(network, network.recipient);
  const auto settle = [&] {
    while (sender.step(recipient) | recipient.step(sender)) {
    }
  };
  for (auto* node : {&sender, &recipient}) {
    const auto peer = (node == &sender ? recipient : sender).core.self();
    for (const auto& statement : network.statements)
      node->inbox.push_back(gateway::StatementCommand{statement, [](const auto&) {}});
    node->inbox.push_back(gateway::LinkInput{peer, 1, true});
  }
  settle();
  const auto began = cpu_us();
  const auto blocks = sender.blocks + recipient.blocks, octets = sender.octets + recipient.octets;
  std::size_t count = 0, refused = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < in_flight; ++i, ++count)
      sender.inbox.push_back(gateway::OrderCommand{network.order(count), [&](const auto& view) { refused += !view; }});
    settle();
  }
  const auto spent = cpu_us() - began;
  const auto per = [&](std::size_t all) { return static_cast<double>(all) / static_cast<double>(count); };
  std::cout << "in_flight " << in_flight << "  transfers " << count << "  cpu_us_per_transfer "
            << spent / static_cast<double>(count) << "  blocks_per_transfer "
            << per(sender.blocks + recipient.blocks - blocks) << "  journal_octets_per_transfer "
            << per(sender.octets + recipient.octets - octets) << "\n";
  const auto open = sender.core.open_transfers() + recipient.core.open_transfers();
  if (refused + open > 0) std::cerr << refused << " refused, " << open << " not ended\n";
  return refused + open > 0;
}
