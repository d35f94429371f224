// The ledger itself: lots, the notary, determinism, what a store brings back, the book.
#include <unistd.h>

#include <filesystem>

#include "adapters/corda/embedded/book.hpp"
#include "adapters/corda/request.hpp"
#include "tests/contract/corda/fixture.hpp"

using namespace ustp;
using ledger::OutcomeKind;
using test::corda_request;

namespace {

const AccountId kAlice = AccountId::literal("alice"), kBob = AccountId::literal("bob"),
                kCustody = AccountId::literal("custody");

corda::Answer run(corda::CordaLedger& ledger, const ledger::OperationRequest& request) {
  const corda::Question question{request.id, true, ledger::request_octets(request)};
  return ledger.run({&question, 1}, 1).value().at(0);
}

token::Position position(corda::CordaLedger& ledger, const AccountId& account) {
  const auto snapshot = ledger.snapshot(test::kIsin, {}, 100).value();
  for (const auto& one : snapshot.positions)
    if (one.account == account) return one;
  return {};
}

token::Lot lot(std::uint64_t units, std::int16_t year, Instant locked_until = {}) {
  return {Quantity(units, 0), {year, 1, 2}, "purchase", locked_until,
          locked_until.ns == 0 ? token::Restriction::kNone : token::Restriction::kLockUp};
}

// Assigns units of these lots to bob.
void give_bob(corda::CordaLedger& ledger, std::uint64_t number, std::uint64_t units, std::vector<token::Lot> lots) {
  auto create = corda_request(OperationKind::kCreate, number, units, kCustody);
  create.lots = lots;
  REQUIRE(run(ledger, create).kind == OutcomeKind::kFinal);
  auto assign = corda_request(OperationKind::kAssign, number + 1, units, kBob, create.id);
  assign.lots = lots;
  REQUIRE(run(ledger, assign).kind == OutcomeKind::kFinal);
}

}  // namespace

TEST_CASE("lots survive create, assign, lock and unlock; equal ones merge") {
  auto ledger = test::make_corda();
  give_bob(*ledger, 10, 30, {lot(10, 2020), lot(20, 2021)});
  give_bob(*ledger, 20, 5, {lot(5, 2021)});
  const std::vector wanted{lot(10, 2020), lot(25, 2021)};
  CHECK(position(*ledger, kBob).lots == wanted);
  auto lock = corda_request(OperationKind::kLock, 30, 25, kBob);
  lock.lots = {lot(25, 2021)};
  CHECK(run(*ledger, lock).kind == OutcomeKind::kFinal);
  CHECK(position(*ledger, kBob).lots == std::vector{lot(10, 2020)});
  CHECK(run(*ledger, corda_request(OperationKind::kUnlock, 31, 25, kBob, lock.id)).kind == OutcomeKind::kFinal);
  CHECK(position(*ledger, kBob).lots == wanted);
}

TEST_CASE("a lot that is locked until later cannot be locked for a settlement; a named lot must be there") {
  auto ledger = test::make_corda();
  const Instant far{INT64_MAX - 1};
  give_bob(*ledger, 10, 30, {lot(10, 2020), lot(20, 2021, far)});
  CHECK(run(*ledger, corda_request(OperationKind::kLock, 20, 11, kBob)).error.code == Code::lot_locked);
  auto named = corda_request(OperationKind::kLock, 21, 20, kBob);
  named.lots = {lot(20, 2021, far)};
  CHECK(run(*ledger, named).error.code == Code::lot_locked);
  auto absent = corda_request(OperationKind::kLock, 22, 10, kBob);
  absent.lots = {lot(10, 2019)};
  CHECK(run(*ledger, absent).error.code == Code::insufficient_available);
  CHECK(run(*ledger, corda_request(OperationKind::kLock, 23, 10, kBob)).kind == OutcomeKind::kFinal);
}

TEST_CASE("an operation moves exactly the units and the account it refers to") {
  auto ledger = test::make_corda();
  const auto lock = corda_request(OperationKind::kLock, 1, 10, kAlice);
  CHECK(run(*ledger, lock).kind == OutcomeKind::kFinal);
  CHECK(run(*ledger, corda_request(OperationKind::kExtinguish, 2, 11, kAlice, lock.id)).error.code == Code::ledger_rejected);
  CHECK(run(*ledger, corda_request(OperationKind::kUnlock, 3, 10, kBob, lock.id)).error.code == Code::ledger_rejected);
  CHECK(run(*ledger, corda_request(OperationKind::kLock, 4, 0, kAlice)).error.code == Code::quantity_zero);
  auto foreign = corda_request(OperationKind::kLock, 5, 10, kAlice);
  foreign.instrument = InstrumentId::literal("US5949181045");
  CHECK(run(*ledger, foreign).error.code == Code::unknown_instrument);
  auto sum = corda_request(OperationKind::kCreate, 6, 10, kCustody);
  sum.lots = {lot(9, 2020)};
  CHECK(run(*ledger, sum).error.code == Code::lots_sum);
  auto huge = corda_request(OperationKind::kCreate, 7, 10, kCustody);
  huge.base_units = ~Uint128{0};
  CHECK(run(*ledger, huge).error.code == Code::overflow);
  const corda::Question garbage{lock.related, true, {1, 2, 3}};
  CHECK(ledger->run({&garbage, 1}, 1).value()[0].error.code == Code::ledger_message);
  const auto other = corda_request(OperationKind::kLock, 8, 1, kAlice);
  const corda::Question misnamed{OperationId{}, true, ledger::request_octets(other)};
  CHECK(ledger->run({&misnamed, 1}, 1).value()[0].error.code == Code::ledger_message);
}

