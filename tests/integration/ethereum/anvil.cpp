#include "tests/integration/ethereum/anvil.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/rpc/http.hpp"
#include "adapters/ethereum/token_contract.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::test {
namespace {

using namespace ethereum;
using Steady = std::chrono::steady_clock;

const std::string kNode =
    USTP_SOURCE_DIR "/adapters/ethereum/contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
const std::string kArtifact = USTP_BINARY_DIR "/contracts/UstpToken.json";

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << why << std::endl;
  std::abort();
}
template <class T>
T need(Result<T> result, const std::string& what) {
  if (!result) give_up(what + ": " + to_string(result.error()));
  return std::move(result).value();
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    give_up("no free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

int run_node(const std::vector<std::string>& flags) {
  std::vector<char*> argv{const_cast<char*>(kNode.c_str())};
  for (const auto& flag : flags) argv.push_back(const_cast<char*>(flag.c_str()));
  argv.push_back(nullptr);
  const int pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 0);
  ::dup2(null, 1);
  ::dup2(null, 2);
  ::execv(kNode.c_str(), argv.data());
  ::_exit(127);
}

}  // namespace

std::unique_ptr<Anvil> Anvil::start(std::string& why, std::vector<std::string> flags) {
  for (const auto& needed : {kNode, kArtifact})
    if (!std::filesystem::exists(needed)) {
      why = needed + " is missing (npm ci in adapters/ethereum/contracts, then build ustp_contracts)";
      return nullptr;
    }
  std::unique_ptr<Anvil> out(new Anvil);
  const auto port = std::to_string(free_port());
  for (const char* more : {"--host", "127.0.0.1", "--slots-in-an-epoch", "1", "--silent", "--port"}) flags.push_back(more);
  flags.push_back(port);
  out->by_hand_ = flags.front() == "--no-mining";
  out->pid_ = run_node(flags);
  out->url_ = "http://127.0.0.1:" + port;
  HttpOptions http;
  http.url = out->url_;
  out->client_ = std::make_unique<EthClient>(need(make_http_rpc(http), "rpc"));
  const auto deadline = Steady::now() + std::chrono::seconds(20);
  while (!out->client_->chain_id()) {
    if (Steady::now() > deadline) give_up("anvil does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return out;
}

Anvil::~Anvil() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Anvil::raw(const std::string& method, const std::string& parameters) {
  (void)need(client_->raw(method, parameters), method);
}
void Anvil::mine(int blocks) {
  for (int i = 0; i < blocks; ++i) raw("evm_mine", "[]");
}
void Anvil::mine_at_once(bool on) {
  if (by_hand_) raw("evm_setAutomine", on ? "[true]" : "[false]");
}
void Anvil::fund(const Address& account) {
  raw("anvil_setBalance", "[\"" + to_text(account) + "\",\"0x56bc75e2d63100000\"]");  // 100 ether
}
bool Anvil::act(const SigningKey& key, const Address& to, const Bytes& call) {
  mine_at_once(true);
  const auto done = send_and_wait(*client_, key, to, call);
  mine_at_once(false);
  if (!done && done.error().code != Code::ledger_rejected) give_up(to_string(done.error()));
  return done.has_value();
}

std::shared_ptr<const SigningKey> test_key(std::uint32_t number) {
  const auto secret = crypto::sha256(as_bytes("test key " + std::to_string(number)));
  auto key = SigningKey::from_secret(crypto::SecretBytes(Bytes(secret.octets().begin(), secret.octets().end())));
  return std::make_shared<SigningKey>(need(std::move(key), "key"));
}

Bytes call_of(std::string_view signature, std::vector<Word> words) {
  return abi::encode_call(abi::selector(signature), words);
}

Token::Token(Anvil& node) : anvil(node) {
  static std::atomic<std::uint32_t> keys{0};
  const auto first = keys.fetch_add(7);
  owner = test_key(first);
  agent = test_key(first + 1);
  // The accounts' addresses stay the same for every token.
  const auto place = [](std::uint32_t n) { return test_key(1'000'000 + n)->address(); };
  holder = place(1), other = place(2), blocked = place(3), custody = place(4), suspense = place(5);
  for (const auto& key : {owner, agent}) anvil.fund(key->address());
  const auto code = need(read_creation_code(kArtifact), "artifact");
  const TokenValues values{"Test note", "NOTE", 0, instrument().str(), custody, suspense, agent->address()};
  anvil.mine_at_once(true);
  contract = need(deploy_token(anvil.client(), *owner, code, values), "deploy").address;
  anvil.mine_at_once(false);
  if (!agent_acts("mint(address,uint256)", {word_from(holder), word_from(Uint128{1'000'000})}) ||
      !agent_acts("setAddressFrozen(address,bool)", {word_from(blocked), word_from(Uint128{1})}))
    give_up("the token cannot be prepared");
  anvil.mine(3);
  profile.id = LedgerId::literal("eth-1");
  profile.kind = ledger::LedgerKind::kEthereum;
  profile.model = ledger::LedgerModel::kPublic;
  profile.gateway = GatewayId::literal("gw-eth");
  profile.finality_rule = "finalized";
  profile.evidence = EvidenceKind::kEthereumReceipt;
  profile.custody_account = AccountId::literal(to_text(custody));
  profile.suspense_account = AccountId::literal(to_text(suspense));
  profile.anchor = {profile.id, {}, Bytes(contract.octets().begin(), contract.octets().end()), 31337};
}

std::unique_ptr<ledger::Driver> Token::connect(const std::function<void(EthereumOptions&)>& change) const {
  EthereumOptions options;
  options.profile = profile;
  options.url = anvil.url();
  options.key = agent;
  options.poll = Duration::milliseconds(5);
  if (change) change(options);
  return need(make_ethereum_driver(std::move(options)), "driver");
}

bool Token::agent_acts(std::string_view signature, std::vector<Word> words) const {
  return anvil.act(*agent, contract, call_of(signature, std::move(words)));
}

Uint128 Token::read(std::string_view signature, std::vector<Word> words, std::size_t count, std::size_t which) const {
  const auto answer = need(anvil.client().call({{}, contract, call_of(signature, std::move(words))}, BlockRef::latest()),
                           std::string(signature));
  return need(uint128_from(need(abi::decode_words(answer.data, count), "words")[which]), "number");
}

std::size_t Token::records_of(const OperationId& id) const {
  const auto head = need(anvil.client().block(BlockRef::latest()), "head");
  return need(anvil.client().logs({0, head->header.number, contract, {token_contract::operation_topic(), as_word(id)}}),
              "logs").size();
}

void Outcomes::on_outcome(ledger::Outcome outcome) {
  const std::lock_guard lock(mutex_);
  seen_.push_back(std::move(outcome));
  changed_.notify_all();
}

ledger::Outcome Outcomes::end_of(Anvil& anvil, const OperationId& id, bool any) {
  return find(id, any, [&] {
    if (!any) anvil.mine();
  });
}
ledger::Outcome Outcomes::wait(const OperationId& id) {
  return find(id, false, [] {});
}

ledger::Outcome Outcomes::find(const OperationId& id, bool any, const std::function<void()>& meanwhile) {
  const auto deadline = Steady::now() + std::chrono::seconds(20);
  while (Steady::now() < deadline) {
    {
      std::unique_lock lock(mutex_);
      for (const auto& outcome : seen_) {
        const bool end = outcome.kind != ledger::OutcomeKind::kPending && outcome.kind != ledger::OutcomeKind::kUnknown;
        if (outcome.id == id && (any || end)) return outcome;
      }
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    meanwhile();
  }
  return {id, ledger::OutcomeKind::kUnknown, {}, {Code::timeout, "no end in time"}};
}

std::size_t Outcomes::count(const OperationId& id, ledger::OutcomeKind kind) {
  const std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto& outcome : seen_) out += outcome.id == id && outcome.kind == kind;
  return out;
}

ledger::OperationRequest request_of(OperationKind kind, std::uint32_t number, std::uint64_t units, const Address& account,
                                    const OperationId& related) {
  ledger::OperationRequest out;
  out.id = OperationId(crypto::sha256(as_bytes("operation " + std::to_string(number))).octets());
  out.kind = kind;
  out.related = related;
  out.instrument = Token::instrument();
  out.quantity = Quantity(units, 0);
  out.base_units = Uint128{units} * 1'000;
  out.account = AccountId::literal(to_text(account));
  return out;
}

}  // namespace ustp::test
