#include <doctest/doctest.h>

#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

OperationEvent sample() {
  OperationEvent event;
  event.id.mutable_octets().fill(1);
  event.kind = OperationKind::kLock;
  event.request_hash.mutable_octets().fill(2);
  event.related.mutable_octets().fill(0);
  event.instrument = InstrumentId::literal("US0378331005");
  event.account = parse_address("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f").value();
  event.amount = 500;
  return event;
}
Log sample_log() { return encode_operation_event(Address(std::array<std::uint8_t, 20>{9}), sample()); }

}  // namespace

TEST_CASE("selectors and topics") {
  CHECK(to_hex(abi::selector("transfer(address,uint256)")) == "a9059cbb");
  CHECK(to_hex(abi::selector("operate(bytes32,uint8,bytes32,bytes32,address,uint256)")) == "02ff9b26");
  CHECK(operation_topic().hex() == "792e74ac1b90b0293ee87c422156710f98ed8c94f1165fab787096ba4ebc1c69");
}

TEST_CASE("words: exactly as many as asked for, small types without dirty padding") {
  const std::vector<Word> words = {word_from(Uint128{7}), word_from(Uint128{256})};
  const Bytes octets = abi::encode_words(words);
  CHECK(abi::decode_words(octets, 2).value() == words);
  CHECK(abi::decode_words(octets, 1).error().code == Code::ledger_message);
  CHECK(abi::decode_words(BytesView(octets).first(63), 2).error().code == Code::ledger_message);
  CHECK(abi::uint8_from(words[0]).value() == 7);
  CHECK(abi::uint8_from(words[1]).error().code == Code::ledger_message);
  CHECK(abi::bool_from(word_from(Uint128{1})).value());
  CHECK(abi::bool_from(word_from(Uint128{2})).error().code == Code::ledger_message);
}

TEST_CASE("Error(string) both ways") {
  const Bytes octets = abi::encode_error_string("sender balance too low");
  CHECK(to_hex(octets) ==
        "08c379a0"
        "0000000000000000000000000000000000000000000000000000000000000020"
        "0000000000000000000000000000000000000000000000000000000000000016"
        "73656e6465722062616c616e636520746f6f206c6f7700000000000000000000");
  CHECK(abi::decode_error_string(octets).value() == "sender balance too low");
  Bytes cut(octets.begin(), octets.end() - 32);
  CHECK(abi::decode_error_string(cut).error().code == Code::ledger_message);
}

TEST_CASE("the operation event reads back, and only that event") {
  CHECK(decode_operation_event(sample_log()).value() == sample());
  Log log = sample_log();
  log.topics[0].mutable_octets()[0] ^= 1;
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.topics.pop_back();
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.topics[2] = word_from(Uint128{9});
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.topics[2].mutable_octets()[0] = 1;
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.data.push_back(0);
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.data[64] = 1;  // above the address
  CHECK_FALSE(decode_operation_event(log).has_value());
  log = sample_log();
  log.data[96] = 1;  // amount above 128 bits
  CHECK(decode_operation_event(log).error().code == Code::out_of_range);
  log = sample_log();
  log.data[33] ^= 1;  // the ISIN's country
  CHECK_FALSE(decode_operation_event(log).has_value());
}
