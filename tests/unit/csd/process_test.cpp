// The CSD as a process of its own, killed at random moments while it works: nothing is lost, nothing happens twice.
#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <mutex>
#include <thread>

#include "adapters/csd/embedded/process.hpp"
#include "tests/unit/csd/rig.hpp"
#include "tests/unit/csd/samples.hpp"

namespace {

using namespace ustp;
using namespace ustp::test;

class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    std::string program = USTP_BINARY_DIR "/bin/csd_process_test_main";
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{program.data()};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ready[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ready[0]);
    REQUIRE(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ready[1]);
    char first = 0;
    started_ = ::read(ready[0], &first, 1) == 1 && first == 'r';
    ::close(ready[0]);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (pid_ > 0) end(SIGKILL);
  }
  bool started() const { return started_; }
  int end(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = -1;
  bool started_ = false;
};

class Finals final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    if (outcome.kind == ledger::OutcomeKind::kFinal) final_.insert(outcome.id);
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return final_.size();
  }
  bool has(const OperationId& id) const {
    const std::lock_guard lock(mutex_);
    return final_.contains(id);
  }

 private:
  mutable std::mutex mutex_;
  std::set<OperationId> final_;
};

std::string value(const std::string& store, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(store.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(query) == SQLITE_ROW);
  std::string out = reinterpret_cast<const char*>(sqlite3_column_text(query, 0));
  sqlite3_finalize(query);
  sqlite3_close(db);
  return out;
}

std::vector<std::string> arguments(const CsdRig& rig) {
  return {"--inbox", rig.folder.at("in"), "--outbox", rig.folder.at("out"), "--store", rig.folder.at("store"),
          "--book",  rig.folder.at("book.json"), "--key", rig.folder.at("key.pem"),
          "--faults", "late=20,twice=20,unknown=20", "--seed", "7", "--poll-ms", "1"};
}

}  // namespace

TEST_CASE("a CSD killed again and again between operations loses nothing and does nothing twice") {
  CsdRig rig;
  std::ofstream(rig.folder.at("book.json")) << kCsdBook;
  std::ofstream(rig.folder.at("key.pem")) << rig.pem;
  constexpr std::size_t kLocks = 200;
  std::optional<Process> process;
  process.emplace(arguments(rig));
  REQUIRE(process->started());

  Finals finals;
  auto driver = rig.driver();
  REQUIRE(driver->start(finals, 1).has_value());
  std::vector<ledger::Intent> intents;
  for (std::size_t i = 0; i < kLocks; ++i) {
    ledger::OperationRequest lock;
    lock.id = id_of("lock " + std::to_string(i));
    lock.kind = OperationKind::kLock;
    lock.instrument = InstrumentId::literal("US0378331005");
    lock.quantity = Quantity(1, 0);
    lock.base_units = 1;
    lock.account = AccountId::literal("HOLDER");
    intents.push_back(driver->prepare(lock).value());
  }
  SeededRandom random(11);
  std::size_t sent = 0;
  for (int kill = 0; kill < 6; ++kill) {
    for (const auto end = std::min(sent + kLocks / 6 + 1, kLocks); sent < end; ++sent) driver->execute(intents[sent]);
    // The moment of the kill is drawn; the work goes on meanwhile.
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(30)));
    process->end(SIGKILL);
    process.emplace(arguments(rig));
    REQUIRE(process->started());
  }
  for (int i = 0; i < 600 && finals.count() < kLocks; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (i % 10 == 9)
      for (const auto& intent : intents)
        if (!finals.has(intent.id)) driver->query(intent);
  }
  CHECK(finals.count() == kLocks);
  driver->stop();
  const int status = process->end(SIGTERM);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  process.reset();
  const auto store = rig.folder.at("store");
  CHECK(value(store, "SELECT count(*) FROM ustp_effects") == std::to_string(kLocks));
  CHECK(value(store, "SELECT max(effects) FROM ustp_effects") == "1");
  CHECK(value(store, "SELECT locked FROM ustp_holdings WHERE account = 'HOLDER'") == std::to_string(kLocks));
}

TEST_CASE("a wrong command line is refused before anything is opened") {
  const auto run = [](std::vector<std::string> words) { return csd::run_process(words); };
  CHECK(run({}) == 2);
  CHECK(run({"--inbox"}) == 2);
  CHECK(run({"--inbox", "a", "--outbox", "b", "--key", "c", "--faults", "late=101"}) == 2);
  CHECK(run({"--inbox", "a", "--outbox", "b", "--key", "c", "--nonsense", "1"}) == 2);
}
