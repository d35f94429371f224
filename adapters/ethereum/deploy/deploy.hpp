#pragma once
// Puts the token contract on a chain: what the program ustp-eth-deploy and the tests do.

#include "adapters/ethereum/evm/transaction.hpp"
#include "adapters/ethereum/rpc/client.hpp"
#include "ustp/base/time.hpp"

namespace ustp::ethereum {

struct TokenValues {
  std::string name, symbol;      // at most 64 octets each
  std::uint8_t decimals = 0;
  std::string instrument;        // ISIN or DTI
  Address custody, suspense, agent;
};
struct Deployed {
  Address address;
  Word code_hash;                // keccak256 of the code that stands at the address
  std::uint64_t block = 0;
};

// contracts/UstpToken.json as compile.mjs writes it; the creation code. Code::io_error, Code::config_invalid.
Result<Bytes> read_creation_code(const std::string& artifact_path);
Result<Bytes> creation_data(BytesView creation_code, const TokenValues& values);

// Signs with the chain's next nonce of the key, sends, and waits for the receipt. `to` none: a contract is created.
// Code::ledger_rejected when it reverts, Code::timeout when it is not mined in time.
struct SendOptions {
  std::uint64_t gas_limit = 5'000'000;
  Uint128 value = 0;
  Duration patience = Duration::seconds(30);
};
Result<Place> send_and_wait(EthClient& client, const SigningKey& key, std::optional<Address> to, Bytes data,
                            const SendOptions& options = {});
Result<Deployed> deploy_token(EthClient& client, const SigningKey& key, BytesView creation_code,
                              const TokenValues& values);

}  // namespace ustp::ethereum
