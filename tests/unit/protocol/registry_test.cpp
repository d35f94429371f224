#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "ustp/protocol/registry.hpp"

using namespace ustp;
using namespace ustp::wire;

namespace {

std::unique_ptr<crypto::Signer> new_signer() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}

// An authority that numbers and chains its statements, and the registry that follows it.
struct Authority {
  std::unique_ptr<crypto::Signer> key = new_signer();
  protocol::Registry registry{AuthorityId::literal("association"), crypto::make_verifier(key->spki()).value()};

  SignedStatement make(StatementBody body) {
    Statement s;
    s.authority = AuthorityId::literal("association");
    s.sequence = registry.position() + 1;
    s.previous = registry.head();
    s.effective_from = {1};
    s.body = std::move(body);
    return sign_statement(s, *key).value();
  }
  Result<void> say(StatementBody body) { return registry.apply(make(std::move(body))); }
};

ParticipantStatement participant(const char* name, const char* gateway) {
  ParticipantStatement s;
  s.participant = ParticipantId::literal(name);
  s.lei = Lei::literal("213800KUD8LAJWSQ9D15");
  s.name = "A bank";
  if (*gateway) s.gateway = GatewayId::literal(gateway);
  s.endpoint = "wss://127.0.0.1:1";
  return s;
}
KeyStatement key_of(const crypto::Signer& signer, const char* gateway) {
  return {GatewayId::literal(gateway), signer.algorithm(), signer.spki(), false};
}
LedgerStatement ledger_of(const char* id, const char* gateway) {
  LedgerStatement s;
  s.profile.id = LedgerId::literal(id);
  s.profile.kind = ledger::LedgerKind::kEthereum;
  s.profile.gateway = GatewayId::literal(gateway);
  s.profile.liable_operator = Lei::literal("213800KUD8LAJWSQ9D15");
  s.profile.finality_rule = "finalized";
  s.profile.finality_depth = 64;
  s.profile.evidence = EvidenceKind::kEthereumReceipt;
  s.profile.rewriters = 3;
  s.profile.carries_lots = true;
  s.profile.custody_account = AccountId::literal("0xcustody");
  s.profile.suspense_account = AccountId::literal("0xsuspense");
  s.profile.anchor = {s.profile.id, {1, 2, 3}, Bytes(20, 7), 31337};
  s.halted = true;
  return s;
}
token::Instrument instrument() {
  token::Instrument i;
  i.id = InstrumentId::literal("US0378331005");
  i.name = "A share";
  i.cfi = Cfi::literal("ESVUFR");
  i.authorised = i.approved = i.issued = Quantity(1000, 0);
  i.treasury = Quantity(10, 0);
  i.issuer_ledger = LedgerId::literal("csd");
  i.home_gateway = GatewayId::literal("gw-a");
  token::Representation home;
  home.ledger = i.issuer_ledger;
  home.kind = token::RepresentationKind::kNative;
  i.representations.push_back(home);
  i.rights.push_back({"vote", token::RightClass::kMembership, 1, token::ExercisableBy::kRegistered, "close of day"});
  i.admissions.push_back({Mic::literal("XFRA"), token::AdmissionKind::kListed, {2026, 1, 2}, {}});
  return i;
}

}  // namespace

TEST_CASE("every kind of statement survives its encoding with all fields") {
  ustp::test::covers({"USTP-TOK-004", "USTP-TOK-007", "USTP-TOK-011", "USTP-TOK-013"});
  const auto key = new_signer();
  token::Account account;
  account.ledger = LedgerId::literal("csd");
  account.id = AccountId::literal("1234");
  account.participant = ParticipantId::literal("bank");
  account.capacity = token::Capacity::kHouse;
  account.status = token::AccountStatus::kBlocked;
  account.investor_class = "professional";
  account.jurisdiction = "DE";
  account.identity_expires = {99};
  for (const StatementBody& body : std::initializer_list<StatementBody>{
           participant("bank", "gw-a"), key_of(*key, "gw-a"), ledger_of("csd", "gw-a"), InstrumentStatement{instrument()},
           AccountStatement{account}}) {
    Statement s;
    s.authority = AuthorityId::literal("association");
    s.sequence = 1;
    s.effective_from = {5};
    s.body = body;
    const auto octets = encode_statement(s);
    const auto again = decode_statement(octets);
    REQUIRE_MESSAGE(again.has_value(), (again ? "" : to_string(again.error())));
    CHECK(*again == s);
    for (std::size_t n = 0; n < octets.size(); ++n) CHECK_FALSE(decode_statement(BytesView(octets).first(n)).has_value());
    auto trailing = octets;
    trailing.push_back(0);
    CHECK(decode_statement(trailing).error().code == Code::buffer_trailing);
    const auto signed_one = sign_statement(s, *key);
    REQUIRE_MESSAGE(signed_one.has_value(), (signed_one ? "" : to_string(signed_one.error())));
    const auto frame = encode_statement_frame(*signed_one);
    const auto parsed = parse_statement_frame(frame);
    REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : to_string(parsed.error())));
    CHECK(parse_statement_frame(frame).value().octets == octets);
  }
}

