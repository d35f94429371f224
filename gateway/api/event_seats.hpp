#pragma once
// How many questions for events one participant may have open: streams and answers that wait (USTP-API-011). A seat is
// given back when it is destroyed, on whatever thread, also when the server has gone.

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ustp/base/ids.hpp"

namespace ustp::gateway::api {

class EventSeats {
  struct State {
    std::mutex mutex;
    std::unordered_map<ParticipantId, std::size_t> taken;
  };

 public:
  class Seat {
   public:
    Seat(std::shared_ptr<State> state, ParticipantId who) : state_(std::move(state)), who_(std::move(who)) {}
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() {
      const std::lock_guard lock(state_->mutex);
      if (const auto it = state_->taken.find(who_); --it->second == 0) state_->taken.erase(it);
    }

   private:
    std::shared_ptr<State> state_;
    ParticipantId who_;
  };

  explicit EventSeats(std::size_t each) : each_(each) {}
  // None when all of the participant's are taken.
  std::shared_ptr<const Seat> take(const ParticipantId& who) {
    {
      const std::lock_guard lock(state_->mutex);
      auto& count = state_->taken[who];
      if (count >= each_) return nullptr;
      ++count;
    }
    return std::make_shared<const Seat>(state_, who);
  }

 private:
  const std::size_t each_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ustp::gateway::api
