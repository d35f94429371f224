#include "adapters/ethereum/embedded/rpc.hpp"

#include <nlohmann/json.hpp>

#include "adapters/ethereum/embedded/rpc_text.hpp"

namespace ustp::ethereum::embedded {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxDepth = 16, kMaxLogsAnswered = 20'000;
constexpr std::uint64_t kMaxLogRange = 10'000, kMaxLateBlocks = 8, kMaxBlocksMined = 1'000;

// JSON-RPC 2.0 and the codes that nodes use: -32602 parameters, -32601 method, -32000 the node's refusal, 3 a revert.
struct Refusal {
  int code = -32000;
  std::string message;
  std::string data;  // JSON text, may be empty
};
struct Answer {
  std::string result;
  std::optional<Refusal> refusal;
};
Answer ok(std::string text) { return {std::move(text), {}}; }
Answer refuse(std::string message, int code = -32000) { return {{}, Refusal{code, std::move(message), {}}}; }
Answer bad_parameters(const char* what) { return refuse(std::string("invalid params: ") + what, -32602); }
std::string hex_text(BytesView octets) { return '"' + to_hex0x(octets) + '"'; }
std::string number_text(Uint128 value) { return '"' + to_quantity(value) + '"'; }

class Methods {
 public:
  Methods(Backend& backend, const Json& parameters) : b_(backend), p_(parameters) {}
  Answer run(const std::string& method);

 private:
  // Parameter i as a text, empty when it is not there or none.
  std::string text(std::size_t i) const {
    return p_.is_array() && i < p_.size() && p_[i].is_string() ? p_[i].get<std::string>() : std::string{};
  }
  std::optional<std::uint64_t> number_of(const std::string& tag) const {
    if (tag.empty() || tag == "latest" || tag == "pending") return b_.chain.tip();
    if (tag == "finalized" || tag == "safe") return b_.chain.finalized();
    if (tag == "earliest") return 0;
    const auto number = parse_quantity64(tag);
    return number ? std::optional<std::uint64_t>(*number) : std::nullopt;
  }
  // A read of the store that fails ends the node's life; the caller answers null meanwhile.
  template <class T>
  T kept(Result<T> read) {
    if (read) return std::move(*read);
    b_.failure = read.error();
    return T{};
  }
  std::shared_ptr<const Block> block_by_hash(const std::string& hash) {
    const auto word = parse_word(hash);
    if (!word) return nullptr;
    const auto number = kept(b_.chain.store().number_of_block(*word));
    return number ? kept(b_.chain.block(*number)) : nullptr;
  }
  std::optional<Store::Place> place(const std::string& hash) {
    const auto word = parse_word(hash);
    return word ? kept(b_.chain.store().place_of(*word)) : std::nullopt;
  }

  Answer block(std::shared_ptr<const Block> found) {
    const bool full = p_.size() > 1 && p_[1].is_boolean() && p_[1].get<bool>();
    return ok(found ? block_text(*found, full) : "null");
  }
  Answer send();
  Answer transaction();
  Answer receipt();
  Answer block_receipts();
  Answer transaction_count();
  Answer call(bool estimate);
  Answer logs();
  Answer mine();
  Answer reorganise();

