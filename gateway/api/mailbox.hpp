#pragma once
// Brings closures from any thread to the one that runs the io_context: one post for as many as are waiting, so that a
// batch of the engine's replies costs its thread one wake-up.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace ustp::gateway::api {

class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}

  void put(std::function<void()> closure) {
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    waiting_.push_back(std::move(closure));
    if (waiting_.size() == 1) boost::asio::post(*io_, [self = shared_from_this()] { self->run(); });
  }
  // From now on closures are dropped. After it, no thread touches the io_context through this object.
  void close() {
    std::vector<std::function<void()>> dropped;
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
    dropped.swap(waiting_);
  }

 private:
  void run() {
    std::vector<std::function<void()>> closures;
    {
      const std::lock_guard lock(mutex_);
      closures.swap(waiting_);
    }
    for (auto& closure : closures) closure();
  }

  std::mutex mutex_;
  boost::asio::io_context* io_;
  std::vector<std::function<void()>> waiting_;  // bounded by the handler's limit of requests in flight
};

}  // namespace ustp::gateway::api
