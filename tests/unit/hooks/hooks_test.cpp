// Webhooks against a fake Service and a receiver that does as the test says.
#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <fstream>

#include "gateway/hooks/runner.hpp"
#include "tests/unit/api/fake_service.hpp"

using namespace ustp;
using namespace ustp::gateway;
using namespace ustp::gateway::hooks;

namespace {

const char* const kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

template <class F>
bool soon(const F& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// What came, and what is answered: the statuses in turn, 0 for no answer; then 204.
struct Receiver {
  std::mutex mutex;
  std::vector<client::HttpRequest> seen;
  std::deque<int> answers;
  int otherwise = 204;

  std::string field(std::size_t i, const std::string& name) {
    const std::lock_guard hold(mutex);
    for (const auto& [have, value] : seen.at(i).headers)
      if (have == name) return value;
    return {};
  }
  std::string ids() {
    const std::lock_guard hold(mutex);
    std::string out;
    for (const auto& request : seen)
      for (const auto& [name, value] : request.headers)
        if (name == "webhook-id") out += value.substr(value.find('.') + 1) + " ";
    return out;
  }
  std::size_t count() {
    const std::lock_guard hold(mutex);
    return seen.size();
  }
};
class Line final : public client::Transport {
 public:
  explicit Line(Receiver& to) : to_(to) {}
  Result<client::HttpReply> send(const client::HttpRequest& request) override {
    const std::lock_guard hold(to_.mutex);
    to_.seen.push_back(request);
    int status = to_.otherwise;
    if (!to_.answers.empty()) {
      status = to_.answers.front();
      to_.answers.pop_front();
    }
    if (status == 0) return Error{Code::timeout, "secret details"};
    return client::HttpReply{status, {}, {}, {}, {}};
  }

 private:
  Receiver& to_;
};

struct Fixture {
  std::filesystem::path folder = [] {
    std::string path = (std::filesystem::temp_directory_path() / "ustp-hooks-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    return std::filesystem::path(path);
  }();
  test::FakeService service;
  SystemClock clock;
  Receiver receiver;
  HookOptions options;
  std::atomic<bool> admitted{true};
  std::mutex mutex;
  std::vector<std::string> notices;
  std::unique_ptr<Hooks> hooks;

  Fixture() {
    options.name = "desk";
    options.participant = ParticipantId::literal("alice");
    options.path = "/in";
    options.first_retry = Duration::milliseconds(1);
    options.longest_retry = Duration::milliseconds(4);
    options.ask_wait = Duration::milliseconds(50);
  }
  ~Fixture() {
    hooks.reset();
    std::filesystem::remove_all(folder);
  }
  void start() {
    std::vector<Hook> all;
    all.push_back({options, parse_secret(kSecret).value(), std::make_unique<Line>(receiver)});
    hooks = make_hooks(std::move(all),
                       {service, clock, GatewayId::literal("gw-1"), folder, [this](const ParticipantId&) { return admitted.load(); },
                        [](const TransferEvent& event) { return "{\"sequence\":" + std::to_string(event.sequence) + "}"; },
                        [](std::uint64_t sequence) { return "c" + std::to_string(sequence); },
                        [this](const std::string&, const std::string& what) {
                          const std::lock_guard hold(mutex);
                          notices.push_back(what);
                        }});
    REQUIRE(hooks->start());
  }
  bool noticed(const std::string& what) {
    const std::lock_guard hold(mutex);
    return std::any_of(notices.begin(), notices.end(), [&](const auto& one) { return one.find(what) != std::string::npos; });
  }
  void settle(std::size_t messages) { CHECK(soon([&] { return receiver.count() >= messages; })); }
  std::optional<std::uint64_t> kept() { return read_cursor(folder, "desk").value(); }
};

}  // namespace

TEST_CASE("HMAC-SHA256 is that of RFC 4231, and a message is signed as Standard Webhooks says (USTP-HOK-003)") {
  const auto mac = [](const Bytes& key, std::string_view text) { return hmac_sha256(key, {as_bytes(text)}).hex(); };
  CHECK(mac(Bytes(20, 0x0b), "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  const std::string jefe = "Jefe";
  CHECK(mac(Bytes(jefe.begin(), jefe.end()), "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(mac(Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  const auto secret = parse_secret(std::string(kSecret) + "\n").value();
  const auto fields = signed_fields("msg_p5jXN8AQM9LWM0D4loKWxJek", Instant{1'614'265'330LL * 1'000'000'000}, R"({"test": 2432232314})", secret);
  CHECK(fields[0].second == "msg_p5jXN8AQM9LWM0D4loKWxJek");
  CHECK(fields[1].second == "1614265330");
  CHECK(fields[2].second == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  for (const char* wrong : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA", "whsec_!!!!", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw?"}) {
    const auto refused = parse_secret(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("MfKQ") == std::string::npos);
  }
}

TEST_CASE("events come signed, in order, those of the participant that fit, and the cursor follows (USTP-HOK-001)") {
  Fixture f;
  f.options.statuses = {"open"};
  f.service.happen("proposed");
  f.service.happen("proposed", "bob");
  f.start();
  f.settle(1);
  f.service.happen("commenced");
  f.settle(2);
  CHECK(f.receiver.ids() == "1 3 ");
  CHECK(soon([&] { return f.kept() == 3; }));
  {
    const std::lock_guard hold(f.receiver.mutex);
    const auto& first = f.receiver.seen[0];
    CHECK(first.method == "POST");
    CHECK(first.target == "/in");
    CHECK(first.body.starts_with(R"({"type":"transfer.state","timestamp":"2026-)"));
    CHECK(first.body.ends_with(R"(,"data":{"sequence":1}})"));
  }
  CHECK(f.receiver.field(0, "webhook-id") == "gw-1.1");
  CHECK(f.receiver.field(0, "webhook-signature").starts_with("v1,"));
  CHECK(f.hooks->metrics().find("ustp_webhook_delivered_total{webhook=\"desk\"} 2\n") != std::string::npos);
}

TEST_CASE("events that no status of the subscription fits are passed over") {
  Fixture f;
  f.options.statuses = {"completed"};
  f.service.happen();
  f.start();
  CHECK(soon([&] { return f.hooks->metrics().find("ustp_webhook_cursor{webhook=\"desk\"} 1\n") != std::string::npos; }));
  CHECK(f.receiver.count() == 0);
}

TEST_CASE("what is not taken is tried again under its id, signed anew, and the next one waits (USTP-HOK-001, USTP-HOK-002)") {
  Fixture f;
  f.receiver.answers = {500, 0, 302, 404, 429};
  f.service.happen();
  f.service.happen();
  f.start();
  f.settle(7);
  CHECK(f.receiver.ids() == "1 1 1 1 1 1 2 ");
  CHECK(f.noticed("gw-1.1 was not taken: status 500"));
  CHECK_FALSE(f.noticed("secret details"));
  CHECK(soon([&] { return f.kept() == 2; }));
  CHECK(f.hooks->metrics().find("ustp_webhook_failed_tries_total{webhook=\"desk\"} 5\n") != std::string::npos);
}

TEST_CASE("the pause doubles up to the longest, drawn from its upper half (USTP-HOK-002)") {
  SeededRandom random(3);
  for (unsigned tries = 1; tries < 80; ++tries) {
    const auto whole = std::min<std::int64_t>(1000LL << std::min(tries - 1, 20u), 60'000);
    for (int i = 0; i < 20; ++i) {
      const auto pause = pause_after(tries, Duration::milliseconds(1000), Duration::milliseconds(60'000), random).ns / 1'000'000;
      CHECK(pause >= whole / 2);
      CHECK(pause <= whole);
    }
  }
}

TEST_CASE("what is given up is a dead letter before the next one is sent (USTP-HOK-002)") {
  Fixture f;
  f.options.give_up_after = Duration::milliseconds(1);
  f.receiver.answers = {500, 500, 500, 500, 500, 500, 500, 500};
  f.service.happen();
  f.start();
  CHECK(soon([&] { return f.kept() == 1; }));
  const auto dead = read_dead(f.folder, "desk");
  CHECK(dead.find(R"({"id":"gw-1.1","given_up":")") == 0);
  CHECK(dead.find(R"("why":"status 500","replay_after":"c0","message":{"type":"transfer.state")") != std::string::npos);
  CHECK(std::count(dead.begin(), dead.end(), '\n') == 1);
  CHECK(f.hooks->metrics().find("ustp_webhook_dead_letters{webhook=\"desk\"} 1\n") != std::string::npos);
  {
    const std::lock_guard hold(f.receiver.mutex);
    f.receiver.answers.clear();
  }
  f.service.happen();
  CHECK(soon([&] { return f.kept() == 2; }));
}

TEST_CASE("after a restart it goes on behind what was taken; what was under way comes again (USTP-HOK-001)") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.service.happen();
  f.receiver.answers = {204};
  f.receiver.otherwise = 500;
  f.options.longest_retry = Duration::seconds(60);
  f.start();
  CHECK(soon([&] { return f.kept() == 1 && f.receiver.count() >= 2; }));
  f.hooks.reset();  // in the middle of the second
  {
    const std::lock_guard hold(f.receiver.mutex);
    f.receiver.seen.clear();
    f.receiver.otherwise = 200;
  }
  f.start();
  CHECK(soon([&] { return f.kept() == 3; }));
  CHECK(f.receiver.ids() == "2 3 ");
}

TEST_CASE("a replay sends again what is behind the cursor, also while something is tried in vain (USTP-HOK-004)") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.service.happen();
  f.start();
  CHECK(soon([&] { return f.kept() == 3; }));
  REQUIRE(ask_replay(f.folder, "desk", 1));
  f.settle(5);
  CHECK(f.receiver.ids() == "1 2 3 2 3 ");
  {
    const std::lock_guard hold(f.receiver.mutex);
    f.receiver.otherwise = 500;
  }
  f.service.happen();
  CHECK(soon([&] { return f.receiver.count() >= 7; }));
  REQUIRE(ask_replay(f.folder, "desk", 0));
  CHECK(soon([&] { return f.noticed("replay") && f.receiver.ids().find("4 1 ") != std::string::npos; }));
  CHECK_FALSE(std::filesystem::exists(f.folder / "desk.replay"));
}

TEST_CASE("events that are no longer kept are told as missed, and it goes on behind them") {
  Fixture f;
  f.service.happen();
  {
    auto store = HookStore::open(f.folder, "desk");
    REQUIRE(store);
    REQUIRE(store->keep(9));  // ahead of all there is: another journal
  }
  f.start();
  f.settle(1);
  {
    const std::lock_guard hold(f.receiver.mutex);
    CHECK(f.receiver.seen[0].body.find(R"({"type":"events.missed")") == 0);
    CHECK(f.receiver.seen[0].body.find(R"("code":"cursor_ahead","restart_after":"c)") != std::string::npos);
  }
  CHECK(f.receiver.ids().starts_with("missed."));
}

TEST_CASE("a participant that is not admitted is sent nothing until it is") {
  Fixture f;
  f.admitted = false;
  f.service.happen();
  f.start();
  CHECK(f.receiver.count() == 0);
  f.admitted = true;
  f.settle(1);
}

TEST_CASE("a cursor file that holds none is told, not guessed") {
  Fixture f;
  std::ofstream(f.folder / "desk.cursor") << "12x\n";
  CHECK(HookStore::open(f.folder, "desk").error().code == Code::journal_damaged);
  std::ofstream(f.folder / "desk.cursor") << "99999999999999999999999\n";
  CHECK(HookStore::open(f.folder, "desk").error().code == Code::journal_damaged);
}
