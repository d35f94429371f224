// The loop: take what waits, process it, submit the block, let out what became durable.
#include <algorithm>

#include "gateway/engine/engine_impl.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::gateway {

EngineImpl::EngineImpl(EngineOptions options, EngineParts parts, std::unique_ptr<Core> core)
    : options_(std::move(options)), parts_(parts), core_(std::move(core)),
      event_waiters_(options_.event_waits_max), workers_(options_.reads_max), idle_(parts.driver.profile()),
      snapshotter_(parts.journal, options_.snapshot_octets) {}

Result<void> EngineImpl::start(std::vector<wire::SignedStatement> statements) {
  USTP_TRY(const auto head, parts_.journal.open());
  USTP_CHECK(replay());
  position_ = durable_ = head.position;
  epoch_ = head.epoch;
  durable_events_ = core_->events().last();
  USTP_CHECK(parts_.driver.start(*this, head.epoch));
  USTP_CHECK(parts_.journal.start(*this));
  waiting_.push_back({position_, core_->resume(parts_.clock.now()), parts_.clock.now(), 0});
  for (auto& statement : statements) inputs_.push_back(StatementCommand{std::move(statement), [this](auto applied) {
    if (!applied) parts_.listener.on_fatal(applied.error());
  }});
  workers_.start(2);
  snapshotter_.start([this] { return core_->replica(idle_); },  // reads only what never changes
                     [this](std::uint64_t position) { push(SnapshotInput{position}); });
  {
    const std::lock_guard hold(mutex_);
    running_ = true;
  }
  thread_ = std::thread([this] {
    name_this_thread("engine");
    run();
  });
  return parts_.peers.start(*this);
}

// From the newest snapshot where this version reads it, from the first block otherwise.
Result<void> EngineImpl::replay() {
  core_->use(parts_.journal.archive());
  USTP_TRY(core_, core_from_snapshot(parts_.journal, [this] { return core_->replica(parts_.driver); }));
  return catch_up(parts_.journal, *core_, [] { return false; });
}

