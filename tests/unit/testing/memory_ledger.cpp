#include "tests/unit/testing/memory_ledger.hpp"

#include "ustp/base/big_endian.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::test {
namespace {

using enum OperationKind;
constexpr std::size_t kFacts = 32 + 1 + 32 + 16;

Hash256 seal(BytesView facts) { return crypto::sha256({as_bytes("ledger secret"), facts}); }

Result<ProvenOperation> read(BytesView octets, bool sealed) {
  if (octets.size() <= kFacts + 32) return Error{Code::evidence_invalid, "short"};
  const auto facts = octets.first(octets.size() - 32);
  if (sealed && !crypto::constant_time_equal(seal(facts).view(), octets.last(32)))
    return Error{Code::evidence_invalid, "seal"};
  ProvenOperation out;
  USTP_TRY(out.id, OperationId::from_bytes(facts.first(32)));
  out.kind = static_cast<OperationKind>(facts[32]);
  USTP_TRY(out.request_hash, Hash256::from_bytes(facts.subspan(33, 32)));
  for (const auto octet : facts.subspan(65, 16)) out.base_units = out.base_units << 8 | octet;
  const std::string text(as_text(facts.subspan(kFacts)));
  const auto bar = text.find('|');
  USTP_TRY(out.instrument, InstrumentId::parse(text.substr(0, bar)));
  USTP_TRY(out.account, AccountId::parse(bar == std::string::npos ? "" : text.substr(bar + 1)));
  return out;
}

class MemoryDriver final : public ledger::Driver {
 public:
  explicit MemoryDriver(MemoryLedger& ledger) : ledger_(ledger) {}
  const ledger::LedgerProfile& profile() const override { return ledger_.profile(); }
  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t epoch) override {
    sink_ = &sink;
    epoch_ = epoch;
    ledger_.connected(epoch);
    return {};
  }
  void stop() override { sink_ = nullptr; }
  Result<ledger::Intent> prepare(const ledger::OperationRequest& request) override {
    auto octets = ledger::request_octets(request);
    requests()[octets] = request;
    return ledger::Intent{request.id, std::move(octets)};
  }
  void restore(const ledger::Intent&) override {}
  void execute(const ledger::Intent& intent) override {
    sink_->on_outcome(ledger_.run(requests().at(intent.octets), epoch_));
    if (ledger_.defect() == Defect::kInventsOutcomes)
      sink_->on_outcome({OperationId(crypto::sha256(intent.octets).octets()), ledger::OutcomeKind::kUnknown, {}, {}});
  }
  void query(const ledger::Intent& intent) override { sink_->on_outcome(ledger_.ask(intent.id)); }
  Result<std::vector<token::Position>> positions(const InstrumentId&) override { return ledger_.positions(); }
  Result<ledger::Supply> supply(const InstrumentId&) override { return ledger_.supply(); }

 private:
  // Stands for the network: what an intent's octets say is found again by any driver of this test program.
  static std::map<Bytes, ledger::OperationRequest>& requests() {
    static std::map<Bytes, ledger::OperationRequest> all;
    return all;
  }
  MemoryLedger& ledger_;
  ledger::OutcomeSink* sink_ = nullptr;
  std::uint64_t epoch_ = 0;
};

}  // namespace

void MemoryLedger::reset() {
  profile_.id = LedgerId::literal("memory");
  profile_.kind = issuer_ ? ledger::LedgerKind::kCsd : ledger::LedgerKind::kCorda;
  profile_.finality_rule = "confirmed";
  profile_.evidence = EvidenceKind::kCsdConfirmation;
  profile_.custody_account = AccountId::literal("custody");
  profile_.suspense_account = AccountId::literal("suspense");
  profile_.anchor.ledger = profile_.id;
  accounts_.clear();
  done_.clear();
  refused_.clear();
  ended_.clear();
  tombstones_.clear();
  provisional_ = 0;
  accounts_[AccountId::literal("alice")].units = 10'000;
  accounts_[AccountId::literal("carol")].blocked = true;
  if (issuer_) accounts_[profile_.custody_account].units = 5'000;
}

void MemoryLedger::connected(std::uint64_t epoch) {
  epoch_ = std::max(epoch_, epoch);
  if (defect_ == Defect::kForgetsAtRestart) done_.clear();
}

bool MemoryLedger::live(const OperationId& id, OperationKind kind) const {
  const auto it = done_.find(id);
  return it != done_.end() && it->second.kind == kind && !ended_.contains(id);
}

Error MemoryLedger::use_up(const ledger::OperationRequest& request, OperationKind kind) {
  if (!live(request.related, kind)) return {Code::lock_missing, ""};
  ended_.insert(request.related);
  return {};
}

Error MemoryLedger::undo(const ledger::OperationRequest& request, OperationKind kind, bool& live_one) {
  live_one = live(request.related, kind);
  if (!live_one && ended_.contains(request.related) && defect_ != Defect::kUnlocksTheGone) return {Code::lock_missing, ""};
  ended_.insert(request.related);
  if (defect_ != Defect::kForgetsTombstone) tombstones_.insert(request.related);
  return {};
}

