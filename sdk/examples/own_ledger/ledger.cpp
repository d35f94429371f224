#include "ledger.hpp"

#include "ustp/base/big_endian.hpp"
#include "ustp/crypto/crypto.hpp"

namespace example {
namespace {

using namespace ustp;
using enum OperationKind;
using ledger::OutcomeKind;

constexpr std::size_t kFixed = 32 + 32 + 1 + 32 + 16;

// id ‖ related ‖ kind ‖ request hash ‖ base units ‖ "instrument|account"; the confirmation has a seal behind it.
Bytes octets_of(const Instruction& i) {
  Bytes out;
  append(out, i.id.view());
  append(out, i.related.view());
  append_be(out, static_cast<std::uint8_t>(i.kind));
  append(out, i.request_hash.view());
  append_be(out, i.base_units);
  append(out, as_bytes(i.instrument.str() + "|" + i.account.str()));
  return out;
}

Result<Instruction> read(BytesView octets) {
  const Error broken{Code::evidence_invalid, "not an instruction of the register"};
  if (octets.size() <= kFixed) return broken;
  Instruction out;
  USTP_TRY(out.id, OperationId::from_bytes(octets.first(32)));
  USTP_TRY(out.related, OperationId::from_bytes(octets.subspan(32, 32)));
  out.kind = static_cast<OperationKind>(octets[64]);
  USTP_TRY(out.request_hash, Hash256::from_bytes(octets.subspan(65, 32)));
  for (const auto octet : octets.subspan(97, 16)) out.base_units = out.base_units << 8 | octet;
  const std::string text(as_text(octets.subspan(kFixed)));
  const auto bar = text.find('|');
  if (bar == std::string::npos) return broken;
  USTP_TRY(out.instrument, InstrumentId::parse(text.substr(0, bar)));
  USTP_TRY(out.account, AccountId::parse(text.substr(bar + 1)));
  return out;
}

// A secret that only the example knows; a real ledger signs, and LedgerAnchor::key is its public key.
Hash256 seal(BytesView octets) { return crypto::sha256({as_bytes("the register's seal"), octets}); }

class RegisterDriver final : public ledger::Driver {
 public:
  explicit RegisterDriver(std::shared_ptr<Register> ledger) : ledger_(std::move(ledger)) {}
  const ledger::LedgerProfile& profile() const override { return ledger_->profile(); }
  Result<void> start(ledger::OutcomeSink& sink, std::uint64_t epoch) override {
    sink_ = &sink;
    epoch_ = epoch;
    ledger_->connect(epoch);
    return {};
  }
  void stop() override { sink_ = nullptr; }
  Result<ledger::Intent> prepare(const ledger::OperationRequest& r) override {
    const Instruction instruction{r.id, r.related, r.kind, crypto::sha256(ledger::request_octets(r)),
                                  r.instrument, r.account, r.base_units};
    return ledger::Intent{r.id, octets_of(instruction)};
  }
  void restore(const ledger::Intent&) override {}  // no nonces to keep right
  // In memory the answer is there at once; a driver with a network sends here and answers from its own thread.
  void execute(const ledger::Intent& intent) override {
    const auto instruction = read(intent.octets);
    sink_->on_outcome(instruction ? ledger_->run(*instruction, epoch_)
                                  : ledger::Outcome{intent.id, OutcomeKind::kRejected, {}, instruction.error()});
  }
  void query(const ledger::Intent& intent) override { sink_->on_outcome(ledger_->ask(intent.id)); }
  Result<std::vector<token::Position>> positions(const InstrumentId& i) override { return ledger_->positions(i); }
  Result<ledger::Supply> supply(const InstrumentId& i) override { return ledger_->supply(i); }

