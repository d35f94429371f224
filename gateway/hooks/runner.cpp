#include "gateway/hooks/runner.hpp"

#include <algorithm>
#include <array>

#include "ustp/base/thread.hpp"

namespace ustp::gateway::hooks {

namespace {

constexpr std::size_t kPage = 100;
constexpr std::uint64_t kPassedOver = 1000;
constexpr Duration kAfterTrouble = Duration::seconds(1);

// A text inside JSON: what we make of errors and names is ASCII; whatever is not is left out.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text)
    if (c >= ' ' && c <= '~') {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  return out + "\"";
}

}  // namespace

Duration pause_after(unsigned tries, Duration first, Duration longest, Random& random) {
  auto whole = first.ns;
  for (unsigned i = 1; i < tries && whole < longest.ns; ++i) whole *= 2;
  whole = std::min(whole, longest.ns);
  std::array<std::uint8_t, 2> draw{};
  random.fill(draw);
  return {whole / 2 + (std::int64_t{draw[0]} << 8 | draw[1]) * (whole - whole / 2) / 65535};
}

Result<void> Runner::start() {
  USTP_TRY(auto store, HookStore::open(parts_.folder, hook_.options.name));
  store_ = std::move(store);
  after_ = store_->cursor();
  cursor = after_.value_or(0);
  dead = store_->dead();
  thread_ = std::thread([this] {
    name_this_thread("webhook");
    run();
  });
  return {};
}

void Runner::begin_stop() {
  const std::lock_guard hold(mutex_);
  stopping_ = true;
  changed_.notify_all();
}
void Runner::stop() {
  begin_stop();
  if (thread_.joinable()) thread_.join();
}
bool Runner::stopping() const {
  const std::lock_guard hold(mutex_);
  return stopping_;
}
bool Runner::pause(Duration time) {
  std::unique_lock hold(mutex_);
  return !changed_.wait_for(hold, std::chrono::nanoseconds(time.ns), [&] { return stopping_; });
}

void Runner::run() {
  while (!stopping()) {
    const auto done = round();
    if (done) continue;
    parts_.notice(hook_.options.name, to_string(done.error()));
    pause(kAfterTrouble);
  }
}

Result<void> Runner::round() {
  USTP_TRY(const bool replayed, store_->take_replay());
  if (replayed) {
    after_ = store_->cursor();
    parts_.notice(hook_.options.name, "replay behind " + std::to_string(*after_));
  }
  if (!parts_.admitted(hook_.options.participant)) {  // as the API would refuse it
    pause(kAfterTrouble);
    return {};
  }
  const auto answer = ask();
  if (!answer) return {};
  if (!*answer) return answer->error();
  return deal_with(**answer);
}

std::optional<Result<EventPage>> Runner::ask() {
  struct Answer {
    std::mutex mutex;
    std::condition_variable came;
    std::optional<Result<EventPage>> page;
  };
  const auto answer = std::make_shared<Answer>();  // also who asks: gone, when we do not wait any more
  EventQuery query;
  query.participant = hook_.options.participant;
  query.after = after_;
  query.limit = kPage;
  query.wait = hook_.options.ask_wait;
  query.asker = answer;
  parts_.service.events(std::move(query), [weak = std::weak_ptr(answer)](Result<EventPage> page) {
    const auto to = weak.lock();
    if (!to) return;
    const std::lock_guard hold(to->mutex);
    to->page = std::move(page);
    to->came.notify_all();
  });
  const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(hook_.options.ask_wait.ns) + std::chrono::seconds(5);
  std::unique_lock hold(answer->mutex);
  while (!answer->page && !stopping() && std::chrono::steady_clock::now() < until)
    answer->came.wait_for(hold, std::chrono::milliseconds(100));
  if (answer->page) return std::move(*answer->page);
  if (stopping()) return {};
  return Result<EventPage>(Error{Code::no_reply, "events"});
}

bool Runner::wanted(const TransferEvent& event) const {
  const auto& only = hook_.options.statuses;
  return only.empty() || std::find(only.begin(), only.end(), event.status) != only.end();
}

Runner::Message Runner::message_of(const TransferEvent& event) const {
  return {parts_.self.str() + "." + std::to_string(event.sequence),
          R"({"type":"transfer.state","timestamp":)" + json_text(to_rfc3339(event.at)) + R"(,"data":)" + parts_.render(event) + "}",
          event.sequence};
}

Result<void> Runner::deal_with(const EventPage& page) {
  if (page.gap) {
    parts_.notice(hook_.options.name, to_string(*page.gap));
    const Message missed{parts_.self.str() + ".missed." + std::to_string(page.restart),
                         R"({"type":"events.missed","timestamp":)" + json_text(to_rfc3339(parts_.clock.now())) +
                             R"(,"data":{"code":)" + json_text(info(page.gap->code).name) + R"(,"restart_after":)" +
                             json_text(parts_.cursor(page.restart)) + "}}",
                         page.restart};
    USTP_TRY(const bool dealt, deliver(missed));
    if (!dealt) return {};
    after_ = page.restart;
    return store_->keep(page.restart);
  }
  for (const auto& event : page.events) {
    if (!wanted(event)) continue;
    USTP_TRY(const bool dealt, deliver(message_of(event)));
    if (!dealt) return {};
    USTP_CHECK(store_->keep(event.sequence));  // USTP-HOK-001: before the next one is sent
    after_ = cursor = event.sequence;
  }
  after_ = page.next;
  cursor = page.next;
  // What was only passed over need not be kept each time: it would be passed over again.
  if (page.next > store_->cursor().value_or(0) + kPassedOver) USTP_CHECK(store_->keep(page.next));
  return {};
}

std::string Runner::try_once(const Message& message) {
  client::HttpRequest request{"POST", hook_.options.path, {{"Content-Type", "application/json"}}, message.body};
  for (auto& field : signed_fields(message.id, parts_.clock.now(), message.body, hook_.secret))
    request.headers.push_back(std::move(field));
  const auto reply = hook_.transport->send(request);
  if (!reply) return std::string(info(reply.error().code).name);
  if (reply->status >= 200 && reply->status < 300) return {};
  return "status " + std::to_string(reply->status);
}

// USTP-HOK-002
Result<bool> Runner::deliver(const Message& message) {
  const auto began = std::chrono::steady_clock::now();
  waiting_since = parts_.clock.now().ns / 1'000'000'000;
  for (unsigned tries = 1; !stopping(); ++tries) {
    const auto why = try_once(message);
    if (why.empty()) {
      ++delivered;
      waiting_since = 0;
      return true;
    }
    ++failed;
    if (tries == 1) parts_.notice(hook_.options.name, message.id + " was not taken: " + why);
    if (std::chrono::steady_clock::now() - began >= std::chrono::nanoseconds(hook_.options.give_up_after.ns)) {
      USTP_CHECK(bury(message, tries, why));
      waiting_since = 0;
      return true;
    }
    if (!pause(pause_after(tries, hook_.options.first_retry, hook_.options.longest_retry, random_))) break;
    USTP_TRY(const bool replayed, store_->take_replay());
    if (replayed) {
      after_ = store_->cursor();
      break;
    }
  }
  waiting_since = 0;
  return false;
}

Result<void> Runner::bury(const Message& message, unsigned tries, const std::string& why) {
  const auto before = message.sequence == 0 ? 0 : message.sequence - 1;
  USTP_CHECK(store_->bury(R"({"id":)" + json_text(message.id) + R"(,"given_up":)" + json_text(to_rfc3339(parts_.clock.now())) +
                          R"(,"tries":)" + std::to_string(tries) + R"(,"why":)" + json_text(why) + R"(,"replay_after":)" +
                          json_text(parts_.cursor(before)) + R"(,"message":)" + message.body + "}"));
  dead = store_->dead();
  parts_.notice(hook_.options.name, message.id + " is a dead letter: " + why);
  return {};
}

}  // namespace ustp::gateway::hooks

