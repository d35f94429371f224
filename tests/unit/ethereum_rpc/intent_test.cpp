// Intents and refusals of the token contract.
#include <doctest/doctest.h>

#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/evm/transaction.hpp"
#include "adapters/ethereum/intent.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

TransactionIntent sample() {
  const auto key = SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 0x11))).value();
  TransactionIntent intent;
  intent.epoch = 3;
  intent.nonce = 41;
  intent.operate.id.mutable_octets()[0] = 1;
  intent.operate.kind = OperationKind::kAssign;
  intent.operate.related.mutable_octets()[0] = 2;
  intent.operate.request_hash.mutable_octets()[0] = 3;
  intent.operate.account.mutable_octets()[0] = 4;
  intent.operate.base_units = Uint128{1} << 100;
  Transaction transaction;
  transaction.chain_id = 31337;
  transaction.nonce = 41;
  transaction.max_fee = transaction.max_priority_fee = 1;
  transaction.gas_limit = 300'000;
  transaction.to = Address{};
  transaction.data = token_contract::operate_call(intent.operate);
  intent.raw = sign(transaction, key).raw;
  return intent;
}

}  // namespace

TEST_CASE("an intent is read back as it was written") {
  const auto intent = sample();
  const auto read = decode_intent(encode_intent(intent));
  REQUIRE(read);
  CHECK(*read == intent);
}

TEST_CASE("an intent whose facts and transaction differ, or of another form, is refused") {
  const auto good = encode_intent(sample());
  const auto refused = [](Bytes octets) {
    const auto read = decode_intent(octets);
    return !read && read.error().code == Code::ledger_message;
  };
  for (const std::size_t at : {0u, 15u, 31u, 32u, 64u, 65u, 97u, 129u, 149u, 168u}) {  // mark, version, each fact, length
    auto bad = good;
    bad[at] ^= 1;
    CHECK_MESSAGE(refused(bad), "octet " << at);
  }
  CHECK(refused(Bytes(good.begin(), good.end() - 1)));
  auto longer = good;
  longer.push_back(0);
  CHECK(refused(longer));
  CHECK(refused({}));
  auto another = sample();
  another.nonce = 42;
  CHECK(refused(encode_intent(another)));
  another = sample();
  another.operate.base_units += 1;
  CHECK(refused(encode_intent(another)));
}

TEST_CASE("each refusal of the contract has a code of the registry") {
  const auto code = [](std::string_view signature) {
    const Word word{};
    return token_contract::refusal_of(abi::encode_call(abi::selector(signature), {&word, 1})).code;
  };
  CHECK(code("OperationConflict(bytes32)") == Code::operation_conflict);
  CHECK(code("Tombstoned(bytes32)") == Code::operation_tombstoned);
  CHECK(code("LockMissing(bytes32)") == Code::lock_missing);
  CHECK(code("AccountBlocked(bytes32)") == Code::account_blocked);
  CHECK(code("InsufficientAvailable(bytes32)") == Code::insufficient_available);
  CHECK(code("LedgerHalted(bytes32)") == Code::ledger_halted);
  CHECK(code("QuantityTooLarge(bytes32)") == Code::quantity_too_large);
  CHECK(code("NotAgent(address)") == Code::fenced);
  CHECK(code("SomethingElse(bytes32)") == Code::ledger_rejected);
  CHECK(token_contract::refusal_of({}).code == Code::ledger_rejected);
  const auto text = token_contract::refusal_of(abi::encode_error_string("wallet is frozen"));
  CHECK(text.code == Code::ledger_rejected);
  CHECK(text.detail.find("wallet is frozen") != std::string::npos);
}
