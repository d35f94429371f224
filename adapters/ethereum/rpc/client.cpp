#include "adapters/ethereum/rpc/client.hpp"

#include <nlohmann/json.hpp>

#include "adapters/ethereum/evm/keccak.hpp"

namespace ustp::ethereum {
namespace {

using Json = nlohmann::json;

Error malformed(std::string what) { return {Code::ledger_message, "rpc: " + std::move(what)}; }

struct Call {
  const char* method;
  Json parameters;
};
struct Answer {
  Json result;                 // null when there is an error
  bool failed = false;
  std::string message;         // of the error
  Bytes data;                  // of the error, where it is hexadecimal
};

// nlohmann recurses per level: the depth is bounded before it sees the text.
bool too_deep(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Result<Json> parse(std::string_view text, const ClientLimits& limits) {
  if (text.size() > limits.max_text) return malformed("answer of " + std::to_string(text.size()) + " octets");
  if (too_deep(text, limits.max_depth)) return malformed("nested too deep");
  auto json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded()) return malformed("not JSON");
  return json;
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, 200));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return out;
}

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(name);
  return it == object.end() ? nullptr : &*it;
}

Result<std::string> text_of(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (!value || !value->is_string()) return malformed(std::string(name) + " is not a text");
  return value->get<std::string>();
}
Result<std::uint64_t> number_of(const Json& object, const char* name) {
  USTP_TRY(const auto text, text_of(object, name));
  return parse_quantity64(text);
}
Result<Word> word_of(const Json& object, const char* name) {
  USTP_TRY(const auto text, text_of(object, name));
  return parse_word(text);
}
Result<Bytes> octets_of(const Json& object, const char* name) {
  USTP_TRY(const auto text, text_of(object, name));
  return from_hex0x(text);
}
Result<Address> address_of(const Json& object, const char* name) {
  USTP_TRY(const auto text, text_of(object, name));
  return parse_address(text);
}
template <std::size_t N>
Result<std::array<std::uint8_t, N>> array_of(const Json& object, const char* name) {
  USTP_TRY(const auto octets, octets_of(object, name));
  if (octets.size() != N) return malformed(std::string(name) + " has another size");
  std::array<std::uint8_t, N> out;
  std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}
Result<const Json*> list_of(const Json& value, const ClientLimits& limits) {
  if (!value.is_array()) return malformed("not a list");
  if (value.size() > limits.max_list) return malformed("a list of " + std::to_string(value.size()));
  return &value;
}

Result<Answer> read_answer(const Json& json) {
  Answer out;
  if (const Json* error = member(json, "error"); error && !error->is_null()) {
    out.failed = true;
    USTP_TRY(const auto message, text_of(*error, "message"));
    out.message = printable(message);
    if (const Json* data = member(*error, "data"); data && data->is_string())
      out.data = from_hex0x(data->get_ref<const std::string&>()).value_or({});
    return out;
  }
  const Json* result = member(json, "result");
  if (!result) return malformed("neither result nor error");
  out.result = *result;
  return out;
}

// Sends the calls in documents of at most max_batch; the answers come in the order of the calls.
Result<std::vector<Answer>> ask(JsonRpc& rpc, const ClientLimits& limits, std::span<const Call> calls) {
  std::vector<Answer> out(calls.size());
  for (std::size_t start = 0; start < calls.size(); start += limits.max_batch) {
    const auto part = calls.subspan(start, std::min(limits.max_batch, calls.size() - start));
    Json document = Json::array();
    for (std::size_t i = 0; i < part.size(); ++i)
      document.push_back({{"jsonrpc", "2.0"}, {"id", i}, {"method", part[i].method}, {"params", part[i].parameters}});
    USTP_TRY(const auto text, rpc.post(part.size() == 1 ? document[0].dump() : document.dump()));
    USTP_TRY(const auto answers, parse(text, limits));
    if (part.size() == 1) {
      USTP_TRY(out[start], read_answer(answers));
      continue;
    }
    if (!answers.is_array() || answers.size() != part.size()) return malformed("not an answer for each request");
    std::vector<bool> seen(part.size());
    for (const Json& answer : answers) {
      const Json* id = member(answer, "id");
      if (!id || !id->is_number_unsigned() || id->get<std::uint64_t>() >= part.size()) return malformed("answer's id");
      const auto i = id->get<std::size_t>();
      if (seen[i]) return malformed("an answer twice");
      seen[i] = true;
      USTP_TRY(out[start + i], read_answer(answer));
    }
  }
  return out;
}

