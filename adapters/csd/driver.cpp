#include "adapters/csd/driver.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/csd/answers.hpp"
#include "adapters/csd/file_drop.hpp"
#include "adapters/csd/intent.hpp"
#include "ustp/base/thread.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::csd {
namespace {

constexpr std::size_t kMaxQueued = 65'536, kMaxExpected = 1'000'000, kBatch = 256;

class CsdDriver final : public ledger::Driver {
 public:
  CsdDriver(CsdOptions options, AnswerReader reader, FileDrop inbox, FileDrop outbox)
      : options_(std::move(options)), reader_(std::move(reader)), inbox_(std::move(inbox)), outbox_(std::move(outbox)) {}
  ~CsdDriver() override { halt(); }

  const ledger::LedgerProfile& profile() const override { return options_.profile; }
  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t fencing_epoch) override;
  void stop() override { halt(); }
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override;
  void restore(const ledger::Intent& intent) override;
  void execute(const ledger::Intent& intent) override { enqueue({intent, false}); }
  void query(const ledger::Intent& intent) override { enqueue({intent, true}); }
  Result<std::vector<token::Position>> positions(const InstrumentId& instrument) override;
  Result<ledger::Supply> supply(const InstrumentId& instrument) override;

 private:
  struct Job {
    ledger::Intent intent;
    bool question;
  };
  // What positions() waits for: the pages of one semt.002.
  struct Statement {
    std::map<std::uint32_t, std::vector<iso::Holding>> pages;
    std::uint32_t last = 0;  // number of the last page once it came
    bool complete() const { return last != 0 && pages.size() == last; }
  };

  void halt();
  void enqueue(Job job);
  void run();
  void send(std::vector<Job> jobs, std::vector<DropFile> questions);
  std::optional<DropFile> file_for(const Job& job);
  DropFile question(std::string_view tag, BytesView about, const std::function<iso::Message(iso::Header)>& make);
  void collect();
  void deliver(std::string_view file, iso::Message message);
  void report(ledger::Outcome outcome) { sink_->on_outcome(std::move(outcome)); }
  Result<std::vector<iso::Holding>> ask(const InstrumentId& instrument);

  const CsdOptions options_;
  const AnswerReader reader_;
  FileDrop inbox_, outbox_;              // worker thread, after start()
  ledger::OutcomeSink* sink_ = nullptr;
  std::uint64_t epoch_ = 0;
  std::uint64_t last_number_ = 0;        // engine's thread: names of files ascend
  std::uint64_t deliveries_ = 0;         // worker thread
  std::map<OperationId, Hash256> expected_;  // worker thread: what was sent or asked and is not settled

  std::mutex mutex_;                     // guards what follows
  std::condition_variable wake_, statement_came_;
  std::deque<Job> jobs_;
  std::deque<std::pair<InstrumentId, std::uint64_t>> holdings_wanted_;
  std::map<std::uint64_t, std::optional<Statement>> statements_;  // by ticket; empty until it was asked
  std::map<std::string, std::uint64_t> tickets_;                  // BizMsgIdr of a question -> ticket
  std::uint64_t next_ticket_ = 0;
  bool stopping_ = false;
  std::thread worker_;
};

Result<void> CsdDriver::start(ledger::OutcomeSink& sink, std::uint64_t fencing_epoch) {
  if (worker_.joinable()) return Error{Code::internal, "the driver runs already"};
  sink_ = &sink;
  epoch_ = fencing_epoch;
  stopping_ = false;
  worker_ = std::thread([this] {
    name_this_thread("csd");
    run();
  });
  return {};
}

void CsdDriver::halt() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  statement_came_.notify_all();
  if (worker_.joinable()) worker_.join();
}

Result<ledger::Intent> CsdDriver::prepare(const ledger::OperationRequest& request) {
  const Instant now = options_.clock->now();
  USTP_TRY(const auto instruction, instruction_for(request, options_.profile, now));
  last_number_ = std::max(last_number_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now.ns, 0)));
  PreparedFile file{last_number_, file_name(last_number_, iso::reference(request.id)), iso::write(instruction)};
  return ledger::Intent{request.id, intent_octets(file)};
}

