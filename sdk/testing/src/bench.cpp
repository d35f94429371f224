#include "bench.hpp"

#include <chrono>
#include <future>

#include "ustp/crypto/crypto.hpp"

namespace ustp::testing {
namespace {

using ledger::OutcomeKind;
using Steady = std::chrono::steady_clock;

std::chrono::nanoseconds chrono_of(Duration d) { return std::chrono::nanoseconds(d.ns); }

std::string describe(const ledger::Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::kPending: return "pending";
    case OutcomeKind::kFinal: return "final";
    case OutcomeKind::kRejected: return "rejected: " + to_string(outcome.error);
    case OutcomeKind::kUnknown: return "unknown";
    case OutcomeKind::kNever: return "never";
  }
  return "outcome of no known kind";
}

bool is_end(const ledger::Outcome& outcome) {
  return outcome.kind == OutcomeKind::kFinal || outcome.kind == OutcomeKind::kRejected ||
         outcome.kind == OutcomeKind::kNever;
}

// positions() and supply() may block until the ledger goes on, and it may go on in pump() only.
template <class Call>
auto while_pumping(Session& session, Call call) {
  auto answer = std::async(std::launch::async, std::move(call));
  while (answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) session.pump();
  return answer.get();
}

}  // namespace

void Recorder::on_outcome(ledger::Outcome outcome) {
  const std::lock_guard lock(mutex_);
  outcomes_.push_back(std::move(outcome));
  changed_.notify_all();
}
std::size_t Recorder::count() const {
  const std::lock_guard lock(mutex_);
  return outcomes_.size();
}
std::vector<ledger::Outcome> Recorder::since(std::size_t mark) const {
  const std::lock_guard lock(mutex_);
  return {outcomes_.begin() + static_cast<std::ptrdiff_t>(std::min(mark, outcomes_.size())), outcomes_.end()};
}
void Recorder::wait_beyond(std::size_t mark, Duration at_most) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, chrono_of(at_most), [&] { return outcomes_.size() > mark; });
}

Session::Session(Bench& bench, std::span<const ledger::Intent> restored)
    : bench_(bench), driver_(bench.run_.ledger.connect()) {
  if (bench.late_) {
    auto late = answer_late(std::move(driver_), {}, ++bench.run_.seed);
    late_ = late.get();
    driver_ = std::move(late);
  }
  for (const auto& intent : restored) driver_->restore(intent);
  const auto started = driver_->start(recorder_, ++bench.run_.epoch);
  require(started.has_value(), "the driver does not start: " + (started ? "" : to_string(started.error())));
  started_ = true;
}
void Session::stop() {
  if (started_) driver_->stop();
  started_ = false;
}

void Session::pump() {
  bench_.run_.ledger.pump();
  if (late_ != nullptr) late_->pump();
}

ledger::Intent Session::prepare(const ledger::OperationRequest& request) {
  auto intent = driver_->prepare(request);
  require(intent.has_value(), "prepare refused: " + (intent ? "" : to_string(intent.error())));
  require(intent->id == request.id, "prepare gave an intent of another id");
  return std::move(intent).value();
}

std::size_t Session::execute(const ledger::Intent& intent) {
  bench_.asked_.insert(intent.id);
  const auto mark = recorder_.count();
  driver_->execute(intent);
  return mark;
}
std::size_t Session::query(const ledger::Intent& intent) {
  bench_.asked_.insert(intent.id);
  const auto mark = recorder_.count();
  driver_->query(intent);
  return mark;
}

ledger::Outcome Session::settle(const ledger::Intent& intent, std::size_t mark,
                                const std::function<bool(const ledger::Outcome&)>& counts) {
  constexpr auto kAskAgain = std::chrono::milliseconds(300);
  const auto deadline = Steady::now() + chrono_of(bench_.run_.patience);
  auto asked_at = Steady::now();
  std::string last = "no answer at all";
  for (unsigned asked = 0; Steady::now() < deadline;) {
    bool ask = Steady::now() - asked_at > kAskAgain;
    for (const auto& outcome : recorder_.since(mark)) {
      ++mark;
      if (outcome.id != intent.id) continue;
      last = describe(outcome);
      const bool ours = !counts || counts(outcome);
      if (is_end(outcome) && ours) return outcome;
      if (!ours) last += ", in answer to another request under this id";
      ask = ask || outcome.kind == OutcomeKind::kUnknown;
    }
    if (ask) {
      // As a gateway does: ask what became of it, and now and then submit it again under the same id.
      ++asked % 3 == 0 ? driver_->execute(intent) : driver_->query(intent);
      asked_at = Steady::now();
    }
    pump();
    recorder_.wait_beyond(mark, Duration::milliseconds(1));
  }
  throw Failed{"no end within patience; last: " + last};
}

