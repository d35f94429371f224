// A transfer's evidence, exported from the journal and checked by a stranger who has the authority's key alone.
#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "gateway/engine/evidence.hpp"
#include "tests/support/world.hpp"
#include "ustp/protocol/verify_bundle.hpp"

using namespace ustp;
using test::World;

namespace {

Bytes bundle_of(World& world, test::Node& node, const TransferId& id) {
  const auto read = [&](std::uint64_t position) -> Result<gateway::Block> { return node.journal.at(position - 1); };
  const auto bundle = gateway::collect_evidence(id, node.id, node.core->registry().log(), node.core->blocks_of(id).value(), read,
                                                world.now());
  REQUIRE_MESSAGE(bundle.has_value(), (bundle ? "" : to_string(bundle.error())));
  return wire::seal_bundle(*bundle, *node.signer).value();
}

Result<protocol::BundleReport> check(World& world, BytesView file) {
  protocol::EvidenceVerifiers verifiers;
  for (const auto kind : {EvidenceKind::kCsdConfirmation, EvidenceKind::kEthereumReceipt, EvidenceKind::kCordaTearOff})
    verifiers[kind] = test::prove_fake;
  return protocol::verify_bundle(file, AuthorityId::literal("association"), world.authority_key(), verifiers);
}

TransferId moved(World& world) {
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
  REQUIRE(view.has_value());
  world.settle();
  return view->id;
}

}  // namespace

TEST_CASE("either side's bundle of a completed transfer passes every check") {
  ustp::test::covers({"USTP-EVD-001", "USTP-EVD-003", "USTP-EVD-011", "USTP-EVD-012", "USTP-EVD-013", "USTP-EVD-014",
          "USTP-EVD-015", "USTP-EVD-016", "USTP-EVD-017", "USTP-EVD-018", "USTP-MSG-031", "USTP-MSG-032",
          "USTP-MSG-033"});
  World world(21);
  const auto id = moved(world);
  for (auto* node : {&world.csd(), &world.eth()}) {
    const auto report = check(world, bundle_of(world, *node, id));
    REQUIRE_MESSAGE(report.has_value(), (report ? "" : to_string(report.error())));
    for (const auto& one : report->checks) {
      const std::string which = one.name + ": " + one.detail;
      CHECK_MESSAGE(one.ok, which);
    }
    CHECK(report->ok());
    CHECK(report->checks.size() > 25);
    CHECK(report->outcome == wire::DecisionOutcome::kCommit);
  }
}

TEST_CASE("one flipped octet anywhere makes it fail") {
  ustp::test::covers({"USTP-EVD-002", "USTP-VER-005"});
  World world(22);
  const auto file = bundle_of(world, world.csd(), moved(world));
  for (std::size_t at = 0; at < file.size(); at += 97) {
    auto flipped = file;
    flipped[at] ^= 0x01;
    const auto report = check(world, flipped);
    CAPTURE(at);
    CHECK_FALSE((report && report->ok()));
  }
}

TEST_CASE("a bundle without one of its messages, or under another authority, fails though it is sealed") {
  ustp::test::covers({"USTP-EVD-010", "USTP-EVD-011", "USTP-EVD-015"});
  World world(23);
  const auto id = moved(world);
  const auto opened = wire::open_bundle(bundle_of(world, world.csd(), id)).value();
  for (std::size_t left_out = 0; left_out < opened.bundle.messages.size(); ++left_out) {
    auto bundle = opened.bundle;
    bundle.messages.erase(bundle.messages.begin() + static_cast<std::ptrdiff_t>(left_out));
    const auto report = check(world, wire::seal_bundle(bundle, *world.csd().signer).value());
    CAPTURE(left_out);
    CHECK_FALSE((report && report->ok()));
  }
  World other(24);
  const auto report = check(other, bundle_of(world, world.csd(), id));
  CHECK_FALSE((report && report->ok()));
}
