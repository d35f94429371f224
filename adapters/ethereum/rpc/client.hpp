#pragma once
// What the driver asks of an Ethereum node, typed. Everything that comes back is untrusted text: bounded in length,
// depth and count, and read strictly; what does not fit is Code::ledger_message. One JSON document a call, batches
// where many of a kind are asked. Thread-safe when the transport is.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/rpc/json_rpc.hpp"

namespace ustp::ethereum {

// Which state: a tag or a number.
class BlockRef {
 public:
  static BlockRef latest() { return BlockRef("latest"); }
  static BlockRef finalized() { return BlockRef("finalized"); }
  static BlockRef number(std::uint64_t number) { return BlockRef(to_quantity(number)); }
  const std::string& text() const { return text_; }

 private:
  explicit BlockRef(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct Block {
  BlockHeader header;
  Word hash;                        // recomputed from the header; a node that says another is refused
  std::vector<Word> transactions;
};
// One receipt of a block, in the order of the block.
struct BlockReceipt {
  Word transaction;
  Receipt receipt;
};
// Where a transaction stands now; a later reorganisation may move it.
struct Place {
  Word block;
  std::uint64_t number = 0, index = 0;
  bool success = false;
};
enum class SendAnswer : std::uint8_t {
  kAccepted = 1,
  kKnown = 2,          // these octets are in the node's pool or chain already
  kNonceTooLow = 3,    // a transaction with this nonce is in the chain
  kUnderpriced = 4,    // another transaction with this nonce is in the pool
  kRefused = 5,        // not taken now, for the reason in `text`; says nothing of later
};
struct Sent {
  SendAnswer answer{};
  std::string text;    // the node's words, at most 200 printable characters
};
struct CallRequest {
  Address from, to;
  Bytes data;
};
struct CallAnswer {
  bool reverted = false;
  Bytes data;          // what it returned, or what it reverted with
};
struct LogFilter {
  std::uint64_t from = 0, to = 0;   // block numbers, inclusive
  Address address;
  std::vector<Word> topics;         // in order; only given ones are compared
};
struct FoundLog {
  Word transaction, block;
  std::uint64_t number = 0;
  Log log;
};

struct ClientLimits {
  std::size_t max_text = 32 * 1024 * 1024;
  std::size_t max_depth = 12;
  std::size_t max_batch = 100;       // requests in one document
  std::size_t max_list = 100'000;    // logs, receipts or hashes in one answer
};

class EthClient {
 public:
  explicit EthClient(std::shared_ptr<JsonRpc> rpc, ClientLimits limits = {}) : rpc_(std::move(rpc)), limits_(limits) {}

  Result<std::uint64_t> chain_id();
  Result<std::uint64_t> nonce(const Address& account, const BlockRef& at);
  Result<Uint128> balance(const Address& account);
  Result<Bytes> code(const Address& account, const BlockRef& at);
  Result<std::optional<Block>> block(const BlockRef& at);  // none: the node has no such block
  // Several in one document, answers in order.
  Result<std::vector<std::optional<Block>>> blocks(std::span<const BlockRef> at);
  // All receipts of a block by its hash; none when the node does not know it.
  Result<std::optional<std::vector<BlockReceipt>>> receipts(const Word& block);
  Result<std::vector<std::optional<Place>>> places(std::span<const Word> transactions);
  Result<std::vector<Sent>> send(std::span<const Bytes> raw);
  Result<CallAnswer> call(const CallRequest& request, const BlockRef& at);
  Result<std::vector<CallAnswer>> calls(std::span<const CallRequest> requests, const BlockRef& at);
  Result<std::vector<FoundLog>> logs(const LogFilter& filter);
  // Of test nodes only (anvil): any method with JSON parameters, the result as JSON text.
  Result<std::string> raw(const std::string& method, const std::string& parameters);

 private:
  std::shared_ptr<JsonRpc> rpc_;
  ClientLimits limits_;
};

}  // namespace ustp::ethereum