ledger::Outcome Session::first_answer(const ledger::Intent& intent, std::size_t mark) {
  const auto deadline = Steady::now() + chrono_of(bench_.run_.patience);
  while (Steady::now() < deadline) {
    for (const auto& outcome : recorder_.since(mark)) {
      ++mark;
      if (outcome.id == intent.id) return outcome;
    }
    pump();
    recorder_.wait_beyond(mark, Duration::milliseconds(1));
  }
  throw Failed{"query was not answered within patience"};
}

Bench::Bench(Run& run, bool late) : run_(run), late_(late) {
  run_.ledger.reset();
  opening_ = books();
  issuer_ = opening_.backing > 0;
  require(opening_.holdings[holder()].free == base(1000), "after reset() the holder has not 1,000 units available");
  require(opening_.holdings[other()].total == 0, "after reset() the other account is not empty");
  require(opening_.provisional == 0, "after reset() there are provisional units");
  require(!issuer_ || opening_.backing == base(500), "after reset() the backing account does not hold 500 units");
}

Session& Bench::session() {
  if (!session_) session_ = std::make_unique<Session>(*this, std::span<const ledger::Intent>{});
  return *session_;
}

void Bench::restart(std::span<const ledger::Intent> restored) {
  close();
  session_ = std::make_unique<Session>(*this, restored);
}

void Bench::close() {
  if (!session_) return;
  session_->stop();
  check_answers(*session_);
  session_.reset();
}

Uint128 Bench::base(std::uint64_t units) const {
  const auto result = run_.ledger.ratio().to_base(Quantity(units, 0));
  require(result.has_value(), "the suite's quantities must convert exactly at this ledger's ratio");
  return *result;
}

OperationId Bench::fresh_id(OperationKind kind) {
  OperationName name;
  name.ledger = session().driver().profile().id;
  name.gateway = GatewayId::literal("contract-suite");
  const auto hash = crypto::sha256(as_bytes("transfer " + std::to_string(++run_.transfers)));
  std::copy_n(hash.octets().begin(), TransferId::kSize, name.transfer.mutable_octets().begin());
  name.kind = kind;
  return OperationId(crypto::sha256(operation_name_octets(name)).octets());
}

ledger::OperationRequest Bench::request(OperationKind kind, std::uint64_t units, const AccountId& account,
                                        const OperationId& related) {
  ledger::OperationRequest out;
  out.id = fresh_id(kind);
  out.kind = kind;
  out.related = related;
  const auto hash = crypto::sha256(as_bytes("transfer " + std::to_string(run_.transfers)));
  std::copy_n(hash.octets().begin(), TransferId::kSize, out.transfer.mutable_octets().begin());
  out.instrument = run_.ledger.instrument();
  out.quantity = Quantity(units, 0);
  out.base_units = base(units);
  out.account = account;
  out.lots.push_back({out.quantity, {}, {}, {}, token::Restriction::kNone});
  return out;
}

ledger::Intent Bench::finish(const ledger::OperationRequest& request) {
  auto intent = session().prepare(request);
  finish(intent, request);
  return intent;
}

ledger::Outcome Bench::finish(const ledger::Intent& intent, const ledger::OperationRequest& request) {
  const auto mark = session().execute(intent);
  auto outcome = session().settle(intent, mark);
  const std::string name(to_string(request.kind));
  require(outcome.kind == OutcomeKind::kFinal, name + " must become final, but is " + describe(outcome));
  check_evidence(outcome, request);
  return outcome;
}

void Bench::refused(const ledger::OperationRequest& request, Code code) {
  const auto before = books();
  const std::string name(to_string(request.kind));
  const auto wanted = name + " must be rejected as " + std::string(info(code).name) + ", but ";
  const auto intent = session().driver().prepare(request);
  if (!intent) {  // refused before it was sent: as good, when the reason is right
    require(intent.error().code == code, wanted + "prepare says " + to_string(intent.error()));
    return;
  }
  const auto request_hash = crypto::sha256(ledger::request_octets(request));
  const auto mine = [&](const ledger::Outcome& outcome) {  // an answer to another request under the same id is not ours
    if (outcome.kind != OutcomeKind::kFinal) return true;
    const auto proven = run_.ledger.verifier()(outcome.evidence, session().driver().profile().anchor);
    return !proven || proven->request_hash == request_hash;
  };
  const auto mark = session().execute(*intent);
  const auto outcome = session().settle(*intent, mark, mine);
  require(outcome.kind == OutcomeKind::kRejected && outcome.error.code == code, wanted + "is " + describe(outcome));
  expect(before, "after a refused " + name);
}

