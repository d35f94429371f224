#pragma once
// A Service that keeps what it was asked and answers when the test says so. Thread-safe.

#include <algorithm>
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
  TransferId last_after, looked_to;
  gateway::TransferFilter last_filter;
  gateway::OrderFindings found;
  std::vector<gateway::LedgerView> known_ledgers;
  std::vector<wire::ParticipantStatement> known_participants;

  void start_transfer(TransferOrder order, Reply<TransferView> reply) override {
    {
      const std::lock_guard lock(mutex_);
      order_ = std::move(order);
    }
    give(std::move(reply), transfer);
  }
  // Owner-only, as the port demands: everybody but "alice" is told that there is nothing.
  void cancel_transfer(ParticipantId who, TransferId id, Reply<TransferView> reply) override {
    get_transfer(std::move(who), id, std::move(reply));
  }
  void get_transfer(ParticipantId who, TransferId id, Reply<TransferView> reply) override {
    if (who.str() != "alice") return give(std::move(reply), Result<TransferView>(Code::not_found, id.hex()));
    give(std::move(reply), transfer);
  }
  void list_transfers(ParticipantId, gateway::TransferFilter filter, TransferId after, std::size_t limit,
                      Reply<gateway::TransferPage> reply) override {
    last_filter = filter;
    last_after = after;
    last_limit = limit;
    gateway::TransferPage page{listed, looked_to};
    if (page.transfers.size() > limit) page.transfers.resize(limit);
    give(std::move(reply), Result<gateway::TransferPage>(page));
  }
  void check_transfer(TransferOrder order, Reply<gateway::OrderFindings> reply) override {
    {
      const std::lock_guard lock(mutex_);
      order_ = std::move(order);
    }
    give(std::move(reply), Result<gateway::OrderFindings>(found));
  }
  void ledgers(Reply<std::vector<gateway::LedgerView>> reply) override {
    give(std::move(reply), Result<std::vector<gateway::LedgerView>>(known_ledgers));
  }
  void participants(Reply<std::vector<wire::ParticipantStatement>> reply) override {
    give(std::move(reply), Result<std::vector<wire::ParticipantStatement>>(known_participants));
  }
  // As the engine: at once where there is something, later where it was asked to wait.
  void events(gateway::EventQuery query, Reply<gateway::EventPage> reply) override {
    std::unique_lock lock(mutex_);
    ++calls_;
    last_query_ = query;
    changed_.notify_all();
    auto page = page_of(query);
    if (page.events.empty() && !page.gap && query.wait.ns > 0) {
      waiting_.emplace_back(std::move(query), std::move(reply));
      return;
    }
    lock.unlock();
    reply(std::move(page));
  }
  // One event more, for "alice"; whoever waits is told.
  void happen(const std::string& entered = "proposed", const std::string& who = "alice") {
    std::vector<std::pair<Reply<gateway::EventPage>, gateway::EventPage>> told;
    {
      const std::lock_guard lock(mutex_);
      gateway::TransferEvent event;
      event.sequence = happened_.size() + 1;
      event.transfer.mutable_octets().fill(0x11);
      event.sender = true;
      event.state = entered;
      event.status = "open";
      event.waiting_on = "peer";
      event.at = Instant{1'780'000'000'000'000'000};
      happened_.emplace_back(who, event);
      for (auto& [query, reply] : std::exchange(waiting_, {})) {
        auto page = page_of(query);
        if (page.events.empty() && !page.gap) waiting_.emplace_back(std::move(query), std::move(reply));
        else told.emplace_back(std::move(reply), std::move(page));
      }
    }
    for (auto& [reply, page] : told) reply(std::move(page));
  }
  void forget_events_before(std::uint64_t sequence) {
    const std::lock_guard lock(mutex_);
    oldest_ = sequence;
  }
  gateway::EventQuery last_query() const {
    const std::lock_guard lock(mutex_);
    return last_query_;
  }
  // Questions whose asker is still there.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(waiting_.begin(), waiting_.end(), [](const auto& one) { return !one.first.asker.expired(); }));
  }
  void evidence(ParticipantId who, TransferId id, Reply<Bytes> reply) override {
    if (who.str() != "alice") return give(std::move(reply), Result<Bytes>(Code::not_found, id.hex()));
    give(std::move(reply), bundle);
  }
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
  gateway::EventPage page_of(const gateway::EventQuery& query) const {
    gateway::EventPage page;
    page.next = query.after.value_or(oldest_ - 1);
    page.restart = oldest_ - 1;
    if (page.next > happened_.size()) page.gap = Error{Code::cursor_ahead, ""};
    if (page.next + 1 < oldest_) page.gap = Error{Code::cursor_expired, ""};
    while (!page.gap && page.next < happened_.size() && page.events.size() < query.limit)
      if (const auto& [who, event] = happened_[page.next++]; who == query.participant.str()) page.events.push_back(event);
    page.more = !page.gap && page.next < happened_.size();
    return page;
  }
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
  std::vector<std::pair<std::string, gateway::TransferEvent>> happened_;
  std::vector<std::pair<gateway::EventQuery, Reply<gateway::EventPage>>> waiting_;
  gateway::EventQuery last_query_;
  std::uint64_t oldest_ = 1;
};

}  // namespace ustp::test
