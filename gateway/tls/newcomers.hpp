#pragma once
// Accepted connections that have not shown a certificate yet, in the order they came. Where room is short the oldest gives
// its place away: half-open connections keep nobody out. Keeps nothing alive. One thread.

#include <deque>
#include <memory>

namespace ustp::gateway {

template <class Connection>
class Newcomers {
 public:
  void add(const std::shared_ptr<Connection>& connection) { waiting_.push_back(connection); }
  // The one that `shakes_hands` for longest, taken out; none when all have arrived or are gone.
  template <class ShakesHands>
  std::shared_ptr<Connection> take_oldest(const ShakesHands& shakes_hands) {
    drop_arrived(shakes_hands);
    if (waiting_.empty()) return nullptr;
    auto oldest = waiting_.front().lock();
    waiting_.pop_front();
    return oldest;
  }
  // From the front: each is looked at until it is seen to have arrived or to be gone.
  template <class ShakesHands>
  void drop_arrived(const ShakesHands& shakes_hands) {
    while (!waiting_.empty()) {
      if (const auto oldest = waiting_.front().lock(); oldest && shakes_hands(oldest)) return;
      waiting_.pop_front();
    }
  }

 private:
  std::deque<std::weak_ptr<Connection>> waiting_;
};

}  // namespace ustp::gateway
