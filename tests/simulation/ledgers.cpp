#include "tests/simulation/ledgers.hpp"

#include <algorithm>

#include "adapters/corda/request.hpp"

namespace ustp::simulation {

using ledger::OutcomeKind;

void SimLedger::ask(Ask ask, Instant now, Chance& chance) {
  ask.due = now + Duration::milliseconds(1 + static_cast<std::int64_t>(chance.below(5)));
  if (chance.happens(Fault::kLedgerSlow))
    ask.due = ask.due + Duration::milliseconds(static_cast<std::int64_t>(chance.below(90'000)));
  run_ = std::max(run_, ask.run);
  if (in_order() && !asked_.empty()) ask.due = std::max(ask.due, asked_.back().due);
  if (ask.execute && chance.happens(Fault::kRequestLost)) {  // the connection broke: nobody can tell
    answers_.push_back({ask.run, {ask.id, OutcomeKind::kUnknown, {}, {}}, ask.due});
    return;
  }
  if (ask.execute && chance.happens(Fault::kRequestCopied)) {  // on another way, behind whatever comes meanwhile
    copies_.push_back(ask);
    copies_.back().due = now + Duration::milliseconds(static_cast<std::int64_t>(chance.below(120'000)));
  }
  asked_.push_back(std::move(ask));
}

void SimLedger::run_ended(std::uint64_t run, Chance& chance) {
  std::erase_if(asked_, [&](const Ask& ask) { return ask.run == run && !chance.happens(Fault::kRequestOutlivesCrash); });
  answers_.clear();
}

Instant SimLedger::next() const {
  Instant out{INT64_MAX};
  for (const auto& ask : asked_) out = std::min(out, ask.due);
  for (const auto& copy : copies_) out = std::min(out, copy.due);
  for (const auto& told : answers_) out = std::min(out, told.due);
  return out;
}

bool SimLedger::step(Instant now, Chance& chance, Trace& trace) {
  const auto copy = std::find_if(copies_.begin(), copies_.end(), [&](const Ask& ask) { return ask.due <= now; });
  if (copy != copies_.end()) {
    asked_.insert(asked_.begin(), std::move(*copy));
    copies_.erase(copy);
  }
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < asked_.size() && !(in_order() && !due.empty()); ++i)
    if (asked_[i].due <= now) due.push_back(i);
  if (due.empty()) return false;
  const auto at = asked_.begin() + static_cast<std::ptrdiff_t>(due[chance.below(due.size())]);
  const auto one = std::move(*at);
  asked_.erase(at);
  auto outcome = one.execute ? execute(one, now) : query(one);
  if (trace.on()) {
    const auto request = corda::decode_request(one.request);
    constexpr std::string_view kKinds[] = {"", "pending", "final", "rejected", "unknown", "never"};
    trace.say(profile_.id.str(), request ? request->transfer : TransferId{},
              std::string(one.execute ? "runs " : "is asked about ") +
                  (request ? std::string(to_string(request->kind)) : brief(one.id)) + ": " +
                  std::string(kKinds[static_cast<std::size_t>(outcome.kind)]) +
                  (outcome.kind == OutcomeKind::kRejected ? " (" + to_string(outcome.error) + ")" : ""));
  }
  answer(one.run, std::move(outcome), now, chance);
  return true;
}

// What is in force is never changed here, only how it is told.
void SimLedger::answer(std::uint64_t run, ledger::Outcome outcome, Instant now, Chance& chance) {
  const auto tell = [&](ledger::Outcome one) {
    auto due = now + Duration::milliseconds(1);
    if (chance.happens(Fault::kLedgerSlow))
      due = due + Duration::milliseconds(static_cast<std::int64_t>(chance.below(30'000)));
    answers_.push_back({run, std::move(one), due});
  };
  if (chance.happens(Fault::kAnswerPending)) tell({outcome.id, OutcomeKind::kPending, {}, {}});
  if (chance.happens(Fault::kAnswerUnknown)) return tell({outcome.id, OutcomeKind::kUnknown, {}, {}});
  if (chance.happens(Fault::kAnswerLost)) return;
  if (chance.happens(Fault::kAnswerTwice)) tell(outcome);
  tell(std::move(outcome));
}

// ---- a book

ledger::Outcome BookLedger::run(const Bytes& octets) {
  const auto request = corda::decode_request(octets);
  if (!request) return {{}, OutcomeKind::kRejected, {}, request.error()};
  const auto before = book_.effects();
  if (defect == Defect::kLedgerForgets) book_.forget(request->id);
  auto outcome = book_.run(*request);
  if (defect == Defect::kLedgerNoTombstone) book_.forget_tombstone(request->related);
  if (book_.effects() != before) effects_.push_back(*request);
  if (outcome.kind == OutcomeKind::kRejected) refused_[request->id] = outcome;
  else refused_.erase(request->id);
  return outcome;
}

ledger::Outcome BookLedger::execute(const Ask& ask, Instant) {
  if (ask.epoch < epoch_) return {ask.id, OutcomeKind::kRejected, {}, {Code::fenced, ""}};
  if (ask.epoch > epoch_) refused_.clear();
  epoch_ = ask.epoch;
  return run(ask.request);
}

ledger::Outcome BookLedger::query(const Ask& ask) {
  auto known = book_.ask(ask.id);
  if (known.kind != OutcomeKind::kUnknown) return known;
  const auto no = refused_.find(ask.id);
  return no == refused_.end() ? known : no->second;
}

// ---- a chain

bool ChainLedger::waits(const OperationId& id) const {
  const auto is = [&](const Bytes& request) {
    const auto decoded = corda::decode_request(request);
    return decoded && decoded->id == id;
  };
  if (std::any_of(pool_.begin(), pool_.end(), is)) return true;
  for (const auto& block : blocks_)
    if (std::any_of(block.begin(), block.end(), is)) return true;
  return false;
}

ledger::Outcome ChainLedger::execute(const Ask& ask, Instant now) {
  // What was refused runs again: it is asked again under its id, or this is a copy of the first request.
  if (const auto known = book_.ask(ask.id); known.kind != OutcomeKind::kUnknown) return run(ask.request);
  if (!waits(ask.id)) pool_.push_back(ask.request);
  if (block_due_.ns == INT64_MAX) block_due_ = now + Duration::milliseconds(10);
  return {ask.id, OutcomeKind::kPending, {}, {}};
}

ledger::Outcome ChainLedger::query(const Ask& ask) {
  if (waits(ask.id)) return {ask.id, OutcomeKind::kPending, {}, {}};
  return BookLedger::query(ask);
}

Instant ChainLedger::next() const { return std::min(BookLedger::next(), block_due_); }

bool ChainLedger::step(Instant now, Chance& chance, Trace& trace) {
  if (block_due_ <= now && (asked_.empty() || chance.below(2) == 0)) {
    mine(now, chance, trace);
    return true;
  }
  return BookLedger::step(now, chance, trace);
}

void ChainLedger::mine(Instant now, Chance& chance, Trace& trace) {
  if (!blocks_.empty() && chance.happens(Fault::kReorganisation)) {
    for (auto drop = 1 + chance.below(blocks_.size()); drop > 0; --drop) {
      for (auto& one : blocks_.back()) {
        const auto at = static_cast<std::ptrdiff_t>(chance.below(pool_.size() + 1));
        pool_.insert(pool_.begin() + at, std::move(one));
      }
      blocks_.pop_back();
    }
    trace.say(profile_.id.str(), "reorganisation within the finality rule");
  }
  std::vector<Bytes> block;
  const auto take = chance.below(pool_.size() + 1);
  for (std::uint64_t i = 0; i < take || (chance.healed && !pool_.empty()); ++i) {
    block.push_back(std::move(pool_.front()));
    pool_.erase(pool_.begin());
  }
  if (defect == Defect::kReorgedEventApplied)
    for (const auto& one : block) {
      auto copy = book_;
      const auto request = corda::decode_request(one);
      if (request) answer(run_, copy.run(*request), now, chance);
    }
  blocks_.push_back(std::move(block));
  if (blocks_.size() > kDepth) {
    for (const auto& one : blocks_.front()) {
      auto outcome = run(one);
      if (trace.on()) {
        const auto request = corda::decode_request(one);
        if (request)
          trace.say(profile_.id.str(), request->transfer,
                    std::string(to_string(request->kind)) +
                        (outcome.kind == OutcomeKind::kFinal ? " is final" : " is refused or never"));
      }
      answer(run_, std::move(outcome), now, chance);
    }
    blocks_.pop_front();
  }
  bool idle = pool_.empty();
  for (const auto& one : blocks_) idle = idle && one.empty();
  block_due_ = idle ? Instant{INT64_MAX} : now + Duration::milliseconds(20);
}

// ---- Corda

CordaSimLedger::CordaSimLedger(ledger::LedgerProfile profile, UnitRatio ratio, corda::Book book,
                               corda::LedgerParts parts)
    : SimLedger(std::move(profile), ratio), instrument_(book.instrument),
      ledger_(corda::CordaLedger::open(std::move(book), std::move(parts)).value()) {
  profile_.anchor.key = ledger_->notary_spki();
}

ledger::Outcome CordaSimLedger::ask_once(const Ask& ask) {
  const corda::Question question{ask.id, ask.execute, ask.request};
  auto answers = ledger_->run({&question, 1}, ask.epoch);
  if (!answers) return {ask.id, OutcomeKind::kUnknown, {}, {}};
  auto outcome = std::move(answers->front());
  if (outcome.kind == OutcomeKind::kFinal) {
    outcome.evidence.kind = profile_.evidence;
    outcome.evidence.ledger = profile_.id;
    outcome.evidence.finality.rule = profile_.finality_rule;
  }
  return outcome;
}

ledger::Outcome CordaSimLedger::execute(const Ask& ask, Instant) {
  if (!ledger_->enter(ask.epoch)) return {ask.id, OutcomeKind::kRejected, {}, {Code::fenced, ""}};
  auto outcome = ask_once(ask);
  if (outcome.kind == OutcomeKind::kFinal && done_.insert(ask.id).second)
    if (const auto request = corda::decode_request(ask.request)) effects_.push_back(*request);
  return outcome;
}

ledger::Outcome CordaSimLedger::query(const Ask& ask) { return ask_once(ask); }

testing::LedgerPicture CordaSimLedger::picture() {
  testing::LedgerPicture out;
  out.ledger = profile_.id;
  out.ratio = ratio_;
  const auto snapshot = ledger_->snapshot(instrument_, {}, 100).value();
  out.provisional = snapshot.supply.provisional;
  for (const auto& position : snapshot.positions) {
    testing::PositionPicture p;
    p.account = position.account;
    if (p.account == profile_.custody_account) p.capacity = token::Capacity::kBacking;
    if (p.account == profile_.suspense_account) p.capacity = token::Capacity::kSuspense;
    p.base_units = position.base_units;
    p.locks = {position.locked};
    p.claimed = position.locked;
    out.positions.push_back(std::move(p));
  }
  return out;
}

// ---- the driver

Result<ledger::Intent> SimDriver::prepare(const ledger::OperationRequest& request) {
  return ledger::Intent{request.id, ledger::request_octets(request)};
}
// The port's outcome, unless a defect is planted here.
ledger::Outcome SimDriver::translate(ledger::Outcome outcome) const {
  if (lies == Defect::kNotSeenIsNever && outcome.kind == OutcomeKind::kUnknown) outcome.kind = OutcomeKind::kNever;
  if (lies == Defect::kPendingIsRejected && outcome.kind == OutcomeKind::kPending) {
    outcome.kind = OutcomeKind::kRejected;
    outcome.error = {Code::ledger_rejected, "pending"};
  }
  return outcome;
}
ledger::Intent SimDriver::under_new_key(const ledger::Intent& intent) const {
  auto request = corda::decode_request(intent.octets).value();
  request.id.mutable_octets()[31] ^= 1;
  return {request.id, ledger::request_octets(request)};
}
void SimDriver::execute(const ledger::Intent& intent) {
  watch_(intent);
  ledger_.ask({intent.id, true, intent.octets, run_, epoch_, {}}, now_, chance_);
}
void SimDriver::query(const ledger::Intent& intent) {
  ledger_.ask({intent.id, false, intent.octets, run_, epoch_, {}}, now_, chance_);
}

}  // namespace ustp::simulation