// One call whose refusal by the node is an error.
Result<Json> ask_one(JsonRpc& rpc, const ClientLimits& limits, Call call) {
  const char* method = call.method;
  USTP_TRY(auto answers, ask(rpc, limits, {&call, 1}));
  if (answers[0].failed) return Error{Code::ledger_unavailable, std::string(method) + ": " + answers[0].message};
  return std::move(answers[0].result);
}

Result<std::string> text_result(Result<Json> json) {
  if (!json) return json.error();
  if (!json->is_string()) return malformed("result is not a text");
  return json->get<std::string>();
}

Result<BlockHeader> read_header(const Json& j) {
  BlockHeader h;
  USTP_TRY(h.parent, word_of(j, "parentHash"));
  USTP_TRY(h.uncles, word_of(j, "sha3Uncles"));
  USTP_TRY(h.miner, address_of(j, "miner"));
  USTP_TRY(h.state_root, word_of(j, "stateRoot"));
  USTP_TRY(h.transactions_root, word_of(j, "transactionsRoot"));
  USTP_TRY(h.receipts_root, word_of(j, "receiptsRoot"));
  USTP_TRY(h.bloom, array_of<256>(j, "logsBloom"));
  USTP_TRY(h.difficulty, number_of(j, "difficulty"));
  USTP_TRY(h.number, number_of(j, "number"));
  USTP_TRY(h.gas_limit, number_of(j, "gasLimit"));
  USTP_TRY(h.gas_used, number_of(j, "gasUsed"));
  USTP_TRY(h.timestamp, number_of(j, "timestamp"));
  USTP_TRY(h.extra, octets_of(j, "extraData"));
  USTP_TRY(h.mix_hash, word_of(j, "mixHash"));
  USTP_TRY(h.nonce, array_of<8>(j, "nonce"));
  USTP_TRY(h.base_fee, number_of(j, "baseFeePerGas"));
  USTP_TRY(h.withdrawals_root, word_of(j, "withdrawalsRoot"));
  USTP_TRY(h.blob_gas_used, number_of(j, "blobGasUsed"));
  USTP_TRY(h.excess_blob_gas, number_of(j, "excessBlobGas"));
  USTP_TRY(h.parent_beacon_root, word_of(j, "parentBeaconBlockRoot"));
  if (const Json* requests = member(j, "requestsHash"); requests && !requests->is_null()) {
    USTP_TRY(h.requests_hash, word_of(j, "requestsHash"));
  }
  return h;
}

Result<Word> read_word(const Json& value) {
  if (!value.is_string()) return malformed("a hash is not a text");
  return parse_word(value.get_ref<const std::string&>());
}

Result<std::optional<Block>> read_block(const Answer& answer, const ClientLimits& limits) {
  // geth: "finalized block not found" before the first finality.
  if (answer.failed && answer.message.find("not found") != std::string::npos) return std::optional<Block>{};
  if (answer.failed) return Error{Code::ledger_unavailable, "eth_getBlockByNumber: " + answer.message};
  if (answer.result.is_null()) return std::optional<Block>{};
  Block block;
  USTP_TRY(block.header, read_header(answer.result));
  USTP_TRY(const Word said, word_of(answer.result, "hash"));
  block.hash = hash_of(block.header);
  if (said != block.hash) return malformed("the header does not hash to the block hash");
  const Json* hashes = member(answer.result, "transactions");
  if (!hashes) return malformed("transactions are missing");
  USTP_CHECK(list_of(*hashes, limits));
  for (const Json& hash : *hashes) {
    USTP_TRY(const Word word, read_word(hash));
    block.transactions.push_back(word);
  }
  return std::optional<Block>(std::move(block));
}

Result<Log> read_log(const Json& j) {
  Log log;
  USTP_TRY(log.address, address_of(j, "address"));
  const Json* topics = member(j, "topics");
  if (!topics || !topics->is_array() || topics->size() > 4) return malformed("topics");
  for (const Json& topic : *topics) {
    USTP_TRY(const Word word, read_word(topic));
    log.topics.push_back(word);
  }
  USTP_TRY(log.data, octets_of(j, "data"));
  return log;
}

