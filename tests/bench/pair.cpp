#include "tests/bench/pair.hpp"

#include "adapters/corda/proof/tear_off.hpp"

namespace ustp::bench {
namespace {

std::unique_ptr<gateway::Core> make_core(const Network& network, const Side& side, Gateway& of) {
  gateway::CoreOptions options;
  options.self = side.gateway;
  options.ledger = side.ledger;
  return std::make_unique<gateway::Core>(options, protocol::Registry(network.authority, network.authority_key),
                                         *of.signer, of.random, of.driver,
                                         corda::make_tear_off_verifier(std::make_shared<corda::SignatureCache>()));
}

}  // namespace

InlineDriver::InlineDriver(const Network& network, const Side& side) : IdleDriver(network.profile(side)) {
  corda::LedgerParts parts;
  parts.notary = crypto::load_signer_pem(side.notary_pem).value();
  parts.clock = std::make_shared<SystemClock>();
  parts.random = std::make_unique<SystemRandom>();
  ledger_ = corda::CordaLedger::open(side.book, std::move(parts)).value();
}

std::vector<ledger::Outcome> InlineDriver::answers() {
  if (questions_.empty()) return {};
  auto out = ledger_->run(questions_, 1).value();
  questions_.clear();
  for (auto& answer : out) {
    answer.evidence.kind = profile().evidence;
    answer.evidence.ledger = profile().id;
    answer.evidence.finality.rule = profile().finality_rule;
  }
  return out;
}

Gateway::Gateway(const Network& network, const Side& side)
    : signer(crypto::load_signer_pem(side.signing_pem).value()), driver(network, side),
      core(make_core(network, side, *this)) {}

bool Gateway::step(Gateway& peer) {
  if (inbox.empty()) return false;
  auto result = core->process(std::exchange(inbox, {}), SystemClock().now());
  blocks += !result.payload.empty();
  octets += result.payload.size();
  if (on_block && !result.payload.empty()) on_block(std::move(result.payload));
  for (const auto& intent : result.effects.executes) driver.execute(intent);
  for (const auto& send : result.effects.sends)
    peer.inbox.push_back(gateway::FrameInput{core->self(), 1, *send.frame});
  for (const auto& reply : result.effects.replies) reply();
  for (auto& outcome : driver.answers()) inbox.push_back(std::move(outcome));
  return true;
}

void Pair::greet() {
  for (auto* one : {&sender, &recipient}) {
    for (const auto& statement : network_.statements)
      one->inbox.push_back(gateway::StatementCommand{statement, [](const auto&) {}});
    one->inbox.push_back(gateway::LinkInput{(one == &sender ? recipient : sender).core->self(), 1, true});
  }
  (void)round(0);
}

std::size_t Pair::round(std::size_t in_flight) {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < in_flight; ++i, ++count_)
    sender.inbox.push_back(gateway::OrderCommand{network_.order(count_), [&](const auto& view) { refused += !view; }});
  while (sender.step(recipient) | recipient.step(sender)) {
  }
  return refused + sender.core->open_transfers() + recipient.core->open_transfers();
}

}  // namespace ustp::bench
