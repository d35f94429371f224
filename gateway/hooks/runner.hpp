#pragma once
// One subscription and its thread (private to hooks).

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "gateway/hooks/hooks.hpp"
#include "gateway/hooks/store.hpp"

namespace ustp::gateway::hooks {

// The pause behind the `tries`th failure: doubled each time, its upper half drawn.
Duration pause_after(unsigned tries, Duration first, Duration longest, Random& random);

class Runner {
 public:
  Runner(Hook hook, const HookParts& parts) : hook_(std::move(hook)), parts_(parts) {}
  ~Runner() { stop(); }
  Result<void> start();
  void begin_stop();
  void stop();

  const std::string& name() const { return hook_.options.name; }
  std::atomic<std::uint64_t> delivered{0}, failed{0}, dead{0}, cursor{0};
  std::atomic<std::int64_t> waiting_since{0};  // of the message that is tried, seconds since 1970; 0: none

 private:
  struct Message {
    std::string id, body;
    std::uint64_t sequence = 0;          // the cursor once it is dealt with
  };
  void run();
  Result<void> round();
  // Nothing when stopping.
  std::optional<Result<EventPage>> ask();
  Result<void> deal_with(const EventPage& page);
  // Sends until it is taken or given up; false: stopping, or a replay goes before.
  Result<bool> deliver(const Message& message);
  std::string try_once(const Message& message);  // empty: taken; otherwise why not
  Result<void> bury(const Message& message, unsigned tries, const std::string& why);
  Message message_of(const TransferEvent& event) const;
  bool wanted(const TransferEvent& event) const;
  bool pause(Duration time);             // false: stopping
  bool stopping() const;

  Hook hook_;
  const HookParts& parts_;
  std::optional<HookStore> store_;
  std::optional<std::uint64_t> after_;   // how far was looked: the cursor, or further where nothing was to be sent
  SystemRandom random_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace ustp::gateway::hooks
