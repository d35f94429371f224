#include "adapters/corda/driver.hpp"

#include <algorithm>
#include <iterator>
#include <thread>

#include "adapters/corda/channel.hpp"
#include "adapters/corda/frames.hpp"
#include "adapters/corda/request.hpp"
#include "ustp/base/thread.hpp"

namespace ustp::corda {
namespace {

class CordaDriver final : public ledger::Driver {
 public:
  CordaDriver(ledger::LedgerProfile profile, std::size_t waiting, std::unique_ptr<Channel> channel)
      : profile_(std::move(profile)), waiting_(waiting), channel_(std::move(channel)) {}
  ~CordaDriver() override { stop(); }

  const ledger::LedgerProfile& profile() const override { return profile_; }

  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t epoch) override {
    stop();
    outbox_ = std::make_unique<Outbox>(waiting_);
    outbox_->on_wake(channel_->waker());
    sink_ = &sink;
    thread_ = std::thread([this, epoch, outbox = outbox_.get()] {
      name_this_thread("corda");
      channel_->serve(*outbox, [this](std::vector<Answer> answers) { deliver(std::move(answers)); }, epoch);
    });
    return {};
  }
  void stop() override {
    if (outbox_) outbox_->stop();
    if (thread_.joinable()) thread_.join();
  }

  // An intent is the request itself: it needs nothing of the ledger, and the id is its uniqueness key.
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override {
    if (request.lots.size() > token::kMaxLots) return Error{Code::too_long, "lots"};
    auto octets = ledger::request_octets(request);
    if (octets.size() > kMaxRequest) return Error{Code::too_long, "request"};
    return ledger::Intent{request.id, std::move(octets)};
  }
  void restore(const ledger::Intent&) override {}  // no allocators to keep right
  void execute(const ledger::Intent& intent) override { execute_all({&intent, 1}); }
  void execute_all(std::span<const ledger::Intent> intents) override {
    std::vector<Question> questions;
    questions.reserve(intents.size());
    for (const auto& intent : intents) questions.push_back({intent.id, true, intent.octets});
    put(std::move(questions));
  }
  void query(const ledger::Intent& intent) override { put({{intent.id, false, {}}}); }

  Result<std::vector<token::Position>> positions(const InstrumentId& instrument) override {
    std::vector<token::Position> out;
    constexpr std::size_t kMostPages = 10'000;
    AccountId after;
    for (std::size_t page = 0; page < kMostPages; ++page) {
      USTP_TRY(auto snapshot, channel_->snapshot(instrument, after));
      for (auto& position : snapshot.positions)
        if (position.base_units != 0) out.push_back(std::move(position));
      if (!snapshot.more || snapshot.positions.empty()) return out;
      after = snapshot.positions.back().account;
    }
    return Error{Code::too_long, "positions"};
  }
  Result<ledger::Supply> supply(const InstrumentId& instrument) override {
    USTP_TRY(const auto snapshot, channel_->snapshot(instrument, {}));
    return snapshot.supply;
  }

 private:
  void put(std::vector<Question> questions) {
    if (!outbox_ || outbox_->stopped()) return;
    if (const auto rest = outbox_->put(std::move(questions)); !rest.empty())
      deliver(all_unknown(rest, {Code::overloaded, ""}));
  }
  void deliver(std::vector<Answer> answers) {
    for (auto& answer : answers) {
      if (answer.kind != ledger::OutcomeKind::kFinal) continue;
      answer.evidence.kind = profile_.evidence;
      answer.evidence.ledger = profile_.id;
      answer.evidence.finality.rule = profile_.finality_rule;
    }
    sink_->on_outcomes(std::move(answers));
  }

  ledger::LedgerProfile profile_;
  std::size_t waiting_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Outbox> outbox_;
  ledger::OutcomeSink* sink_ = nullptr;
  std::thread thread_;
};

class LocalChannel final : public Channel {
 public:
  explicit LocalChannel(std::shared_ptr<LedgerAccess> ledger) : ledger_(std::move(ledger)) {}

  void serve(Outbox& outbox, const AnswerSink& sink, std::uint64_t epoch) override {
    const auto entered = ledger_->enter(epoch);
    while (true) {
      outbox.wait();
      if (outbox.stopped()) return;
      const auto questions = outbox.take(kMaxBatch);
      auto answers = entered ? ledger_->run(questions, epoch) : Result<std::vector<Answer>>(entered.error());
      sink(answers ? *std::move(answers) : all_unknown(questions, answers.error()));
    }
  }
  Result<Snapshot> snapshot(const InstrumentId& instrument, const AccountId& after) override {
    return ledger_->snapshot(instrument, after, kMaxPage);
  }

 private:
  std::shared_ptr<LedgerAccess> ledger_;
};

}  // namespace

std::vector<Question> Outbox::put(std::vector<Question> questions) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = waiting_.empty();
    const auto room = std::min(questions.size(), capacity_ - waiting_.size());
    const auto end = questions.begin() + static_cast<std::ptrdiff_t>(room);
    std::move(questions.begin(), end, std::back_inserter(waiting_));
    questions.erase(questions.begin(), end);
    first = first && room > 0;
  }
  if (!first) return questions;
  ready_.notify_one();
  if (wake_) wake_();
  return questions;
}
std::vector<Answer> all_unknown(std::span<const Question> questions, const Error& why) {
  std::vector<Answer> out;
  for (const auto& question : questions) out.push_back({question.id, ledger::OutcomeKind::kUnknown, {}, why});
  return out;
}

std::vector<Question> Outbox::take(std::size_t at_most) {
  const std::lock_guard lock(mutex_);
  std::vector<Question> out;
  while (!waiting_.empty() && out.size() < at_most) {
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return out;
}
void Outbox::wait() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
}
void Outbox::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  ready_.notify_all();
  if (wake_) wake_();
}

std::unique_ptr<Channel> make_local_channel(std::shared_ptr<LedgerAccess> ledger) {
  return std::make_unique<LocalChannel>(std::move(ledger));
}

Result<std::unique_ptr<ledger::Driver>> make_corda_driver(CordaOptions options) {
  if (options.profile.kind != ledger::LedgerKind::kCorda || options.profile.evidence != EvidenceKind::kCordaTearOff)
    return Error{Code::config_invalid, "the profile is not a Corda ledger's"};
  if (options.endpoint.empty() == (options.ledger == nullptr))
    return Error{Code::config_invalid, "corda: endpoint or ledger in process, one of them"};
  std::unique_ptr<Channel> channel;
  if (options.ledger) {
    if (options.ledger->id() != options.profile.id) return Error{Code::config_invalid, "another ledger's profile"};
    channel = make_local_channel(options.ledger);
  } else {
    USTP_TRY(channel, make_tcp_channel(options));
  }
  return std::unique_ptr<ledger::Driver>(
      std::make_unique<CordaDriver>(std::move(options.profile), options.waiting, std::move(channel)));
}

}  // namespace ustp::corda
