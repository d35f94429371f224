#include "adapters/corda/embedded/server.hpp"

#include <poll.h>

#include <chrono>
#include <list>
#include <map>

#include "adapters/corda/frames.hpp"

namespace ustp::corda {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxConnections = 64, kMaxOut = 64 * 1024 * 1024, kMaxHeld = 65'536;

struct Client {
  std::uint64_t number = 0;
  Fd fd;
  FrameBuffer in;
  Bytes out;
  std::size_t written = 0;
  bool greeted = false, open = true;
  Role role = Role::kReader;
  std::uint64_t epoch = 0;
  std::vector<Question> questions;

  void put(const Message& message) {
    append(out, encode_frame(message));
    if (out.size() - written > kMaxOut) open = false;  // it does not read: it asks again on a new connection
  }
};

struct Held {
  std::uint64_t client;
  Answer answer;
};

}  // namespace

Result<Faults> parse_faults(std::string_view text) {
  Faults out;
  const std::map<std::string_view, std::uint32_t*> known{
      {"late", &out.late_percent}, {"twice", &out.twice_percent}, {"unknown", &out.unknown_percent}};
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    const auto equals = part.find('=');
    const auto it = known.find(part.substr(0, equals));
    const auto value = equals == std::string_view::npos ? Result<Uint128>(Code::malformed_text)
                                                        : parse_uint128(part.substr(equals + 1));
    if (it == known.end() || !value || *value > 100)
      return Error{Code::config_invalid, "faults are late=PCT,twice=PCT,unknown=PCT"};
    *it->second = static_cast<std::uint32_t>(*value);
  }
  return out;
}

struct Server::Impl {
  LedgerAccess& ledger;
  Faults faults;
  SeededRandom random;
  Fd listener;
  std::list<Client> clients;
  std::multimap<Clock::time_point, Held> held;
  std::uint64_t numbers = 0;

  bool happens(std::uint32_t percent) { return percent > 0 && random.below(100) < percent; }
  Clock::time_point later() { return Clock::now() + std::chrono::milliseconds(1 + random.below(40)); }

  void greet(Client& client, const Hello& hello) {
    client.role = hello.role;
    client.epoch = hello.epoch;
    Welcome welcome{{}, ledger.id()};
    if (hello.role == Role::kGateway)
      if (const auto entered = ledger.enter(hello.epoch); !entered) welcome.refused = entered.error().code;
    client.greeted = welcome.refused == Code{};
    client.put(welcome);
  }

  Result<void> on_message(Client& client, Message message) {
    if (auto* hello = std::get_if<Hello>(&message); hello != nullptr && !client.greeted) {
      greet(client, *hello);
    } else if (auto* ask = std::get_if<AskSnapshot>(&message); ask != nullptr && client.greeted) {
      USTP_TRY(auto snapshot, ledger.snapshot(ask->instrument, ask->after, ask->limit));
      client.put(snapshot);
    } else if (auto* questions = std::get_if<Questions>(&message);
               questions != nullptr && client.greeted && client.role == Role::kGateway) {
      for (auto& question : questions->items) client.questions.push_back(std::move(question));
    } else {
      client.open = false;  // not a message of this place in the conversation
    }
    return {};
  }

  Result<void> read(Client& client) {
    std::size_t got = 0;
    if (read_some(client.fd, client.in.room(), got) == Io::kClosed) client.open = false;
    client.in.grow(got);
    while (client.open) {
      const auto frame = client.in.next();
      if (!frame) client.open = false;
      if (!frame || frame->empty()) break;
      auto message = decode_frame(*frame);
      if (!message) client.open = false;
      else USTP_CHECK(on_message(client, std::move(message).value()));
    }
    return {};
  }

  void tell(Client& client, std::vector<Answer> answers) {
    for (std::size_t i = 0; i < answers.size(); i += kMaxBatch) {
      const auto end = std::min(answers.size(), i + kMaxBatch);
      Answers part;
      part.items.assign(std::make_move_iterator(answers.begin() + static_cast<std::ptrdiff_t>(i)),
                        std::make_move_iterator(answers.begin() + static_cast<std::ptrdiff_t>(end)));
      client.put(std::move(part));
    }
  }

  Result<void> answer(Client& client) {
    if (client.questions.empty()) return {};
    USTP_TRY(auto answers, ledger.run(client.questions, client.epoch));
    client.questions.clear();
    std::vector<Answer> now;
    for (auto& one : answers) {
      if (happens(faults.unknown_percent)) one = {one.id, ledger::OutcomeKind::kUnknown, {}, {}};
      if (held.size() < kMaxHeld && happens(faults.twice_percent)) held.emplace(later(), Held{client.number, one});
      if (held.size() < kMaxHeld && happens(faults.late_percent)) held.emplace(later(), Held{client.number, std::move(one)});
      else now.push_back(std::move(one));
    }
    tell(client, std::move(now));
    return {};
  }

  void release_held() {
    std::map<std::uint64_t, std::vector<Answer>> due;
    while (!held.empty() && held.begin()->first <= Clock::now()) {
      auto& one = held.begin()->second;
      due[one.client].push_back(std::move(one.answer));
      held.erase(held.begin());
    }
    for (auto& client : clients)
      if (const auto it = due.find(client.number); it != due.end()) tell(client, std::move(it->second));
  }

  int timeout() const {
    if (held.empty()) return -1;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(held.begin()->first - Clock::now()).count();
    return static_cast<int>(std::max<std::int64_t>(0, left) + 1);
  }

  Result<bool> round(const Fd& stop) {  // false: told to stop
    std::vector<pollfd> wait{{stop.get(), POLLIN, 0}, {clients.size() < kMaxConnections ? listener.get() : -1, POLLIN, 0}};
    for (const auto& client : clients)
      wait.push_back({client.fd.get(), static_cast<short>(POLLIN | (client.out.empty() ? 0 : POLLOUT)), 0});
    ::poll(wait.data(), wait.size(), timeout());
    if (wait[0].revents != 0) return false;
    auto at = wait.begin() + 2;
    for (auto& client : clients)
      if ((at++)->revents != 0) USTP_CHECK(read(client));
    for (auto& client : clients)
      if (client.open) USTP_CHECK(answer(client));
    release_held();
    for (auto& client : clients)
      if (write_some(client.fd, client.out, client.written) == Io::kClosed) client.open = false;
    clients.remove_if([](const Client& client) { return !client.open; });
    if (wait[1].revents != 0)
      if (Fd fd = accept_on(listener)) {
        auto& client = clients.emplace_back();
        client.number = ++numbers;
        client.fd = std::move(fd);
      }
    return true;
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(LedgerAccess& ledger, const Endpoint& endpoint, Faults faults) {
  USTP_TRY(auto listener, listen_on(endpoint));
  return std::unique_ptr<Server>(
      new Server(std::unique_ptr<Impl>(new Impl{ledger, faults, SeededRandom(faults.seed), std::move(listener), {}, {}, 0})));
}
std::uint16_t Server::port() const { return port_of(impl_->listener).value_or(0); }

Result<void> Server::serve(const Fd& stop) {
  while (true) {
    USTP_TRY(const bool go_on, impl_->round(stop));
    if (!go_on) return {};
  }
}

}  // namespace ustp::corda
