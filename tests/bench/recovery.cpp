// Time from opening a journal to a state that could take inputs: from the first block, and from a snapshot.
// recovery [RECORDS] [--dir DIR]: a record is an entry of a block (frame, step, order key).
#include <chrono>
#include <filesystem>
#include <iostream>

#include "gateway/engine/idle_driver.hpp"
#include "gateway/engine/snapshotter.hpp"
#include "gateway/journal/sqlite_journal.hpp"
#include "tests/bench/pair.hpp"

namespace {

using namespace ustp;
using namespace ustp::bench;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point began) { return std::chrono::duration<double>(Steady::now() - began).count(); }

class Durable final : public gateway::JournalSink {
 public:
  void on_durable(std::uint64_t position) override { position_ = position; }
  void on_failure(Error error) override {
    std::cerr << to_string(error) << "\n";
    _exit(1);
  }
  void wait(std::uint64_t position) const {
    while (position_ < position) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  std::atomic<std::uint64_t> position_{0};
};

struct Bench {
  std::filesystem::path file;
  std::size_t wanted = 0, records = 0, transfers = 0;
  std::uint64_t octets = 0;
  Network network;
  Pair pair{network};
  gateway::IdleDriver idle{pair.sender.driver.profile()};

  std::unique_ptr<gateway::Journal> journal() const { return gateway::make_sqlite_journal({file, 0, true, {}}); }
  gateway::Snapshotter::Replica replica() {
    return [this] { return pair.sender.core->replica(idle); };
  }
  int make();
  int start(const char* how);
};

// The sender's journal of as many transfers as it takes.
int Bench::make() {
  auto to = journal();
  const auto head = to->open();
  Durable durable;
  if (!head || !to->start(durable)) return 1;
  std::uint64_t position = 0;
  pair.sender.on_block = [&](Bytes payload) {
    records += gateway::decode_entries(payload).value().entries.size();
    octets += payload.size();
    if (position >= 64) durable.wait(position - 64);  // the queue is bounded
    gateway::Block block;
    block.epoch = head->epoch;
    block.position = ++position;
    block.payload = std::move(payload);
    to->submit(std::move(block));
  };
  pair.greet();
  std::size_t failed = 0;
  while (records < wanted) failed += pair.round(128);
  transfers = pair.count();
  durable.wait(position);
  to->stop();
  return failed > 0;
}

int Bench::start(const char* how) {
  const auto began = Steady::now();
  auto from = journal();
  if (!from->open()) return 1;
  const auto opened = seconds_since(began);
  auto core = gateway::core_from_snapshot(*from, replica());
  const auto loaded = seconds_since(began);
  if (!core || !gateway::catch_up(*from, **core, [] { return false; })) return 1;
  const auto ready = seconds_since(began);
  const bool same = (*core)->state_hash() == pair.sender.core->state_hash();
  std::cout << how << ": ready in " << ready << " s (chain checked " << opened << ", snapshot read " << loaded - opened
            << ", replayed " << ready - loaded << "); " << static_cast<double>(records) / ready
            << " records/s; state " << (same ? "equal" : "DIFFERENT") << "\n";
  return !same;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t records = 1'000'000;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--dir" && i + 1 < argc) folder = argv[++i];
    else records = std::stoul(argv[i]);
  }
  std::string name = (folder / "ustp-recovery-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  int failed = 1;
  {
    Bench bench;
    bench.file = std::filesystem::path(name) / "journal.db";
    bench.wanted = records;
    failed = bench.make();
    std::cout << bench.records << " records of " << bench.transfers << " transfers, " << (bench.octets >> 20) << " MiB\n";
    if (failed == 0) failed = bench.start("from the first block");
    if (failed == 0) {  // as the gateway makes it
      auto journal = bench.journal();
      if (!journal->open()) return 1;
      const auto began = Steady::now();
      gateway::Snapshotter snapshotter(*journal, 1);
      snapshotter.start(bench.replica());
      snapshotter.durable(1);
      while (snapshotter.position() == 0 && snapshotter.failures() == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      snapshotter.stop();
      const auto state = bench.pair.sender.core->snapshot().size();
      std::cout << "snapshot made in " << seconds_since(began) << " s: " << (state >> 20) << " MiB, "
                << state / bench.transfers << " octets/transfer\n";
      failed = snapshotter.failures() > 0;
    }
    if (failed == 0) failed = bench.start("from the snapshot");
  }
  std::filesystem::remove_all(name);
  return failed;
}
