#pragma once
// Who waits for the next event (private to engine; the engine's thread alone). Bounded: where there is no room, the one
// that has waited longest is answered with nothing, which is an answer it had to expect.

#include <algorithm>
#include <chrono>
#include <list>

#include "gateway/engine/core.hpp"

namespace ustp::gateway {

class EventWaiters {
 public:
  explicit EventWaiters(std::size_t max) : max_(max) {}

  // Answers at once, or keeps the question. Nothing behind `durable` is told.
  void ask(EventQuery query, Reply<EventPage> reply, const Core& core, std::uint64_t durable) {
    auto page = core.events_for(query, durable);
    if (says_something(page) || query.wait.ns <= 0) return reply(std::move(page));
    query.after = page.next;
    if (waiting_.size() >= max_) waiting_.remove_if([](const auto& one) { return one.query.asker.expired(); });
    if (waiting_.size() >= max_) answer_oldest(core, durable);
    waiting_.push_back({std::move(query), std::move(reply), {}});
    auto& one = waiting_.back();
    one.until = Clock::now() + std::chrono::nanoseconds(one.query.wait.ns);
  }
  // More became durable.
  void tell(const Core& core, std::uint64_t durable) {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      auto page = core.events_for(it->query, durable);
      it->query.after = page.next;
      if (says_something(page)) {
        it->reply(std::move(page));
        it = waiting_.erase(it);
      } else {
        ++it;
      }
    }
  }
  // Answers those whose time is over, and forgets those who have gone.
  void expire(const Core& core, std::uint64_t durable) {
    const auto now = Clock::now();
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      const bool gone = it->query.asker.expired();
      if (!gone && now < it->until) {
        ++it;
        continue;
      }
      if (!gone) it->reply(core.events_for(it->query, durable));
      it = waiting_.erase(it);
    }
  }
  void refuse(const Error& error) {
    for (auto& one : waiting_) one.reply(error);
    waiting_.clear();
  }
  bool empty() const { return waiting_.empty(); }

 private:
  using Clock = std::chrono::steady_clock;  // a wait does not end later because somebody puts the time back
  struct Waiting {
    EventQuery query;
    Reply<EventPage> reply;
    Clock::time_point until;
  };
  static bool says_something(const EventPage& page) { return !page.events.empty() || page.more || page.gap; }
  void answer_oldest(const Core& core, std::uint64_t durable) {
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    one.reply(core.events_for(one.query, durable));
  }

  const std::size_t max_;
  std::list<Waiting> waiting_;
};

}  // namespace ustp::gateway
