#include <doctest/doctest.h>

#include "gateway/engine/idle_driver.hpp"
#include "gateway/engine/snapshotter.hpp"
#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"
#include "tests/unit/journal/harness.hpp"

using namespace ustp;
using test::World;

namespace {

// A world in which something is under way, something is over and something was refused.
void work(World& world) {
  for (const char* quantity : {"1000", "10", "2000000"})  // the last is more than there is
    (void)world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", quantity));
  world.settle();
  REQUIRE(world.submit(world.eth(), world.order(world.eth(), "bob", world.corda(), "carol", "400")));
  for (int i = 0; i < 12; ++i) world.step();
}

}  // namespace

TEST_CASE("a snapshot that was cut, altered, of another version or of another gateway is refused, octet for octet") {
  World world(31);
  work(world);
  auto& core = *world.eth().core;
  gateway::IdleDriver idle(world.eth().driver->profile());
  const Bytes good = core.snapshot();
  REQUIRE(core.replica(idle)->load(good));
  for (std::size_t size = 0; size < good.size(); size += 1 + size / 7)
    CHECK_FALSE(core.replica(idle)->load(BytesView(good).first(size)));
  Bytes longer = good;
  longer.push_back(0);
  CHECK(core.replica(idle)->load(longer).error().code == Code::journal_damaged);
  Bytes newer = good;
  newer[1] = 99;
  CHECK(core.replica(idle)->load(newer).error().code == Code::journal_format);
  CHECK(world.csd().core->replica(idle)->load(good).error().code == Code::journal_format);
}

TEST_CASE("a snapshot is made beside the running engine, from what is durable; a start takes it and the blocks behind") {
  ustp::test::covers("USTP-JRN-011");
  World world(32);
  work(world);
  auto& node = world.csd();
  (void)world.submit(node, world.order(node, "alice", world.eth(), "bob", "11"));
  world.settle();
  gateway::IdleDriver idle(node.driver->profile());
  gateway::Archive* archive = nullptr;
  const auto replica = [&] {
    auto core = node.core->replica(idle);
    if (archive) core->use(*archive);
    return core;
  };
  // The journal as the gateway has it: the first block brings the statements the world's nodes were made with.
  const gateway::test::TempDirectory folder;
  const auto open = [&] { return gateway::make_sqlite_journal({folder.file(), 0, true, {}}); };
  gateway::test::WaitingSink durable;
  std::uint64_t cut = 0;
  {
    auto journal = open();
    archive = &journal->archive();
    const auto head = journal->open();
    REQUIRE(head);
    REQUIRE(journal->start(durable));
    const auto submit = [&](std::uint64_t position, Bytes payload) {
      gateway::Block block;
      block.epoch = head->epoch;
      block.position = position;
      block.payload = std::move(payload);
      journal->submit(std::move(block));
      REQUIRE(durable.wait_durable(position));
    };
    std::vector<gateway::Entry> statements;
    for (const auto& statement : node.core->registry().log())
      statements.push_back(gateway::StatementEntry{wire::encode_statement_frame(statement)});
    submit(1, gateway::encode_entries(world.now(), statements));
    cut = 1 + node.journal.size() * 3 / 4;  // some transfers have ended
    for (std::uint64_t at = 2; at <= cut; ++at) submit(at, node.journal[at - 2].payload);
    gateway::Snapshotter snapshotter(*journal, 1000);
    snapshotter.start(replica);
    snapshotter.durable(999);  // not enough for one
    snapshotter.durable(1);
    while (snapshotter.position() == 0 && snapshotter.failures() == 0) std::this_thread::yield();
    CHECK(snapshotter.failures() == 0);
    CHECK(snapshotter.position() == cut);
    snapshotter.stop();
    for (std::uint64_t at = cut + 1; at <= node.journal.size() + 1; ++at) submit(at, node.journal[at - 2].payload);
    journal->stop();
  }
  auto journal = open();
  archive = &journal->archive();
  REQUIRE(journal->open());
  auto core = gateway::core_from_snapshot(*journal, replica).value();
  CHECK(core->position() == cut);
  CHECK(core->archived_transfers() > 0);
  REQUIRE(gateway::catch_up(*journal, *core, [] { return false; }));
  CHECK(core->position() == node.journal.size() + 1);
  CHECK(core->state_hash() == node.core->state_hash());
  // Without what it archived a snapshot is none (USTP-JRN-014).
  REQUIRE(journal->store_snapshot({cut, journal->load_snapshot().value()->state, 0, {}}));
  CHECK(gateway::core_from_snapshot(*journal, replica).value()->position() == 0);
  // One that this version does not read is passed over, and all blocks say the same.
  REQUIRE(journal->store_snapshot({cut + 1, Bytes{0, 99}, cut, {}}));
  auto slower = gateway::core_from_snapshot(*journal, replica).value();
  CHECK(slower->position() == 0);
  REQUIRE(gateway::catch_up(*journal, *slower, [] { return false; }));
  CHECK(slower->state_hash() == node.core->state_hash());
}
