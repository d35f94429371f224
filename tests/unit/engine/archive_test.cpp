#include <doctest/doctest.h>

#include "gateway/engine/idle_driver.hpp"
#include "tests/support/memory_archive.hpp"
#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using test::Attack;
using test::MemoryArchive;
using test::Node;
using test::World;

namespace {

ParticipantId operator_of(const Node& node) { return ParticipantId::literal("bank-" + node.id.str()); }

// What the engine and its snapshotter do: what has ended leaves memory with a snapshot.
void put_aside(Node& node, MemoryArchive& archive) {
  node.core->use(archive);
  gateway::Journal::Snapshot snapshot;
  snapshot.base = archive.newest() ? archive.newest()->position : 0;
  snapshot.archived = node.core->archive_ended();
  snapshot.position = node.core->position();
  snapshot.state = node.core->snapshot();
  archive.store(std::move(snapshot));
}

std::vector<TransferId> list(const Node& node, MemoryArchive& archive, std::size_t limit = 100, const TransferId& after = {},
                             const gateway::TransferFilter& filter = {}) {
  std::vector<TransferId> out;
  const auto page = gateway::page_of(node.core->list_for(operator_of(node), filter, after, limit).value(), &archive).value();
  for (const auto& view : page.transfers) out.push_back(view.id);
  return out;
}

}  // namespace

TEST_CASE("what ended leaves memory with a snapshot, and is there for whoever asks") {
  test::covers("USTP-JRN-014");
  World world(61);
  auto& node = world.csd();
  std::vector<gateway::TransferOrder> orders;
  std::vector<TransferId> ids;
  for (const auto& [holder, quantity] : {std::pair{"alice", "10"}, {"bob", "7"}, {"alice", "11"}, {"alice", "12"}}) {
    orders.push_back(world.order(node, holder, world.eth(), "bob", quantity));  // bob has nothing: the second is aborted
    ids.push_back(world.submit(node, orders.back()).value().id);
    if (ids.size() < 4) world.settle();
  }
  for (int i = 0; i < 4; ++i) world.step();
  const auto hash = node.core->state_hash();
  MemoryArchive archive;
  const auto all = list(node, archive);
  const auto seen = node.core->view_for(operator_of(node), ids[0]).value();
  const auto blocks = node.core->blocks_of(ids[0]).value();

  put_aside(node, archive);
  CHECK(node.core->archived_transfers() == 3);
  CHECK(node.core->find(ids[0]) == nullptr);
  CHECK(node.core->find(ids[3]) != nullptr);
  CHECK(node.core->state_hash() == hash);
  CHECK(node.core->lookup(ids[1]).value()->state == protocol::State::kAborted);
  CHECK(node.core->view_for(operator_of(node), ids[0]).value().timeline.size() == seen.timeline.size());
  CHECK(node.core->view_for(ParticipantId::literal("stranger"), ids[0]).error().code == Code::not_found);
  CHECK(node.core->blocks_of(ids[0]).value() == blocks);
  CHECK_FALSE(node.core->lookup(TransferId{}).value());

  // The same list, whole and in pages of one, which go over from memory into the archive.
  CHECK(list(node, archive) == all);
  std::vector<TransferId> paged;
  for (TransferId after; paged.size() < all.size(); after = paged.back()) {
    const auto page = list(node, archive, 1, after);
    REQUIRE(page.size() == 1);
    paged.push_back(page.front());
  }
  CHECK(paged == all);
  CHECK(list(node, archive, 1, paged.back()).empty());
  CHECK(list(node, archive, 10, {}, {"aborted", {}, {}, {}}) == std::vector{ids[1]});

  // The same order again is the same transfer; under another payload it is refused.
  const auto again = world.submit(node, orders[0]);
  REQUIRE(again);
  CHECK(again->id == ids[0]);
  CHECK(again->replayed);
  auto other = orders[2];
  other.payload_hash.mutable_octets()[0] ^= 1;
  CHECK(world.submit(node, other).error().code == Code::idempotency_payload);
  CHECK(node.core->archived_transfers() == 1);
  CHECK(list(node, archive) == all);  // those brought back are not there twice
  world.settle();
  put_aside(node, archive);
  CHECK(node.core->archived_transfers() == 4);
  CHECK(list(node, archive) == all);
  world.check_invariants(true);
}

