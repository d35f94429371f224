#include <doctest/doctest.h>

#include <set>

#include "tests/support/requirement.hpp"
#include "samples.hpp"

using namespace ustp;
using namespace ustp::wire;

TEST_CASE("every message type comes back as it was, with all fields and with the fewest") {
  ustp::test::covers({"USTP-TOK-005", "USTP-TOK-006", "USTP-TOK-010", "USTP-TOK-012"});
  for (const bool full : {false, true}) {
    const auto messages = samples::all(full);
    REQUIRE(messages.size() == std::variant_size_v<Body>);
    for (const Message& m : messages) {
      CAPTURE(to_string(m.type()));
      const Bytes octets = encode(m);
      const auto back = decode(octets);
      if (!back) FAIL(to_string(back.error()));
      CHECK(*back == m);
      CHECK(encode(*back) == octets);
    }
  }
}

TEST_CASE("every message type has its own name") {
  ustp::test::covers("USTP-SAT-001");
  std::set<std::string_view> names;
  for (const Message& m : samples::all(false)) names.insert(to_string(m.type()));
  CHECK(names.size() == std::variant_size_v<Body>);
  CHECK(names.count("") == 0);
  CHECK(to_string(MessageType::kTransferComplete) == "commit-transfer-complete-msg");
}

TEST_CASE("octets at any address are read alike") {
  ustp::test::covers("USTP-MSG-021");
  const Message m = samples::all(true).front();
  const Bytes octets = encode(m);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes room(octets.size() + 8);
    std::copy(octets.begin(), octets.end(), room.begin() + static_cast<std::ptrdiff_t>(shift));
    const auto back = decode(BytesView(room).subspan(shift, octets.size()));
    REQUIRE(back);
    CHECK(*back == m);
  }
}

TEST_CASE("the claim hash changes with every field and not with the encoding") {
  ustp::test::covers({"USTP-MSG-030", "USTP-MSG-031"});
  const auto base = samples::terms(true);
  const Salt salt = samples::id<Salt>(50);
  std::vector<token::TransferTerms> variants(28, base);
  variants[0].instrument = InstrumentId::literal("US5949181045");
  variants[1].instrument_version++;
  variants[2].source_ratio_version++;
  variants[3].target_ratio_version++;
  variants[4].quantity = Quantity(1001, 0);
  variants[5].lots[1].restriction = token::Restriction::kInsider;
  variants[6].sender_gateway = GatewayId::literal("gw-c");
  variants[7].recipient_gateway = GatewayId::literal("gw-c");
  variants[8].source_ledger = LedgerId::literal("corda");
  variants[9].target_ledger = LedgerId::literal("corda");
  variants[10].originator = AccountId::literal("ACC-9");
  variants[11].beneficiary = AccountId::literal("ACC-9");
  variants[12].originator_chain.beneficial_owner += "x";
  variants[13].beneficiary_chain.links[0].capacity = token::HoldingCapacity::kOwn;
  variants[14].ownership_effect = token::OwnershipEffect::kChange;
  variants[15].transaction_type = "TRAD";
  variants[16].entitled_party = token::EntitledParty::kTransferee;
  variants[17].trade_date.day++;
  variants[18].cum_ex = token::CumEx::kCum;
  variants[19].venue = Mic::literal("XNYS");
  variants[20].liable_operator = {};
  variants[21].place_of_settlement += "x";
  variants[22].governing_law += "x";
  variants[23].jurisdiction += "x";
  variants[24].reference += "x";
  variants[25].vote_by.ns++;
  variants[26].complete_by.ns++;
  variants[27].statement_position++;
  std::set<Hash256> claims{claim_hash(base)}, legs{leg_commitment(base, salt)};
  for (const auto& v : variants) {
    claims.insert(claim_hash(v));
    legs.insert(leg_commitment(v, salt));
  }
  CHECK(claims.size() == 29);
  CHECK(legs.size() == 29);
  CHECK(leg_commitment(base, samples::id<Salt>(51)) != leg_commitment(base, salt));
  CHECK(claim_hash(base) == crypto::sha256(terms_octets(base)));
}

TEST_CASE("a root over one hash is not that hash, and order counts") {
  ustp::test::covers({"USTP-MSG-032", "USTP-MSG-033"});
  const Hash256 one[] = {samples::id<Hash256>(1)};
  const Hash256 ab[] = {samples::id<Hash256>(1), samples::id<Hash256>(2)};
  const Hash256 ba[] = {samples::id<Hash256>(2), samples::id<Hash256>(1)};
  CHECK(legs_root(one) != one[0]);
  CHECK(votes_root(ab) != votes_root(ba));
}

// Golden: a change here is a change of the wire or of the claim, and needs a new version.
TEST_CASE("the octets of every message and of the claim are what they were") {
  for (const bool full : {false, true}) {
    Bytes hashes;
    for (const Message& m : samples::all(full)) append(hashes, message_hash(encode(m)).view());
    CHECK(crypto::sha256(hashes).hex() ==
          (full ? "21990c1edcce3a05509d85ed85484dc7ee13d4856517561d5fedcae84bf07a5f"
                : "7b4d95f325222b1b4d13976b718c388d5a4c213a707bec9146dd0db3f1fcbc0a"));
  }
  CHECK(claim_hash(samples::terms(true)).hex() == "5723341ac00a35639fc58432495080c4f19daada09fd6b301526de2a5de4c102");
  CHECK(leg_commitment(samples::terms(true), samples::id<Salt>(50)).hex() == "451b005fdab22c330f9160654c04ffc890688ba2b71070d4868b2b2c8e42f2b2");
}
