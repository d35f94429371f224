#include <poll.h>

#include <chrono>
#include <unordered_map>

#include "adapters/corda/channel.hpp"
#include "adapters/corda/frames.hpp"
#include "adapters/corda/sockets.hpp"

namespace ustp::corda {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

Answer unknown(const OperationId& id, Error why) { return {id, ledger::OutcomeKind::kUnknown, {}, std::move(why)}; }

int poll_ms(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 60'000));
}

// One connection, used by one thread.
class Connection {
 public:
  // Connects and greets; gives up at the deadline or when `wake` says so and `stopped` agrees.
  static Result<Connection> open(const Endpoint& endpoint, const Hello& hello, const LedgerId& ledger,
                                 Clock::time_point deadline, const std::function<bool()>& stopped) {
    Connection out;
    USTP_TRY(out.fd_, begin_connect(endpoint));
    const Error late{Code::ledger_unavailable, "no welcome in time"};
    while (true) {
      pollfd wait{out.fd_.get(), POLLOUT, 0};
      ::poll(&wait, 1, std::min(50, poll_ms(deadline)));
      if (stopped() || Clock::now() > deadline) return late;
      if (wait.revents != 0) break;
    }
    if (!is_connected(out.fd_)) return Error{Code::ledger_unavailable, "nobody listens"};
    out.put(hello);
    USTP_TRY(const auto message, out.receive(deadline, stopped));
    const auto* welcome = std::get_if<Welcome>(&message);
    if (welcome == nullptr) return Error{Code::ledger_message, "no welcome"};
    if (welcome->refused != Code{}) return Error{welcome->refused, "refused by the ledger"};
    if (welcome->ledger != ledger) return Error{Code::unknown_ledger, welcome->ledger.str()};
    return out;
  }

  void put(const Message& message) { append(out_, encode_frame(message)); }
  bool write() { return write_some(fd_, out_, written_) != Io::kClosed; }
  bool pending() const { return !out_.empty(); }
  std::size_t backlog() const { return out_.size() - written_; }
  int fd() const { return fd_.get(); }

  // Everything that has arrived; false ends the connection.
  bool read(const std::function<void(Message)>& on_message) {
    while (true) {
      std::size_t got = 0;
      const auto io = read_some(fd_, in_.room(), got);
      if (io == Io::kClosed) return false;
      in_.grow(got);
      while (true) {
        const auto frame = in_.next();
        if (!frame) return false;
        if (frame->empty()) break;
        auto message = decode_frame(*frame);
        if (!message) return false;
        on_message(std::move(message).value());
      }
      if (io == Io::kWouldBlock) return true;
    }
  }

  // One message, waiting for it.
  Result<Message> receive(Clock::time_point deadline, const std::function<bool()>& stopped) {
    std::optional<Message> first;
    while (!first) {
      if (!write()) return Error{Code::ledger_unavailable, "connection lost"};
      pollfd wait{fd_.get(), static_cast<short>(POLLIN | (pending() ? POLLOUT : 0)), 0};
      ::poll(&wait, 1, std::min(50, poll_ms(deadline)));
      if (stopped() || Clock::now() > deadline) return Error{Code::ledger_unavailable, "no answer in time"};
      const bool open = read([&](Message message) {
        if (!first) first = std::move(message);
      });
      if (!open && !first) return Error{Code::ledger_unavailable, "connection lost"};
    }
    return std::move(*first);
  }

 private:
  Fd fd_;
  FrameBuffer in_;
  Bytes out_;
  std::size_t written_ = 0;
};

class TcpChannel final : public Channel {
 public:
  TcpChannel(Endpoint endpoint, const CordaOptions& options)
      : endpoint_(std::move(endpoint)), ledger_(options.profile.id), first_(options.reconnect_first),
        most_(options.reconnect_most), read_timeout_(options.read_timeout) {}

