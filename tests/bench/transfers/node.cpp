#include "tests/bench/transfers/node.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "adapters/corda/driver.hpp"
#include "adapters/corda/proof/tear_off.hpp"
#include "gateway/engine/inputs.hpp"
#include "gateway/peer/peer_network.hpp"

namespace ustp::bench {
namespace {

using namespace gateway;

std::uint64_t now_ns(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

// At the recipient: collects what became terminal and tells the generator once per batch.
class Notices final : public EngineListener {
 public:
  explicit Notices(int pipe) : pipe_(pipe) {}
  void on_step(const Effects::Step& step) override {
    if (!step.sender && step.to == protocol::State::kReceived && step.from != step.to) ids_.push_back(step.transfer);
  }
  void flush() {
    const auto* octets = reinterpret_cast<const char*>(ids_.data());
    for (std::size_t done = 0, all = ids_.size() * sizeof(TransferId); done < all;) {
      const auto n = ::write(pipe_, octets + done, all - done);
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    ids_.clear();
  }
  void on_link_closed(const GatewayId& peer, const Error& reason) override {
    std::cerr << "link to " << peer.str() << " closed: " << to_string(reason) << "\n";
  }
  void on_fatal(const Error& error) override {
    std::cerr << "fatal: " << to_string(error) << "\n";
    _exit(1);
  }

 private:
  static_assert(sizeof(TransferId) == 16);
  int pipe_;
  std::vector<TransferId> ids_;
};

// Closed loop: keeps `in_flight` transfers under way. Open loop: gives orders when their time has come, whatever became
// of those before, and counts their time from when they should have been given. One thread, whose CPU time is kept apart.
class Generator {
 public:
  Generator(const NodePlan& plan, Service& service) : plan_(plan), service_(service) {}
  void run();
  NodeResult latencies() {
    NodeResult out;
    if (micros_.empty()) return out;
    std::sort(micros_.begin(), micros_.end());
    out.p50_us = micros_[micros_.size() / 2];
    out.p99_us = micros_[micros_.size() * 99 / 100];
    return out;
  }

 private:
  void submit(std::uint64_t began);
  void submit_due();
  void ended(const TransferId& id);

  const NodePlan& plan_;
  Service& service_;
  std::uint64_t count_ = 0;
  std::uint64_t due_ = now_ns(CLOCK_MONOTONIC);  // open loop: when the next order is to be given
  std::mt19937_64 dice_{7};
  std::mutex mutex_;
  std::unordered_map<TransferId, std::uint64_t> began_;
  std::vector<std::uint64_t> micros_;
};

void Generator::submit(std::uint64_t began) {
  auto order = plan_.network->order(count_);
  ++count_;
  ++plan_.shared->in_flight;
  ++plan_.shared->offered;
  service_.start_transfer(std::move(order), [this, began](const Result<TransferView>& view) {
    if (!view) {
      ++plan_.shared->refused;
      --plan_.shared->in_flight;
      if (view.error().code != Code::overloaded) std::cerr << "refused: " << to_string(view.error()) << "\n";
      return;
    }
    const std::lock_guard hold(mutex_);
    began_[view->id] = began;
  });
}

void Generator::ended(const TransferId& id) {
  std::uint64_t began = 0;
  {
    const std::lock_guard hold(mutex_);
    const auto it = began_.find(id);
    if (it == began_.end()) return;
    began = it->second;
    began_.erase(it);
  }
  if (plan_.shared->phase == 1) micros_.push_back((now_ns(CLOCK_MONOTONIC) - began) / 1000);
  ++plan_.shared->completed;
  --plan_.shared->in_flight;
}

void Generator::submit_due() {
  std::exponential_distribution<double> pause(plan_.rate / 1e9);
  for (const auto now = now_ns(CLOCK_MONOTONIC); due_ <= now; due_ += static_cast<std::uint64_t>(pause(dice_))) submit(due_);
}

void Generator::run() {
  const bool open_loop = plan_.rate > 0;
  for (std::size_t i = 0; i < plan_.in_flight && !open_loop; ++i) submit(now_ns(CLOCK_MONOTONIC));
  std::vector<TransferId> ids(4096);
  std::size_t held = 0;
  while (plan_.shared->phase < 3) {
    pollfd wait{plan_.notices, POLLIN, 0};
    if (open_loop && plan_.shared->phase < 2) submit_due();
    if (::poll(&wait, 1, open_loop ? 1 : 50) > 0) {
      auto* to = reinterpret_cast<char*>(ids.data()) + held;
      const auto n = ::read(plan_.notices, to, ids.size() * sizeof(TransferId) - held);
      if (n <= 0) break;
      held += static_cast<std::size_t>(n);
      const auto whole = held / sizeof(TransferId);
      for (std::size_t i = 0; i < whole; ++i) ended(ids[i]);
      for (std::size_t i = 0; i < whole && !open_loop && plan_.shared->phase < 2; ++i) submit(now_ns(CLOCK_MONOTONIC));
      held -= whole * sizeof(TransferId);
      if (held > 0) ids[0] = ids[whole];
    }
    plan_.shared->generator_cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
  }
}

struct Node {
  const NodePlan& plan;
  const Side& side;
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<crypto::Signer> signer, evidence_signer;
  std::shared_ptr<corda::CordaLedger> ledger;
  std::unique_ptr<ledger::Driver> driver;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<PeerNetwork> peers;
  Notices notices;
  std::unique_ptr<Engine> engine;

  explicit Node(const NodePlan& p)
      : plan(p), side(p.sender ? p.network->sender : p.network->recipient), notices(p.notices) {}
  std::unique_ptr<Core> make_core() {
    CoreOptions options;
    options.self = side.gateway;
    options.ledger = side.ledger;
    options.order_within = plan.order_within;
    const auto& network = *plan.network;
    return std::make_unique<Core>(options, protocol::Registry(network.authority, network.authority_key), *signer,
                                  random, *driver,
                                  corda::make_tear_off_verifier(std::make_shared<corda::SignatureCache>()));
  }
  std::unique_ptr<Journal> open_journal() {
    JournalChoice choice;
    choice.kind = plan.journal;
    choice.data = plan.folder;
    return choose_journal(std::move(choice)).value();
  }
  void build();
  void check_replay(NodeResult& result, const Hash256& live);
};

void Node::build() {
  signer = crypto::load_signer_pem(side.signing_pem).value();
  evidence_signer = crypto::load_signer_pem(side.signing_pem).value();
  corda::LedgerParts parts;
  parts.notary = crypto::load_signer_pem(side.notary_pem).value();
  parts.clock = std::make_shared<SystemClock>();
  parts.random = std::make_unique<SystemRandom>();
  ledger = corda::CordaLedger::open(side.book, std::move(parts)).value();
  corda::CordaOptions access;
  access.profile = plan.network->profile(side);
  access.ledger = ledger;
  driver = corda::make_corda_driver(std::move(access)).value();
  journal = open_journal();
  PeerOptions network;
  network.self = side.gateway;
  network.listen = "127.0.0.1:" + std::to_string(side.port);
  network.tls = {side.tls.ca, side.tls.certificate, side.tls.key};
  peers = make_peer_network(std::move(network)).value();
  EngineOptions options;
  if (!plan.sender)
    options.boundary = [this](Boundary at, const auto&) {
      if (at == Boundary::kDone) notices.flush();
    };
  engine = make_engine(std::move(options), {*journal, *peers, *driver, *evidence_signer, clock, notices}, make_core());
}

// The journal again from cold: the same state, and a thousand messages of the peer, each proven alone.
void Node::check_replay(NodeResult& result, const Hash256& live) {
  journal = open_journal();
  const auto core = make_core();
  std::vector<wire::ProvenMessage> sample;
  std::uint64_t seen = 0;
  SeededRandom dice(42);
  if (!journal->open()) return;
  const auto done = journal->read(1, UINT64_MAX, [&](const Block& block) -> Result<void> {
    result.journal_octets += frame_block(block).size();
    ++result.blocks;
    USTP_TRY(const auto decoded, decode_entries(block.payload));
    for (const auto& entry : decoded.entries) {
      const auto* frame = std::get_if<FrameEntry>(&entry);
      if (!frame || !frame->incoming) continue;
      USTP_TRY(const auto batch, wire::parse_batch(frame->frame));
      const auto place = dice.below(++seen);
      if (sample.size() < 1000) sample.push_back(prove_item(batch, static_cast<std::uint32_t>(dice.below(batch.items.size()))));
      else if (place < sample.size()) sample[place] = prove_item(batch, static_cast<std::uint32_t>(dice.below(batch.items.size())));
    }
    return core->replay(block);
  });
  result.replay_equal = done.has_value() && core->state_hash() == live;
  const auto keys = core->registry().key_lookup();
  for (const auto& message : sample)
    if (wire::verify_proven(message, keys)) ++result.verified;
  if (result.verified != sample.size()) result.failed = true;
}

std::uint64_t rss_kib() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * 4;
}

}  // namespace

NodeResult run_node(const NodePlan& plan) {
  Node node(plan);
  node.build();
  if (const auto done = node.engine->start(plan.network->statements); !done) {
    std::cerr << to_string(done.error()) << "\n";
    return {.failed = true};
  }
  while (node.engine->metrics().find("ustp_peer_link_up{peer=\"" +
                                     (plan.sender ? plan.network->recipient : plan.network->sender).gateway.str() +
                                     "\"} 1") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ++plan.shared->ready;
  while (plan.shared->ready < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  NodeResult result;
  if (plan.sender) {
    Generator generator(plan, *node.engine);
    std::thread thread([&] { generator.run(); });
    thread.join();
    result = generator.latencies();
  } else {
    while (plan.shared->phase < 3) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  result.rss_kib = rss_kib();
  node.engine->stop();
  const auto supply = node.ledger->snapshot(plan.network->instrument, {}, 1);
  if (supply) {
    result.outstanding = static_cast<std::uint64_t>(supply->supply.outstanding);
    result.provisional = static_cast<std::uint64_t>(supply->supply.provisional);
  }
  const auto live = node.engine->state_hash();
  node.engine.reset();
  node.check_replay(result, live);
  return result;
}

}  // namespace ustp::bench
