#include "tests/simulation/gateway_process.hpp"

#include <algorithm>

#include "adapters/corda/proof/tear_off.hpp"
#include "adapters/corda/request.hpp"
#include "gateway/engine/idle_driver.hpp"
#include "gateway/engine/inputs.hpp"

namespace ustp::simulation {
namespace {

Result<ProvenOperation> prove(const Evidence& evidence, const LedgerAnchor& anchor) {
  if (evidence.kind == EvidenceKind::kCordaTearOff) return corda::verify_corda_tear_off(evidence, anchor);
  return test::prove_fake(evidence, anchor);
}

constexpr std::size_t kBlocksInFlight = 2;
// What becomes of unsynced writes, in the order of Fault::kCrashUnsyncedLost and the two behind it.
constexpr FakeFile::Crash kWays[] = {FakeFile::Crash::kLost, FakeFile::Crash::kTorn, FakeFile::Crash::kKept};

void tell_frame(Trace& trace, const GatewayId& from, const GatewayId& to, BytesView frame) {
  if (!frame.empty() && frame.front() == static_cast<std::uint8_t>(gateway::Exchange::kMessage)) frame = frame.subspan(1);
  std::deque<wire::JsonSigned> held;
  const auto batch = gateway::open_frame(frame, held);
  if (!batch) return;
  for (std::uint32_t i = 0; i < batch->items.size(); ++i)
    if (const auto message = gateway::decode_item(*batch, i))
      trace.say(from.str(), message->transfer,
                "  to " + to.str() + ", batch " + std::to_string(batch->header.sequence) + ": " +
                    std::string(wire::to_string(message->type())));
}

struct NoSink final : ledger::OutcomeSink {
  void on_outcome(ledger::Outcome) override {}
};

}  // namespace

GatewayProcess::GatewayProcess(std::size_t index, World& world, SimLedger& ledger, std::uint64_t seed)
    : index_(index), world_(world), ledger_(ledger), id_(Charter::gateway(index)), random_(seed), when_(~seed) {}

std::unique_ptr<gateway::Core> GatewayProcess::make_core(ledger::Driver& driver) {
  gateway::CoreOptions options;
  options.self = id_;
  options.ledger = ledger_.profile().id;
  options.open_transfers_max = world_.chance.swarm().open_max;
  auto core = std::make_unique<gateway::Core>(options, world_.charter.registry(world_.json), world_.charter.signer(index_),
                                              random_, driver, prove);
  core->use(archive_);
  return core;
}

void GatewayProcess::set_clock(Duration offset) { offset_ = offset; }

bool GatewayProcess::command(gateway::CoreInput input) {
  if (!up()) return false;
  if (!room()) {
    world_.chance.came(Fault::kOverload);
    return true;  // answered "overloaded" at once: a client takes it for no answer
  }
  inbox_.push_back(std::move(input));
  return true;
}

void GatewayProcess::keep_backup() {
  JournalFiles copy;
  copy.blocks.replace(files_.blocks.image());
  copy.epoch = files_.epoch;
  backup_ = std::move(copy);
}

// Whether the backup is from before a decision to commit of this gateway's. To lose that one is beyond the fault model
// (README.md): nobody but this journal knows of it until the ledger's proof of the extinguish has left.
bool GatewayProcess::loses_decision() const {
  const auto& octets = files_.blocks.image();
  for (const auto& one : extents(octets)) {
    if (one.at < backup_->blocks.image().size()) continue;
    const auto block = gateway::parse_block(BytesView(octets).subspan(one.at, one.size));
    const auto decoded = block ? gateway::decode_entries(block->payload) : Error{Code::journal_damaged, ""};
    if (!decoded) continue;
    for (const auto& entry : decoded->entries)
      if (const auto* step = std::get_if<gateway::StepEntry>(&entry))
        if (step->record.to == protocol::State::kExtinguishing) return true;
  }
  return false;
}

// What befalls a disk while nobody looks.
void GatewayProcess::spoil_before_start() {
  auto& chance = world_.chance;
  if (backup_ && backup_->blocks.image().size() < files_.blocks.image().size() && !loses_decision() &&
      chance.happens(Fault::kOldBackup)) {
    world_.trace.say(id_.str(), "an old backup of the journal is restored");
    files_.blocks.replace(backup_->blocks.image());
    files_.epoch = backup_->epoch;
    SimJournal reader(files_);
    const auto blocks = reader.open();
    --files_.epoch;  // that was only a look
    archive_.drop_behind(blocks && !blocks->empty() ? blocks->back().position : 0);
    if (blocks) world_.checker->rolled_back(index_, *blocks);
    return;
  }
  auto blocks = extents(files_.blocks.image());
  std::erase_if(blocks, [&](const Extent& one) {  // a torn tail may look like a block
    return !gateway::parse_block(BytesView(files_.blocks.image()).subspan(one.at, one.size));
  });
  if (blocks.size() < 2 || !chance.happens(Fault::kBitFlip)) return;
  // Not in the last block: whether that was rot or a torn write cannot be told from the file alone.
  const auto& hit = blocks[chance.below(blocks.size() - 1)];
  replica_ = files_.blocks.image();
  const auto at = hit.at + chance.below(hit.size);
  files_.blocks.image()[at] ^= static_cast<std::uint8_t>(1U << chance.below(8));
  world_.trace.say(id_.str(), "a bit rots in block " + std::to_string(hit.position));
}

void GatewayProcess::start() {
  spoil_before_start();
  auto journal = std::make_unique<SimJournal>(files_);
  journal->check_chain = world_.defect != Defect::kJournalUnchecked;
  auto blocks = journal->open();
  if (replica_) {
    if (blocks) world_.violations.add("rot in the journal is found at the start", id_.str());
    files_.blocks.replace(*std::exchange(replica_, std::nullopt));
    restart_at = world_.now + Duration::seconds(1);  // when it was brought back from a replica
    return;
  }
  if (!blocks)
    return world_.violations.add("an undamaged journal opens", id_.str() + ": " + to_string(blocks.error()));
  if (world_.defect == Defect::kJournalLosesLast && !blocks->empty() && run_ > 0) blocks->pop_back();
  ++run_;
  journal_ = std::move(journal);
  driver_ = std::make_unique<SimDriver>(ledger_, run_, world_.now, world_.chance, [this](const ledger::Intent& intent) {
    world_.checker->executing(index_, intent);
  });
  driver_->lies = world_.defect;
  core_ = make_core(*driver_);
  if (const auto done = restore(*blocks); !done) {
    world_.violations.add("a journal can be replayed", id_.str() + ": " + to_string(done.error()));
    core_.reset();
    return;
  }
  NoSink none;
  (void)driver_->start(none, journal_->epoch());
  // A block that was kept although nobody was told of it is durable now.
  for (auto& block : unsynced_)
    if (block.position <= journal_->durable()) world_.checker->durable(index_, block, *core_);
  unsynced_.clear();
  world_.checker->started(index_, blocks->empty() ? 0 : blocks->back().position, *core_);
  auto effects = core_->resume(local());
  if (world_.defect == Defect::kResubmitUnderNewKey)
    for (auto& intent : effects.executes) intent = driver_->under_new_key(intent);
  waiting_.push_back({journal_->durable(), std::move(effects)});
  world_.trace.say(id_.str(), "starts from position " + std::to_string(journal_->durable()) + ", epoch " +
                                  std::to_string(journal_->epoch()));
}

// As gateway/engine/snapshotter.cpp does beside the running engine: what ended leaves memory.
void GatewayProcess::take_snapshot() {
  const auto& octets = files_.blocks.image();
  gateway::IdleDriver idle(driver_->profile());
  auto beside = make_core(idle);
  gateway::Journal::Snapshot snapshot;
  if (const auto* newest = archive_.newest()) {
    if (!beside->load(newest->state) || !beside->learn_archived())
      return world_.violations.add("a snapshot is read back with its archive", id_.str());
    snapshot.base = newest->position;
  }
  for (const auto& one : extents(octets)) {
    if (one.position <= snapshot.base || one.position > journal_->durable()) continue;
    const auto block = gateway::parse_block(BytesView(octets).subspan(one.at, one.size));
    if (!block || !beside->replay(*block))
      return world_.violations.add("a journal can be replayed", id_.str() + ", behind a snapshot");
  }
  snapshot.position = beside->position();
  snapshot.archived = beside->archive_ended();
  snapshot.state = beside->snapshot();
  stored_ = snapshot.position;
  archive_.store(std::move(snapshot));
}

// From all blocks, or from a snapshot that a second core took, and the blocks behind it.
Result<void> GatewayProcess::restore(const std::vector<gateway::Block>& blocks) {
  std::size_t from = 0;
  const auto early = blocks.empty() || world_.chance.below(2) != 0 ? 0 : 1 + world_.chance.below(blocks.size());
  if (const auto* newest = archive_.newest(); newest && newest->position <= blocks.size() && when_.below(4) > 0) {
    USTP_CHECK(core_->load(newest->state));
    USTP_CHECK(core_->learn_archived());
    from = newest->position;
  } else if (early > 0) {
    gateway::IdleDriver idle(driver_->profile());
    const auto beside = make_core(idle);  // as Core::replica(), which begins without the charter's statements
    for (; from < early; ++from)
      USTP_CHECK(beside->replay(blocks[from]));
    USTP_CHECK(core_->load(beside->snapshot()));
  }
  for (; from < blocks.size(); ++from) USTP_CHECK(core_->replay(blocks[from]));
  return {};
}

void GatewayProcess::crash(const std::string& why) {
  world_.trace.say(id_.str(), "dies: " + why);
  core_.reset();
  driver_.reset();
  journal_.reset();
  stored_.reset();
  inbox_.clear();
  waiting_.clear();
  files_.blocks.crash(kWays[world_.chance.below(3)], world_.chance.random());
  files_.blocks.next_write = FakeFile::WriteFault::kNone;
  files_.blocks.next_sync_fails = false;
  ledger_.run_ended(run_, world_.chance);
  world_.network->gateway_down(index_, world_.now);
  restart_at = world_.now + Duration::milliseconds(
      world_.chance.healed ? 1 : static_cast<std::int64_t>(world_.chance.below(world_.chance.below(5) == 0 ? 90'000 : 800)));
}

bool GatewayProcess::dies(Fault fault) {
  if (!world_.chance.happens(fault)) return false;
  crash(std::string(to_string(fault)));
  return true;
}

bool GatewayProcess::take_answers() {
  auto& answers = ledger_.answers();
  bool took = false;
  for (std::size_t i = 0; i < answers.size();) {
    if (answers[i].due > world_.now) {
      ++i;
      continue;
    }
    auto told = std::move(answers[i]);
    answers.erase(answers.begin() + static_cast<std::ptrdiff_t>(i));
    if (told.run != run_) continue;
    inbox_.push_back(driver_->translate(std::move(told.outcome)));
    took = true;
  }
  return took;
}

bool GatewayProcess::step() {
  if (!up()) {
    if (restart_at > world_.now) return false;
    start();
    return true;
  }
  const bool took = take_answers();
  const bool can_process = waiting_.size() < kBlocksInFlight && (!inbox_.empty() || core_->next_timer() <= local());
  const bool can_leave = !waiting_.empty() && (waiting_.front().position <= journal_->durable() ||
                                               world_.defect == Defect::kEffectsBeforeSync);
  const bool can_sync = !unsynced_.empty();
  // Which of the three threads gets the processor is chance.
  switch (world_.chance.below(3)) {
    case 0: if (can_leave) return leave(); [[fallthrough]];
    case 1: if (can_sync) return sync(); [[fallthrough]];
    default: break;
  }
  if (can_process) process();
  else if (can_leave) leave();
  else if (can_sync) sync();
  else return took;
  return true;
}

void GatewayProcess::process() {
  auto& chance = world_.chance;
  std::vector<gateway::CoreInput> inputs;
  for (auto n = 1 + chance.below(chance.swarm().batch_max); n > 0 && !inbox_.empty(); --n) {
    inputs.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
  }
  if (stored_) inputs.push_back(gateway::SnapshotInput{*std::exchange(stored_, std::nullopt)});
  auto result = core_->process(std::move(inputs), local());
  if (result.failed) return world_.violations.add("the archive can be read", id_.str() + ": " + to_string(*result.failed));
  if (world_.trace.on())
    for (const auto& step : result.effects.steps)
      world_.trace.say(id_.str(), step.transfer, std::string(to_string(step.event)) + ": " +
                       std::string(to_string(step.from)) + " -> " + std::string(to_string(step.to)) +
                       (step.alarm ? "  ALARM" : ""));
  if (dies(Fault::kCrashBeforeWrite)) return;
  if (world_.defect == Defect::kExecuteUnjournalled) {
    for (const auto& intent : result.effects.executes) driver_->execute(intent);
    result.effects.executes.clear();
  }
  if (world_.defect == Defect::kAckBeforeSync) {
    for (const auto& send : result.effects.sends)
      world_.network->send(index_, send.peer, send.link, *send.frame, world_.now);
    for (const auto& reply : result.effects.replies) reply();
    result.effects.sends.clear();
    result.effects.replies.clear();
  }
  if (!result.payload.empty()) {
    arm_disk();
    gateway::Block block;
    block.position = journal_->written() + 1;
    block.payload = std::move(result.payload);
    unsynced_.push_back(block);
    if (const auto done = journal_->write(std::move(block)); !done) return crash(to_string(done.error()));
  }
  world_.checker->lived(index_, journal_->written(), *core_);
  for (const auto fault : {Fault::kCrashUnsyncedLost, Fault::kCrashUnsyncedTorn, Fault::kCrashUnsyncedKept})
    if (!unsynced_.empty() && chance.happens(fault)) {
      files_.blocks.crash(kWays[static_cast<std::size_t>(fault) - static_cast<std::size_t>(Fault::kCrashUnsyncedLost)],
                          chance.random());
      return crash(std::string(to_string(fault)));
    }
  if (!result.effects.empty()) waiting_.push_back({journal_->written(), std::move(result.effects)});
}

void GatewayProcess::arm_disk() {
  auto& chance = world_.chance;
  if (chance.happens(Fault::kNoSpace)) files_.blocks.next_write = FakeFile::WriteFault::kNoSpace;
  else if (chance.happens(Fault::kShortWrite)) files_.blocks.next_write = FakeFile::WriteFault::kShort;
}

bool GatewayProcess::sync() {
  files_.blocks.next_sync_fails = world_.chance.happens(Fault::kSyncError);
  if (const auto done = journal_->sync(); !done) {
    if (world_.defect != Defect::kGoOnAfterSyncError) {
      crash(to_string(done.error()));  // decision 3
      return true;
    }
    journal_->believe_durable();
  }
  fold_durable();
  if (when_.below(30) == 0) take_snapshot();
  return true;
}

void GatewayProcess::fold_durable() {
  while (!unsynced_.empty() && unsynced_.front().position <= journal_->durable()) {
    world_.checker->durable(index_, unsynced_.front(), *core_);
    unsynced_.pop_front();
  }
}

bool GatewayProcess::leave() {
  if (dies(Fault::kCrashBeforeEffects)) return true;
  auto one = std::move(waiting_.front());
  waiting_.pop_front();
  const auto all = one.effects.executes.size() + one.effects.queries.size() + one.effects.sends.size() +
                   one.effects.closes.size() + one.effects.replies.size();
  if (all > 1 && world_.chance.happens(Fault::kCrashAmongEffects)) {
    let_out(one.effects, world_.chance.below(all));
    if (up()) crash(std::string(to_string(Fault::kCrashAmongEffects)));
    return true;
  }
  let_out(one.effects, all);
  return true;
}

// The first `most` effects, in the order of the engine.
void GatewayProcess::let_out(gateway::Effects& effects, std::size_t most) {
  const auto more = [&] { return most > 0 && most-- > 0; };
  for (const auto& intent : effects.executes)
    if (more()) driver_->execute(intent);
  for (const auto& intent : effects.queries)
    if (more()) driver_->query(intent);
  for (const auto& send : effects.sends)
    if (more()) {
      if (world_.trace.on()) tell_frame(world_.trace, id_, send.peer, *send.frame);
      world_.network->send(index_, send.peer, send.link, *send.frame, world_.now);
    }
  for (const auto& close : effects.closes)
    if (more()) {
      world_.trace.say(id_.str(), "closes the link to " + close.peer.str() + ": " + to_string(close.reason));
      world_.network->close(index_, close.peer, close.link, world_.now);
    }
  for (const auto& reply : effects.replies)
    if (more()) reply();
}

Instant GatewayProcess::next() const {
  if (!up()) return restart_at;
  if (!inbox_.empty() || !waiting_.empty() || !unsynced_.empty()) return world_.now;
  const auto timer = core_->next_timer();
  return timer.ns == INT64_MAX ? timer : timer + Duration{-offset_.ns};
}

}  // namespace ustp::simulation
