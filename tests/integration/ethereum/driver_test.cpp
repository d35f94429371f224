// The driver against a real node: what the contract suite cannot ask for.
#include <doctest/doctest.h>

#include <set>

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/intent.hpp"
#include "adapters/ethereum/proof/receipt.hpp"
#include "tests/integration/ethereum/anvil.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::test;
using ethereum::word_from;
using ledger::OutcomeKind;
using enum OperationKind;

#define NEEDS_ANVIL                     \
  std::string why;                      \
  const auto anvil = Anvil::start(why); \
  if (!anvil) {                         \
    MESSAGE("SKIPPED: " << why);        \
    return;                             \
  }

namespace {

ethereum::TransactionIntent facts(const ledger::Intent& intent) { return ethereum::decode_intent(intent.octets).value(); }

}  // namespace

TEST_CASE("operations in one block are each final with a proof of their own, and a flipped octet proves nothing") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect();
  REQUIRE(driver->start(outcomes, 1));
  std::vector<ledger::OperationRequest> requests;
  for (std::uint32_t n = 0; n < 5; ++n) requests.push_back(request_of(kLock, n, 10 + n, token.holder));
  for (const auto& request : requests) driver->execute(driver->prepare(request).value());
  std::set<Hash256> blocks;
  for (const auto& request : requests) {
    REQUIRE(outcomes.end_of(*anvil, request.id, true).kind == OutcomeKind::kPending);  // all are in the pool: one block
  }
  for (const auto& request : requests) {
    const auto outcome = outcomes.end_of(*anvil, request.id);
    REQUIRE(outcome.kind == OutcomeKind::kFinal);
    CHECK(outcome.evidence.finality.depth >= 2);
    blocks.insert(outcome.evidence.finality.block);
    const auto proven = ethereum::verify_ethereum_receipt(outcome.evidence, token.profile.anchor);
    REQUIRE(proven);
    CHECK(proven->id == request.id);
    CHECK(proven->base_units == request.base_units);
    CHECK(proven->request_hash == crypto::sha256(ledger::request_octets(request)));
  }
  CHECK(blocks.size() == 1);
  const auto good = outcomes.end_of(*anvil, requests[2].id).evidence;
  for (std::size_t i = 0; i < good.octets.size(); i += 5) {
    auto bad = good;
    bad.octets[i] ^= 0x10;
    CHECK_FALSE(ethereum::verify_ethereum_receipt(bad, token.profile.anchor));
  }
}

TEST_CASE("a transaction that a reorganisation drops before finality is sent again and takes effect once") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect([](auto& options) { options.bump_blocks = 1'000; });
  REQUIRE(driver->start(outcomes, 1));
  const auto request = request_of(kLock, 1, 100, token.holder);
  driver->execute(driver->prepare(request).value());
  REQUIRE(outcomes.end_of(*anvil, request.id, true).kind == OutcomeKind::kPending);
  anvil->mine();
  REQUIRE(token.records_of(request.id) == 1);
  anvil->raw("anvil_reorg", "[1, []]");
  REQUIRE(token.records_of(request.id) == 0);
  const auto outcome = outcomes.end_of(*anvil, request.id);
  CHECK(outcome.kind == OutcomeKind::kFinal);
  CHECK(token.records_of(request.id) == 1);
  CHECK(token.read("getFrozenTokens(address)", {word_from(token.holder)}) == 100'000);
}

TEST_CASE("a restarted driver keeps the nonces of its intents and an intent has no second effect") {
  NEEDS_ANVIL
  const Token token(*anvil);
  const auto request = request_of(kLock, 1, 100, token.holder), later = request_of(kLock, 2, 50, token.holder);
  ledger::Intent done, unsent;
  {
    Outcomes outcomes;
    const auto driver = token.connect();
    REQUIRE(driver->start(outcomes, 3));
    done = driver->prepare(request).value();
    unsent = driver->prepare(later).value();  // journalled, and then the gateway dies
    driver->execute(done);
    REQUIRE(outcomes.end_of(*anvil, request.id).kind == OutcomeKind::kFinal);
    driver->stop();
  }
  Outcomes outcomes;
  const auto driver = token.connect();
  driver->restore(done);
  driver->restore(unsent);
  REQUIRE(driver->start(outcomes, 4));
  const auto next = driver->prepare(request_of(kLock, 3, 10, token.holder)).value();
  CHECK(facts(next).nonce == facts(unsent).nonce + 1);
  const ledger::Intent* const all[] = {&next, &done, &unsent};
  for (const auto* intent : all) driver->execute(*intent);
  for (const auto* intent : all) CHECK(outcomes.end_of(*anvil, intent->id).kind == OutcomeKind::kFinal);
  for (const auto* intent : all) CHECK(token.records_of(intent->id) == 1);
  CHECK(token.read("getFrozenTokens(address)", {word_from(token.holder)}) == 160'000);
}

TEST_CASE("a driver of an older epoch does not start beside intents of a newer one") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto newer = token.connect();
  REQUIRE(newer->start(outcomes, 8));
  const auto intent = newer->prepare(request_of(kLock, 1, 100, token.holder)).value();
  const auto older = token.connect();
  older->restore(intent);
  const auto started = older->start(outcomes, 7);
  REQUIRE_FALSE(started);
  CHECK(started.error().code == Code::fenced);
}

TEST_CASE("an operation whose nonce another transaction used up never takes effect, and that is proven at finality only") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect();
  REQUIRE(driver->start(outcomes, 1));
  const auto request = request_of(kLock, 1, 100, token.holder);
  const auto intent = driver->prepare(request).value();
  REQUIRE(token.agent_acts("mint(address,uint256)", {word_from(token.other), word_from(Uint128{1})}));  // the same nonce
  driver->execute(intent);
  CHECK(outcomes.end_of(*anvil, request.id, true).kind == OutcomeKind::kUnknown);  // the thief is not final yet
  CHECK(outcomes.count(request.id, OutcomeKind::kNever) == 0);
  CHECK(outcomes.end_of(*anvil, request.id).kind == OutcomeKind::kNever);
  CHECK(token.records_of(request.id) == 0);
}

TEST_CASE("fees are raised under the same nonce until the transaction is mined; the operation takes effect once") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect([](auto& options) {
    options.max_fee = 2'000'000'000;
    options.bump_blocks = 2;
  });
  REQUIRE(driver->start(outcomes, 1));
  const auto request = request_of(kLock, 1, 100, token.holder);
  const auto intent = driver->prepare(request).value();
  anvil->raw("anvil_setNextBlockBaseFeePerGas", "[\"0x1dcd65000\"]");  // 8 gwei: too dear for the first price
  driver->execute(intent);
  const auto outcome = outcomes.end_of(*anvil, request.id);
  REQUIRE(outcome.kind == OutcomeKind::kFinal);
  CHECK(token.records_of(request.id) == 1);
  const auto block = anvil->client().block(ethereum::BlockRef::number(outcome.evidence.finality.height)).value();
  REQUIRE(block);
  REQUIRE(block->transactions.size() == 1);
  CHECK(block->transactions[0] != ethereum::keccak256(facts(intent).raw));  // a replacement was mined
  CHECK(anvil->client().nonce(token.agent->address(), ethereum::BlockRef::latest()).value() == facts(intent).nonce + 1);
}