Error MemoryLedger::apply(const ledger::OperationRequest& r) {
  const auto units = r.base_units;
  auto& custody = accounts_[profile_.custody_account];
  auto& suspense = accounts_[profile_.suspense_account];
  auto& account = accounts_[r.account];
  const bool closed = account.blocked && !(defect_ == Defect::kBlockedReceives && r.kind != kLock);
  bool undoes = false;
  switch (r.kind) {
    case kLock: {
      if (closed) return {Code::account_blocked, ""};
      const auto free = defect_ == Defect::kSharesNoBalance ? account.units : account.units - account.locked;
      if (free < units && defect_ != Defect::kOverdraws) return {Code::insufficient_available, ""};
      account.locked += units;
      return {};
    }
    case kUnlock:
      if (auto error = undo(r, kLock, undoes); error.code != Code{}) return error;
      if (undoes) account.locked -= units;
      return {};
    case kExtinguish:
      if (auto error = use_up(r, kLock); error.code != Code{}) return error;
      account.locked -= units;
      account.units -= units;
      if (issuer_) custody.units += units;
      return {};
    case kCreate:
      if (issuer_ && custody.units - provisional_ < units) {
        if (defect_ == Defect::kRefusalHasEffect) accounts_[AccountId::literal("bob")].units += units;
        return {Code::insufficient_available, ""};
      }
      if (!issuer_) custody.units += units;
      provisional_ += units;
      return {};
    case kAssign:
    case kSuspend:
      if (r.kind == kAssign && closed && live(r.related, kCreate)) return {Code::account_blocked, ""};
      if (auto error = use_up(r, kCreate); error.code != Code{}) return error;
      custody.units -= units;
      provisional_ -= units;
      (r.kind == kAssign ? account : suspense).units += units;
      return {};
    case kDestroy:
      if (auto error = undo(r, kCreate, undoes); error.code != Code{}) return error;
      if (undoes) provisional_ -= units;
      if (undoes && !issuer_) custody.units -= units;
      return {};
    case kRelease:
      if (closed && live(r.related, kSuspend)) return {Code::account_blocked, ""};
      if (auto error = use_up(r, kSuspend); error.code != Code{}) return error;
      suspense.units -= units;
      account.units += units;
      return {};
  }
  return {Code::internal, ""};
}

Evidence MemoryLedger::prove(const ledger::OperationRequest& request, const Hash256& hash) const {
  Evidence out;
  out.kind = profile_.evidence;
  out.ledger = profile_.id;
  out.finality.rule = profile_.finality_rule;
  append(out.octets, request.id.view());
  append_be(out.octets, static_cast<std::uint8_t>(request.kind));
  append(out.octets, hash.view());
  append_be(out.octets, request.base_units + (defect_ == Defect::kWrongEvidence ? 1 : 0));
  append(out.octets, as_bytes(request.instrument.str() + "|" + request.account.str()));
  append(out.octets, seal(out.octets).view());
  return out;
}

ledger::Outcome MemoryLedger::run(const ledger::OperationRequest& request, std::uint64_t epoch) {
  using ledger::OutcomeKind;
  if (epoch < epoch_ && defect_ != Defect::kIgnoresEpoch) return {request.id, OutcomeKind::kRejected, {}, {Code::fenced, ""}};
  const auto hash = crypto::sha256(ledger::request_octets(request));
  if (const auto it = done_.find(request.id); it != done_.end()) {
    if (it->second.request_hash != hash && defect_ != Defect::kIgnoresRequestHash)
      return {request.id, OutcomeKind::kRejected, {}, {Code::operation_conflict, ""}};
    if (defect_ == Defect::kSecondEffect) (void)apply(request);
    return it->second.outcome;
  }
  if (tombstones_.contains(request.id)) return {request.id, OutcomeKind::kNever, {}, {}};
  if (const auto it = refused_.find(request.id); it != refused_.end())
    return {request.id, OutcomeKind::kRejected, {}, it->second};
  if (auto refused = apply(request); refused.code != Code{}) {
    if (defect_ == Defect::kRefusalIsForever) refused_[request.id] = refused;
    return {request.id, OutcomeKind::kRejected, {}, refused};
  }
  ledger::Outcome outcome{request.id, OutcomeKind::kFinal, prove(request, hash), {}};
  done_[request.id] = {hash, outcome, request.kind};
  return outcome;
}

ledger::Outcome MemoryLedger::ask(const OperationId& id) const {
  using ledger::OutcomeKind;
  if (const auto it = done_.find(id); it != done_.end()) return it->second.outcome;
  const bool never = tombstones_.contains(id) || defect_ == Defect::kNeverForUnseen;
  return {id, never ? OutcomeKind::kNever : OutcomeKind::kUnknown, {}, {}};
}

std::vector<token::Position> MemoryLedger::positions() const {
  std::vector<token::Position> out;
  for (const auto& [id, account] : accounts_) {
    token::Position position;
    position.account = id;
    position.instrument = instrument();
    position.base_units = account.units;
    position.locked = std::min(account.locked, account.units);
    out.push_back(position);
  }
  return out;
}

ledger::Supply MemoryLedger::supply() const {
  ledger::Supply out{instrument(), 0, provisional_, 0};
  for (const auto& [id, account] : accounts_)
    if (id != profile_.custody_account) out.outstanding += account.units;
  if (issuer_) out.backing = accounts_.at(profile_.custody_account).units;
  if (defect_ == Defect::kLosesWhatWaits) {
    out.outstanding += provisional_;
    out.provisional = 0;
  }
  return out;
}

std::unique_ptr<ledger::Driver> MemoryLedgerUnderTest::connect() { return std::make_unique<MemoryDriver>(ledger_); }

ledger::EvidenceVerifier MemoryLedgerUnderTest::verifier() {
  const bool sealed = ledger_.defect() != Defect::kForgeableEvidence;
  return [sealed](const Evidence& evidence, const LedgerAnchor& anchor) -> Result<ProvenOperation> {
    if (evidence.ledger != anchor.ledger) return Error{Code::evidence_invalid, "ledger"};
    return read(evidence.octets, sealed);
  };
}

}  // namespace ustp::test
