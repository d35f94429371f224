#include "tests/support/fake_ledger.hpp"

namespace ustp::test {

namespace {
constexpr std::size_t kFacts = 32 + 1 + 32 + 16;
}

bool FakeLedger::live(const OperationId& id, OperationKind kind) const {
  const auto it = done_.find(id);
  return it != done_.end() && it->second.outcome.kind == ledger::OutcomeKind::kFinal &&
         it->second.request.kind == kind && !ended_.contains(id);
}

void FakeLedger::book(const AccountId& account, bool credit, Uint128 units, testing::EntryCause cause) {
  auto& to = accounts_[account].units;
  to = credit ? to + units : to - units;
  entries_.push_back({profile_.id, account, credit, units, cause});
}

void FakeLedger::deposit(const AccountId& account, Uint128 units) {
  book(account, true, units, testing::EntryCause::kIssue);
}

testing::LedgerPicture FakeLedger::picture(const UnitRatio& ratio) const {
  testing::LedgerPicture out;
  out.ledger = profile_.id;
  out.issuer = profile_.kind == ledger::LedgerKind::kCsd;
  out.ratio = ratio;
  out.provisional = earmarked_;
  for (const auto& [id, account] : accounts_) {
    testing::PositionPicture p;
    p.account = id;
    if (id == profile_.custody_account) p.capacity = token::Capacity::kBacking;
    if (id == profile_.suspense_account) p.capacity = token::Capacity::kSuspense;
    p.base_units = account.units;
    p.locks = {account.locked};
    p.claimed = account.locked;
    out.positions.push_back(std::move(p));
  }
  return out;
}

std::map<TransferId, Uint128> FakeLedger::units_of(std::initializer_list<OperationKind> kinds) const {
  std::map<TransferId, Uint128> out;
  for (const auto& [id, done] : done_)
    for (const auto kind : kinds)
      if (done.request.kind == kind) out[done.request.transfer] += done.request.quantity.units();
  return out;
}

Error FakeLedger::apply(const ledger::OperationRequest& r) {
  using testing::EntryCause;
  const Error none{};
  const auto units = r.base_units;
  auto& custody = accounts_[profile_.custody_account];
  const bool issuer = profile_.kind == ledger::LedgerKind::kCsd;
  auto& account = accounts_[r.account];
  switch (r.kind) {
    case OperationKind::kLock:
      if (account.blocked) return {Code::account_blocked, r.account.str()};
      if (account.units - account.locked < units) return {Code::insufficient_available, r.account.str()};
      account.locked += units;
      return none;
    case OperationKind::kUnlock:
      if (live(r.related, OperationKind::kLock)) account.locked -= units;
      else if (ended_.contains(r.related)) return {Code::lock_missing, ""};
      ended_.insert(r.related);
      tombstones_.insert(r.related);
      return none;
    case OperationKind::kExtinguish:
      if (!live(r.related, OperationKind::kLock)) return {Code::lock_missing, ""};
      ended_.insert(r.related);
      account.locked -= units;
      book(r.account, false, units, issuer ? EntryCause::kTransfer : EntryCause::kRepresentation);
      if (issuer) book(profile_.custody_account, true, units, EntryCause::kTransfer);
      return none;
    case OperationKind::kCreate:
      if (issuer && custody.units - earmarked_ < units) return {Code::insufficient_available, "backing"};
      if (!issuer) book(profile_.custody_account, true, units, EntryCause::kRepresentation);
      earmarked_ += units;
      return none;
    case OperationKind::kAssign:
    case OperationKind::kSuspend: {
      if (!live(r.related, OperationKind::kCreate)) return {Code::lock_missing, ""};
      if (r.kind == OperationKind::kAssign && account.blocked) return {Code::account_blocked, r.account.str()};
      ended_.insert(r.related);
      book(profile_.custody_account, false, units, EntryCause::kTransfer);
      earmarked_ -= units;
      book(r.kind == OperationKind::kAssign ? r.account : profile_.suspense_account, true, units, EntryCause::kTransfer);
      return none;
    }
    case OperationKind::kDestroy:
      if (live(r.related, OperationKind::kCreate)) {
        if (!issuer) book(profile_.custody_account, false, units, EntryCause::kRepresentation);
        earmarked_ -= units;
      } else if (ended_.contains(r.related)) {
        return {Code::lock_missing, ""};
      }
      ended_.insert(r.related);
      tombstones_.insert(r.related);
      return none;
    case OperationKind::kRelease:
      if (!live(r.related, OperationKind::kSuspend)) return {Code::lock_missing, ""};
      if (account.blocked) return {Code::account_blocked, r.account.str()};
      ended_.insert(r.related);
      book(profile_.suspense_account, false, units, EntryCause::kTransfer);
      book(r.account, true, units, EntryCause::kTransfer);
      return none;
  }
  return {Code::internal, ""};
}

ledger::Outcome FakeLedger::run(const ledger::OperationRequest& request) {
  const auto hash = crypto::sha256(ledger::request_octets(request));
  if (const auto it = done_.find(request.id); it != done_.end()) {
    if (it->second.request_hash == hash) return it->second.outcome;
    return {request.id, ledger::OutcomeKind::kRejected, {}, {Code::operation_conflict, ""}};
  }
  if (tombstones_.contains(request.id)) return {request.id, ledger::OutcomeKind::kNever, {}, {}};
  if (const auto it = refusals_.find(request.kind); it != refusals_.end()) {
    const Error error{it->second, "refused"};
    refusals_.erase(it);
    return {request.id, ledger::OutcomeKind::kRejected, {}, error};
  }
  ledger::Outcome outcome{request.id, ledger::OutcomeKind::kFinal, {}, {}};
  if (const Error refused = apply(request); refused.code != Code{}) {
    return {request.id, ledger::OutcomeKind::kRejected, {}, refused};
  }
  ++effects_;
  auto& octets = outcome.evidence.octets;
  append(octets, request.id.view());
  octets.push_back(static_cast<std::uint8_t>(request.kind));
  append(octets, hash.view());
  for (int i = 15; i >= 0; --i) octets.push_back(static_cast<std::uint8_t>(request.base_units >> (8 * i)));
  append(octets, as_bytes(request.instrument.str() + "|" + request.account.str()));
  outcome.evidence.kind = profile_.evidence;
  outcome.evidence.ledger = profile_.id;
  outcome.evidence.finality.rule = profile_.finality_rule;
  done_[request.id] = {hash, outcome, request};
  return outcome;
}

ledger::Outcome FakeLedger::ask(const OperationId& id) const {
  if (const auto it = done_.find(id); it != done_.end()) return it->second.outcome;
  if (tombstones_.contains(id)) return {id, ledger::OutcomeKind::kNever, {}, {}};
  return {id, ledger::OutcomeKind::kUnknown, {}, {}};
}

Uint128 FakeLedger::units(const AccountId& account) const {
  const auto it = accounts_.find(account);
  return it == accounts_.end() ? 0 : it->second.units;
}
Uint128 FakeLedger::supply() const {
  Uint128 total = 0;
  for (const auto& [id, account] : accounts_)
    if (id != profile_.custody_account) total += account.units;
  return total;
}
Uint128 FakeLedger::custody() const { return units(profile_.custody_account); }

Result<ProvenOperation> prove_fake(const Evidence& evidence, const LedgerAnchor& anchor) {
  const auto& o = evidence.octets;
  if (evidence.ledger != anchor.ledger || o.size() <= kFacts) return Error{Code::evidence_invalid, "fake evidence"};
  const BytesView view(o);
  ProvenOperation out;
  out.id = OperationId::from_bytes(view.first(32)).value();
  out.kind = static_cast<OperationKind>(o[32]);
  out.request_hash = Hash256::from_bytes(view.subspan(33, 32)).value();
  for (std::size_t i = 65; i < kFacts; ++i) out.base_units = out.base_units << 8 | o[i];
  const std::string text(as_text(view.subspan(kFacts)));
  const auto bar = text.find('|');
  USTP_TRY(out.instrument, InstrumentId::parse(text.substr(0, bar)));
  USTP_TRY(out.account, AccountId::parse(text.substr(bar + 1)));
  return out;
}

Result<ledger::Intent> FakeDriver::prepare(const ledger::OperationRequest& request) {
  ledger_.mailbox[request.id] = request;
  return ledger::Intent{request.id, Bytes(request.id.octets().begin(), request.id.octets().end())};
}
void FakeDriver::execute(const ledger::Intent& intent) { outcomes.push_back(ledger_.run(ledger_.mailbox.at(intent.id))); }
void FakeDriver::query(const ledger::Intent& intent) { outcomes.push_back(ledger_.ask(intent.id)); }

}  // namespace ustp::test