void Bench::never(const ledger::OperationRequest& request) {
  const auto before = books();
  const auto intent = session().prepare(request);
  const auto is_never = [](const ledger::Outcome& outcome) {
    return outcome.kind == OutcomeKind::kNever || outcome.error.code == Code::operation_tombstoned;
  };
  // Any other refusal is taken for an answer to an earlier request, told late; told again and again it is the end.
  const auto ends = [&, late = 0](const ledger::Outcome& outcome) mutable {
    return outcome.kind != OutcomeKind::kRejected || is_never(outcome) || ++late > 10;
  };
  for (const bool ask : {false, true}) {
    const auto mark = ask ? session().query(intent) : session().execute(intent);
    const auto outcome = session().settle(intent, mark, ends);
    require(is_never(outcome), "a tombstoned operation must never take effect, but is " + describe(outcome));
  }
  expect(before, "after a tombstoned operation came late");
}

Books Bench::books() {
  Books out;
  auto& driver = session().driver();
  const auto instrument = run_.ledger.instrument();
  const auto positions = while_pumping(session(), [&] { return driver.positions(instrument); });
  require(positions.has_value(), "positions(): " + (positions ? "" : to_string(positions.error())));
  for (const auto& position : *positions) {
    if (position.instrument != instrument) continue;
    auto& holding = out.holdings[position.account];
    const auto taken = position.locked + position.blocked;
    require(taken <= position.base_units, "more is locked and blocked than held on " + position.account.str());
    holding.total += position.base_units;
    holding.locked += position.locked;
    holding.free += position.base_units - taken;
  }
  const auto supply = while_pumping(session(), [&] { return driver.supply(instrument); });
  require(supply.has_value(), "supply(): " + (supply ? "" : to_string(supply.error())));
  out.outstanding = supply->outstanding;
  out.provisional = supply->provisional;
  out.backing = supply->backing;
  Uint128 outside = 0;
  for (const auto& [account, holding] : out.holdings)
    if (account != driver.profile().custody_account) outside += holding.total;
  require(outside == out.outstanding, "outstanding is " + to_string(out.outstanding) +
                                          " but the positions outside custody are " + to_string(outside));
  return out;
}

void Bench::expect(const Books& expected, const std::string& when) {
  auto seen = books();
  auto wanted = expected;
  const auto same = [&](const std::string& what, Uint128 want, Uint128 got) {
    require(want == got, when + ": " + what + " must be " + to_string(want) + " but is " + to_string(got));
  };
  same("supply", wanted.outstanding, seen.outstanding);
  same("provisional supply", wanted.provisional, seen.provisional);
  same("backing", wanted.backing, seen.backing);
  for (const auto& account : {holder(), other()}) {
    same("free units of " + account.str(), wanted.holdings[account].free, seen.holdings[account].free);
    same("locked units of " + account.str(), wanted.holdings[account].locked, seen.holdings[account].locked);
  }
  same("units of " + blocked().str(), wanted.holdings[blocked()].total, seen.holdings[blocked()].total);
}

void Bench::check_evidence(const ledger::Outcome& outcome, const ledger::OperationRequest& request) {
  const auto& profile = session().driver().profile();
  require(outcome.evidence.kind == profile.evidence, "the evidence is of another kind than the profile declares");
  require(outcome.evidence.ledger == profile.id, "the evidence names another ledger");
  require(outcome.evidence.finality.rule == profile.finality_rule, "the evidence states another finality rule");
  const auto proven = run_.ledger.verifier()(outcome.evidence, profile.anchor);
  require(proven.has_value(), "the evidence does not verify: " + (proven ? "" : to_string(proven.error())));
  require(proven->id == request.id, "the evidence proves another operation id");
  require(proven->kind == request.kind, "the evidence proves another kind of operation");
  require(proven->request_hash == crypto::sha256(ledger::request_octets(request)), "the evidence proves another request");
  require(proven->instrument == request.instrument, "the evidence proves another instrument");
  require(proven->base_units == request.base_units, "the evidence proves another amount");
  require(proven->account == request.account, "the evidence proves another account");
}

void Bench::check_answers(const Session& session) {
  std::map<OperationId, std::set<OutcomeKind>> ends;
  for (const auto& outcome : session.recorder().since(0)) {
    require(asked_.contains(outcome.id), "an outcome came for an operation nobody asked about: " + describe(outcome));
    ends[outcome.id].insert(outcome.kind);
  }
  for (const auto& [id, kinds] : ends)
    require(!kinds.contains(OutcomeKind::kFinal) || !kinds.contains(OutcomeKind::kNever),
            "operation " + id.hex() + " was both final and never");
}

}  // namespace ustp::testing
