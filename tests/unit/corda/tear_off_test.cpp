// Evidence of our own ledger: accepted as it is, refused when any part of it is another.
#include "adapters/corda/proof/tear_off.hpp"

#include "adapters/corda/request.hpp"
#include "tests/contract/corda/fixture.hpp"

using namespace ustp;

namespace {

struct Batch {
  std::shared_ptr<corda::CordaLedger> ledger = test::make_corda();
  LedgerAnchor anchor = test::corda_profile(ledger->notary_spki()).anchor;
  std::vector<ledger::OperationRequest> requests;
  std::vector<corda::Answer> answers;

  explicit Batch(std::uint64_t count) {
    std::vector<corda::Question> questions;
    for (std::uint64_t i = 0; i < count; ++i) {
      requests.push_back(test::corda_request(OperationKind::kLock, i, 1, AccountId::literal("alice")));
      questions.push_back({requests.back().id, true, ledger::request_octets(requests.back())});
    }
    answers = ledger->run(questions, 1).value();
  }
};

Code code_of(const Result<ProvenOperation>& result) { return result ? Code{} : result.error().code; }

}  // namespace

TEST_CASE("a batch has one signature, each evidence stands alone and is compact") {
  Batch batch(64);
  corda::TearOff first;
  for (std::size_t i = 0; i < batch.answers.size(); ++i) {
    const auto& answer = batch.answers[i];
    REQUIRE(answer.kind == ledger::OutcomeKind::kFinal);
    CHECK(answer.evidence.octets.size() < 700);
    const auto proven = corda::verify_corda_tear_off(answer.evidence, batch.anchor);
    REQUIRE_MESSAGE(proven.has_value(), (proven ? "" : to_string(proven.error())));
    CHECK(proven->id == batch.requests[i].id);
    CHECK(proven->base_units == 10);
    CHECK(proven->request_hash == crypto::sha256(ledger::request_octets(batch.requests[i])));
    auto torn = corda::decode_tear_off(answer.evidence.octets).value();
    CHECK(corda::encode_tear_off(torn) == answer.evidence.octets);
    if (i == 0) first = std::move(torn);
    else CHECK(torn.signature == first.signature);
  }
  MESSAGE("octets of evidence in a batch of 64: " << batch.answers[0].evidence.octets.size());
}

TEST_CASE("an evidence with any bit altered is refused") {
  Batch batch(5);
  const auto verify = corda::make_tear_off_verifier(std::make_shared<corda::SignatureCache>());
  for (const auto& answer : {batch.answers[0], batch.answers[4]}) {
    CHECK(verify(answer.evidence, batch.anchor).has_value());
    for (std::size_t i = 0; i < answer.evidence.octets.size(); ++i) {
      auto altered = answer.evidence;
      altered.octets[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      CAPTURE(i);
      CHECK(!verify(altered, batch.anchor).has_value());
    }
    for (std::size_t size = 0; size < answer.evidence.octets.size(); size += 7) {
      auto cut = answer.evidence;
      cut.octets.resize(size);
      CHECK(!verify(cut, batch.anchor).has_value());
    }
    auto longer = answer.evidence;
    longer.octets.push_back(0);
    CHECK(!verify(longer, batch.anchor).has_value());
  }
}

TEST_CASE("the statement of finality is bound: batch, transaction, time, ledger, notary, kind (USTP-EVD-020, USTP-EVD-021)") {
  Batch batch(3);
  const auto& good = batch.answers[1].evidence;
  const auto with = [&](auto change) {
    auto altered = good;
    change(altered);
    return code_of(corda::verify_corda_tear_off(altered, batch.anchor));
  };
  CHECK(with([](Evidence&) {}) == Code{});
  CHECK(with([](Evidence& e) { ++e.finality.height; }) == Code::bad_signature);
  CHECK(with([](Evidence& e) { e.finality.block.mutable_octets()[3] ^= 1; }) == Code::evidence_invalid);
  CHECK(with([](Evidence& e) { ++e.finality.at.ns; }) == Code::evidence_invalid);
  CHECK(with([](Evidence& e) { e.kind = EvidenceKind::kCsdConfirmation; }) == Code::evidence_invalid);
  CHECK(with([](Evidence& e) { e.ledger = LedgerId::literal("corda-2"); }) == Code::evidence_invalid);
  auto other = batch.anchor;
  other.key = test::new_notary()->spki();
  CHECK(code_of(corda::verify_corda_tear_off(good, other)) == Code::evidence_invalid);
  other.key.clear();
  CHECK(!corda::verify_corda_tear_off(good, other).has_value());
  // The same notary on a ledger of another name has not signed this.
  auto renamed = batch.anchor;
  renamed.ledger = LedgerId::literal("corda-2");
  auto moved = good;
  moved.ledger = renamed.ledger;
  CHECK(code_of(corda::verify_corda_tear_off(moved, renamed)) == Code::bad_signature);
}

TEST_CASE("shapes our ledger never makes are refused although they hash rightly") {
  Batch batch(2);
  const auto& good = batch.answers[0].evidence;
  const auto with = [&](auto change) {
    auto torn = corda::decode_tear_off(good.octets).value();
    change(torn);
    auto altered = good;
    altered.octets = corda::encode_tear_off(torn);
    return corda::verify_corda_tear_off(altered, batch.anchor).has_value();
  };
  CHECK(with([](corda::TearOff&) {}));
  CHECK(!with([](corda::TearOff& t) { t.groups.pop_back(); }));
  CHECK(!with([](corda::TearOff& t) { t.groups.emplace_back(); }));
  CHECK(!with([](corda::TearOff& t) {  // hides the command it should show
    t.groups[2].root = corda::component_leaf(t.groups[2].nonces[0], t.groups[2].components[0]);
    t.groups[2].kind = corda::GroupPart::Kind::kHidden;
  }));
  CHECK(!with([](corda::TearOff& t) { t.groups[0].kind = corda::GroupPart::Kind::kAbsent; }));
  CHECK(!with([](corda::TearOff& t) {  // an absent group written as a hidden one: a second form of the same
    t.groups[3].kind = corda::GroupPart::Kind::kHidden;
    t.groups[3].root = corda::absent_group();
  }));
  CHECK(!with([](corda::TearOff& t) { t.codec = corda::Codec::kCordaAmqp; }));
  CHECK(!with([](corda::TearOff& t) { t.groups[2].nonces[0].mutable_octets()[0] ^= 1; }));
  CHECK(!with([](corda::TearOff& t) { std::swap(t.groups[2], t.groups[4]); }));
}

TEST_CASE("the signature cache remembers what verified and nothing else") {
  Batch batch(2);
  corda::SignatureCache cache(1);
  const auto key = test::new_notary();
  const auto message = as_bytes("root");
  const auto signature = key->sign(message).value();
  CHECK(cache.verify(key->spki(), message, signature));
  CHECK(cache.verify(key->spki(), message, signature));
  CHECK(!cache.verify(key->spki(), as_bytes("another"), signature));
  CHECK(!cache.verify(test::new_notary()->spki(), message, signature));
  CHECK(!cache.verify({}, message, signature));
  CHECK(cache.verify(key->spki(), as_bytes("next"), key->sign(as_bytes("next")).value()));
  CHECK(cache.verify(key->spki(), message, signature));  // forgotten and verified again
}
