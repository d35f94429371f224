// ustp-eth-deploy: puts the token contract on a chain and prints where it stands, as JSON on one line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "adapters/ethereum/deploy/deploy.hpp"
#include "adapters/ethereum/rpc/http.hpp"
#include "adapters/ethereum/token_contract.hpp"
#include "ustp/domain/identifiers.hpp"

namespace {

using namespace ustp;
using namespace ustp::ethereum;

struct Arguments {
  std::string rpc = "http://127.0.0.1:8545", key, artifact, name, symbol, instrument, custody, suspense, agent;
  unsigned decimals = 0;
  std::string fund_wei;
  bool mint_nothing = false;
};

Result<TokenValues> values_of(const Arguments& a) {
  TokenValues v{a.name, a.symbol, static_cast<std::uint8_t>(a.decimals), a.instrument, {}, {}, {}};
  USTP_CHECK([&]() -> Result<void> {
    USTP_TRY(const auto checked, InstrumentId::parse(a.instrument));
    (void)checked;
    return {};
  }());
  USTP_TRY(v.custody, parse_address(a.custody));
  USTP_TRY(v.suspense, parse_address(a.suspense));
  USTP_TRY(v.agent, parse_address(a.agent));
  return v;
}

Result<void> check_no_supply(EthClient& client, const Address& contract) {
  USTP_TRY(const auto answer, client.call({{}, contract, token_contract::supply_call()}, BlockRef::latest()));
  USTP_TRY(const auto supply, token_contract::read_supply(answer.data));
  if (supply.outstanding != 0 || supply.provisional != 0) return Error{Code::internal, "the new token has a supply"};
  return {};
}

Result<void> run(const Arguments& a) {
  USTP_TRY(const auto values, values_of(a));
  USTP_TRY(const auto code, read_creation_code(a.artifact));
  USTP_TRY(const auto key, SigningKey::load_file(a.key));
  HttpOptions http;
  http.url = a.rpc;
  USTP_TRY(auto rpc, make_http_rpc(http));
  EthClient client(std::move(rpc));
  if (!a.fund_wei.empty()) {
    SendOptions gift;
    gift.gas_limit = 100'000;
    USTP_TRY(gift.value, parse_uint128(a.fund_wei));
    USTP_CHECK(send_and_wait(client, key, values.agent, {}, gift));
  }
  USTP_TRY(const auto deployed, deploy_token(client, key, code, values));
  if (a.mint_nothing) USTP_CHECK(check_no_supply(client, deployed.address));
  USTP_TRY(const auto chain, client.chain_id());
  std::cout << "{\"address\":\"" << to_text(deployed.address) << "\",\"codeHash\":\"" << to_hex0x(deployed.code_hash.view())
            << "\",\"chainId\":" << chain << ",\"block\":" << deployed.block << ",\"deployer\":\"" << to_text(key.address())
            << "\",\"agent\":\"" << to_text(values.agent) << "\"}" << std::endl;
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Arguments a;
  CLI::App app{"Deploys the USTP token contract and prints its address and code hash."};
  app.add_option("--rpc", a.rpc, "JSON-RPC URL of the node")->capture_default_str();
  app.add_option("--key", a.key, "file with the deployer's key (32 octets, hexadecimal); it becomes the owner")->required();
  app.add_option("--artifact", a.artifact, "UstpToken.json, from build/PRESET/contracts")->required();
  app.add_option("--name", a.name)->required();
  app.add_option("--symbol", a.symbol)->required();
  app.add_option("--decimals", a.decimals)->check(CLI::Range(0, 30));
  app.add_option("--instrument", a.instrument, "ISIN or DTI")->required();
  app.add_option("--custody", a.custody, "address that holds created units")->required();
  app.add_option("--suspense", a.suspense, "address that holds suspended units")->required();
  app.add_option("--agent", a.agent, "the gateway's address")->required();
  app.add_option("--fund", a.fund_wei, "wei that the deployer gives to the agent first");
  app.add_flag("--mint-nothing", a.mint_nothing, "check that the new token has no supply: units come by transfers only");
  CLI11_PARSE(app, argc, argv);
  const auto done = run(a);
  if (!done) std::cerr << "ustp-eth-deploy: " << to_string(done.error()) << '\n';
  return done ? 0 : 1;
}