TEST_CASE("the notary consumes a state once and answers a repeat of the same transaction alike") {
  corda::Notary notary(LedgerId::literal("corda-1"), test::new_notary());
  const corda::StateRef a{crypto::sha256(as_bytes("t")), 0}, b{crypto::sha256(as_bytes("t")), 1};
  const auto first = crypto::sha256(as_bytes("first")), second = crypto::sha256(as_bytes("second"));
  CHECK(notary.commit(first, std::vector{a}));
  CHECK(notary.commit(first, std::vector{a}));
  CHECK(notary.commit(second, std::vector{b, a}).error().code == Code::conflict);
  CHECK(notary.commit(second, std::vector{b}));  // the refused one took nothing
}

TEST_CASE("epochs: a run with an older one is refused, what it did before is still told") {
  auto ledger = test::make_corda();
  REQUIRE(ledger->enter(5));
  const auto before = corda_request(OperationKind::kLock, 1, 10, kAlice), after = corda_request(OperationKind::kLock, 2, 10, kAlice);
  corda::Question question{before.id, true, ledger::request_octets(before)};
  CHECK(ledger->run({&question, 1}, 5).value()[0].kind == OutcomeKind::kFinal);
  REQUIRE(ledger->enter(6));
  CHECK(ledger->enter(5).error().code == Code::fenced);
  CHECK(ledger->run({&question, 1}, 5).value()[0].kind == OutcomeKind::kFinal);
  question = {after.id, true, ledger::request_octets(after)};
  CHECK(ledger->run({&question, 1}, 5).value()[0].error.code == Code::fenced);
}

TEST_CASE("a store brings everything back: positions, answers, tombstones, epoch, and the same evidence") {
  const auto folder = std::filesystem::temp_directory_path() / ("ustp-corda-store-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto path = (folder / "ledger.db").string();
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  const auto open = [&](corda::Book book) {
    corda::LedgerParts parts;
    parts.notary = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
    parts.clock = std::make_shared<SystemClock>();
    parts.random = std::make_unique<SystemRandom>();
    parts.store = corda::Store::open(path).value();
    return corda::CordaLedger::open(std::move(book), std::move(parts));
  };
  const auto lock = corda_request(OperationKind::kLock, 1, 10, kAlice);
  const auto late = corda_request(OperationKind::kLock, 2, 10, kAlice);
  corda::Answer first;
  std::vector<token::Position> positions;
  {
    auto ledger = open(test::corda_book()).value();
    REQUIRE(ledger->enter(1));
    give_bob(*ledger, 10, 30, {lot(10, 2020), lot(20, 2021)});
    first = run(*ledger, lock);
    CHECK(run(*ledger, corda_request(OperationKind::kUnlock, 3, 10, kAlice, late.id)).kind == OutcomeKind::kFinal);
    positions = ledger->snapshot(test::kIsin, {}, 100).value().positions;
  }
  {
    auto ledger = open(test::corda_book()).value();
    CHECK(ledger->snapshot(test::kIsin, {}, 100).value().positions == positions);
    const auto again = run(*ledger, lock);
    CHECK(again.kind == OutcomeKind::kFinal);
    CHECK(again.evidence == first.evidence);
    CHECK(run(*ledger, late).kind == OutcomeKind::kNever);
    CHECK(ledger->enter(0).error().code == Code::fenced);
    CHECK(run(*ledger, corda_request(OperationKind::kExtinguish, 4, 10, kAlice, lock.id)).kind == OutcomeKind::kFinal);
  }
  auto other = test::corda_book();
  other.ledger = LedgerId::literal("corda-2");
  CHECK(open(other).error().code == Code::config_invalid);
  std::filesystem::remove_all(folder);
}

TEST_CASE("the book is read, and refused when it is not one") {
  const std::string good = R"({"ledger":"corda-1","instrument":"US0378331005","scale":0,"custody":"custody",)"
                           R"("suspense":"suspense","accounts":[{"id":"alice","capacity":"client","units":"1000000","blocked":false}]})";
  const auto book = corda::parse_book(good);
  REQUIRE_MESSAGE(book.has_value(), (book ? "" : to_string(book.error())));
  CHECK(book->accounts.at(0).units == 1'000'000);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    auto text = good;
    text.replace(text.find(from), from.size(), to);
    return corda::parse_book(text).has_value();
  };
  CHECK(!replaced("\"1000000\"", "1000000"));
  CHECK(!replaced("\"1000000\"", "\"-1\""));
  CHECK(!replaced("\"scale\"", "\"scales\""));
  CHECK(!replaced("client", "customer"));
  CHECK(!replaced("false", "0"));
  CHECK(!replaced("US0378331005", "US0378331006"));
  CHECK(!corda::parse_book("{").has_value());
  CHECK(!corda::parse_book("[]").has_value());
}
