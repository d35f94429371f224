#pragma once
// One gateway as a process: the real core, a loop like the engine's (gateway/engine/engine.cpp) cut into its single
// steps, a journal on the fake disk. It can die between any two of them.

#include <memory>

#include "tests/simulation/checker.hpp"
#include "tests/simulation/defects.hpp"
#include "tests/simulation/ledgers.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/sim_journal.hpp"
#include "tests/support/memory_archive.hpp"

namespace ustp::simulation {

struct World {                   // what everybody shares
  Instant now = kBegin;
  Chance& chance;
  Trace& trace;
  Violations& violations;
  const Charter& charter;
  Defect defect = Defect::kNone;
  Network* network = nullptr;
  Checker* checker = nullptr;
  bool json = false;              // one gateway speaks JSON with both others
};

class GatewayProcess {
 public:
  GatewayProcess(std::size_t index, World& world, SimLedger& ledger, std::uint64_t seed);

  bool up() const { return core_ != nullptr; }
  bool room() const { return inbox_.size() < world_.chance.swarm().inbox_max || world_.chance.healed; }
  void put(gateway::CoreInput input) { inbox_.push_back(std::move(input)); }
  // The API's way in: false when it is down; answers overloaded when full.
  bool command(gateway::CoreInput input);

  void start();                  // opens, replays, resumes; may find damage and be repaired
  void crash(const std::string& why);
  bool step();                   // one step of the loop; false: nothing to do
  Instant next() const;          // when the loop has something to do; `down`: when it is started again
  bool idle() const { return inbox_.empty() && waiting_.empty(); }
  void set_clock(Duration offset);
  void keep_backup();
  const gateway::Core* core() const { return core_.get(); }
  const GatewayId& id() const { return id_; }
  SimLedger& ledger() { return ledger_; }

  Instant restart_at;

 private:
  struct Waiting {
    std::uint64_t position = 0;
    gateway::Effects effects;
  };
  Instant local() const { return world_.now + offset_; }
  bool take_answers();
  void process();
  bool sync();
  bool leave();
  void let_out(gateway::Effects& effects, std::size_t most);
  bool dies(Fault fault);
  std::optional<FakeFile::Crash> dies_unsynced();
  void arm_disk();
  void fold_durable();
  void take_snapshot();
  void spoil_before_start();
  bool loses_decision() const;
  std::unique_ptr<gateway::Core> make_core(ledger::Driver& driver);
  Result<void> restore(const std::vector<gateway::Block>& blocks);

  const std::size_t index_;
  World& world_;
  SimLedger& ledger_;
  const GatewayId id_;
  SeededRandom random_;          // of the core; goes on over restarts, as the system's does
  Duration offset_;
  JournalFiles files_;
  std::optional<JournalFiles> backup_;
  test::MemoryArchive archive_;   // with the newest snapshots
  SeededRandom when_;             // when there is one: of its own, so that a seed keeps its history
  std::optional<std::uint64_t> stored_;  // a snapshot that the core has not been told of
  std::optional<Bytes> replica_;  // the undamaged image, while the disk's is rotten
  // One run:
  std::uint64_t run_ = 0;
  std::unique_ptr<SimDriver> driver_;
  std::unique_ptr<SimJournal> journal_;
  std::unique_ptr<gateway::Core> core_;
  std::deque<gateway::CoreInput> inbox_;
  std::deque<Waiting> waiting_;
  std::deque<gateway::Block> unsynced_;
};

}  // namespace ustp::simulation
