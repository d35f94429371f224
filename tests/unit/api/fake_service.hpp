#pragma once
// A Service that keeps what it was asked and answers when the test says so. Thread-safe.

#include <condition_variable>
#include <mutex>

#include "gateway/ports/service.hpp"

namespace ustp::test {

using gateway::Reply;
using gateway::TransferOrder;
using gateway::TransferView;

inline TransferView sample_view(std::uint8_t id = 0x11) {
  TransferView view;
  view.id.mutable_octets().fill(id);
  view.settlement.mutable_octets().fill(0x22);
  view.sender = true;
  view.state = "proposed";
  view.status = "open";
  view.waiting_on = "peer";
  view.terms.instrument = InstrumentId::literal("US0378331005");
  view.terms.quantity = Quantity(12345, 2);
  view.terms.lots.resize(1);
  view.terms.lots[0].quantity = Quantity(12345, 2);
  view.terms.reference = "a \"quoted\" \xC3\xA9 line";
  view.timeline.push_back({"proposed", Instant{1'780'000'000'000'000'000}});
  return view;
}

class FakeService final : public gateway::Service {
 public:
  // Set by the test before it asks; default: the sample.
  Result<TransferView> transfer = sample_view();
  Result<Bytes> bundle = Bytes{1, 2, 0, 255};
  Result<std::uint64_t> applied = std::uint64_t{7};
  std::vector<TransferView> listed;
  std::vector<wire::SignedStatement> log;
  PositionsView held;
  Health state{true, true, false, {"ledger csd-1 does not answer"}};

  void hold(bool on) {
    const std::lock_guard lock(mutex_);
    hold_ = on;
  }
  // Answers what was held; replies run on the caller's thread.
  void release() {
    std::vector<std::function<void()>> held_now;
    {
      const std::lock_guard lock(mutex_);
      hold_ = false;
      held_now.swap(held_);
    }
    for (auto& one : held_now) one();
  }
  // Waits until so many calls have come in.
  bool wait_calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return calls_ >= count; });
  }
  std::size_t calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  TransferOrder last_order() const {
    const std::lock_guard lock(mutex_);
    return order_;
  }
  std::size_t last_limit = 0;
  TransferId last_after;

  void start_transfer(TransferOrder order, Reply<TransferView> reply) override {
    {
      const std::lock_guard lock(mutex_);
      order_ = std::move(order);
    }
    give(std::move(reply), transfer);
  }
  void cancel_transfer(ParticipantId, TransferId, Reply<TransferView> reply) override { give(std::move(reply), transfer); }
  // Owner-only, as the port demands: everybody but "alice" is told that there is nothing.
  void get_transfer(ParticipantId who, TransferId id, Reply<TransferView> reply) override {
    if (who.str() != "alice") return give(std::move(reply), Result<TransferView>(Code::not_found, id.hex()));
    give(std::move(reply), transfer);
  }
  void list_transfers(ParticipantId, TransferId after, std::size_t limit, Reply<std::vector<TransferView>> reply) override {
    last_after = after;
    last_limit = limit;
    auto page = listed;
    if (page.size() > limit) page.resize(limit);
    give(std::move(reply), Result<std::vector<TransferView>>(page));
  }
  void evidence(ParticipantId, TransferId, Reply<Bytes> reply) override { give(std::move(reply), bundle); }
  void instruments(Reply<std::vector<token::Instrument>> reply) override {
    give(std::move(reply), Result<std::vector<token::Instrument>>(std::vector{held.instrument}));
  }
  void positions(ParticipantId, InstrumentId, Reply<PositionsView> reply) override {
    give(std::move(reply), Result<PositionsView>(held));
  }
  void apply_statement(wire::SignedStatement, Reply<std::uint64_t> reply) override { give(std::move(reply), applied); }
  void statements(std::uint64_t, Reply<std::vector<wire::SignedStatement>> reply) override {
    give(std::move(reply), Result<std::vector<wire::SignedStatement>>(log));
  }
  Health health() const override { return state; }
  std::string metrics() const override { return "ustp_engine_up 1\n"; }

 private:
  template <class T>
  void give(Reply<T> reply, Result<T> value) {
    {
      const std::lock_guard lock(mutex_);
      ++calls_;
      changed_.notify_all();
      if (hold_) {
        held_.push_back([reply = std::move(reply), value = std::move(value)] { reply(value); });
        return;
      }
    }
    reply(std::move(value));
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool hold_ = false;
  std::size_t calls_ = 0;
  std::vector<std::function<void()>> held_;
  TransferOrder order_;
};

}  // namespace ustp::test
