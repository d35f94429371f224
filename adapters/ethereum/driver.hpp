#pragma once
// The driver of an Ethereum-like ledger: operations become type-2 transactions to one token contract, signed in
// prepare() and journalled before they are sent. See README.md for what protects what.

#include <memory>

#include "adapters/ethereum/evm/secp256k1.hpp"
#include "adapters/ethereum/rpc/json_rpc.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::ethereum {

struct EthereumOptions {
  // anchor.contract and anchor.chain_id are used; finality_rule is "finalized" (the node's tag) or any other name with
  // finality_depth blocks on top. Custody and suspense are 0x-addresses.
  ledger::LedgerProfile profile;
  std::string url;                        // "http://127.0.0.1:8545"; not used when `rpc` is given
  std::shared_ptr<JsonRpc> rpc;           // a node in the same process
  std::string key_file;                   // 32 octets in hexadecimal; not used when `key` is given
  std::shared_ptr<const SigningKey> key;
  Duration poll = Duration::milliseconds(20);
  Duration patience = Duration::seconds(10);  // start() waits so long for the node
  std::uint64_t gas_limit = 300'000;      // of one operation; the costliest takes under 200,000
  Uint128 max_fee = 50'000'000'000;       // wei per gas
  Uint128 max_priority_fee = 1'000'000'000;
  Uint128 max_fee_limit = 500'000'000'000;  // raised fees stop here; 0: never raised
  std::uint64_t bump_blocks = 30;         // blocks that a transaction may wait before its fees are raised
  std::size_t max_open = 16'384;          // operations under way at once
};
// Errors: Code::config_invalid, bad_key, io_error. The network is first touched by start(), whose errors are:
// ledger_unavailable (no answer within `patience`), config_invalid (another chain, no contract there), fenced (an intent
// of a higher epoch was restored).
Result<std::unique_ptr<ledger::Driver>> make_ethereum_driver(EthereumOptions options);

}  // namespace ustp::ethereum
