#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include "tests/simulation/clients.hpp"
#include "tests/simulation/forger.hpp"

namespace ustp::simulation {
namespace {

struct ChainClock final : Clock {
  explicit ChainClock(const Instant& at) : now_at(at) {}
  Instant now() const override { return now_at; }
  const Instant& now_at;
};

class Run {
 public:
  Run(const Charter& charter, std::uint64_t seed, Defect defect, Tell tell);
  Report go();

 private:
  void make_ledgers(std::uint64_t seed);
  bool one_step();
  bool gateways_step();
  bool ledgers_step();
  void trouble();
  void leap();
  void heal();
  bool over() const;
  void finish(Report& report);
  std::array<const gateway::Core*, kGateways> cores() const;

  const Charter& charter_;
  const std::uint64_t seed_;
  const Tell tell_;
  SeededRandom random_;
  Swarm swarm_;
  Chance chance_;
  Trace trace_;
  Violations violations_;
  World world_;
  std::vector<std::unique_ptr<SimLedger>> ledgers_;
  std::vector<std::unique_ptr<GatewayProcess>> gateways_;
  std::unique_ptr<Checker> checker_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Clients> clients_;
  std::uint64_t path_ = 0;
};

Run::Run(const Charter& charter, std::uint64_t seed, Defect defect, Tell tell)
    : charter_(charter), seed_(seed), tell_(tell), random_(seed), swarm_(choose(random_)), chance_(random_, swarm_),
      trace_(tell != Tell::kNothing), world_{kBegin, chance_, trace_, violations_, charter, defect, nullptr, nullptr} {
  world_.json = seed % 4 == 3;
  make_ledgers(seed);
  for (auto& ledger : ledgers_) ledger->defect = defect;
  checker_ = std::make_unique<Checker>(
      charter, std::array<SimLedger*, kGateways>{ledgers_[0].get(), ledgers_[1].get(), ledgers_[2].get()}, violations_);
  world_.checker = checker_.get();
  std::vector<Network::Port> ports;
  for (std::size_t i = 0; i < kGateways; ++i) {
    gateways_.push_back(std::make_unique<GatewayProcess>(i, world_, *ledgers_[i], seed * 31 + i));
    auto* gateway = gateways_.back().get();
    ports.push_back({gateway->id(), [gateway] { return gateway->up(); }, [gateway] { return gateway->room(); },
                     [gateway](gateway::CoreInput input) { gateway->put(std::move(input)); }});
    if (chance_.happens(Fault::kClockWrong)) gateway->set_clock(any_offset(chance_));
  }
  network_ = std::make_unique<Network>(std::move(ports), chance_, trace_,
                                       [&charter](const Bytes& frame) { return forge(frame, charter.stranger()); });
  world_.network = network_.get();
  clients_ = std::make_unique<Clients>(world_, gateways_);
  for (auto& gateway : gateways_) gateway->start();
}

void Run::make_ledgers(std::uint64_t seed) {
  auto csd = std::make_unique<BookLedger>(charter_.profile(kCsd), charter_.ratio(kCsd));
  csd->deposit(AccountId::literal("alice"), kIssued / 2);
  csd->deposit(AccountId::literal("bob"), kIssued / 2);
  ledgers_.push_back(std::move(csd));
  ledgers_.push_back(std::make_unique<ChainLedger>(charter_.profile(kEth), charter_.ratio(kEth)));
  corda::Book book;
  book.ledger = charter_.profile(kCorda).id;
  book.instrument = Charter::isin();
  book.ratio = charter_.ratio(kCorda);
  book.custody = charter_.profile(kCorda).custody_account;
  book.suspense = charter_.profile(kCorda).suspense_account;
  for (const auto& account : Charter::accounts()) book.accounts.push_back({account, token::Capacity::kClient, 0, false});
  corda::LedgerParts parts;
  parts.notary = charter_.notary();
  parts.clock = std::make_shared<ChainClock>(world_.now);
  parts.random = std::make_unique<SeededRandom>(seed ^ 0x5eed);
  ledgers_.push_back(std::make_unique<CordaSimLedger>(charter_.profile(kCorda), charter_.ratio(kCorda), std::move(book),
                                                      std::move(parts)));
}

bool Run::gateways_step() {
  const auto start = chance_.below(kGateways);
  for (std::size_t i = 0; i < kGateways; ++i)
    if (gateways_[(start + i) % kGateways]->step()) return true;
  return false;
}

bool Run::ledgers_step() {
  const auto start = chance_.below(kGateways);
  for (std::size_t i = 0; i < kGateways; ++i)
    if (ledgers_[(start + i) % kGateways]->step(world_.now, chance_, trace_)) return true;
  return false;
}

bool Run::one_step() {
  const auto pick = chance_.below(100);
  if (pick < 8 && clients_->step()) return true;
  if (pick < 50 && gateways_step()) return true;
  if (pick < 75 && network_->step(world_.now)) return true;
  return ledgers_step() || gateways_step() || network_->step(world_.now);
}

void Run::trouble() {
  if (chance_.healed || chance_.quiet) return;
  clients_->trouble();
  if (chance_.happens(Fault::kClockJump)) gateways_[chance_.below(kGateways)]->set_clock(any_offset(chance_));
  if (chance_.below(100) == 0) gateways_[chance_.below(kGateways)]->keep_backup();
  if (chance_.below(100) < swarm_.calm)
    world_.now = world_.now + Duration::milliseconds(static_cast<std::int64_t>(chance_.below(30'000)));
}

// Nothing is due now: time passes until something is.
void Run::leap() {
  Instant next = network_->next();
  for (const auto& ledger : ledgers_) next = std::min(next, ledger->next());
  for (const auto& gateway : gateways_) next = std::min(next, gateway->next());
  world_.now = next > world_.now && next.ns != INT64_MAX ? next : world_.now + Duration::milliseconds(50);
}

void Run::heal() {
  chance_.healed = true;
  trace_.say("world", "heals");
  for (auto& gateway : gateways_) {
    gateway->set_clock({});
    gateway->restart_at = world_.now;
  }
  network_->heal(world_.now);
  clients_->heal();
}

bool Run::over() const {
  if (!network_->idle() || !clients_->content()) return false;
  for (const auto& gateway : gateways_)
    if (!gateway->up() || !gateway->idle() || gateway->core()->open_transfers() != 0 ||
        gateway->core()->schedule().waiting() != 0)
      return false;
  return std::all_of(ledgers_.begin(), ledgers_.end(), [](const auto& ledger) { return ledger->next().ns == INT64_MAX; });
}

std::array<const gateway::Core*, kGateways> Run::cores() const {
  return {gateways_[0]->core(), gateways_[1]->core(), gateways_[2]->core()};
}

Report Run::go() {
  Report report;
  report.seed = seed_;
  const auto stop_at = [&] { return chance_.healed ? report.healed_at + kStepsToEnd : UINT64_MAX; };
  while (violations_.none() && report.steps < stop_at()) {
    ++report.steps;
    trace_.step(report.steps);
    violations_.step(report.steps);
    world_.now = world_.now + Duration::milliseconds(static_cast<std::int64_t>(chance_.below(3)));
    chance_.quiet = report.steps < swarm_.quiet;
    if (!chance_.healed && report.steps >= swarm_.steps) {
      report.healed_at = report.steps;
      heal();
    }
    trouble();
    const bool did = one_step();
    path_ = path_ * 1'099'511'628'211U + static_cast<std::uint64_t>(world_.now.ns) + did;
    checker_->step(world_.now);
    if (did) continue;
    if (chance_.healed && clients_->step()) continue;
    if (chance_.healed && over()) break;
    leap();
  }
  finish(report);
  return report;
}

void Run::finish(Report& report) {
  if (violations_.none()) {
    if (std::all_of(gateways_.begin(), gateways_.end(), [](const auto& one) { return one->up(); }))
      checker_->rest(cores(), world_.now);
    else
      violations_.add("after healing every gateway runs", "");
  }
  report.restored = checker_->restored();
  report.orders = clients_->accepted();
  for (std::size_t i = 0; i < kGateways; ++i)
    for (const auto& [id, fold] : checker_->fold(i).transfers) {
      if (fold.states.empty()) continue;
      report.committed += fold.states.back() == protocol::State::kCompleted;
      report.aborted += fold.states.back() == protocol::State::kAborted;
      report.suspended += std::count(fold.states.begin(), fold.states.end(), protocol::State::kSuspended) > 0;
    }
  report.faults = chance_.count;
  report.violations = violations_.all();
  std::set<TransferId> involved;
  for (const auto& one : report.violations) involved.insert(one.transfers.begin(), one.transfers.end());
  if (tell_ != Tell::kNothing) report.trace = trace_.text(tell_ == Tell::kAll ? std::set<TransferId>{} : involved);
  report.path = crypto::sha256(as_bytes(std::to_string(path_) + "/" + std::to_string(report.steps)));
}

}  // namespace

Report run(const Charter& charter, std::uint64_t seed, Defect defect, Tell tell) {
  return Run(charter, seed, defect, tell).go();
}

}  // namespace ustp::simulation
