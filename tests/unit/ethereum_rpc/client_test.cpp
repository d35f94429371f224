// The JSON-RPC client against a node that answers whatever the test says.
#include <doctest/doctest.h>

#include "adapters/ethereum/rpc/client.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

class Scripted final : public JsonRpc {
 public:
  explicit Scripted(std::string answer) : answer_(std::move(answer)) {}
  Result<std::string> post(const std::string& request) override {
    requests.push_back(request);
    return answer_;
  }
  std::vector<std::string> requests;

 private:
  std::string answer_;
};

Code chain_error(const std::string& answer, ClientLimits limits = {}) {
  EthClient client(std::make_shared<Scripted>(answer), limits);
  const auto result = client.chain_id();
  return result ? Code{} : result.error().code;
}

std::vector<SendAnswer> send_two(const std::string& answer) {
  EthClient client(std::make_shared<Scripted>(answer));
  const Bytes raw[] = {{0x02}, {0x03}};
  std::vector<SendAnswer> out;
  if (const auto sent = client.send(raw))
    for (const auto& one : *sent) out.push_back(one.answer);
  return out;
}

}  // namespace

TEST_CASE("an answer that is too long, too deep or not JSON-RPC is refused") {
  CHECK(chain_error(R"({"jsonrpc":"2.0","id":0,"result":"0x7a69"})") == Code{});
  ClientLimits limits;
  limits.max_text = 20;
  CHECK(chain_error(R"({"jsonrpc":"2.0","id":0,"result":"0x7a69"})", limits) == Code::ledger_message);
  CHECK(chain_error(R"({"result":"0x7a69","more":[[[[[[[[[[[[[[]]]]]]]]]]]]]]})") == Code::ledger_message);
  CHECK(chain_error(R"({"result":"0x7a69","more":"[[[[[[[[[[[[[[[[[[[[[[["})") == Code{});  // brackets in a text are text
  CHECK(chain_error("{") == Code::ledger_message);
  CHECK(chain_error("") == Code::ledger_message);
  CHECK(chain_error("{}") == Code::ledger_message);
  CHECK(chain_error(R"({"result":31337})") == Code::ledger_message);
  CHECK(chain_error(R"({"error":"no"})") == Code::ledger_message);
  CHECK(chain_error(R"({"error":{"code":-32000,"message":"busy"}})") == Code::ledger_unavailable);
}

TEST_CASE("a batch's answers are put in the order of the requests, and each request has exactly one") {
  using enum SendAnswer;
  CHECK(send_two(R"([{"id":1,"error":{"message":"nonce too low"}},{"id":0,"result":"0x00"}])") ==
        std::vector{kAccepted, kNonceTooLow});
  CHECK(send_two(R"([{"id":0,"result":"0x00"},{"id":0,"result":"0x00"}])").empty());
  CHECK(send_two(R"([{"id":0,"result":"0x00"}])").empty());
  CHECK(send_two(R"([{"id":0,"result":"0x00"},{"id":2,"result":"0x00"}])").empty());
  CHECK(send_two(R"([{"id":0,"result":"0x00"},{"result":"0x00"}])").empty());
  CHECK(send_two(R"({"id":0,"result":"0x00"})").empty());
}

TEST_CASE("what a node says to a transaction is one of five things, and an unknown word decides nothing") {
  const auto first = [](const std::string& message) {
    return send_two(R"([{"id":0,"error":{"message":")" + message + R"("}},{"id":1,"result":"0x"}])").at(0);
  };
  CHECK(first("already known") == SendAnswer::kKnown);
  CHECK(first("transaction already imported") == SendAnswer::kKnown);
  CHECK(first("nonce too low: next nonce 5, tx nonce 4") == SendAnswer::kNonceTooLow);
  CHECK(first("replacement transaction underpriced") == SendAnswer::kUnderpriced);
  CHECK(first("out of cheese") == SendAnswer::kRefused);
}

TEST_CASE("a revert is an answer with its data; another failure of a call is not") {
  const auto call = [](const std::string& answer) {
    return EthClient(std::make_shared<Scripted>(answer)).call({}, BlockRef::latest());
  };
  const auto reverted = call(R"({"error":{"code":3,"message":"execution reverted","data":"0x0102"}})");
  REQUIRE(reverted);
  CHECK(reverted->reverted);
  CHECK(reverted->data == Bytes{1, 2});
  CHECK(call(R"({"error":{"code":-32000,"message":"missing trie node"}})").error().code == Code::ledger_unavailable);
  CHECK(call(R"({"result":"0x0"})").error().code != Code::ledger_unavailable);  // an odd number of digits
}

TEST_CASE("a block whose header does not hash to what the node says is refused") {
  const std::string zero(64, '0');
  const auto block = [&](const std::string& hash) {
    std::string json = R"({"result":{"number":"0x1","timestamp":"0x2","gasLimit":"0x3","gasUsed":"0x0","difficulty":"0x0",)";
    for (const char* name : {"parentHash", "sha3Uncles", "stateRoot", "transactionsRoot", "receiptsRoot", "mixHash",
                             "withdrawalsRoot", "parentBeaconBlockRoot", "requestsHash"})
      json += "\"" + std::string(name) + "\":\"0x" + zero + "\",";
    json += R"("miner":"0x)" + std::string(40, '0') + R"(","logsBloom":"0x)" + std::string(512, '0') +
            R"(","extraData":"0x","nonce":"0x0000000000000000","baseFeePerGas":"0x7","blobGasUsed":"0x0",)"
            R"("excessBlobGas":"0x0","transactions":[],"hash":")" + hash + R"("}})";
    return EthClient(std::make_shared<Scripted>(json)).block(BlockRef::latest());
  };
  BlockHeader header;
  header.number = 1, header.timestamp = 2, header.gas_limit = 3, header.base_fee = 7;
  header.requests_hash = Word{};
  const auto good = block(to_hex0x(hash_of(header).view()));
  REQUIRE(good);
  CHECK((*good)->header == header);
  CHECK(block("0x" + zero).error().code == Code::ledger_message);
}

TEST_CASE("a block that is not there yet is none, not an error") {
  const auto ask = [](const std::string& answer) {
    return EthClient(std::make_shared<Scripted>(answer)).block(BlockRef::finalized());
  };
  CHECK_FALSE(ask(R"({"result":null})").value().has_value());
  CHECK_FALSE(ask(R"({"error":{"message":"finalized block not found"}})").value().has_value());
  CHECK(ask(R"({"error":{"message":"busy"}})").error().code == Code::ledger_unavailable);
}
