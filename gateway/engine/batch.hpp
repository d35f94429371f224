#pragma once
// One batch being processed: collects entries, messages per peer and effects, then seals them (private to engine).

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

class Batch {
 public:
  Batch(Core& core, Instant now) : core_(core), now_(now), entries_(now) {}
  void take(CoreInput input);
  void fire_timers();
  BatchResult seal();

 private:
  void on(FrameInput input);
  void on(LinkInput input);
  void on(ledger::Outcome outcome);
  void on(OrderCommand command);
  void on(CancelCommand command);
  void on(StatementCommand command);
  void on(QueryCommand command);
  void on(SnapshotInput input);
  void fail(const Error& error) { failed_ = error; }  // nothing of this batch may be used

  void on_hello(const FrameInput& input);
  bool check_hello(const FrameInput& input, const Result<wire::Hello>& hello);  // false: refused
  void on_exchange(const FrameInput& input);      // a frame of the JSON binding
  void on_json_hello(const FrameInput& input, BytesView body, bool asked);
  void on_json_message(const FrameInput& input, BytesView jws);
  void on_json_ack(const FrameInput& input, BytesView body);
  void on_json_statement(const FrameInput& input, BytesView frame);
  void on_json_stated(const FrameInput& input, BytesView body);
  void state_next(const GatewayId& peer, Core::Channel& channel);
  void answer(const FrameInput& input, Exchange kind, BytesView body);
  void acknowledge_json(const FrameInput& input);
  void offer(const GatewayId& peer, Core::Channel& channel);
  void send_json(const GatewayId& peer, BytesView message);
  void on_ack(const FrameInput& input);
  void on_statement(const FrameInput& input);
  void on_batch(FrameInput input);
  void on_message(const GatewayId& peer, MessageRef ref, const wire::BatchView& batch, std::uint32_t item);
  void on_status_request(const GatewayId& peer, MessageRef ref, const wire::Message& message, std::uint32_t encoding);
  void on_notice(const GatewayId& peer, MessageRef ref, const wire::Message& message, const wire::BatchView& batch,
                 std::uint32_t item);

  // Begins a transfer under this id.
  Result<void> begin(const TransferOrder& order, const TransferId& id);
  // batch_schedule.cpp
  Result<TransferId> schedule(const TransferOrder& order);
  void begin_scheduled();
  void end_scheduled(const TransferId& id, ScheduledOrder::Stage stage, std::optional<Error> reason);

  void confirm_counted();                         // to those whose notices the home book has counted

  // Steps a transfer and books what follows; the error is the refusal's.
  // `transfer` is null for an order or a proposal that starts one.
  Result<void> advance(Core::Transfer* transfer, protocol::Input input, StepEntry entry);
  MessageRef queue(protocol::Outgoing message);
  void send(const GatewayId& peer, std::span<const wire::OutgoingMessage> messages);
  std::uint32_t encoding_with(const GatewayId& peer) const;
  Result<void> apply_statement(const wire::SignedStatement& statement);
  void refuse_frame(const FrameInput& input, const Error& error);
  void keep_equivocation(Core::Channel& channel, const GatewayId& peer, BytesView frame);
  void recheck_suspended();
  void refresh_hellos();
  void notice_clock();
  void take_held();                               // outcomes that waited for a peer's head
  void take_refused();                            // what prepare() refused, as the outcomes they are
  protocol::Facts facts(const GatewayId& peer, const token::TransferTerms* terms) const;

  Core& core_;
  Instant now_;
  EntryWriter entries_;
  struct Outgoing {                               // to one peer, in frames that keep the limits
    std::vector<std::vector<wire::OutgoingMessage>> frames;
    std::size_t octets = 0;                       // of the last frame
  };
  std::map<GatewayId, Outgoing> outgoing_;
  std::map<GatewayId, std::uint32_t> incoming_frames_;
  std::set<GatewayId> acknowledge_;
  std::deque<ledger::Outcome> refused_at_once_;   // operations that prepare() refused
  Effects effects_;
  std::optional<Error> failed_;
};

}  // namespace ustp::gateway