  Backend& b_;
  const Json& p_;
};

Answer Methods::send() {
  const auto raw = from_hex0x(text(0));
  if (!raw) return bad_parameters("raw transaction");
  const auto transaction = decode_transaction(*raw);
  if (!transaction) return refuse("rlp or signature: " + transaction.error().detail);
  const auto percent = [&](std::uint32_t chance) {
    std::array<std::uint8_t, 8> seed{};
    b_.random.fill(seed);
    std::uint64_t draw = 0;
    for (const std::uint8_t octet : seed) draw = draw << 8 | octet;
    return chance != 0 && draw % 100 < chance;
  };
  const bool unknown = percent(b_.faults.unknown), lost = unknown && percent(50);
  const bool late = percent(b_.faults.late), twice = percent(b_.faults.twice);
  if (lost) return refuse("internal error", -32603);
  std::uint64_t blocks_late = 0;
  if (late) blocks_late = 1 + transaction->hash.octets()[0] % kMaxLateBlocks;
  const auto said = b_.chain.add(*transaction, blocks_late);
  if (!said) {
    b_.failure = said.error();
    return refuse("internal error", -32603);
  }
  if (*said) return refuse(**said);
  b_.added = true;
  if (unknown) return refuse("internal error", -32603);
  if (twice) return refuse("already known");
  return ok(hex_text(transaction->hash.view()));
}

Answer Methods::transaction() {
  if (const auto at = place(text(0))) {
    const auto found = kept(b_.chain.block(at->number));
    return ok(found ? transaction_text(found->transactions[at->index].transaction, found.get(), at->index) : "null");
  }
  const auto hash = parse_word(text(0));
  if (!hash) return bad_parameters("transaction hash");
  const auto* waiting = b_.chain.pool().find(*hash);
  return ok(waiting != nullptr ? transaction_text(waiting->transaction, nullptr, 0) : "null");
}

Answer Methods::receipt() {
  if (!parse_word(text(0))) return bad_parameters("transaction hash");
  const auto at = place(text(0));
  const auto found = at ? kept(b_.chain.block(at->number)) : nullptr;
  return ok(found ? receipt_text(*found, at->index) : "null");
}

Answer Methods::block_receipts() {
  std::shared_ptr<const Block> found;
  if (text(0).size() == 66) {
    found = block_by_hash(text(0));
  } else {
    const auto number = number_of(text(0));
    if (!number) return bad_parameters("block");
    found = kept(b_.chain.block(*number));
  }
  if (!found) return ok("null");
  std::string out = "[";
  for (std::size_t i = 0; i < found->transactions.size(); ++i) out += (i == 0 ? "" : ",") + receipt_text(*found, i);
  return ok(out + "]");
}

Answer Methods::transaction_count() {
  const auto address = parse_address(text(0));
  const auto number = number_of(text(1));
  if (!address || !number) return bad_parameters("address and block");
  const auto state = b_.chain.state_at(*number);
  if (!state) return refuse("state is not available");
  std::uint64_t nonce = state->account(*address).nonce;
  if (text(1) == "pending") nonce = b_.chain.pool().pending_nonce(*address, nonce);
  return ok(number_text(nonce));
}

Answer Methods::call(bool estimate) {
  if (!p_.is_array() || p_.empty() || !p_[0].is_object()) return bad_parameters("call object");
  const auto field = [&](const char* name) {
    return p_[0].contains(name) && p_[0][name].is_string() ? p_[0][name].get<std::string>() : std::string{};
  };
  const auto to = parse_address(field("to"));
  const std::string input = field("data").empty() ? field("input") : field("data");
  const auto data = from_hex0x(input.empty() ? "0x" : input);
  const auto number = number_of(text(1));
  if (!to || !data || !number || data->size() > kMaxTransactionOctets) return bad_parameters("to, data or block");
  const auto result = b_.chain.simulate(*number, parse_address(field("from")).value_or({}), *to, *data);
  if (!result) return refuse("state is not available");
  if (!result->success) {
    Answer out = refuse("execution reverted", 3);
    out.refusal->data = hex_text(result->output);
    return out;
  }
  return ok(estimate ? number_text(intrinsic_gas(*data) + result->gas) : hex_text(result->output));
}

// eth_getLogs: address (one), topics (each a word, null or a list), a range of blocks or one block by its hash.
Answer Methods::logs() {
  if (!p_.is_array() || p_.empty() || !p_[0].is_object()) return bad_parameters("filter");
  const Json& filter = p_[0];
  const auto field = [&](const char* name) {
    return filter.contains(name) && filter[name].is_string() ? filter[name].get<std::string>() : std::string{};
  };
  std::optional<Address> address;
  if (filter.contains("address")) {
    const auto parsed = parse_address(field("address"));
    if (!parsed) return bad_parameters("address");
    address = *parsed;
  }
  std::vector<std::vector<Word>> topics;
  if (filter.contains("topics")) {
    if (!filter["topics"].is_array() || filter["topics"].size() > 4) return bad_parameters("topics");
    for (const Json& entry : filter["topics"]) {
      std::vector<Word> any;
      const Json list = entry.is_array() ? entry : entry.is_null() ? Json::array() : Json::array({entry});
      if (list.size() > 64) return bad_parameters("topics");
      for (const Json& one : list) {
        const auto word = one.is_string() ? parse_word(one.get<std::string>()) : Result<Word>(Code::malformed_text);
        if (!word) return bad_parameters("topics");
        any.push_back(*word);
      }
      topics.push_back(std::move(any));
    }
  }
  std::optional<std::uint64_t> from = number_of(field("fromBlock")), to = number_of(field("toBlock"));
  if (!field("blockHash").empty()) {
    const auto found = block_by_hash(field("blockHash"));
    if (!found) return refuse("unknown block");
    from = to = found->header.number;
  }
  if (!from || !to) return bad_parameters("block range");
  to = std::min(*to, b_.chain.tip());
  if (*to >= *from && *to - *from >= kMaxLogRange) return refuse("query exceeds max block range");
  const auto fits = [&](const Log& log) {
    if ((address && log.address != *address) || topics.size() > log.topics.size()) return false;
    for (std::size_t i = 0; i < topics.size(); ++i)
      if (!topics[i].empty() && std::find(topics[i].begin(), topics[i].end(), log.topics[i]) == topics[i].end()) return false;
    return true;
  };
  std::string out = "[";
  std::size_t found = 0;
  for (std::uint64_t number = *from; number <= *to; ++number) {
    const auto block = kept(b_.chain.block(number));
    if (!block) break;
    for (std::size_t i = 0; i < block->transactions.size(); ++i)
      for (std::size_t j = 0; j < block->transactions[i].receipt.logs.size(); ++j) {
        if (!fits(block->transactions[i].receipt.logs[j])) continue;
        if (++found > kMaxLogsAnswered) return refuse("query returned more than 20000 results");
        out += (found == 1 ? "" : ",") + log_text(*block, i, j, logs_before(*block, i));
      }
  }
  return ok(out + "]");
}

Answer Methods::mine() {
  std::uint64_t blocks = 1;
  if (!text(0).empty()) blocks = parse_quantity64(text(0)).value_or(1);
  for (std::uint64_t i = 0; i < std::min(blocks, kMaxBlocksMined); ++i)
    if (const auto mined = b_.chain.mine(); !mined) {
      b_.failure = mined.error();
      return refuse("internal error", -32603);
    }
  return ok("\"0x0\"");
}

Answer Methods::reorganise() {
  if (!p_.is_array() || p_.empty() || !p_[0].is_number_unsigned()) return bad_parameters("depth");
  const auto done = b_.chain.reorganise(p_[0].get<std::uint64_t>());
  if (done) return ok("null");
  if (done.error().code != Code::out_of_range) b_.failure = done.error();
  return refuse(done.error().detail);
}

Answer Methods::run(const std::string& method) {
  if (method == "eth_chainId") return ok(number_text(b_.chain.options().chain_id));
  if (method == "net_version") return ok('"' + std::to_string(b_.chain.options().chain_id) + '"');
  if (method == "web3_clientVersion") return ok("\"ustp-ledger-sim/ethereum\"");
  if (method == "eth_blockNumber") return ok(number_text(b_.chain.tip()));
  if (method == "eth_getBlockByNumber") {
    const auto number = number_of(text(0));
    return number && !text(0).empty() ? block(kept(b_.chain.block(*number))) : bad_parameters("block");
  }
  if (method == "eth_getBlockByHash") return parse_word(text(0)) ? block(block_by_hash(text(0))) : bad_parameters("hash");
  if (method == "eth_sendRawTransaction") return send();
  if (method == "eth_getTransactionByHash") return transaction();
  if (method == "eth_getTransactionReceipt") return receipt();
  if (method == "eth_getBlockReceipts") return block_receipts();
  if (method == "eth_getTransactionCount") return transaction_count();
  if (method == "eth_call") return call(false);
  if (method == "eth_estimateGas") return call(true);
  if (method == "eth_getLogs") return logs();
  // Gas costs nothing here; whoever looks finds enough. The contract's code is a mark, not EVM code.
  if (method == "eth_getBalance") return ok(number_text(Uint128{1} << 80));
  if (method == "eth_getCode") return ok(text(0) == to_text(b_.chain.token().contract) ? "\"0xfe55535450\"" : "\"0x\"");
  if (method == "eth_gasPrice") return ok(number_text(kBaseFee * 2));
  if (method == "eth_maxPriorityFeePerGas") return ok(number_text(kBaseFee));
  if (method == "evm_mine" || method == "anvil_mine") return mine();
  if (method == "anvil_reorg") return reorganise();
  return refuse("the method " + method.substr(0, 64) + " does not exist/is not available", -32601);
}

std::string envelope(const std::string& id, const Answer& answer) {
  std::string out = "{\"jsonrpc\":\"2.0\",\"id\":" + id;
  if (!answer.refusal) return out + ",\"result\":" + answer.result + "}";
  out += ",\"error\":{\"code\":" + std::to_string(answer.refusal->code) + ",\"message\":" + json_string(answer.refusal->message);
  if (!answer.refusal->data.empty()) out += ",\"data\":" + answer.refusal->data;
  return out + "}}";
}

std::string answer_one(Backend& backend, const Json& call) {
  std::string id = "null";
  if (call.is_object() && call.contains("id")) {
    const Json& given = call["id"];
    if (given.is_number_integer()) id = given.dump();
    else if (given.is_string() && given.get_ref<const std::string&>().size() <= 64) id = json_string(given.get<std::string>());
  }
  if (!call.is_object() || !call.contains("method") || !call["method"].is_string())
    return envelope(id, refuse("Invalid Request", -32600));
  static const Json kNone = Json::array();
  const Json& parameters = call.contains("params") ? call["params"] : kNone;
  if (!parameters.is_array()) return envelope(id, bad_parameters("a list is expected"));
  return envelope(id, Methods(backend, parameters).run(call["method"].get<std::string>()));
}

// Nesting of the document, looked at before it is parsed.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c == '\\') ++i;
      else if (c == '"') inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::string refused_rpc(std::string_view why) { return envelope("null", refuse(std::string(why), -32603)); }

std::string answer_rpc(Backend& backend, std::string_view request) {
  if (request.size() > kMaxRequestOctets || too_deep(request)) return envelope("null", refuse("request too large", -32600));
  const Json document = Json::parse(request, nullptr, false);
  if (document.is_discarded()) return envelope("null", refuse("Parse error", -32700));
  if (!document.is_array()) return answer_one(backend, document);
  if (document.empty() || document.size() > kMaxBatchCalls) return envelope("null", refuse("batch too large", -32600));
  std::string out = "[";
  for (const Json& call : document) out += (out.size() == 1 ? "" : ",") + answer_one(backend, call);
  return out + "]";
}

}  // namespace ustp::ethereum::embedded