TEST_CASE("a refusal carries the registry's code: paused, no agent any more") {
  NEEDS_ANVIL
  const Token token(*anvil);
  REQUIRE(token.agent_acts("pause()", {}));
  Outcomes outcomes;
  const auto driver = token.connect();
  REQUIRE(driver->start(outcomes, 1));
  const auto halted = request_of(kLock, 1, 100, token.holder);
  driver->execute(driver->prepare(halted).value());
  const auto first = outcomes.end_of(*anvil, halted.id);
  CHECK(first.kind == OutcomeKind::kRejected);
  CHECK(first.error.code == Code::ledger_halted);
  REQUIRE(anvil->act(*token.owner, token.contract, call_of("removeAgent(address)", {word_from(token.agent->address())})));
  const auto removed = request_of(kUnlock, 2, 100, token.holder);
  driver->execute(driver->prepare(removed).value());
  CHECK(outcomes.end_of(*anvil, removed.id).error.code == Code::fenced);
}

TEST_CASE("start refuses another chain and an address without a contract, and gives up on a node that is away") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto refused = [&](const std::function<void(ethereum::EthereumOptions&)>& change) {
    const auto started = token.connect(change)->start(outcomes, 1);
    return started ? Code{} : started.error().code;
  };
  CHECK(refused([](auto& options) { options.profile.anchor.chain_id = 5; }) == Code::config_invalid);
  CHECK(refused([](auto& options) { options.profile.anchor.contract.back() ^= 1; }) == Code::config_invalid);
  CHECK(refused([](auto& options) {
          options.url = "http://127.0.0.1:1";
          options.patience = Duration::milliseconds(100);
        }) == Code::ledger_unavailable);
}

TEST_CASE("prepare refuses an account in another form and zero units, without touching the network") {
  NEEDS_ANVIL
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect();
  CHECK(driver->prepare(request_of(kLock, 1, 1, token.holder)).error().code == Code::ledger_unavailable);
  REQUIRE(driver->start(outcomes, 1));
  auto upper = request_of(kLock, 1, 1, token.holder);
  upper.account = AccountId::literal("0xABCDEFabcdefabcdefabcdefabcdefabcdefabcd");
  CHECK(driver->prepare(upper).error().code == Code::malformed_text);
  CHECK(driver->prepare(request_of(kLock, 1, 0, token.holder)).error().code == Code::quantity_zero);
}

TEST_CASE("on a node that mines by itself every 0.2 s an operation is final within seconds, under the finalized tag") {
  std::string why;
  const auto anvil = Anvil::start(why, {"--block-time", "0.2"});
  if (!anvil) {
    MESSAGE("SKIPPED: " << why);
    return;
  }
  const Token token(*anvil);
  Outcomes outcomes;
  const auto driver = token.connect([](auto& options) { options.poll = Duration::milliseconds(20); });
  REQUIRE(driver->start(outcomes, 1));
  const auto create = request_of(kCreate, 1, 10, token.custody);
  const auto assign = request_of(kAssign, 2, 10, token.other, create.id);
  for (const auto& request : {create, assign}) {
    const auto begun = std::chrono::steady_clock::now();
    driver->execute(driver->prepare(request).value());
    REQUIRE(outcomes.wait(request.id).kind == OutcomeKind::kFinal);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    MESSAGE(to_string(request.kind) << " final after " << took.count() << " ms");
    CHECK(took.count() < 10'000);
  }
}
