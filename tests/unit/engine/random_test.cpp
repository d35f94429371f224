// Random transfers in all directions with crashes and time passing; a seed always takes the same path.
#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"

using namespace ustp;
using test::World;

namespace {

struct Ends {
  int committed = 0, aborted = 0;
};

void run(std::uint64_t seed, Ends& ends) {
  CAPTURE(seed);
  World world(seed);
  SeededRandom random(seed * 7919);
  const char* names[] = {"alice", "bob", "carol"};
  std::vector<std::pair<std::size_t, TransferId>> ids;
  for (int round = 0; round < 12; ++round) {
    const auto from = random.below(3), to = (from + 1 + random.below(2)) % 3;
    auto& sender = world.nodes()[from];
    if (sender.core) {
      const auto view = world.submit(
          sender, world.order(sender, names[random.below(3)], world.nodes()[to], names[random.below(3)],
                              std::to_string(1 + random.below(round < 4 ? 5000 : 300))));
      if (view) ids.emplace_back(from, view->id);
    }
    for (auto steps = random.below(60); steps > 0; --steps) {
      world.step([&](test::Node&) { return random.below(25) == 0; });
      world.check_invariants(false);
    }
    if (random.below(6) == 0) world.advance(Duration::seconds(30));
    for (auto& node : world.nodes())
      if (!node.core && random.below(2) == 0) world.start(node);
  }
  // Heal, let every deadline pass, and let the questions about doubt be asked.
  for (int i = 0; i < 4; ++i) {
    world.settle(5000);
    world.advance(Duration::seconds(61));
  }
  world.settle(5000);
  for (const auto& [node, id] : ids) {
    CAPTURE(id.hex());
    const auto* state = world.nodes()[node].core->find(id);
    REQUIRE(state != nullptr);  // an acknowledged order survives
    CHECK_MESSAGE(protocol::is_terminal(state->state), to_string(state->state));
    ++(state->state == protocol::State::kCompleted ? ends.committed : ends.aborted);
  }
  for (auto& node : world.nodes()) CHECK(node.core->open_transfers() == 0);
  world.check_invariants(true);
  world.check_replay();
}

}  // namespace

TEST_CASE("whatever crashes when, every transfer ends the same on both sides and no unit is lost or doubled") {
  ustp::test::covers({"USTP-TOK-040", "USTP-TOK-041", "USTP-TOK-043", "USTP-TOK-044", "USTP-TOK-046", "USTP-TRF-012",
          "USTP-TRF-073"});
  Ends ends;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) run(seed, ends);
  MESSAGE("committed " << ends.committed << ", aborted " << ends.aborted);
  CHECK(ends.committed > 60);  // the runs reach both ends often enough to mean something
  CHECK(ends.aborted > 60);
}