TEST_CASE("a start from a snapshot knows what is archived, and refuses an archive that is not the snapshot's") {
  test::covers("USTP-JRN-014");
  World world(62);
  auto& node = world.eth();
  for (const char* quantity : {"10", "11", "12"}) {
    (void)world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", quantity));
    world.settle();
  }
  MemoryArchive archive;
  put_aside(node, archive);
  REQUIRE(node.core->archived_transfers() == 3);
  const auto& snapshot = *archive.newest();
  gateway::IdleDriver idle(node.driver->profile());
  const auto core = node.core->replica(idle);
  REQUIRE(core->load(snapshot.state));
  REQUIRE(core->learn_archived());
  CHECK(core->archived_transfers() == 3);
  CHECK(core->state_hash() == node.core->state_hash());
  CHECK(core->snapshot() == snapshot.state);

  MemoryArchive poorer;
  const auto alone = node.core->replica(idle);
  alone->use(poorer);
  REQUIRE(alone->load(snapshot.state));
  CHECK(alone->learn_archived().error().code == Code::journal_damaged);
}

TEST_CASE("the running core lets go of what a snapshot holds, and of nothing that changed behind it") {
  World world(63);
  auto& node = world.csd();
  const auto first = world.submit(node, world.order(node, "alice", world.eth(), "bob", "10")).value().id;
  world.settle();
  const auto position = node.core->position();
  const auto second = world.submit(node, world.order(node, "alice", world.eth(), "bob", "11")).value().id;
  world.settle();
  MemoryArchive archive;
  node.core->use(archive);
  world.feed(node, gateway::SnapshotInput{position});
  CHECK(node.core->find(first) != nullptr);  // leaves with the next batch
  const auto blocks = node.journal.size();
  world.feed(node, gateway::SnapshotInput{position});
  CHECK(node.core->find(first) == nullptr);
  CHECK(node.core->find(second) != nullptr);
  CHECK(node.journal.size() == blocks);  // nothing of this decides: no block tells of it
}

TEST_CASE("an archive that cannot be read ends the batch: nothing is presumed of what it holds") {
  test::covers("USTP-JRN-014");
  World world(64);
  auto& node = world.csd();
  const auto order = world.order(node, "alice", world.eth(), "bob", "10");
  const auto id = world.submit(node, order).value().id;
  world.settle();
  MemoryArchive archive;
  put_aside(node, archive);
  archive.broken = true;
  CHECK(node.core->lookup(id).error().code == Code::journal_damaged);
  CHECK(node.core->view_for(operator_of(node), id).error().code == Code::journal_damaged);
  std::vector<gateway::CoreInput> inputs;
  inputs.push_back(gateway::OrderCommand{order, [](const auto&) { FAIL("answered"); }});
  inputs.push_back(gateway::OrderCommand{world.order(node, "alice", world.eth(), "bob", "11"), [](const auto&) {}});
  const auto result = node.core->process(std::move(inputs), world.now());
  REQUIRE(result.failed.has_value());
  CHECK(result.failed->code == Code::journal_damaged);
  CHECK(result.payload.empty());
  CHECK(result.effects.empty());
}

TEST_CASE("a peer's question about an archived transfer is answered as if it had never left") {
  Attack a(79, wire::MessageType::kProposalReceipt);
  std::vector<wire::Message> answers;
  a.world.on_wire = [&](const test::Carried& one) {
    if (const auto batch = wire::parse_batch(one.frame); batch && one.from == a.victim.id)
      for (const auto& item : batch->items) answers.push_back(wire::decode(item.octets).value());
    return true;
  };
  auto question = a.honest;
  question.transfer.mutable_octets()[0] ^= 1;  // never heard of: a tombstone
  question.previous = {};
  question.body = wire::StatusRequest{};
  REQUIRE(a.message(question) == Code{});
  MemoryArchive archive;
  put_aside(a.victim, archive);
  REQUIRE(a.victim.core->archived_transfers() == 1);
  const auto once = answers;
  a.header.previous = crypto::sha256(wire::parse_batch(a.sealed({wire::encode(question)}))->header_octets);
  ++a.header.sequence;
  REQUIRE(a.message(question) == Code{});
  REQUIRE(answers.size() == 2 * once.size());
  CHECK(answers.back() == once.back());
}
