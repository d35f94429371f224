#include "adapters/ethereum/driver.hpp"

#include <atomic>
#include <thread>

#include "adapters/ethereum/holdings.hpp"
#include "adapters/ethereum/rpc/http.hpp"
#include "adapters/ethereum/watcher.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::ethereum {
namespace {

using Steady = std::chrono::steady_clock;

// An account is written in one form only, so that evidence and request name it alike.
Result<Address> account_address(const AccountId& account) {
  USTP_TRY(const auto address, parse_address(account.str()));
  if (to_text(address) != account.str()) return Error{Code::malformed_text, "an account is 0x and 40 lower-case digits"};
  return address;
}

class EthereumDriver final : public ledger::Driver {
 public:
  EthereumDriver(EthereumOptions options, Address contract, std::shared_ptr<const SigningKey> key,
                 std::shared_ptr<EthClient> client, WatcherOptions watching)
      : options_(std::move(options)), contract_(contract), key_(std::move(key)), client_(std::move(client)),
        holdings_(client_, options_.profile, contract_), watcher_(client_, key_, std::move(watching)) {}
  ~EthereumDriver() override { watcher_.stop(); }

  const ledger::LedgerProfile& profile() const override { return options_.profile; }

  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t epoch) override {
    // The journal's fence decides who may go on; an intent of a later epoch shows that it is not us (decision 5).
    if (epoch < highest_epoch_) return Error{Code::fenced, "an intent of epoch " + std::to_string(highest_epoch_)};
    const auto deadline = Steady::now() + std::chrono::nanoseconds(options_.patience.ns);
    for (;;) {
      const auto reached = reach();
      if (reached) break;
      if (reached.error().code != Code::ledger_unavailable || Steady::now() >= deadline) return reached.error();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    epoch_ = epoch;
    started_ = true;
    watcher_.start(sink);
    return {};
  }
  void stop() override { watcher_.stop(); }

  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override;

  void restore(const ledger::Intent& octets) override {
    const auto intent = decode_intent(octets.octets);
    if (!intent) return;  // not ours to repair: executing it answers with the reason
    next_nonce_ = std::max(next_nonce_, intent->nonce + 1);
    highest_epoch_ = std::max(highest_epoch_, intent->epoch);
  }
  void execute(const ledger::Intent& intent) override { watcher_.hand_in(Watcher::Task::kExecute, intent); }
  void query(const ledger::Intent& intent) override { watcher_.hand_in(Watcher::Task::kQuery, intent); }

  Result<std::vector<token::Position>> positions(const InstrumentId& instrument) override {
    return holdings_.positions(instrument);
  }
  Result<ledger::Supply> supply(const InstrumentId& instrument) override { return holdings_.supply(instrument); }

 private:
  Result<void> reach();

  const EthereumOptions options_;
  const Address contract_;
  const std::shared_ptr<const SigningKey> key_;
  const std::shared_ptr<EthClient> client_;
  Holdings holdings_;
  Watcher watcher_;
  std::uint64_t next_nonce_ = 0, highest_epoch_ = 0, epoch_ = 0;
  bool started_ = false;
};

// The right chain, a contract where the statement says, and the nonce the chain expects next.
Result<void> EthereumDriver::reach() {
  USTP_TRY(const auto chain, client_->chain_id());
  if (chain != options_.profile.anchor.chain_id) return Error{Code::config_invalid, "chain " + std::to_string(chain)};
  USTP_TRY(const auto code, client_->code(contract_, BlockRef::latest()));
  if (code.empty()) return Error{Code::config_invalid, "no contract at " + to_text(contract_)};
  USTP_TRY(const auto nonce, client_->nonce(key_->address(), BlockRef::latest()));
  // Intents in the journal keep their nonces, sent or not; one that never reached the journal was never sent.
  next_nonce_ = std::max(next_nonce_, nonce);
  return {};
}

Result<ledger::Intent> EthereumDriver::prepare(const ledger::OperationRequest& request) {
  if (!started_) return Error{Code::ledger_unavailable, "the driver is not started"};
  TransactionIntent intent;
  intent.epoch = epoch_;
  intent.nonce = next_nonce_;
  USTP_TRY(const auto account, account_address(request.account));
  intent.operate = {request.id, request.kind, request.related, crypto::sha256(ledger::request_octets(request)), account,
                    request.base_units};
  if (request.base_units == 0) return Error{Code::quantity_zero, ""};
  Transaction transaction;
  transaction.chain_id = options_.profile.anchor.chain_id;
  transaction.nonce = intent.nonce;
  transaction.max_priority_fee = options_.max_priority_fee;
  transaction.max_fee = options_.max_fee;
  transaction.gas_limit = options_.gas_limit;
  transaction.to = contract_;
  transaction.data = token_contract::operate_call(intent.operate);
  intent.raw = sign(transaction, *key_).raw;
  ++next_nonce_;
  return ledger::Intent{request.id, encode_intent(intent)};
}

Result<std::shared_ptr<const SigningKey>> signing_key(const EthereumOptions& options) {
  if (options.key) return options.key;
  USTP_TRY(auto key, SigningKey::load_file(options.key_file));
  return std::shared_ptr<const SigningKey>(std::make_shared<SigningKey>(std::move(key)));
}

}  // namespace

Result<std::unique_ptr<ledger::Driver>> make_ethereum_driver(EthereumOptions options) {
  const auto& profile = options.profile;
  if (profile.kind != ledger::LedgerKind::kEthereum || profile.evidence != EvidenceKind::kEthereumReceipt)
    return Error{Code::config_invalid, "not an Ethereum ledger: " + profile.id.str()};
  if (profile.anchor.chain_id == 0 || profile.anchor.contract.size() != Address::kSize)
    return Error{Code::config_invalid, "the ledger's statement names no chain or no contract"};
  const Address contract = Address::from_bytes(profile.anchor.contract).value();
  if (!account_address(profile.custody_account) || !account_address(profile.suspense_account))
    return Error{Code::config_invalid, "custody and suspense are 0x-addresses in lower case"};
  if (options.poll.ns <= 0 || options.max_open == 0 || options.max_priority_fee > options.max_fee)
    return Error{Code::config_invalid, "poll, max_open or fees"};
  USTP_TRY(auto key, signing_key(options));
  auto rpc = options.rpc;
  if (!rpc) {
    HttpOptions http;
    http.url = options.url;
    USTP_TRY(rpc, make_http_rpc(std::move(http)));
  }
  auto client = std::make_shared<EthClient>(std::move(rpc));
  WatcherOptions watching{profile, contract};
  watching.poll = options.poll;
  watching.max_open = options.max_open;
  watching.bump_blocks = options.bump_blocks;
  watching.max_fee_limit = options.max_fee_limit;
  return std::unique_ptr<ledger::Driver>(
      std::make_unique<EthereumDriver>(std::move(options), contract, std::move(key), std::move(client), watching));
}

}  // namespace ustp::ethereum
