#pragma once
// Requests of one peer that the sink has taken and not answered. One connection has one at a time; there are more when
// connections ended meanwhile, and their answers go nowhere. Network's thread.

#include <deque>

#include "gateway/peer/connection.hpp"

namespace ustp::gateway {

class Asked {
 public:
  void add(Exchange kind, std::weak_ptr<Connection> by) { waiting_.push_back({kind, std::move(by)}); }
  // Whose request the sink's next answer of this kind belongs to; null when that connection is gone.
  std::shared_ptr<Connection> take(Exchange kind) {
    for (auto it = waiting_.begin(); it != waiting_.end(); ++it)
      if (it->kind == kind) {
        const auto by = it->by.lock();
        waiting_.erase(it);
        return by;
      }
    return nullptr;
  }
  void refuse_all(const Error& error) {
    for (const auto& one : std::exchange(waiting_, {}))
      if (const auto by = one.by.lock()) by->refuse(error);
  }

 private:
  struct Waiting {
    Exchange kind{};
    std::weak_ptr<Connection> by;
  };
  std::deque<Waiting> waiting_;
};

}  // namespace ustp::gateway
