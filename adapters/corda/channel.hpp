#pragma once
// How a driver's thread reaches its ledger.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "adapters/corda/driver.hpp"

namespace ustp::corda {

// What waits for the ledger. Thread-safe.
class Outbox {
 public:
  explicit Outbox(std::size_t capacity) : capacity_(capacity) {}
  // Gives back what found no room.
  std::vector<Question> put(std::vector<Question> questions);
  std::vector<Question> take(std::size_t at_most);
  void wait();                       // until something waits, or stop
  void stop();
  bool stopped() const { return stopped_; }
  // Called (outside the lock) when something was put into an empty outbox, and at stop. Set before any thread uses it.
  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Question> waiting_;
  std::atomic<bool> stopped_ = false;
  std::function<void()> wake_;
};

std::vector<Answer> all_unknown(std::span<const Question> questions, const Error& why);

using AnswerSink = std::function<void(std::vector<Answer>)>;

class Channel {
 public:
  virtual ~Channel() = default;
  // What an outbox must call to wake serve(); empty where Outbox::wait() is enough.
  virtual std::function<void()> waker() { return {}; }
  // The driver's thread: serves the outbox until it is stopped. Every question taken is answered, if only by unknown.
  virtual void serve(Outbox& outbox, const AnswerSink& sink, std::uint64_t epoch) = 0;
  virtual Result<Snapshot> snapshot(const InstrumentId& instrument, const AccountId& after) = 0;
};

std::unique_ptr<Channel> make_local_channel(std::shared_ptr<LedgerAccess> ledger);
Result<std::unique_ptr<Channel>> make_tcp_channel(const CordaOptions& options);

}  // namespace ustp::corda
