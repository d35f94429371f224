#include "adapters/ethereum/embedded/rpc_text.hpp"

namespace ustp::ethereum::embedded {
namespace {

// An object under construction; values are JSON text already.
class Object {
 public:
  Object& raw(const char* name, const std::string& value) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
    return *this;
  }
  Object& number(const char* name, Uint128 value) { return raw(name, '"' + to_quantity(value) + '"'); }
  Object& octets(const char* name, BytesView value) { return raw(name, '"' + to_hex0x(value) + '"'); }
  std::string text() { return text_ + "}"; }

 private:
  std::string text_;
};

std::string list_of(const std::vector<std::string>& parts) {
  std::string out = "[";
  for (const auto& part : parts) {
    if (out.size() > 1) out += ',';
    out += part;
  }
  return out + "]";
}

Uint128 effective_price(const Transaction& t, Uint128 base_fee) {
  return std::min(t.max_fee, base_fee + t.max_priority_fee);
}
// r and s are quantities: without leading zeros.
std::string scalar(const Word& word) {
  std::string digits = word.hex();
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return "\"0x" + digits + '"';
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return out + '"';
}

std::string transaction_text(const SignedTransaction& signed_one, const Block* block, std::size_t index) {
  const Transaction& t = signed_one.transaction;
  Object out;
  out.raw("type", "\"0x2\"").number("chainId", t.chain_id).number("nonce", t.nonce).number("gas", t.gas_limit);
  out.number("maxFeePerGas", t.max_fee).number("maxPriorityFeePerGas", t.max_priority_fee);
  out.octets("to", t.to->view()).number("value", t.value).raw("accessList", "[]").octets("input", t.data);
  out.raw("r", scalar(signed_one.signature.r)).raw("s", scalar(signed_one.signature.s));
  out.number("yParity", signed_one.signature.y_parity).number("v", signed_one.signature.y_parity);
  out.octets("hash", signed_one.hash.view()).octets("from", signed_one.from.view());
  if (block == nullptr) {
    out.raw("blockHash", "null").raw("blockNumber", "null").raw("transactionIndex", "null").number("gasPrice", t.max_fee);
  } else {
    out.octets("blockHash", block->hash.view()).number("blockNumber", block->header.number);
    out.number("transactionIndex", index).number("gasPrice", effective_price(t, block->header.base_fee));
    out.number("blockTimestamp", block->header.timestamp);
  }
  return out.text();
}

std::string block_text(const Block& block, bool full_transactions) {
  const BlockHeader& h = block.header;
  Object out;
  out.octets("hash", block.hash.view()).octets("parentHash", h.parent.view()).octets("sha3Uncles", h.uncles.view());
  out.octets("miner", h.miner.view()).octets("stateRoot", h.state_root.view());
  out.octets("transactionsRoot", h.transactions_root.view()).octets("receiptsRoot", h.receipts_root.view());
  out.octets("logsBloom", h.bloom).number("difficulty", h.difficulty).number("number", h.number);
  out.number("gasLimit", h.gas_limit).number("gasUsed", h.gas_used).number("timestamp", h.timestamp);
  out.octets("extraData", h.extra).octets("mixHash", h.mix_hash.view()).octets("nonce", h.nonce);
  out.number("baseFeePerGas", h.base_fee).octets("withdrawalsRoot", h.withdrawals_root.view());
  out.number("blobGasUsed", h.blob_gas_used).number("excessBlobGas", h.excess_blob_gas);
  out.octets("parentBeaconBlockRoot", h.parent_beacon_root.view());
  if (h.requests_hash) out.octets("requestsHash", h.requests_hash->view());
  std::vector<std::string> transactions;
  std::size_t size = encode_header(h).size();
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    const auto& one = block.transactions[i].transaction;
    size += one.raw.size();
    transactions.push_back(full_transactions ? transaction_text(one, &block, i) : '"' + to_hex0x(one.hash.view()) + '"');
  }
  out.number("totalDifficulty", 0).number("size", size).raw("uncles", "[]").raw("transactions", list_of(transactions));
  return out.raw("withdrawals", "[]").text();
}

std::size_t logs_before(const Block& block, std::size_t index) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < index; ++i) before += block.transactions[i].receipt.logs.size();
  return before;
}

std::string log_text(const Block& block, std::size_t index, std::size_t log, std::size_t before) {
  const Mined& mined = block.transactions[index];
  const Log& one = mined.receipt.logs[log];
  std::vector<std::string> topics;
  for (const Word& topic : one.topics) topics.push_back('"' + to_hex0x(topic.view()) + '"');
  Object out;
  out.octets("address", one.address.view()).raw("topics", list_of(topics)).octets("data", one.data);
  out.octets("blockHash", block.hash.view()).number("blockNumber", block.header.number);
  out.number("blockTimestamp", block.header.timestamp).octets("transactionHash", mined.transaction.hash.view());
  return out.number("transactionIndex", index).number("logIndex", before + log).raw("removed", "false").text();
}

std::string receipt_text(const Block& block, std::size_t index) {
  const Mined& mined = block.transactions[index];
  const std::size_t before = logs_before(block, index);
  std::vector<std::string> logs;
  for (std::size_t i = 0; i < mined.receipt.logs.size(); ++i) logs.push_back(log_text(block, index, i, before));
  Object out;
  out.number("type", mined.receipt.type).number("status", mined.receipt.success ? 1U : 0U);
  out.number("cumulativeGasUsed", mined.receipt.cumulative_gas).raw("logs", list_of(logs));
  out.octets("logsBloom", bloom_of(mined.receipt.logs)).octets("transactionHash", mined.transaction.hash.view());
  out.number("transactionIndex", index).octets("blockHash", block.hash.view());
  out.number("blockNumber", block.header.number).number("gasUsed", mined.gas_used);
  out.number("effectiveGasPrice", effective_price(mined.transaction.transaction, block.header.base_fee));
  out.octets("from", mined.transaction.from.view()).octets("to", mined.transaction.transaction.to->view());
  return out.raw("contractAddress", "null").text();
}

}  // namespace ustp::ethereum::embedded