void CsdDriver::restore(const ledger::Intent& intent) {
  if (const auto file = read_intent(intent.octets)) last_number_ = std::max(last_number_, file->number);
}

void CsdDriver::enqueue(Job job) {
  const OperationId id = job.intent.id;
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() < kMaxQueued) {
      jobs_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  if (sink_ != nullptr) report({id, ledger::OutcomeKind::kUnknown, {}, {}});
}

// The worker: what is queued goes into files, what lies in the outbox goes to the sink, then it waits for either.
void CsdDriver::run() {
  const auto pause = std::chrono::nanoseconds(std::max<std::int64_t>(options_.poll.ns, 1'000'000));
  for (;;) {
    std::vector<Job> jobs;
    std::vector<DropFile> questions;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, pause, [&] { return stopping_ || !jobs_.empty() || !holdings_wanted_.empty(); });
      if (stopping_) return;
      for (; !jobs_.empty() && jobs.size() < kBatch; jobs_.pop_front()) jobs.push_back(std::move(jobs_.front()));
      for (; !holdings_wanted_.empty(); holdings_wanted_.pop_front()) {
        const auto& [instrument, ticket] = holdings_wanted_.front();
        questions.push_back(question("holdings", as_bytes(instrument.str()), [&, ticket = ticket, instrument = instrument](iso::Header h) {
          tickets_[h.id] = ticket;
          return iso::HoldingsQuery{std::move(h), options_.profile.id, instrument};
        }));
      }
    }
    send(std::move(jobs), std::move(questions));
    collect();
  }
}

// BizMsgIdr of a question: unique per epoch and count, so that no two questions share one.
DropFile CsdDriver::question(std::string_view tag, BytesView about, const std::function<iso::Message(iso::Header)>& make) {
  ++deliveries_;
  Bytes seed;
  append_text16(seed, tag);
  append(seed, about);
  append_be(seed, epoch_);
  append_be(seed, deliveries_);
  const auto id = iso::base32(crypto::sha256(seed).view().first(20));
  const Instant now = options_.clock->now();
  const auto message = make({options_.profile.gateway.str(), options_.profile.id.str(), id, now});
  const auto number = static_cast<std::uint64_t>(std::max<std::int64_t>(now.ns, 0));
  return {file_name(number, id), iso::envelope(iso::write(message), {epoch_, deliveries_})};
}

std::optional<DropFile> CsdDriver::file_for(const Job& job) {
  const auto prepared = read_intent(job.intent.octets);
  if (!prepared) return std::nullopt;
  const auto subject = subject_of(*prepared);
  if (!subject || subject->id != job.intent.id || expected_.size() >= kMaxExpected) return std::nullopt;
  expected_[subject->id] = subject->request_hash;
  if (job.question)
    return question("status", subject->id.view(), [&](iso::Header h) { return iso::StatusQuery{std::move(h), *subject}; });
  return DropFile{prepared->name, iso::envelope(prepared->message, {epoch_, ++deliveries_})};
}

// Decision 8: what could not be written is unknown; the caller asks again.
void CsdDriver::send(std::vector<Job> jobs, std::vector<DropFile> questions) {
  std::vector<DropFile> files = std::move(questions);
  std::vector<OperationId> sent;
  for (const Job& job : jobs) {
    if (auto file = file_for(job)) {
      files.push_back(std::move(*file));
      sent.push_back(job.intent.id);
    } else {
      report({job.intent.id, ledger::OutcomeKind::kUnknown, {}, {}});
    }
  }
  if (files.empty() || inbox_.write(files, Sync::kYes)) return;
  for (const OperationId& id : sent) report({id, ledger::OutcomeKind::kUnknown, {}, {}});
}

// A file is moved after its outcome was given to the sink: a crash between brings it again. One that is not the CSD's
// goes to bad/ and counts for nothing.
void CsdDriver::collect() {
  const auto names = outbox_.list(kBatch);
  if (!names) return;  // the folder is away; the next round tries again
  for (const std::string& name : *names) {
    const auto file = outbox_.read(name);
    if (!file) {
      if (file.error().code == Code::frame_too_large) (void)outbox_.bad(name);
      continue;
    }
    auto message = reader_.read(as_bytes(*file));
    if (!message) {
      (void)outbox_.bad(name);
      continue;
    }
    deliver(*file, std::move(*message));
    (void)outbox_.done(name);
  }
}

