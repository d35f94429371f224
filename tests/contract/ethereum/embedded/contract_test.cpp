// The contract suite: the one JSON-RPC driver against the embedded ledger, in process, with a ledger that misbehaves, and
// over HTTP.
#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "adapters/ethereum/driver.hpp"
#include "adapters/ethereum/embedded/http_server.hpp"
#include "adapters/ethereum/embedded/node.hpp"
#include "adapters/ethereum/proof/receipt.hpp"
#include "ustp/testing/ledger_contract.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

constexpr std::uint64_t kChain = 31'337, kDepth = 2;

Address numbered(std::uint8_t n) {
  Address out;
  out.mutable_octets().fill(n);
  return out;
}
AccountId account(std::uint8_t n) { return AccountId::literal(to_text(numbered(n))); }

class InProcess final : public JsonRpc {
 public:
  explicit InProcess(embedded::Node& node) : node_(node) {}
  Result<std::string> post(const std::string& request) override { return node_.handle(request); }

 private:
  embedded::Node& node_;
};

class EmbeddedLedger final : public testing::LedgerUnderTest {
 public:
  EmbeddedLedger(bool http, bool automine, embedded::Faults faults) : http_(http), automine_(automine), faults_(faults) {}

  void reset() override {
    server_.reset();
    embedded::Book book;
    book.ledger = LedgerId::literal("eth-1");
    book.instrument = instrument();
    book.custody = numbered(0xcc);
    book.suspense = numbered(0x55);
    book.accounts = {{numbered(0x11), "client", 1'000'000, false}, {numbered(0x33), "client", 0, true}};
    embedded::NodeOptions options;
    options.chain = {kChain, kDepth, numbered(0xee), key_->address(), book};
    options.automine = automine_;
    options.faults = faults_;
    node_ = embedded::Node::open(options, clock_).value();
    if (http_) server_ = embedded::serve_http({}, [&](std::string_view body) { return node_->handle(body); }, [&] { (void)node_->tick(); },
                                              Duration::milliseconds(5)).value();
  }
  std::unique_ptr<ledger::Driver> connect() override {
    EthereumOptions options;
    auto& profile = options.profile;
    profile.id = LedgerId::literal("eth-1");
    profile.kind = ledger::LedgerKind::kEthereum;
    profile.gateway = GatewayId::literal("gw-eth");
    profile.finality_rule = "finalized";
    profile.finality_depth = kDepth;
    profile.evidence = EvidenceKind::kEthereumReceipt;
    profile.custody_account = account(0xcc);
    profile.suspense_account = account(0x55);
    profile.anchor = {profile.id, {}, Bytes(20, 0xee), kChain};
    if (http_) options.url = "http://127.0.0.1:" + std::to_string(server_->port());
    else options.rpc = std::make_shared<InProcess>(*node_);
    options.key = key_;
    options.poll = Duration::milliseconds(5);
    return make_ethereum_driver(std::move(options)).value();
  }
  ledger::EvidenceVerifier verifier() override { return verify_ethereum_receipt; }
  InstrumentId instrument() override { return InstrumentId::literal("XS0104440986"); }
  UnitRatio ratio() override { return UnitRatio::make(1'000, 1, 1).value(); }
  AccountId holder() override { return account(0x11); }
  AccountId other() override { return account(0x22); }
  AccountId blocked() override { return account(0x33); }
  void pump() override {
    if (!http_) REQUIRE(node_->mine().has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // the driver looks every 5 ms
  }

 private:
  bool http_, automine_;
  embedded::Faults faults_;
  SystemClock clock_;
  std::shared_ptr<const SigningKey> key_ =
      std::make_shared<SigningKey>(SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 7))).value());
  std::unique_ptr<embedded::Node> node_;
  std::unique_ptr<embedded::HttpServer> server_;
};

void run(EmbeddedLedger& ledger) {
  const auto results = testing::run_ledger_contract(ledger);
  CHECK(results.size() > 30);
  for (const auto& result : results) CHECK_MESSAGE(result.passed, result.clause << ": " << result.detail);
}

}  // namespace

TEST_CASE("the Ethereum driver on the embedded ledger keeps every clause of the ledger contract") {
  EmbeddedLedger ledger(false, false, {});
  run(ledger);
}
TEST_CASE("the same when the ledger is late, answers twice, or does not say") {
  EmbeddedLedger ledger(false, false, {40, 20, 20});
  run(ledger);
}
TEST_CASE("the same over HTTP, with blocks after each transaction and by the clock") {
  EmbeddedLedger ledger(true, true, {});
  run(ledger);
}