  std::function<void()> waker() override {
    return [this] { signal_event(wake_); };
  }
  void serve(Outbox& outbox, const AnswerSink& sink, std::uint64_t epoch) override {
    const auto stopped = [&outbox] { return outbox.stopped(); };
    auto pause = first_;
    while (!stopped()) {
      auto connection = Connection::open(endpoint_, {Role::kGateway, epoch}, ledger_,
                                         Clock::now() + std::chrono::seconds(2), stopped);
      if (connection) {
        pause = first_;
        converse(*connection, outbox, sink);
        continue;
      }
      wait_out(pause, connection.error(), outbox, sink);
      pause = std::min(Duration{pause.ns * 2}, most_);
    }
  }

  // A connection for this question alone: readers need no epoch, and the driver's thread is not disturbed.
  Result<Snapshot> snapshot(const InstrumentId& instrument, const AccountId& after) override {
    const auto never = [] { return false; };
    const auto deadline = Clock::now() + std::chrono::nanoseconds(read_timeout_.ns);
    USTP_TRY(auto connection, Connection::open(endpoint_, {Role::kReader, 0}, ledger_, deadline, never));
    connection.put(AskSnapshot{instrument, after, kMaxPage});
    USTP_TRY(auto message, connection.receive(deadline, never));
    auto* snapshot = std::get_if<Snapshot>(&message);
    if (snapshot == nullptr || snapshot->supply.instrument != instrument) return Error{Code::ledger_message, "snapshot"};
    return std::move(*snapshot);
  }

 private:
  static constexpr std::size_t kMaxInFlight = 8192, kMaxBacklog = 4 * 1024 * 1024;

  void converse(Connection& connection, Outbox& outbox, const AnswerSink& sink) {
    std::unordered_map<OperationId, std::uint32_t> in_flight;
    const auto on_message = [&](Message message) {
      auto* answers = std::get_if<Answers>(&message);
      if (answers == nullptr) return;
      for (const auto& answer : answers->items)
        if (const auto it = in_flight.find(answer.id); it != in_flight.end() && --it->second == 0) in_flight.erase(it);
      sink(std::move(answers->items));
    };
    bool open = true, more = true;
    while (open && !outbox.stopped()) {
      pollfd wait[2] = {{connection.fd(), static_cast<short>(POLLIN | (connection.pending() ? POLLOUT : 0)), 0},
                        {wake_.get(), POLLIN, 0}};
      ::poll(wait, 2, more ? 0 : -1);
      if (wait[1].revents != 0) drain_event(wake_);
      more = false;
      if (in_flight.size() < kMaxInFlight && connection.backlog() < kMaxBacklog) {
        auto questions = outbox.take(kMaxBatch);
        more = questions.size() == kMaxBatch;
        for (const auto& question : questions) ++in_flight[question.id];
        if (!questions.empty()) connection.put(Questions{std::move(questions)});
      }
      open = connection.write();
      if (open && wait[0].revents != 0) {
        open = connection.read(on_message);
        more = true;  // answers may have made room for what waits
      }
    }
    std::vector<Answer> lost;
    for (const auto& [id, times] : in_flight) lost.push_back(unknown(id, {Code::ledger_unknown, "connection lost"}));
    if (!lost.empty()) sink(std::move(lost));
  }

  // Nobody is there: what waits and what comes is unknown, at once, until the pause is over.
  void wait_out(Duration pause, const Error& why, Outbox& outbox, const AnswerSink& sink) {
    const auto deadline = Clock::now() + std::chrono::nanoseconds(pause.ns);
    while (!outbox.stopped()) {
      for (auto questions = outbox.take(kMaxBatch); !questions.empty(); questions = outbox.take(kMaxBatch))
        sink(all_unknown(questions, why));
      if (Clock::now() >= deadline) return;
      pollfd wait{wake_.get(), POLLIN, 0};
      if (::poll(&wait, 1, poll_ms(deadline)) > 0) drain_event(wake_);
    }
  }

  Endpoint endpoint_;
  LedgerId ledger_;
  Duration first_, most_, read_timeout_;
  Fd wake_ = make_event();
};

}  // namespace

Result<std::unique_ptr<Channel>> make_tcp_channel(const CordaOptions& options) {
  USTP_TRY(auto endpoint, parse_endpoint(options.endpoint));
  return std::unique_ptr<Channel>(std::make_unique<TcpChannel>(std::move(endpoint), options));
}

}  // namespace ustp::corda