TEST_CASE("a log is followed statement by statement, and the same one twice is harmless") {
  ustp::test::covers("USTP-GOV-001");
  Authority authority;
  const auto first = authority.make(participant("bank", "gw-a"));
  REQUIRE(authority.registry.apply(first));
  CHECK(authority.registry.apply(first));
  CHECK(authority.registry.position() == 1);
  CHECK(authority.registry.participant_of_gateway(GatewayId::literal("gw-a")) != nullptr);
}

TEST_CASE("forged, foreign, skipped and forked statements change nothing") {
  ustp::test::covers("USTP-GOV-001");
  Authority authority, other;
  REQUIRE(authority.say(participant("bank", "gw-a")));
  const auto head = authority.registry.head();
  auto statement = authority.make(participant("second", "gw-b"));
  auto forged = statement;
  forged.signature[5] ^= 1;
  CHECK(authority.registry.apply(forged).error().code == Code::bad_signature);
  auto foreign = statement;
  foreign.key = other.key->key_id();
  CHECK(authority.registry.apply(foreign).error().code == Code::statement_authority);
  Statement skipped = decode_statement(statement.octets).value();
  skipped.sequence = 3;
  CHECK(authority.registry.apply(sign_statement(skipped, *authority.key).value()).error().code == Code::statement_chain);
  Statement broken = decode_statement(statement.octets).value();
  broken.previous.mutable_octets()[0] ^= 1;
  CHECK(authority.registry.apply(sign_statement(broken, *authority.key).value()).error().code == Code::statement_chain);
  REQUIRE(authority.registry.head() == head);
  REQUIRE(authority.registry.apply(statement));
  Statement fork = decode_statement(statement.octets).value();
  fork.effective_from = {2};
  CHECK(authority.registry.apply(sign_statement(fork, *authority.key).value()).error().code == Code::statement_chain);
  CHECK(authority.registry.position() == 2);
}

TEST_CASE("statements that contradict what is in force are refused with their reason") {
  ustp::test::covers({"USTP-GOV-001", "USTP-GOV-002", "USTP-TOK-001", "USTP-TOK-003"});
  Authority authority;
  const auto key = new_signer();
  const auto refused = [&](StatementBody body) {
    const auto done = authority.say(std::move(body));
    return !done && done.error().code == Code::statement_invalid;
  };
  CHECK(refused(key_of(*key, "gw-a")));
  CHECK(refused(ledger_of("csd", "gw-a")));
  REQUIRE(authority.say(participant("bank", "gw-a")));
  REQUIRE(authority.say(participant("other", "gw-b")));
  CHECK(refused(participant("thief", "gw-a")));
  CHECK(refused(participant("bank", "gw-c")));
  CHECK(refused(InstrumentStatement{instrument()}));
  REQUIRE(authority.say(ledger_of("csd", "gw-a")));
  REQUIRE(authority.say(InstrumentStatement{instrument()}));
  CHECK(refused(InstrumentStatement{instrument()}));  // the same version again
  auto scaled = instrument();
  scaled.version = 2;
  scaled.home_gateway = GatewayId::literal("gw-b");
  CHECK(refused(InstrumentStatement{scaled}));
  REQUIRE(authority.say(key_of(*key, "gw-a")));
  CHECK(refused(key_of(*key, "gw-a")));
  CHECK(refused(key_of(*key, "gw-b")));
}

TEST_CASE("a key counts from its statement to its revocation, and never comes back") {
  ustp::test::covers("USTP-GOV-002");
  Authority authority;
  const auto key = new_signer();
  const auto gateway = GatewayId::literal("gw-a");
  REQUIRE(authority.say(participant("bank", "gw-a")));
  REQUIRE(authority.say(key_of(*key, "gw-a")));
  CHECK(authority.registry.key(gateway, key->key_id()).has_value());
  CHECK(authority.registry.key(GatewayId::literal("gw-b"), key->key_id()).error().code == Code::unknown_key);
  auto revoked = key_of(*key, "gw-a");
  revoked.revoked = true;
  REQUIRE(authority.say(revoked));
  CHECK(authority.registry.key(gateway, key->key_id()).error().code == Code::unknown_key);
  CHECK(authority.registry.key_at(gateway, key->key_id(), 2).has_value());
  CHECK_FALSE(authority.registry.key_at(gateway, key->key_id(), 1).has_value());
  CHECK_FALSE(authority.say(revoked).has_value());
  CHECK_FALSE(authority.say(key_of(*key, "gw-a")).has_value());
}

TEST_CASE("a participant that is no longer admitted signs nothing") {
  ustp::test::covers("USTP-GOV-002");
  Authority authority;
  const auto key = new_signer();
  REQUIRE(authority.say(participant("bank", "gw-a")));
  REQUIRE(authority.say(key_of(*key, "gw-a")));
  auto out = participant("bank", "gw-a");
  out.admitted = false;
  REQUIRE(authority.say(out));
  CHECK(authority.registry.key(GatewayId::literal("gw-a"), key->key_id()).error().code == Code::unknown_key);
}