void EngineImpl::stop() {
  {
    const std::lock_guard hold(mutex_);
    if (!thread_.joinable()) return;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  parts_.peers.stop();
  parts_.driver.stop();
  workers_.stop();  // they read the journal
  snapshotter_.stop();
  parts_.journal.stop();
  for (auto& input : inputs_) refuse(input);
  event_waiters_.refuse({Code::stopping, ""});
  inputs_.clear();
}

// What was taken and will not be processed any more.
void EngineImpl::refuse(CoreInput& input) {
  const Error stopping{Code::stopping, ""};
  if (auto* order = std::get_if<OrderCommand>(&input)) order->reply(stopping);
  if (auto* cancel = std::get_if<CancelCommand>(&input)) cancel->reply(stopping);
  if (auto* statement = std::get_if<StatementCommand>(&input)) statement->reply(stopping);
  if (auto* query = std::get_if<QueryCommand>(&input)) query->look(*core_)();
}

void EngineImpl::on_durable(std::uint64_t position) {
  {
    const std::lock_guard hold(mutex_);
    durable_ = position;
  }
  wake_.notify_one();
}

void EngineImpl::on_failure(Error error) {
  {
    const std::lock_guard hold(mutex_);
    failed_ = true;
  }
  wake_.notify_one();
  parts_.listener.on_fatal(error);
}

void EngineImpl::push(CoreInput input) {
  {
    const std::lock_guard hold(mutex_);
    inputs_.push_back(std::move(input));
  }
  wake_.notify_one();
}

bool EngineImpl::push_command(CoreInput input) {
  {
    const std::lock_guard hold(mutex_);
    if (!running_ || stopping_ || failed_ || inputs_.size() >= options_.inputs_max) return false;
    inputs_.push_back(std::move(input));
  }
  wake_.notify_one();
  return true;
}

// Links and outcomes are never refused: there is one outcome in flight per operation and one link per peer.
void EngineImpl::on_link_up(const GatewayId& peer, std::uint64_t link) { push(LinkInput{peer, link, true}); }
void EngineImpl::on_link_down(const GatewayId& peer, std::uint64_t link) { push(LinkInput{peer, link, false}); }
void EngineImpl::on_outcome(ledger::Outcome outcome) { push(std::move(outcome)); }
void EngineImpl::on_outcomes(std::vector<ledger::Outcome> outcomes) {
  {
    const std::lock_guard hold(mutex_);
    for (auto& outcome : outcomes) inputs_.push_back(std::move(outcome));
  }
  wake_.notify_one();
}

bool EngineImpl::on_frame(const GatewayId& peer, std::uint64_t link, Bytes&& frame) {
  {
    const std::lock_guard hold(mutex_);
    if (frames_waiting_ >= options_.inputs_max) {
      paused_.emplace_back(peer, link);
      return false;
    }
    ++frames_waiting_;
    inputs_.push_back(FrameInput{peer, link, std::move(frame)});
  }
  wake_.notify_one();
  return true;
}

bool EngineImpl::may_process() const { return !inputs_.empty() && waiting_.size() < options_.blocks_in_flight; }

// A frame brings many messages: it counts as what its octets may hold.
std::vector<CoreInput> EngineImpl::take() {
  constexpr std::size_t kMessage = 768;
  std::vector<CoreInput> out;
  for (std::size_t weight = 0; !inputs_.empty() && weight < options_.batch_max; inputs_.pop_front()) {
    const auto* frame = std::get_if<FrameInput>(&inputs_.front());
    weight += frame ? 1 + frame->frame.size() / kMessage : 1;
    if (frame) --frames_waiting_;
    out.push_back(std::move(inputs_.front()));
  }
  return out;
}

void EngineImpl::run() {
  std::unique_lock hold(mutex_);
  while (true) {
    const auto due = [this] { return parts_.clock.now() >= core_->next_timer(); };
    const auto ready = [&] {
      return failed_ || may_process() || (!waiting_.empty() && waiting_.front().position <= durable_) ||
             (stopping_ && waiting_.empty());
    };
    if (!ready() && !(due() && waiting_.size() < options_.blocks_in_flight)) {
      const auto until = core_->next_timer() - parts_.clock.now();
      wake_.wait_for(hold, std::chrono::nanoseconds(std::clamp<std::int64_t>(until.ns, 1'000'000, 100'000'000)));
    }
    if (failed_) return;  // decision 3: emit nothing more
    if (stopping_ && waiting_.empty()) return;
    const auto durable = durable_;
    std::vector<CoreInput> inputs;
    if (!stopping_ && may_process()) inputs = take();
    std::vector<std::pair<GatewayId, std::uint64_t>> resumed;
    if (frames_waiting_ < options_.inputs_max / 2) resumed.swap(paused_);
    hold.unlock();
    release(durable);
    if (!event_waiters_.empty()) event_waiters_.expire(*core_, durable_events_);
    if (!inputs.empty() || (due() && waiting_.size() < options_.blocks_in_flight)) process(std::move(inputs));
    for (const auto& [peer, link] : resumed) parts_.peers.ready(peer, link);
    hold.lock();
  }
}

void EngineImpl::process(std::vector<CoreInput> inputs) {
  const auto now = parts_.clock.now();
  const auto count = inputs.size();
  auto result = core_->process(std::move(inputs), now);
  if (result.failed) return on_failure(*result.failed);
  const auto octets = result.payload.size();
  meter_.batch(*core_, result.effects, count, octets);
  boundary(Boundary::kProcessed, result.effects.steps);
  if (!result.payload.empty()) {
    Block block;
    block.epoch = epoch_;
    block.position = ++position_;
    block.payload = std::move(result.payload);
    parts_.journal.submit(std::move(block));
  }
  // What saw only durable blocks may leave at once; the rest waits for the block it saw.
  if (octets > 0 || !result.effects.empty()) waiting_.push_back({position_, std::move(result.effects), now, octets});
}

void EngineImpl::release(std::uint64_t durable) {
  while (!waiting_.empty() && waiting_.front().position <= durable) {
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    meter_.durable_after(parts_.clock.now() - one.submitted);
    leave(one.effects);
    snapshotter_.durable(one.octets);
    meter_.effects_left(one.effects);
  }
}

void EngineImpl::leave(Effects& effects) {
  boundary(Boundary::kDurable, effects.steps);
  if (!effects.executes.empty()) parts_.driver.execute_all(effects.executes);
  for (const auto& intent : effects.queries) parts_.driver.query(intent);
  boundary(Boundary::kExecuted, effects.steps);
  if (effects.peers_changed) parts_.peers.set_peers(core_->peers());
  for (auto& send : effects.sends) parts_.peers.send(send.peer, send.link, std::move(send.frame));
  for (const auto& close : effects.closes) {
    parts_.listener.on_link_closed(close.peer, close.reason);
    parts_.peers.close(close.peer, close.link, close.reason);
  }
  if (effects.events > durable_events_) {
    durable_events_ = effects.events;
    if (!event_waiters_.empty()) event_waiters_.tell(*core_, durable_events_);
  }
  for (const auto& reply : effects.replies) reply();
  for (const auto& step : effects.steps) parts_.listener.on_step(step);
  boundary(Boundary::kDone, effects.steps);
}

void EngineImpl::boundary(Boundary at, const std::vector<Effects::Step>& steps) const {
  if (options_.boundary && !steps.empty()) options_.boundary(at, steps);
}

std::unique_ptr<Engine> make_engine(EngineOptions options, EngineParts parts, std::unique_ptr<Core> core) {
  return std::make_unique<EngineImpl>(std::move(options), parts, std::move(core));
}

}  // namespace ustp::gateway
