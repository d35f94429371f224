// ustp-ledger-sim corda as a process of its own, killed under load: nothing is lost, nothing happens twice.
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "tests/contract/corda/fixture.hpp"

extern char** environ;
using namespace ustp;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLocks = 1500;

class Sim {
 public:
  Sim(const fs::path& folder, const std::string& listen, const std::string& faults) {
    const std::vector<std::string> arguments{
        std::string(USTP_BINARY_DIR) + "/bin/ustp-ledger-sim", "corda", "--listen", listen, "--book",
        (folder / "book.json").string(), "--key", (folder / "notary.pem").string(), "--store",
        (folder / "ledger.db").string(), "--faults", faults, "--seed", "3"};
    int out[2];
    REQUIRE(::pipe(out) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    REQUIRE(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) line_ += c;
    ::close(out[0]);
    REQUIRE_MESSAGE(line_.rfind("ready 127.0.0.1:", 0) == 0, line_);
  }
  ~Sim() { end(SIGKILL); }
  std::string endpoint() const { return line_.substr(6); }
  int end(int signal) {
    if (pid_ <= 0) return -1;
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  std::string line_;
};

// Executes again what is unknown, until it is final.
class Load final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    if (outcome.kind == ledger::OutcomeKind::kFinal) finals_[outcome.id] = outcome.evidence;
    else if (outcome.kind == ledger::OutcomeKind::kUnknown) again_.push_back(outcome.id);
    else ++refused_;
    changed_.notify_all();
  }
  std::vector<OperationId> wait(std::size_t finals) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(20), [&] { return finals_.size() >= finals; });
    return std::exchange(again_, {});
  }
  std::map<OperationId, Evidence> finals() const {
    const std::lock_guard lock(mutex_);
    return finals_;
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return finals_.size();
  }
  std::size_t refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<OperationId, Evidence> finals_;
  std::vector<OperationId> again_;
  std::size_t refused_ = 0;
};

std::string query(const fs::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  std::string out;
  const auto row = [](void* to, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i) *static_cast<std::string*>(to) += std::string(values[i] ? values[i] : "") + " ";
    return 0;
  };
  CHECK(sqlite3_exec(db, sql, row, &out, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return out;
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("ustp-corda-process-" + std::to_string(::getpid()));
  Bytes spki;
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
    const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
    spki = key.spki;
    std::ofstream(path / "notary.pem") << as_text(key.private_pem.view());
    std::ofstream(path / "book.json")
        << R"({"ledger":"corda-1","instrument":"US0378331005","scale":0,"custody":"custody","suspense":"suspense",)"
           R"("accounts":[{"id":"alice","capacity":"client","units":"1000000","blocked":false}]})";
  }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a ledger process killed under load loses nothing and does nothing twice") {
  Folder folder;
  const auto seed = std::random_device()();
  MESSAGE("seed " << seed);
  SeededRandom random(seed);
  const std::string faults = "late=10,twice=10,unknown=10";
  auto sim = std::make_unique<Sim>(folder.path, "127.0.0.1:0", faults);
  const auto endpoint = sim->endpoint();

  corda::CordaOptions options;
  options.profile = test::corda_profile(folder.spki);
  options.endpoint = endpoint;
  const auto driver = corda::make_corda_driver(options).value();
  Load load;
  REQUIRE(driver->start(load, 1));
  std::map<OperationId, ledger::Intent> intents;
  for (std::uint64_t i = 0; i < kLocks; ++i) {
    const auto request = test::corda_request(OperationKind::kLock, i, 1, AccountId::literal("alice"));
    intents[request.id] = driver->prepare(request).value();
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
  auto next = intents.begin();
  std::vector<std::size_t> kill_at{1 + random.below(kLocks / 3), kLocks / 3 + random.below(kLocks / 3),
                                   2 * kLocks / 3 + random.below(kLocks / 4)};
  while (load.count() < kLocks && std::chrono::steady_clock::now() < deadline) {
    for (int i = 0; i < 64 && next != intents.end(); ++i, ++next) driver->execute(next->second);
    for (const auto& id : load.wait(std::min<std::size_t>(kLocks, load.count() + 16))) driver->execute(intents.at(id));
    if (kill_at.empty() || load.count() < kill_at.front()) continue;
    kill_at.erase(kill_at.begin());
    sim->end(SIGKILL);
    sim = std::make_unique<Sim>(folder.path, endpoint, faults);
  }
  CHECK(load.count() == kLocks);
  CHECK(load.refused() == 0);
  CHECK(kill_at.empty());
  for (const auto& [id, evidence] : load.finals()) {
    const auto proven = corda::verify_corda_tear_off(evidence, options.profile.anchor);
    REQUIRE(proven.has_value());
    CHECK(proven->id == id);
  }
  const auto positions = driver->positions(test::kIsin).value();
  CHECK(positions.at(0).locked == kLocks * 10);
  driver->stop();
  CHECK(sim->end(SIGTERM) == 0);
  const auto file = folder.path / "ledger.db";
  CHECK(query(file, "SELECT count(*), max(effects), sum(base_units) FROM ustp_effects WHERE kind='lock'") ==
        std::to_string(kLocks) + " 1 " + std::to_string(kLocks * 10) + " ");
  CHECK(query(file, "SELECT base_units, locked, blocked, provisional FROM ustp_holdings WHERE account='alice'") ==
        "1000000 " + std::to_string(kLocks * 10) + " 0 0 ");
}

TEST_CASE("without its ledger a driver answers unknown, and works when the ledger comes") {
  Folder folder;
  auto sim = std::make_unique<Sim>(folder.path, "127.0.0.1:0", "late=0");
  corda::CordaOptions options;
  options.profile = test::corda_profile(folder.spki);
  options.endpoint = sim->endpoint();
  sim.reset();
  const auto driver = corda::make_corda_driver(options).value();
  Load load;
  REQUIRE(driver->start(load, 1));
  const auto intent =
      driver->prepare(test::corda_request(OperationKind::kLock, 1, 1, AccountId::literal("alice"))).value();
  driver->execute(intent);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::size_t unknown = 0;
  while (unknown == 0 && std::chrono::steady_clock::now() < deadline) unknown = load.wait(1).size();
  CHECK(unknown == 1);
  sim = std::make_unique<Sim>(folder.path, options.endpoint, "late=0");
  driver->execute(intent);
  while (load.count() == 0 && std::chrono::steady_clock::now() < deadline)
    if (!load.wait(1).empty()) driver->execute(intent);
  CHECK(load.count() == 1);
  driver->stop();
}
