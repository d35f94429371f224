// A move between two other ledgers, told to the home gateway with what its parties signed in JSON.
#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/people.hpp"
#include "ustp/protocol/home_book.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

using namespace ustp;
using namespace ustp::wire;
using vectors::named_signer;
using crypto::Algorithm;

namespace {

struct World {
  std::unique_ptr<crypto::Signer> authority = named_signer("association", Algorithm::kEs256),
                                  csd = named_signer("gw-csd", Algorithm::kEs256),
                                  eth = named_signer("gw-eth", Algorithm::kEs256),
                                  corda = named_signer("gw-corda", Algorithm::kEs256);
  protocol::Registry registry{AuthorityId::literal("association"), crypto::make_verifier(authority->spki()).value()};
  token::TransferTerms terms = samples::terms(false);
  ChannelHead head;

  World() {
    vectors::Author author(*authority);
    vectors::introduce(author, *csd, *eth, *corda);
    for (const auto& statement : author.log()) REQUIRE(registry.apply(statement).has_value());
    terms.sender_gateway = GatewayId::literal("gw-eth");
    terms.recipient_gateway = GatewayId::literal("gw-corda");
    terms.source_ledger = LedgerId::literal("eth");
    terms.target_ledger = LedgerId::literal("corda");
  }
  Message message(Body body) const {
    return {samples::id<SessionId>(1), samples::id<TransferId>(2), samples::id<SettlementId>(3), samples::id<Hash256>(4), {},
            std::move(body)};
  }
  ProvenMessage said(const Message& m) {
    JsonHeader h;
    h.sender = terms.sender_gateway;
    h.recipient = terms.recipient_gateway;
    h.sequence = head.sequence + 1;
    h.previous = head.hash;
    const auto held = parse_json_signed(seal_json(h, encode_json(m).value(), *eth).value()).value();
    head = {h.sequence, held.signed_hash};
    return proven_json(held);
  }
  MoveNotice notice() {
    const Salt salt = samples::id<Salt>(50);
    const Hash256 leg = leg_commitment(terms, salt);
    DecisionRecord d = samples::decision(DecisionOutcome::kCommit);
    d.legs_root = legs_root({&leg, 1});
    d.signer = terms.sender_gateway;
    Message offer = message(TransferProposal{terms, salt, {Algorithm::kEs256}, kJsonEncoding});
    offer.previous = {};
    return {said(offer), said(message(CommitFinal{d, samples::evidence(true)}))};
  }
};

}  // namespace

TEST_CASE("the home gateway counts a move that was signed in JSON, and refuses one of which an octet changed") {
  ustp::test::covers({"USTP-JSN-033", "USTP-MSG-116"});
  World world;
  const Message good = world.message(world.notice());
  protocol::HomeBook book(GatewayId::literal("gw-csd"));
  const auto tell = [&](const Message& m) {
    return book.on_notice(m, samples::id<Hash256>(9), world.terms.recipient_gateway, world.registry);
  };
  for (const bool of_proposal : {true, false}) {
    Message bad = good;
    auto& notice = std::get<MoveNotice>(bad.body);
    (of_proposal ? notice.proposal : notice.commit_final).octets[40] ^= 1;
    const auto refused = tell(bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::bad_signature);
  }
  CHECK(book.content().waiting.empty());
  const auto told = tell(good);
  if (!told) FAIL(to_string(told.error()));
  // Nothing is outstanding on the source ledger here, so it waits; but it is believed.
  REQUIRE(book.content().waiting.size() == 1);
  CHECK(book.content().waiting.front().target.str() == "corda");
}
