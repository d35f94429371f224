// The embedded ledger through its JSON-RPC: semantics of the operations, duplicates, restarts, reorganisations, proofs.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapters/ethereum/embedded/node.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "adapters/ethereum/proof/receipt.hpp"

using namespace ustp;
using namespace ustp::ethereum;
using Json = nlohmann::json;

namespace {

struct FixedClock final : Clock {
  Instant now() const override { return {1'795'000'000'000'000'000}; }
};
const FixedClock kClock;

Address numbered(std::uint8_t n) {
  Address out;
  out.mutable_octets().fill(n);
  return out;
}
Word identifier(std::uint64_t n) { return keccak256("id " + std::to_string(n)); }
SigningKey agent_key() { return SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 7))).value(); }

const Address kHolder = numbered(0x11), kOther = numbered(0x22), kBlocked = numbered(0x33), kCustody = numbered(0xcc),
              kSuspense = numbered(0x55), kContract = numbered(0xee);
enum : std::uint8_t { kLock = 1, kUnlock, kExtinguish, kCreate, kAssign, kDestroy, kSuspend, kRelease };

embedded::NodeOptions options(std::uint64_t depth = 0, const std::string& store = {}) {
  embedded::Book book;
  book.ledger = LedgerId::literal("eth-1");
  book.instrument = InstrumentId::literal("US0378331005");
  book.custody = kCustody;
  book.suspense = kSuspense;
  book.accounts = {{kHolder, "client", 1'000, false}, {kBlocked, "client", 50, true}};
  embedded::NodeOptions out;
  out.chain = {31'337, depth, kContract, agent_key().address(), book};
  out.store = store;
  return out;
}

class World {
 public:
  explicit World(embedded::NodeOptions how = options()) : node(embedded::Node::open(std::move(how), kClock).value()) {}

  Json call(const std::string& method, Json parameters) {
    const Json request = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(parameters)}};
    return Json::parse(node->handle(request.dump()));
  }
  Json result(const std::string& method, Json parameters = Json::array()) {
    const Json answer = call(method, std::move(parameters));
    REQUIRE_MESSAGE(answer.contains("result"), answer.dump());
    return answer["result"];
  }
  SignedTransaction make(const Bytes& data, std::uint64_t with_nonce) {
    Transaction t{31'337, with_nonce, 1, 3'000'000'000U, 400'000, kContract, 0, data};
    return sign(t, agent_key());
  }
  static Bytes operate(std::uint64_t id, std::uint8_t kind, std::uint64_t related, const Address& account, Uint128 amount,
                       std::uint64_t request = 0) {
    const std::vector<Word> words = {identifier(id), word_from(Uint128{kind}), related == 0 ? Word() : identifier(related),
                                     identifier(request == 0 ? 1'000 + id : request), word_from(account), word_from(amount)};
    return abi::encode_call(abi::selector("operate(bytes32,uint8,bytes32,bytes32,address,uint256)"), words);
  }
  Json send(const SignedTransaction& t) { return call("eth_sendRawTransaction", {to_hex0x(t.raw)}); }
  // Sends, mined at once; "done", or the signature's name of the custom error that eth_call gives for it.
  bool run(const Bytes& data) {
    const auto t = make(data, nonce++);
    REQUIRE(send(t).contains("result"));
    return result("eth_getTransactionReceipt", {to_hex0x(t.hash.view())})["status"] == "0x1";
  }
  // Refused with this custom error, by eth_call and by a transaction, which leaves no log.
  bool refused(const Bytes& data, const char* error) {
    const Json said = call("eth_call", {{{"from", to_text(agent_key().address())}, {"to", to_text(kContract)}, {"data", to_hex0x(data)}}, "latest"});
    const auto selector = abi::selector(error);
    const bool named = said.contains("error") && said["error"]["code"] == 3 &&
                       said["error"]["data"].get<std::string>().rfind(to_hex0x(selector), 0) == 0;
    return named && !run(data);
  }
  Uint128 view(const char* signature, const std::vector<Word>& words, std::size_t word, const std::string& at = "latest") {
    const Json answer = result("eth_call", {{{"to", to_text(kContract)}, {"data", to_hex0x(abi::encode_call(abi::selector(signature), words))}}, at});
    const Bytes octets = from_hex0x(answer.get<std::string>()).value();
    return uint128_from(Word::from_bytes(BytesView(octets).subspan(32 * word, 32)).value()).value();
  }
  Uint128 balance(const Address& a) { return view("position(address)", {word_from(a)}, 0); }
  Uint128 locked(const Address& a) { return view("position(address)", {word_from(a)}, 1); }
  Uint128 status(std::uint64_t id, const std::string& at = "latest") { return view("operations(bytes32)", {identifier(id)}, 0, at); }

  std::unique_ptr<embedded::Node> node;
  std::uint64_t nonce = 0;
};

struct TemporaryFile {
  std::string path = (std::filesystem::temp_directory_path() / ("ustp-eth-" + std::to_string(::getpid()) + "-" + std::to_string(counter++))).string();
  TemporaryFile() = default;
  ~TemporaryFile() {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  static inline int counter = 0;
};

std::vector<std::vector<std::string>> rows(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  std::vector<std::vector<std::string>> out;
  const auto collect = [](void* to, int count, char** values, char**) {
    static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back(values, values + count);
    return 0;
  };
  CHECK(sqlite3_exec(db, sql.c_str(), collect, &out, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return out;
}

}  // namespace

TEST_CASE("lock, extinguish; lock, unlock: balances, totals, and each lock used once") {
  World w;
  CHECK(w.run(World::operate(1, kLock, 0, kHolder, 400)));
  CHECK(w.locked(kHolder) == 400);
  CHECK(w.refused(World::operate(2, kLock, 0, kHolder, 601), "InsufficientAvailable(bytes32)"));
  CHECK(w.refused(World::operate(2, kLock, 0, kBlocked, 1), "AccountBlocked(bytes32)"));
  CHECK(w.refused(World::operate(3, kExtinguish, 1, kHolder, 399), "LockMissing(bytes32)"));
  CHECK(w.refused(World::operate(3, kExtinguish, 1, kOther, 400), "LockMissing(bytes32)"));
  CHECK(w.run(World::operate(3, kExtinguish, 1, kHolder, 400)));
  CHECK(w.balance(kHolder) == 600);
  CHECK(w.view("totalSupply()", {}, 0) == 650);
  CHECK(w.refused(World::operate(4, kUnlock, 1, kHolder, 400), "LockMissing(bytes32)"));
  CHECK(w.run(World::operate(5, kLock, 0, kHolder, 600)));
  CHECK(w.run(World::operate(6, kUnlock, 5, kHolder, 600)));
  CHECK(w.locked(kHolder) == 0);
  CHECK(w.refused(World::operate(7, kExtinguish, 5, kHolder, 600), "LockMissing(bytes32)"));
}

TEST_CASE("create, assign; create, destroy; create, suspend, release") {
  World w;
  CHECK(w.refused(World::operate(1, kCreate, 0, kOther, 10), "WrongAccount(bytes32)"));
  CHECK(w.run(World::operate(1, kCreate, 0, kCustody, 10)));
  CHECK(w.view("supply()", {}, 0) == 1'050);
  CHECK(w.view("supply()", {}, 1) == 10);
  CHECK(w.refused(World::operate(2, kAssign, 1, kBlocked, 10), "AccountBlocked(bytes32)"));
  CHECK(w.run(World::operate(2, kAssign, 1, kOther, 10)));
  CHECK(w.balance(kOther) == 10);
  CHECK(w.view("supply()", {}, 0) == 1'060);
  CHECK(w.refused(World::operate(3, kDestroy, 1, kCustody, 10), "LockMissing(bytes32)"));
  CHECK(w.run(World::operate(4, kCreate, 0, kCustody, 20)));
  CHECK(w.run(World::operate(5, kDestroy, 4, kCustody, 20)));
  CHECK(w.balance(kCustody) == 0);
  CHECK(w.run(World::operate(6, kCreate, 0, kCustody, 30)));
  CHECK(w.run(World::operate(7, kSuspend, 6, kBlocked, 30)));
  CHECK(w.balance(kSuspense) == 30);
  CHECK(w.view("position(address)", {word_from(kBlocked)}, 3) == 30);
  CHECK(w.refused(World::operate(8, kRelease, 7, kBlocked, 30), "AccountBlocked(bytes32)"));
  CHECK(w.refused(World::operate(8, kRelease, 7, kOther, 30), "LockMissing(bytes32)"));
  const std::vector<Word> open = {word_from(kBlocked), abi::word_of(false)};
  CHECK(w.run(abi::encode_call(abi::selector("setAddressFrozen(address,bool)"), open)));
  CHECK(w.run(World::operate(8, kRelease, 7, kBlocked, 30)));
  CHECK(w.balance(kBlocked) == 80);
  CHECK(w.balance(kSuspense) == 0);
}

TEST_CASE("an id is bound to its request; the undo of an id never seen tombstones it") {
  World w;
  CHECK(w.run(World::operate(1, kLock, 0, kHolder, 5)));
  CHECK(w.refused(World::operate(1, kLock, 0, kHolder, 5), "AlreadyDone(bytes32)"));
  CHECK(w.refused(World::operate(1, kLock, 0, kHolder, 6, 77), "OperationConflict(bytes32)"));
  CHECK(w.locked(kHolder) == 5);
  CHECK(w.run(World::operate(2, kUnlock, 9, kHolder, 5)));
  CHECK(w.status(9) == 2);
  CHECK(w.refused(World::operate(9, kLock, 0, kHolder, 5), "Tombstoned(bytes32)"));
  CHECK(w.run(World::operate(3, kDestroy, 10, kCustody, 5)));
  CHECK(w.refused(World::operate(10, kCreate, 0, kCustody, 5), "Tombstoned(bytes32)"));
  CHECK(w.locked(kHolder) == 5);
}

TEST_CASE("no agent and no holder touches locked units; a halt stops what begins, not what ends") {
  World w;
  const auto act = [](const char* signature, std::vector<Word> words) { return abi::encode_call(abi::selector(signature), words); };
  CHECK(w.run(World::operate(1, kLock, 0, kHolder, 900)));
  CHECK(w.refused(act("burn(address,uint256)", {word_from(kHolder), word_from(Uint128{101})}), "UnitsLocked(address)"));
  CHECK(w.refused(act("forcedTransfer(address,address,uint256)", {word_from(kHolder), word_from(kOther), word_from(Uint128{101})}),
                  "UnitsLocked(address)"));
  CHECK(w.refused(act("unfreezePartialTokens(address,uint256)", {word_from(kHolder), word_from(Uint128{1})}), "FrozenTooLow(address)"));
  CHECK(w.run(act("freezePartialTokens(address,uint256)", {word_from(kHolder), word_from(Uint128{60})})));
  CHECK(w.run(act("forcedTransfer(address,address,uint256)", {word_from(kHolder), word_from(kOther), word_from(Uint128{100})})));
  CHECK(w.view("getFrozenTokens(address)", {word_from(kHolder)}, 0) == 900);
  CHECK(w.refused(act("removeAgent(address)", {word_from(agent_key().address())}), "LastAgent(address)"));
  CHECK(w.run(act("pause()", {})));
  CHECK(w.refused(World::operate(2, kLock, 0, kOther, 1), "LedgerHalted(bytes32)"));
  CHECK(w.run(World::operate(3, kUnlock, 1, kHolder, 900)));
}

TEST_CASE("who is no agent is refused; words that are dirty or too large are refused") {
  World w;
  const auto stranger = SigningKey::from_secret(crypto::SecretBytes(Bytes(32, 8))).value();
  const auto t = sign(Transaction{31'337, 0, 1, 3'000'000'000U, 400'000, kContract, 0, World::operate(1, kLock, 0, kHolder, 1)}, stranger);
  CHECK(w.send(t).contains("result"));
  CHECK(w.result("eth_getTransactionReceipt", {to_hex0x(t.hash.view())})["status"] == "0x0");
  CHECK(w.locked(kHolder) == 0);
  Bytes dirty = World::operate(1, kLock, 0, kHolder, 1);
  dirty[4 + 4 * 32] = 1;
  CHECK_FALSE(w.run(dirty));
  Bytes large = World::operate(1, kLock, 0, kHolder, 1);
  large[4 + 5 * 32] = 1;
  CHECK(w.refused(large, "QuantityTooLarge(bytes32)"));
  CHECK(w.refused(World::operate(1, kLock, 0, kHolder, 0), "QuantityZero(bytes32)"));
  CHECK(w.refused(World::operate(1, 9, 0, kHolder, 1), "UnknownKind(bytes32)"));
}

TEST_CASE("duplicate and stale transactions get the words that nodes use") {
  auto how = options();
  how.automine = false;
  World w(how);
  const auto said = [&](const SignedTransaction& t) {
    const Json answer = w.send(t);
    return answer.contains("error") ? answer["error"]["message"].get<std::string>() : std::string("taken");
  };
  const auto first = w.make(World::operate(1, kLock, 0, kHolder, 1), 0);
  CHECK(said(first) == "taken");
  CHECK(said(first) == "already known");
  CHECK(said(w.make(World::operate(2, kLock, 0, kHolder, 1), 0)) == "replacement transaction underpriced");
  Transaction dearer = first.transaction;
  dearer.max_fee = dearer.max_fee * 11 / 10;
  dearer.max_priority_fee = 2;
  CHECK(said(sign(dearer, agent_key())) == "taken");
  CHECK(w.result("eth_getTransactionCount", {to_text(agent_key().address()), "pending"}) == "0x1");
  CHECK(w.result("eth_getTransactionCount", {to_text(agent_key().address()), "latest"}) == "0x0");
  CHECK(said(w.make(World::operate(3, kLock, 0, kHolder, 1), 2)) == "taken");  // a gap waits silently
  w.result("evm_mine");
  CHECK(w.status(1) == 1);
  CHECK(w.status(3) == 0);
  CHECK(said(first).rfind("nonce too low", 0) == 0);
  CHECK(said(w.make(World::operate(2, kLock, 0, kHolder, 1), 1)) == "taken");
  w.result("evm_mine");
  CHECK(w.status(3) == 1);
  Transaction other = first.transaction;
  other.chain_id = 1;
  CHECK(said(sign(other, agent_key())) == "invalid chain id for signer");
}

TEST_CASE("what JSON-RPC gives hashes to the header, and the receipt proof made from it verifies") {
  World w(options(2));
  const auto t = w.make(World::operate(1, kLock, 0, kHolder, 40), 0);
  REQUIRE(w.send(t).contains("result"));
  const Json place = w.result("eth_getTransactionReceipt", {to_hex0x(t.hash.view())});
  const Json block = w.result("eth_getBlockByNumber", {place["blockNumber"], false});
  CHECK(block["hash"] == place["blockHash"]);
  CHECK(w.result("eth_getBlockByHash", {place["blockHash"], true})["transactions"][0]["from"] == to_text(agent_key().address()));
  CHECK(w.result("eth_getBlockByNumber", {"finalized", false})["number"] == "0x2");
  w.result("evm_mine");
  w.result("evm_mine");
  CHECK(w.result("eth_getBlockByNumber", {"finalized", false})["hash"] == place["blockHash"]);

  Log log;
  for (const Json& topic : place["logs"][0]["topics"]) log.topics.push_back(parse_word(topic.get<std::string>()).value());
  log.address = kContract;
  log.data = from_hex0x(place["logs"][0]["data"].get<std::string>()).value();
  const Receipt receipt{2, true, parse_quantity64(place["cumulativeGasUsed"].get<std::string>()).value(), {log}};
  const Trie trie = Trie::ordered(std::vector<Bytes>{encode_receipt(receipt)});
  const auto word = [&](const char* name) { return parse_word(block[name].get<std::string>()).value(); };
  const auto number = [&](const char* name) { return parse_quantity64(block[name].get<std::string>()).value(); };
  CHECK(trie.root() == word("receiptsRoot"));
  BlockHeader header;
  header.parent = word("parentHash");
  header.uncles = word("sha3Uncles");
  header.state_root = word("stateRoot");
  header.transactions_root = word("transactionsRoot");
  header.receipts_root = trie.root();
  header.bloom = bloom_of({log});
  header.number = number("number");
  header.gas_limit = number("gasLimit");
  header.gas_used = number("gasUsed");
  header.timestamp = number("timestamp");
  header.base_fee = number("baseFeePerGas");
  header.withdrawals_root = word("withdrawalsRoot");
  header.requests_hash = word("requestsHash");
  REQUIRE(hash_of(header) == word("hash"));
  Evidence evidence{EvidenceKind::kEthereumReceipt, LedgerId::literal("eth-1"),
                    {"finalized", header.number, 2, Hash256(hash_of(header).octets()), {}},
                    encode_receipt_evidence({31'337, encode_header(header), 0, encode_receipt(receipt), trie.prove(trie_index_key(0)), 0})};
  LedgerAnchor anchor{LedgerId::literal("eth-1"), {}, Bytes(20, 0xee), 31'337};
  const auto proven = verify_ethereum_receipt(evidence, anchor);
  REQUIRE(proven.has_value());
  CHECK(proven->base_units == 40);
  CHECK(proven->account.str() == to_text(kHolder));
}

TEST_CASE("state at `finalized` is the state of that block") {
  World w(options(2));
  CHECK(w.run(World::operate(1, kLock, 0, kHolder, 40)));
  CHECK(w.status(1) == 1);
  CHECK(w.status(1, "finalized") == 0);
  w.result("evm_mine");
  CHECK(w.status(1, "finalized") == 0);
  w.result("evm_mine");
  CHECK(w.status(1, "finalized") == 1);
  const Json supply = {{"to", to_text(kContract)}, {"data", "0x18160ddd"}};
  CHECK(Json(w.result("eth_call", {supply, "0x0"})) == to_hex0x(Word().view()));  // before the book was written
  for (std::uint64_t i = 0; i <= embedded::kKeptStates; ++i) w.result("evm_mine");
  CHECK(w.call("eth_call", {supply, "0x0"}).contains("error"));
  CHECK(w.call("eth_call", {supply, "0xffff"}).contains("error"));
}

TEST_CASE("a refused call is heard again on the state of its block, without a trace") {
  World w(options(2));
  CHECK(w.run(World::operate(1, kLock, 0, kHolder, 900)));
  const std::string then = w.result("eth_blockNumber").get<std::string>();
  CHECK(w.run(World::operate(2, kUnlock, 1, kHolder, 900)));
  const Json lock = {{"from", to_text(agent_key().address())}, {"to", to_text(kContract)}, {"data", to_hex0x(World::operate(3, kLock, 0, kHolder, 900))}};
  CHECK(w.call("eth_call", {lock, then}).contains("error"));
  CHECK(w.result("eth_call", {lock, "latest"}) == "0x");
  CHECK(w.locked(kHolder) == 0);
  CHECK(w.status(3) == 0);
}

TEST_CASE("a reorganisation before finality: the effect is gone, the transaction waits and takes effect once") {
  TemporaryFile file;
  World w(options(3, file.path));
  const auto t = w.make(World::operate(1, kLock, 0, kHolder, 40), 0);
  REQUIRE(w.send(t).contains("result"));
  const Json before = w.result("eth_getTransactionReceipt", {to_hex0x(t.hash.view())});
  REQUIRE(w.node->reorganise(1).has_value());
  CHECK(w.status(1) == 0);
  CHECK(w.locked(kHolder) == 0);
  CHECK(w.result("eth_getTransactionReceipt", {to_hex0x(t.hash.view())}).is_null());
  CHECK(w.result("eth_getBlockByHash", {before["blockHash"], false}).is_null());
  CHECK(w.result("eth_getBlockByNumber", {before["blockNumber"], false})["hash"] != before["blockHash"]);
  CHECK(rows(file.path, "SELECT * FROM ustp_effects").empty());
  w.result("evm_mine");
  CHECK(w.status(1) == 1);
  CHECK(w.locked(kHolder) == 40);
  CHECK(rows(file.path, "SELECT kind,account,base_units,effects FROM ustp_effects") ==
        std::vector<std::vector<std::string>>{{"lock", to_text(kHolder), "40", "1"}});
  for (int i = 0; i < 3; ++i) w.result("evm_mine");
  CHECK(w.node->reorganise(4).error().code == Code::out_of_range);
  CHECK(w.status(1) == 1);
}

TEST_CASE("what was answered survives SIGKILL: state, tombstones, waiting transactions, unfinalised blocks") {
  TemporaryFile file;
  auto how = options(2, file.path);
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    {
      World w(how);
      const bool ok = w.run(World::operate(1, kLock, 0, kHolder, 40)) && w.run(World::operate(2, kUnlock, 9, kHolder, 1)) &&
                      w.send(w.make(World::operate(4, kLock, 0, kHolder, 2), 3)).contains("result");
      const char done = ok ? 'y' : 'n';
      (void)!::write(ready[1], &done, 1);
      ::pause();
    }
    ::_exit(0);
  }
  char done = 0;
  REQUIRE(::read(ready[0], &done, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  CHECK(done == 'y');
  REQUIRE(::kill(child, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);

  how.chain.book.reset();  // not needed for a store that is there
  World w(how);
  w.nonce = 2;
  CHECK(w.locked(kHolder) == 40);
  CHECK(w.status(9) == 2);
  CHECK(w.refused(World::operate(9, kLock, 0, kHolder, 5), "Tombstoned(bytes32)"));  // nonce 2 closes the gap
  CHECK(w.status(4) == 1);
  CHECK(w.locked(kHolder) == 42);
  REQUIRE(w.node->reorganise(1).has_value());
  CHECK(w.locked(kHolder) == 40);
  const auto held = rows(file.path, "SELECT base_units,locked,blocked,provisional FROM ustp_holdings WHERE account='" + to_text(kHolder) + "'");
  CHECK(held == std::vector<std::vector<std::string>>{{"1000", "40", "0", "0"}});
}

TEST_CASE("a store of another ledger is refused, a new one needs a book and an agent") {
  TemporaryFile file;
  { World w(options(0, file.path)); }
  auto other = options(0, file.path);
  other.chain.chain_id = 5;
  CHECK(embedded::Node::open(other, kClock).error().code == Code::config_invalid);
  auto bare = options();
  bare.chain.book.reset();
  CHECK(embedded::Node::open(bare, kClock).error().code == Code::config_invalid);
  bare = options();
  bare.chain.agent = {};
  CHECK(embedded::Node::open(bare, kClock).error().code == Code::config_invalid);
}

TEST_CASE("documents that are no calls are answered with an error, never more") {
  World w;
  for (const char* text : {"", "{", "[]", "1", "{\"method\":1}", "{\"method\":\"eth_call\",\"params\":[1]}",
                           "{\"method\":\"eth_sendRawTransaction\",\"params\":[\"0x02\"]}",
                           "{\"method\":\"eth_getLogs\",\"params\":[{\"topics\":[[1]]}]}",
                           "{\"method\":\"debug_everything\",\"params\":[]}"}) {
    CAPTURE(text);
    CHECK(Json::parse(w.node->handle(text)).contains("error"));
  }
  CHECK(Json::parse(w.node->handle(std::string(40, '[') + std::string(40, ']'))).contains("error"));
  const Json batch = Json::parse(w.node->handle(R"([{"id":1,"method":"eth_chainId","params":[]},{"id":"a","method":"x"}])"));
  REQUIRE(batch.size() == 2);
  CHECK(batch[0]["result"] == "0x7a69");
  CHECK(batch[1]["id"] == "a");
}

TEST_CASE("a ledger that is late, answers twice or does not say still runs every transaction once") {
  auto how = options();
  how.faults = {50, 30, 30};
  World w(how);
  std::vector<SignedTransaction> sent;
  for (std::uint64_t i = 0; i < 40; ++i) sent.push_back(w.make(World::operate(1 + i, kLock, 0, kHolder, 1), i));
  for (int round = 0; round < 200 && w.status(40) != 1; ++round) {  // as a driver does: again, the same octets
    for (const auto& t : sent) (void)w.send(t);
    REQUIRE(w.node->tick().has_value());
  }
  CHECK(w.locked(kHolder) == 40);
}
