#include "adapters/ethereum/deploy/deploy.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum {
namespace {

constexpr std::size_t kMaxText = 64, kMaxArtifact = 4 * 1024 * 1024;

void append_word(Bytes& to, const Word& word) { append(to, word.view()); }

// A text of the ABI: its length, then its octets filled up to whole words.
void append_abi_text(Bytes& to, const std::string& text) {
  append_word(to, word_from(Uint128{text.size()}));
  append(to, as_bytes(text));
  to.resize(to.size() + (32 - text.size() % 32) % 32);
}
std::size_t abi_text_size(const std::string& text) { return 32 + (text.size() + 31) / 32 * 32; }

Address created_by(const Address& sender, std::uint64_t nonce) {
  const auto hash = keccak256(rlp::encode_list({rlp::encode(sender.view()), rlp::encode(Uint128{nonce})}));
  return Address::from_bytes(hash.view().subspan(12)).value();
}

Result<Place> wait_for(EthClient& client, const Word& transaction, Duration patience) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(patience.ns);
  for (;;) {
    USTP_TRY(const auto places, client.places({&transaction, 1}));
    if (places[0] && !places[0]->success) return Error{Code::ledger_rejected, "the transaction reverted"};
    if (places[0]) return *places[0];
    if (std::chrono::steady_clock::now() >= deadline) return Error{Code::timeout, "not mined: " + transaction.hex()};
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

Result<Bytes> read_creation_code(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Code::io_error, path + " (made by `npm ci` in adapters/ethereum/contracts and the build)"};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > kMaxArtifact) return Error{Code::config_invalid, path + " is too long"};
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto bytecode = json.is_object() ? json.find("bytecode") : json.end();
  if (bytecode == json.end() || !bytecode->is_string()) return Error{Code::config_invalid, path + " has no bytecode"};
  return from_hex0x(bytecode->get<std::string>());
}

Result<Bytes> creation_data(BytesView creation_code, const TokenValues& v) {
  if (v.name.size() > kMaxText || v.symbol.size() > kMaxText) return Error{Code::too_long, "name or symbol"};
  USTP_TRY(const auto instrument, word_from_text(v.instrument));
  Bytes out(creation_code.begin(), creation_code.end());
  constexpr std::size_t kHead = 7 * 32;
  append_word(out, word_from(Uint128{kHead}));
  append_word(out, word_from(Uint128{kHead + abi_text_size(v.name)}));
  append_word(out, word_from(Uint128{v.decimals}));
  append_word(out, instrument);
  append_word(out, word_from(v.custody));
  append_word(out, word_from(v.suspense));
  append_word(out, word_from(v.agent));
  append_abi_text(out, v.name);
  append_abi_text(out, v.symbol);
  return out;
}

Result<Place> send_and_wait(EthClient& client, const SigningKey& key, std::optional<Address> to, Bytes data,
                            const SendOptions& options) {
  Transaction transaction;
  USTP_TRY(transaction.chain_id, client.chain_id());
  USTP_TRY(transaction.nonce, client.nonce(key.address(), BlockRef::latest()));
  transaction.max_priority_fee = 1'000'000'000;
  transaction.max_fee = 50'000'000'000;
  transaction.gas_limit = options.gas_limit;
  transaction.to = to;
  transaction.value = options.value;
  transaction.data = std::move(data);
  const auto made = sign(transaction, key);
  USTP_TRY(const auto sent, client.send({&made.raw, 1}));
  if (sent[0].answer != SendAnswer::kAccepted && sent[0].answer != SendAnswer::kKnown)
    return Error{Code::ledger_rejected, sent[0].text};
  return wait_for(client, made.hash, options.patience);
}

Result<Deployed> deploy_token(EthClient& client, const SigningKey& key, BytesView creation_code,
                              const TokenValues& values) {
  USTP_TRY(auto data, creation_data(creation_code, values));
  USTP_TRY(const auto nonce, client.nonce(key.address(), BlockRef::latest()));
  USTP_TRY(const auto place, send_and_wait(client, key, std::nullopt, std::move(data)));
  Deployed out;
  out.address = created_by(key.address(), nonce);
  USTP_TRY(const auto code, client.code(out.address, BlockRef::number(place.number)));
  if (code.empty()) return Error{Code::ledger_rejected, "no code at the address that was to be created"};
  out.code_hash = keccak256(code);
  out.block = place.number;
  return out;
}

}  // namespace ustp::ethereum