 private:
  std::shared_ptr<Register> ledger_;
  ledger::OutcomeSink* sink_ = nullptr;
  std::uint64_t epoch_ = 0;
};

}  // namespace

Register::Register() {
  profile_.id = LedgerId::literal("register-1");
  profile_.kind = ledger::LedgerKind::kCorda;  // not the issuer's: units appear by create and vanish by extinguish
  profile_.finality_rule = "confirmed";
  profile_.evidence = EvidenceKind::kCsdConfirmation;
  profile_.custody_account = AccountId::literal("custody");
  profile_.suspense_account = AccountId::literal("suspense");
  profile_.anchor.ledger = profile_.id;
}

void Register::open_account(const AccountId& account, Uint128 units, bool blocked) {
  accounts_[account] = {units, 0, blocked};
}

void Register::connect(std::uint64_t epoch) { epoch_ = std::max(epoch_, epoch); }

bool Register::live(const OperationId& id, OperationKind kind) const {
  const auto it = done_.find(id);
  return it != done_.end() && it->second.instruction.kind == kind && !ended_.contains(id);
}

// Unlock and destroy also tombstone what was never seen: a lock that comes late must not take effect any more.
Error Register::undo(const Instruction& i, OperationKind kind, bool& was_live) {
  was_live = live(i.related, kind);
  if (!was_live && ended_.contains(i.related)) return {Code::lock_missing, ""};
  ended_.insert(i.related);
  tombstones_.insert(i.related);
  return {};
}

Error Register::apply(const Instruction& i) {
  auto& custody = accounts_[profile_.custody_account];
  auto& suspense = accounts_[profile_.suspense_account];
  auto& account = accounts_[i.account];
  bool was_live = false;
  switch (i.kind) {
    case kLock:
      if (account.blocked) return {Code::account_blocked, i.account.str()};
      if (account.units - account.locked < i.base_units) return {Code::insufficient_available, i.account.str()};
      account.locked += i.base_units;
      return {};
    case kUnlock:
      if (auto error = undo(i, kLock, was_live); error.code != Code{}) return error;
      if (was_live) account.locked -= i.base_units;
      return {};
    case kExtinguish:
      if (!live(i.related, kLock)) return {Code::lock_missing, ""};
      ended_.insert(i.related);
      account.locked -= i.base_units;
      account.units -= i.base_units;
      return {};
    case kCreate:
      custody.units += i.base_units;
      provisional_ += i.base_units;
      return {};
    case kAssign:
    case kSuspend:
      if (!live(i.related, kCreate)) return {Code::lock_missing, ""};
      if (i.kind == kAssign && account.blocked) return {Code::account_blocked, i.account.str()};
      ended_.insert(i.related);
      custody.units -= i.base_units;
      provisional_ -= i.base_units;
      (i.kind == kAssign ? account : suspense).units += i.base_units;
      return {};
    case kDestroy:
      if (auto error = undo(i, kCreate, was_live); error.code != Code{}) return error;
      if (!was_live) return {};
      custody.units -= i.base_units;
      provisional_ -= i.base_units;
      return {};
    case kRelease:
      if (!live(i.related, kSuspend)) return {Code::lock_missing, ""};
      if (account.blocked) return {Code::account_blocked, i.account.str()};
      ended_.insert(i.related);
      suspense.units -= i.base_units;
      account.units += i.base_units;
      return {};
  }
  return {Code::internal, "kind"};
}

ledger::Outcome Register::run(const Instruction& i, std::uint64_t epoch) {
  const auto refused = [&](Error error) { return ledger::Outcome{i.id, OutcomeKind::kRejected, {}, std::move(error)}; };
  if (epoch < epoch_) return refused({Code::fenced, ""});
  if (const auto it = done_.find(i.id); it != done_.end())
    return it->second.instruction.request_hash == i.request_hash ? it->second.outcome
                                                                 : refused({Code::operation_conflict, ""});
  if (tombstones_.contains(i.id)) return {i.id, OutcomeKind::kNever, {}, {}};
  if (auto error = apply(i); error.code != Code{}) return refused(std::move(error));
  ledger::Outcome outcome{i.id, OutcomeKind::kFinal, {}, {}};
  outcome.evidence.kind = profile_.evidence;
  outcome.evidence.ledger = profile_.id;
  outcome.evidence.finality.rule = profile_.finality_rule;
  outcome.evidence.octets = octets_of(i);
  append(outcome.evidence.octets, seal(outcome.evidence.octets).view());
  done_[i.id] = {i, outcome};
  return outcome;
}

// "Not seen" is unknown, never "never": the instruction may still be on its way.
ledger::Outcome Register::ask(const OperationId& id) const {
  if (const auto it = done_.find(id); it != done_.end()) return it->second.outcome;
  return {id, tombstones_.contains(id) ? OutcomeKind::kNever : OutcomeKind::kUnknown, {}, {}};
}

std::vector<token::Position> Register::positions(const InstrumentId& instrument) const {
  std::vector<token::Position> out;
  for (const auto& [id, account] : accounts_) {
    auto& position = out.emplace_back();
    position.account = id;
    position.instrument = instrument;
    position.base_units = account.units;
    position.locked = account.locked;
  }
  return out;
}

ledger::Supply Register::supply(const InstrumentId& instrument) const {
  ledger::Supply out{instrument, 0, provisional_, 0};
  for (const auto& [id, account] : accounts_)
    if (id != profile_.custody_account) out.outstanding += account.units;
  return out;
}

std::unique_ptr<ledger::Driver> make_driver(std::shared_ptr<Register> ledger) {
  return std::make_unique<RegisterDriver>(std::move(ledger));
}

Result<ProvenOperation> verify(const Evidence& evidence, const LedgerAnchor& anchor) {
  const BytesView octets(evidence.octets);
  if (evidence.ledger != anchor.ledger || octets.size() < 32) return Error{Code::evidence_invalid, "not of this ledger"};
  const auto said = octets.first(octets.size() - 32);
  if (!crypto::constant_time_equal(seal(said).view(), octets.last(32))) return Error{Code::evidence_invalid, "seal"};
  auto i = read(said);
  if (!i) return i.error();
  return ProvenOperation{i->id, i->kind, i->request_hash, i->instrument, i->base_units, i->account};
}

}  // namespace example