namespace ustp::gateway {
namespace {

class HooksImpl final : public Hooks {
 public:
  HooksImpl(std::vector<Hook> hooks, HookParts parts) : parts_(std::move(parts)) {
    for (auto& hook : hooks) runners_.push_back(std::make_unique<hooks::Runner>(std::move(hook), parts_));
  }
  ~HooksImpl() override { stop(); }
  Result<void> start() override {
    for (auto& runner : runners_) USTP_CHECK(runner->start());
    return {};
  }
  void stop() override {
    for (auto& runner : runners_) runner->begin_stop();
    for (auto& runner : runners_) runner->stop();
  }
  std::string metrics() const override {
    if (runners_.empty()) return {};
    std::string out;
    const auto family = [&](const char* name, const char* type, const char* help, const auto& value) {
      out += "# HELP " + std::string(name) + " " + help + "\n# TYPE " + name + " " + type + "\n";
      for (const auto& runner : runners_)
        out += std::string(name) + "{webhook=\"" + runner->name() + "\"} " + std::to_string(value(*runner)) + "\n";
    };
    family("ustp_webhook_delivered_total", "counter", "Messages that a receiver took.", [](const auto& r) { return r.delivered.load(); });
    family("ustp_webhook_failed_tries_total", "counter", "Tries that it did not take.", [](const auto& r) { return r.failed.load(); });
    family("ustp_webhook_dead_letters", "gauge", "Messages given up and kept.", [](const auto& r) { return r.dead.load(); });
    family("ustp_webhook_cursor", "gauge", "Sequence number dealt with last.", [](const auto& r) { return r.cursor.load(); });
    family("ustp_webhook_waiting_since_seconds", "gauge", "Unix time since when the message under way is tried; 0 when none is.",
           [](const auto& r) { return r.waiting_since.load(); });
    return out;
  }

 private:
  HookParts parts_;
  std::vector<std::unique_ptr<hooks::Runner>> runners_;
};

}  // namespace

std::unique_ptr<Hooks> make_hooks(std::vector<Hook> hooks, HookParts parts) {
  return std::make_unique<HooksImpl>(std::move(hooks), std::move(parts));
}

}  // namespace ustp::gateway
