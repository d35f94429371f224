// Whether an order is begun, by what was seen of the transfers before it.
#include "gateway/engine/pace.hpp"

#include <doctest/doctest.h>

#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using gateway::Pace;

namespace {

// `per_second` transfers begin and end each second, `open` are under way.
Pace busy(std::size_t open, int per_second, int seconds) {
  Pace pace;
  Instant now{1};
  for (std::size_t i = 0; i < open; ++i) pace.opened(now);
  for (int i = 0; i < per_second * seconds; ++i) {
    now = now + Duration{1'000'000'000 / per_second};
    pace.ended(now);
    pace.opened(now);
  }
  return pace;
}

Instant after(int seconds) { return Instant{1} + Duration::seconds(seconds); }

}  // namespace

TEST_CASE("an order is begun while those before it end fast enough") {
  auto pace = busy(1000, 500, 20);  // 1,000 open, 500 a second: two seconds each
  CHECK(pace.keeps(Duration::milliseconds(2200), after(20)));
  CHECK_FALSE(pace.keeps(Duration::milliseconds(1800), after(20)));
  CHECK(pace.keeps(Duration{}, after(20)));
}

TEST_CASE("nothing is refused by it without experience, nor a few") {
  Pace pace;
  for (int i = 0; i < 10'000; ++i) pace.opened(Instant{1});
  CHECK(pace.keeps(Duration::milliseconds(1), Instant{1}));
  auto few = busy(60, 1, 20);
  CHECK(few.keeps(Duration::milliseconds(1), after(20)));
}

TEST_CASE("where nothing ends any more, no more than a few are begun; a quiet time forgets nothing; a new run begins anew") {
  auto pace = busy(100, 500, 20);
  CHECK(pace.keeps(Duration::seconds(1), after(20)));
  CHECK_FALSE(pace.keeps(Duration::seconds(1), after(40)));
  pace.begin(after(40));
  CHECK(pace.keeps(Duration::seconds(1), after(40)));

  auto night = busy(100, 500, 20);
  for (int i = 0; i < 100; ++i) night.ended(after(20));
  for (int i = 0; i < 100; ++i) night.opened(after(3000));
  CHECK(night.keeps(Duration::seconds(1), after(3000)));
}

TEST_CASE("beyond its pace the gateway refuses orders before anything of them is known to anybody") {
  test::World world(90);
  world.order_within = Duration::seconds(5);
  auto& csd = world.csd();
  world.crash(csd);
  world.settle();
  world.on_wire = [](const test::Carried&) { return true; };  // the peer is away: nothing ends
  Code last{};
  int taken = 0;
  for (int i = 0; i < 80; ++i) {
    auto order = world.order(csd, "alice", world.eth(), "bob", "1");
    order.key = IdempotencyKey::literal("pace-" + std::to_string(i));
    const auto view = world.submit(csd, order);
    if (i == 0) world.advance(Duration::seconds(3));
    taken += view.has_value();
    if (!view) last = view.error().code;
  }
  CHECK(taken == 64);
  CHECK(last == Code::overloaded);
  CHECK(csd.ledger->effects() == 0);
}