Result<bool> read_status(const Json& j) {
  USTP_TRY(const auto status, number_of(j, "status"));
  if (status > 1) return malformed("status");
  return status == 1;
}

Result<BlockReceipt> read_receipt(const Json& j) {
  BlockReceipt out;
  USTP_TRY(out.transaction, word_of(j, "transactionHash"));
  USTP_TRY(const auto type, number_of(j, "type"));
  if (type > 4) return malformed("receipt type");
  out.receipt.type = static_cast<std::uint8_t>(type);
  USTP_TRY(out.receipt.success, read_status(j));
  USTP_TRY(out.receipt.cumulative_gas, number_of(j, "cumulativeGasUsed"));
  const Json* logs = member(j, "logs");
  if (!logs || !logs->is_array() || logs->size() > kMaxLogs) return malformed("logs");
  for (const Json& entry : *logs) {
    USTP_TRY(auto log, read_log(entry));
    out.receipt.logs.push_back(std::move(log));
  }
  return out;
}

Result<std::optional<Place>> read_place(const Answer& answer) {
  // geth right after its start: "transaction indexing is in progress".
  if (answer.failed) return Error{Code::ledger_unavailable, "eth_getTransactionReceipt: " + answer.message};
  if (answer.result.is_null()) return std::optional<Place>{};
  Place place;
  USTP_TRY(place.block, word_of(answer.result, "blockHash"));
  USTP_TRY(place.number, number_of(answer.result, "blockNumber"));
  USTP_TRY(place.index, number_of(answer.result, "transactionIndex"));
  USTP_TRY(place.success, read_status(answer.result));
  return std::optional<Place>(place);
}

// The nodes agree on the words, not on the codes. An unknown one is "refused", which decides nothing.
SendAnswer judge(const std::string& message) {
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("already known") || says("already imported")) return SendAnswer::kKnown;
  if (says("nonce too low")) return SendAnswer::kNonceTooLow;
  if (says("underpriced")) return SendAnswer::kUnderpriced;
  return SendAnswer::kRefused;
}

Call call_of(const CallRequest& request, const BlockRef& at) {
  return {"eth_call", Json::array({{{"from", to_text(request.from)}, {"to", to_text(request.to)},
                                    {"data", to_hex0x(request.data)}}, at.text()})};
}

// A revert is an answer; anything else that fails (a pruned state, a busy node) is not.
Result<CallAnswer> read_call(const Answer& answer) {
  if (answer.failed && answer.message.find("revert") == std::string::npos && answer.data.empty())
    return Error{Code::ledger_unavailable, "eth_call: " + answer.message};
  if (answer.failed) return CallAnswer{true, answer.data};
  USTP_TRY(const auto text, text_result(answer.result));
  USTP_TRY(auto data, from_hex0x(text));
  return CallAnswer{false, std::move(data)};
}

}  // namespace

Result<std::uint64_t> EthClient::chain_id() {
  USTP_TRY(const auto text, text_result(ask_one(*rpc_, limits_, {"eth_chainId", Json::array()})));
  return parse_quantity64(text);
}

Result<std::uint64_t> EthClient::nonce(const Address& account, const BlockRef& at) {
  USTP_TRY(const auto text, text_result(ask_one(*rpc_, limits_, {"eth_getTransactionCount",
                                                                 Json::array({to_text(account), at.text()})})));
  return parse_quantity64(text);
}

Result<Uint128> EthClient::balance(const Address& account) {
  USTP_TRY(const auto text, text_result(ask_one(*rpc_, limits_, {"eth_getBalance",
                                                                 Json::array({to_text(account), "latest"})})));
  return parse_quantity(text);
}

Result<Bytes> EthClient::code(const Address& account, const BlockRef& at) {
  USTP_TRY(const auto text,
           text_result(ask_one(*rpc_, limits_, {"eth_getCode", Json::array({to_text(account), at.text()})})));
  return from_hex0x(text);
}

Result<std::optional<Block>> EthClient::block(const BlockRef& at) {
  USTP_TRY(auto found, blocks({&at, 1}));
  return std::move(found[0]);
}

