#include <list>
#include <mutex>

#include "ustp/base/random.hpp"
#include "ustp/testing/ledger_contract.hpp"

namespace ustp::testing {
namespace {

// Stands between a driver and its sink. What is held waits in order of arrival; a dropped one is told as unknown, so
// that its asker has to ask again, as after a lost connection.
class Late final : public LateDriver, private ledger::OutcomeSink {
 public:
  Late(std::unique_ptr<ledger::Driver> driver, LateAnswers how, std::uint64_t seed)
      : driver_(std::move(driver)), how_(how), random_(seed) {}

  const ledger::LedgerProfile& profile() const override { return driver_->profile(); }
  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t epoch) override {
    {
      const std::lock_guard lock(mutex_);
      sink_ = &sink;
    }
    return driver_->start(*this, epoch);
  }
  void stop() override {
    driver_->stop();
    const std::lock_guard lock(mutex_);
    sink_ = nullptr;
    held_.clear();
  }
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override { return driver_->prepare(request); }
  void restore(const ledger::Intent& intent) override { driver_->restore(intent); }
  void execute(const ledger::Intent& intent) override { driver_->execute(intent); }
  void query(const ledger::Intent& intent) override { driver_->query(intent); }
  Result<std::vector<token::Position>> positions(const InstrumentId& instrument) override {
    return driver_->positions(instrument);
  }
  Result<ledger::Supply> supply(const InstrumentId& instrument) override { return driver_->supply(instrument); }

  void pump() override {
    std::vector<ledger::Outcome> due;
    ledger::OutcomeSink* sink = nullptr;
    {
      const std::lock_guard lock(mutex_);
      sink = sink_;
      for (auto it = held_.begin(); it != held_.end();) {
        if (--it->pumps_left > 0) {
          ++it;
          continue;
        }
        due.push_back(std::move(it->outcome));
        it = held_.erase(it);
      }
    }
    if (sink == nullptr) return;
    for (auto& outcome : due) sink->on_outcome(std::move(outcome));
  }

 private:
  struct Held {
    ledger::Outcome outcome;
    std::uint32_t pumps_left;
  };
  static constexpr std::size_t kMaxHeld = 4096;  // beyond it answers pass at once

  bool happens(std::uint32_t percent) { return random_.below(100) < percent; }

  void on_outcome(ledger::Outcome outcome) override {
    ledger::OutcomeSink* sink = nullptr;
    bool now = true;
    {
      const std::lock_guard lock(mutex_);
      sink = sink_;
      if (sink == nullptr) return;
      if (happens(how_.unknown_percent)) outcome = {outcome.id, ledger::OutcomeKind::kUnknown, {}, {}};
      if (held_.size() < kMaxHeld && happens(how_.twice_percent)) held_.push_back({outcome, how_.late_pumps + 1});
      if (held_.size() < kMaxHeld && happens(how_.late_percent)) {
        held_.push_back({outcome, how_.late_pumps});
        now = false;
      }
    }
    if (now) sink->on_outcome(std::move(outcome));
  }

  std::unique_ptr<ledger::Driver> driver_;
  LateAnswers how_;
  std::mutex mutex_;
  SeededRandom random_;
  ledger::OutcomeSink* sink_ = nullptr;
  std::list<Held> held_;
};

}  // namespace

std::unique_ptr<LateDriver> answer_late(std::unique_ptr<ledger::Driver> driver, LateAnswers how, std::uint64_t seed) {
  return std::make_unique<Late>(std::move(driver), how, seed);
}

}  // namespace ustp::testing
