// Headers and receipts, by their own round trip and by a block of another implementation when one is at hand.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/transaction.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "tests/unit/ethereum/vectors.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

BlockHeader sample_header() {
  BlockHeader h;
  h.parent.mutable_octets().fill(3);
  h.uncles = empty_uncles_hash();
  h.transactions_root = h.receipts_root = h.withdrawals_root = empty_trie_root();
  h.number = 300;
  h.gas_limit = 30'000'000;
  h.timestamp = 1'795'000'000;
  h.extra = {1, 2};
  h.base_fee = 7;
  h.requests_hash = empty_requests_hash();
  return h;
}
Receipt sample_receipt() {
  Log log;
  log.address.mutable_octets().fill(9);
  log.topics = {keccak256("a"), keccak256("b")};
  log.data = Bytes(70, 5);
  return {2, true, 90'000, {log, log}};
}

}  // namespace

TEST_CASE("headers of 20 and 21 fields read back; others are refused") {
  BlockHeader h = sample_header();
  CHECK(decode_header(encode_header(h)).value() == h);
  CHECK(empty_requests_hash().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(empty_uncles_hash().hex() == "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");
  const Word with = hash_of(h);
  h.requests_hash.reset();
  CHECK(decode_header(encode_header(h)).value() == h);
  CHECK(hash_of(h) != with);
  const Bytes octets = encode_header(h);
  for (std::size_t size = 0; size < octets.size(); ++size)
    CHECK_FALSE(decode_header(BytesView(octets).first(size)).has_value());
  h.extra = Bytes(33, 1);
  CHECK(decode_header(encode_header(h)).error().code == Code::too_long);
}

TEST_CASE("receipts of every type read back; a bloom that does not follow is refused") {
  for (std::uint8_t type = 0; type <= 4; ++type) {
    Receipt receipt = sample_receipt();
    receipt.type = type;
    receipt.success = type % 2 == 0;
    CHECK(decode_receipt(encode_receipt(receipt)).value() == receipt);
  }
  const Bytes octets = encode_receipt(sample_receipt());
  Bytes bloom = octets;
  bloom[100] ^= 1;
  CHECK(decode_receipt(bloom).error().code == Code::ledger_message);
  Bytes type = octets;
  type[0] = 5;
  CHECK(decode_receipt(type).error().code == Code::ledger_message);
  Bytes status = octets;
  REQUIRE(status[4] == 0x01);
  status[4] = 0x02;
  CHECK(decode_receipt(status).error().code == Code::ledger_message);
  for (std::size_t size = 0; size < octets.size(); ++size)
    CHECK_FALSE(decode_receipt(BytesView(octets).first(size)).has_value());
}

TEST_CASE("a block of another node: header hash, receipts root, transactions root, one proof of each") {
  const auto path = test::vectors("anvil-proof-fixture.json");
  if (!path) return;
  std::ifstream in(*path);
  const auto fixture = nlohmann::json::parse(in);
  const auto octets = [](const nlohmann::json& text) { return from_hex0x(text.get<std::string>()).value(); };
  const auto list = [&](const nlohmann::json& texts) {
    std::vector<Bytes> out;
    for (const auto& text : texts) out.push_back(octets(text));
    return out;
  };
  const Bytes raw = octets(fixture.at("headerRlp"));
  const auto header = decode_header(raw);
  REQUIRE(header.has_value());
  CHECK(encode_header(*header) == raw);
  CHECK(to_hex0x(hash_of(*header).view()) == fixture.at("headerHash").get<std::string>());
  const auto receipts = list(fixture.at("receiptsRlp")), transactions = list(fixture.at("txRlp"));
  CHECK(Trie::ordered(receipts).root() == header->receipts_root);
  CHECK(Trie::ordered(transactions).root() == header->transactions_root);
  Bloom bloom{};
  for (const auto& one : receipts) {
    const auto receipt = decode_receipt(one);
    REQUIRE(receipt.has_value());
    CHECK(encode_receipt(*receipt) == one);
    for (const Log& log : receipt->logs) add_to_bloom(bloom, log);
  }
  CHECK(bloom == header->bloom);
  const auto proof = list(fixture.at("receiptProof").at("nodes"));
  CHECK(verify_inclusion(header->receipts_root, octets(fixture.at("receiptProof").at("key")), proof).value() ==
        octets(fixture.at("receiptProof").at("value")));
  CHECK(Trie::ordered(receipts).prove(trie_index_key(1)) == proof);
  std::size_t type2 = 0;
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    if (transactions[i][0] != 2) continue;
    const auto read = decode_transaction(transactions[i]);
    REQUIRE(read.has_value());
    CHECK(to_text(read->from) == fixture.at("block").at("transactions").at(i).at("from").get<std::string>());
    ++type2;
  }
  CHECK(type2 == 3);
}
