// The token contract alone: the guard of locked units, and what each role may not do.
#include <doctest/doctest.h>

#include "adapters/ethereum/token_contract.hpp"
#include "tests/integration/ethereum/anvil.hpp"

using namespace ustp;
using namespace ustp::test;
using ethereum::word_from;
using enum OperationKind;

namespace {

constexpr Uint128 kAll = 1'000'000, kLocked = 600'000;

Word number(Uint128 value) { return word_from(value); }

// operate() by the gateway's agent, in base units.
bool operate(const Token& token, OperationKind kind, std::uint32_t id, std::uint32_t related, const Address& account,
             Uint128 units) {
  const auto name = [](std::uint32_t n) { return n == 0 ? OperationId{} : request_of(kLock, n, 1, {}).id; };
  return token.anvil.act(*token.agent, token.contract, ethereum::token_contract::operate_call(
                                                           {name(id), kind, name(related), Hash256{}, account, units}));
}

}  // namespace

TEST_CASE("nobody but the operation itself can move, burn or unfreeze locked units") {
  std::string why;
  const auto anvil = Anvil::start(why);
  if (!anvil) {
    MESSAGE("SKIPPED: " << why);
    return;
  }
  const Token token(*anvil);
  REQUIRE(operate(token, kLock, 1, 0, token.holder, kLocked));
  const auto rogue = test_key(77'777), holder = test_key(1'000'001);
  for (const auto& key : {rogue, holder}) anvil->fund(key->address());
  REQUIRE(anvil->act(*token.owner, token.contract, call_of("addAgent(address)", {word_from(rogue->address())})));
  const auto tries = [&](const auto& key, const char* signature, std::vector<Word> words) {
    return anvil->act(*key, token.contract, call_of(signature, std::move(words)));
  };
  const auto from = word_from(token.holder), to = word_from(token.other);

  CHECK_FALSE(tries(rogue, "burn(address,uint256)", {from, number(kAll - kLocked + 1)}));
  CHECK_FALSE(tries(rogue, "forcedTransfer(address,address,uint256)", {from, to, number(kAll - kLocked + 1)}));
  CHECK_FALSE(tries(rogue, "unfreezePartialTokens(address,uint256)", {from, number(1)}));
  CHECK_FALSE(tries(rogue, "freezePartialTokens(address,uint256)", {from, number(kAll - kLocked + 1)}));
  CHECK_FALSE(tries(holder, "transfer(address,uint256)", {to, number(kAll - kLocked + 1)}));
  CHECK_FALSE(tries(token.owner, "burn(address,uint256)", {from, number(1)}));

  // What is not locked obeys an agent, frozen or not; the lock is none the worse for it.
  REQUIRE(tries(rogue, "freezePartialTokens(address,uint256)", {from, number(100'000)}));
  CHECK(token.read("getFrozenTokens(address)", {from}) == kLocked + 100'000);
  CHECK_FALSE(tries(holder, "transfer(address,uint256)", {to, number(300'001)}));
  CHECK(tries(rogue, "forcedTransfer(address,address,uint256)", {from, to, number(kAll - kLocked)}));
  CHECK(token.read("getFrozenTokens(address)", {from}) == kLocked);
  CHECK(token.read("balanceOf(address)", {from}) == kLocked);

  // An abort and an execution survive a frozen holder and a paused token.
  REQUIRE(tries(rogue, "setAddressFrozen(address,bool)", {from, number(1)}));
  REQUIRE(tries(rogue, "pause()", {}));
  CHECK(operate(token, kExtinguish, 2, 1, token.holder, kLocked));
  CHECK(token.read("balanceOf(address)", {from}) == 0);
  CHECK(token.read("totalSupply()", {}) == kAll - kLocked);
}

TEST_CASE("created and suspended units obey no agent, and the last agent stays while something is in force") {
  std::string why;
  const auto anvil = Anvil::start(why);
  if (!anvil) {
    MESSAGE("SKIPPED: " << why);
    return;
  }
  const Token token(*anvil);
  const auto custody = word_from(token.custody), suspense = word_from(token.suspense), other = word_from(token.other);
  REQUIRE(operate(token, kCreate, 1, 0, token.custody, 500));
  CHECK_FALSE(token.agent_acts("forcedTransfer(address,address,uint256)", {custody, other, number(1)}));
  CHECK_FALSE(token.agent_acts("burn(address,uint256)", {custody, number(1)}));
  CHECK_FALSE(token.agent_acts("mint(address,uint256)", {custody, number(1)}));
  CHECK_FALSE(operate(token, kLock, 9, 0, token.custody, 1));
  REQUIRE(operate(token, kSuspend, 2, 1, token.other, 500));
  CHECK_FALSE(token.agent_acts("forcedTransfer(address,address,uint256)", {suspense, other, number(1)}));
  CHECK_FALSE(anvil->act(*token.owner, token.contract, call_of("removeAgent(address)", {word_from(token.agent->address())})));
  CHECK_FALSE(operate(token, kRelease, 3, 2, token.holder, 500));  // recorded for somebody else
  CHECK_FALSE(operate(token, kRelease, 3, 2, token.other, 499));
  CHECK(operate(token, kRelease, 3, 2, token.other, 500));
  CHECK(token.read("balanceOf(address)", {other}) == 500);
  CHECK(anvil->act(*token.owner, token.contract, call_of("removeAgent(address)", {word_from(token.agent->address())})));
}