Result<std::vector<std::optional<Block>>> EthClient::blocks(std::span<const BlockRef> at) {
  std::vector<Call> calls;
  for (const auto& ref : at) calls.push_back({"eth_getBlockByNumber", Json::array({ref.text(), false})});
  USTP_TRY(const auto answers, ask(*rpc_, limits_, calls));
  std::vector<std::optional<Block>> out;
  for (const auto& answer : answers) {
    USTP_TRY(auto block, read_block(answer, limits_));
    out.push_back(std::move(block));
  }
  return out;
}

Result<std::optional<std::vector<BlockReceipt>>> EthClient::receipts(const Word& block) {
  using Out = std::optional<std::vector<BlockReceipt>>;
  USTP_TRY(const auto json, ask_one(*rpc_, limits_, {"eth_getBlockReceipts", Json::array({to_hex0x(block.view())})}));
  if (json.is_null()) return Out{};
  USTP_CHECK(list_of(json, limits_));
  Out out(std::in_place);
  for (const Json& entry : json) {
    USTP_TRY(const Word of, word_of(entry, "blockHash"));
    if (of != block) return malformed("a receipt of another block");
    USTP_TRY(auto receipt, read_receipt(entry));
    out->push_back(std::move(receipt));
  }
  return out;
}

Result<std::vector<std::optional<Place>>> EthClient::places(std::span<const Word> transactions) {
  std::vector<Call> calls;
  for (const Word& hash : transactions)
    calls.push_back({"eth_getTransactionReceipt", Json::array({to_hex0x(hash.view())})});
  USTP_TRY(const auto answers, ask(*rpc_, limits_, calls));
  std::vector<std::optional<Place>> out;
  for (const auto& answer : answers) {
    USTP_TRY(const auto place, read_place(answer));
    out.push_back(place);
  }
  return out;
}

Result<std::vector<Sent>> EthClient::send(std::span<const Bytes> raw) {
  std::vector<Call> calls;
  for (const Bytes& octets : raw) calls.push_back({"eth_sendRawTransaction", Json::array({to_hex0x(octets)})});
  USTP_TRY(const auto answers, ask(*rpc_, limits_, calls));
  std::vector<Sent> out;
  for (const auto& answer : answers)
    out.push_back(answer.failed ? Sent{judge(answer.message), answer.message} : Sent{SendAnswer::kAccepted, {}});
  return out;
}

Result<CallAnswer> EthClient::call(const CallRequest& request, const BlockRef& at) {
  USTP_TRY(auto answers, calls({&request, 1}, at));
  return std::move(answers[0]);
}

Result<std::vector<CallAnswer>> EthClient::calls(std::span<const CallRequest> requests, const BlockRef& at) {
  std::vector<Call> calls;
  for (const auto& request : requests) calls.push_back(call_of(request, at));
  USTP_TRY(const auto answers, ask(*rpc_, limits_, calls));
  std::vector<CallAnswer> out;
  for (const auto& answer : answers) {
    USTP_TRY(auto one, read_call(answer));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::vector<FoundLog>> EthClient::logs(const LogFilter& filter) {
  Json topics = Json::array();
  for (const Word& topic : filter.topics) topics.push_back(to_hex0x(topic.view()));
  USTP_TRY(const auto json,
           ask_one(*rpc_, limits_, {"eth_getLogs", Json::array({{{"fromBlock", to_quantity(filter.from)},
                                                                 {"toBlock", to_quantity(filter.to)},
                                                                 {"address", to_text(filter.address)},
                                                                 {"topics", topics}}})}));
  USTP_CHECK(list_of(json, limits_));
  std::vector<FoundLog> out;
  for (const Json& entry : json) {
    FoundLog found;
    USTP_TRY(found.transaction, word_of(entry, "transactionHash"));
    USTP_TRY(found.block, word_of(entry, "blockHash"));
    USTP_TRY(found.number, number_of(entry, "blockNumber"));
    USTP_TRY(found.log, read_log(entry));
    out.push_back(std::move(found));
  }
  return out;
}

Result<std::string> EthClient::raw(const std::string& method, const std::string& parameters) {
  USTP_TRY(auto json, parse(parameters, limits_));
  USTP_TRY(const auto result, ask_one(*rpc_, limits_, {method.c_str(), std::move(json)}));
  return result.dump();
}

}  // namespace ustp::ethereum