void CsdDriver::deliver(std::string_view file, iso::Message message) {
  if (const auto* page = std::get_if<iso::Holdings>(&message)) {
    const std::lock_guard lock(mutex_);
    const auto ticket = tickets_.find(page->query);
    if (ticket == tickets_.end()) return;
    auto& statement = statements_[ticket->second];
    if (!statement) statement.emplace();
    statement->pages[page->page] = page->holdings;
    if (page->last) statement->last = page->page;
    statement_came_.notify_all();
    return;
  }
  auto answer = reader_.outcome(message, file, epoch_);
  if (!answer) return;
  const auto expected = expected_.find(answer->outcome.id);
  // Not asked for in this run, or about another request under the same id: no outcome of ours.
  if (expected == expected_.end() || expected->second != answer->request_hash) return;
  const auto kind = answer->outcome.kind;
  if (kind != ledger::OutcomeKind::kPending && kind != ledger::OutcomeKind::kUnknown) expected_.erase(expected);
  report(std::move(answer->outcome));
}

Result<std::vector<iso::Holding>> CsdDriver::ask(const InstrumentId& instrument) {
  std::unique_lock lock(mutex_);
  if (stopping_ || !worker_.joinable()) return Error{Code::ledger_unavailable, "the driver does not run"};
  if (holdings_wanted_.size() >= 64) return Error{Code::overloaded, "questions for positions"};
  const auto ticket = ++next_ticket_;
  statements_.emplace(ticket, std::nullopt);
  holdings_wanted_.emplace_back(instrument, ticket);
  wake_.notify_one();
  const auto came = [&] {
    const auto& statement = statements_[ticket];
    return stopping_ || (statement && statement->complete());
  };
  const bool in_time = statement_came_.wait_for(lock, std::chrono::nanoseconds(options_.patience.ns), came);
  auto statement = std::move(statements_[ticket]);
  statements_.erase(ticket);
  std::erase_if(tickets_, [&](const auto& entry) { return entry.second == ticket; });
  if (!in_time || !statement || !statement->complete()) return Error{Code::ledger_unavailable, "no semt.002"};
  std::vector<iso::Holding> out;
  for (auto& [number, page] : statement->pages) out.insert(out.end(), page.begin(), page.end());
  return out;
}

Result<std::vector<token::Position>> CsdDriver::positions(const InstrumentId& instrument) {
  USTP_TRY(const auto holdings, ask(instrument));
  std::vector<token::Position> out;
  for (const iso::Holding& h : holdings)
    out.push_back({h.account, instrument, h.units.units(), h.locked.units(), h.restricted.units(), capacity_of(h.purpose), {}});
  return out;
}

// Outside the backing account everything is a right, suspense included; what is earmarked there is not yet one.
Result<ledger::Supply> CsdDriver::supply(const InstrumentId& instrument) {
  USTP_TRY(const auto holdings, ask(instrument));
  ledger::Supply out;
  out.instrument = instrument;
  for (const iso::Holding& h : holdings) {
    if (h.account == options_.profile.custody_account) {
      out.backing = h.units.units();
      out.provisional = h.provisional.units();
    } else {
      USTP_TRY(out.outstanding, checked_add(out.outstanding, h.units.units()));
    }
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<ledger::Driver>> make_csd_driver(CsdOptions options) {
  if (options.inbox.empty() || options.outbox.empty() || options.profile.kind != ledger::LedgerKind::kCsd)
    return Error{Code::config_invalid, "csd: inbox, outbox and a CSD's profile are needed"};
  if (!options.clock) options.clock = std::make_shared<SystemClock>();
  USTP_TRY(auto reader, AnswerReader::make(options.profile));
  USTP_TRY(auto inbox, FileDrop::open(options.inbox));
  USTP_TRY(auto outbox, FileDrop::open(options.outbox));
  return std::unique_ptr<ledger::Driver>(
      new CsdDriver(std::move(options), std::move(reader), std::move(inbox), std::move(outbox)));
}

}  // namespace ustp::csd
