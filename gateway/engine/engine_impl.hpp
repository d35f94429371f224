#pragma once
// Private to the engine: the class behind make_engine().

#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/engine/engine.hpp"
#include "gateway/engine/event_waiters.hpp"
#include "gateway/engine/idle_driver.hpp"
#include "gateway/engine/meter.hpp"
#include "gateway/engine/snapshotter.hpp"
#include "gateway/engine/workers.hpp"

namespace ustp::gateway {

class EngineImpl final : public Engine, private JournalSink, private PeerSink, private ledger::OutcomeSink {
 public:
  EngineImpl(EngineOptions options, EngineParts parts, std::unique_ptr<Core> core);
  ~EngineImpl() override { stop(); }

  Result<void> start(std::vector<wire::SignedStatement> statements) override;
  void stop() override;

  void start_transfer(TransferOrder order, Reply<TransferView> reply) override;
  void cancel_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) override;
  void get_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) override;
  void check_transfer(TransferOrder order, Reply<OrderFindings> reply) override;
  void list_transfers(ParticipantId participant, TransferFilter filter, TransferId after, std::size_t limit,
                      Reply<TransferPage> reply) override;
  void ledgers(Reply<std::vector<LedgerView>> reply) override;
  void participants(Reply<std::vector<wire::ParticipantStatement>> reply) override;
  void events(EventQuery query, Reply<EventPage> reply) override;
  void evidence(ParticipantId participant, TransferId id, Reply<Bytes> reply) override;
  void instruments(Reply<std::vector<token::Instrument>> reply) override;
  void positions(ParticipantId participant, InstrumentId instrument, Reply<PositionsView> reply) override;
  void apply_statement(wire::SignedStatement statement, Reply<std::uint64_t> reply) override;
  void statements(std::uint64_t from, Reply<std::vector<wire::SignedStatement>> reply) override;
  bool admitted(const ParticipantId& participant) const override { return meter_.admitted(participant); }
  Hash256 state_hash() const override { return core_->state_hash(); }
  Health health() const override;
  std::string metrics() const override;

 private:
  struct Waiting {              // effects of a block that is not durable yet
    std::uint64_t position = 0;
    Effects effects;
    Instant submitted;
    std::size_t octets = 0;     // of the block
  };

  void on_durable(std::uint64_t position) override;
  void on_failure(Error error) override;
  void on_link_up(const GatewayId& peer, std::uint64_t link) override;
  void on_link_down(const GatewayId& peer, std::uint64_t link) override;
  bool on_frame(const GatewayId& peer, std::uint64_t link, Bytes&& frame) override;
  void on_outcome(ledger::Outcome outcome) override;
  void on_outcomes(std::vector<ledger::Outcome> outcomes) override;

  // False when commands are refused at the moment: too many wait, or the engine stops.
  bool push_command(CoreInput input);
  void push(CoreInput input);
  template <class T>
  void look(Reply<T> reply, std::function<Result<T>(const Core&)> read);

  Result<void> replay();
  void run();
  std::vector<CoreInput> take();
  void refuse(CoreInput& input);
  bool may_process() const;     // called with mutex_ held
  void process(std::vector<CoreInput> inputs);
  void release(std::uint64_t durable);
  void leave(Effects& effects);
  void boundary(Boundary at, const std::vector<Effects::Step>& steps) const;
  Result<Bytes> seal_evidence(const TransferId& id, std::vector<wire::SignedStatement> log,
                              const std::vector<std::uint64_t>& blocks);

  const EngineOptions options_;
  EngineParts parts_;
  std::unique_ptr<Core> core_;  // the engine's thread alone, once started
  std::uint64_t position_ = 0, epoch_ = 0;
  std::deque<Waiting> waiting_;
  std::uint64_t durable_events_ = 0;  // nothing newer is told
  EventWaiters event_waiters_;
  Meter meter_;
  Workers workers_;
  IdleDriver idle_;             // of the cores that replay beside
  Snapshotter snapshotter_;
  std::mutex evidence_mutex_;   // one bundle is sealed at a time
  std::thread thread_;

  mutable std::mutex mutex_;    // guards what follows
  std::condition_variable wake_;
  std::deque<CoreInput> inputs_;
  std::size_t frames_waiting_ = 0;
  std::vector<std::pair<GatewayId, std::uint64_t>> paused_;  // links that are not read
  std::uint64_t durable_ = 0;
  bool running_ = false, stopping_ = false, failed_ = false;
};

}  // namespace ustp::gateway
