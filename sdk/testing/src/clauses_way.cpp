// The way of every operation: what is in force after each, and what proves it.
#include "clauses.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::testing {
namespace {

using enum OperationKind;

void lock_then_extinguish(Bench& b) {
  auto wanted = b.opening();
  const auto units = b.base(300);
  const auto lock = b.finish(b.request(kLock, 300, b.holder()));
  wanted.holdings[b.holder()].free -= units;
  wanted.holdings[b.holder()].locked += units;
  b.expect(wanted, "after the lock");

  b.finish(b.request(kExtinguish, 300, b.holder(), lock.id));
  wanted.holdings[b.holder()].locked -= units;
  wanted.outstanding -= units;
  if (b.issuer()) wanted.backing += units;  // decision 9: the units are delivered to the backing account
  b.expect(wanted, "after the extinguish");
}

void lock_then_unlock(Bench& b) {
  auto wanted = b.opening();
  const auto lock = b.finish(b.request(kLock, 1000, b.holder()));
  wanted.holdings[b.holder()].locked = wanted.holdings[b.holder()].free;
  wanted.holdings[b.holder()].free = 0;
  b.expect(wanted, "after everything was locked");
  b.finish(b.request(kUnlock, 1000, b.holder(), lock.id));
  b.expect(b.opening(), "after the unlock");
  b.finish(b.request(kLock, 1000, b.holder()));  // what was unlocked can be locked again
  b.expect(wanted, "after the second lock");
}

ledger::Intent create(Bench& b, Books& wanted, std::uint64_t units) {
  auto intent = b.finish(b.request(kCreate, units, b.custody()));
  wanted.provisional += b.base(units);  // not counted as outstanding, and on the issuer ledger still backing
  b.expect(wanted, "after the create");
  return intent;
}

// Provisional units become rights.
void arrives(Bench& b, Books& wanted, std::uint64_t units) {
  wanted.provisional -= b.base(units);
  wanted.outstanding += b.base(units);
  if (b.issuer()) wanted.backing -= b.base(units);
}

void create_then_assign(Bench& b) {
  auto wanted = b.opening();
  const auto created = create(b, wanted, 200);
  b.finish(b.request(kAssign, 200, b.other(), created.id));
  arrives(b, wanted, 200);
  wanted.holdings[b.other()].free += b.base(200);
  b.expect(wanted, "after the assign");
  b.finish(b.request(kLock, 200, b.other()));  // what was assigned is at the new holder's disposal
  wanted.holdings[b.other()].free -= b.base(200);
  wanted.holdings[b.other()].locked += b.base(200);
  b.expect(wanted, "after the new holder's lock");
}

void create_then_destroy(Bench& b) {
  auto wanted = b.opening();
  const auto created = create(b, wanted, 200);
  b.finish(b.request(kDestroy, 200, b.custody(), created.id));
  b.expect(b.opening(), "after the destroy");
}

void create_suspend_release(Bench& b) {
  auto wanted = b.opening();
  const auto created = create(b, wanted, 200);
  const auto suspended = b.finish(b.request(kSuspend, 200, b.other(), created.id));
  arrives(b, wanted, 200);
  b.expect(wanted, "after the suspend");  // a right on this ledger, at nobody's disposal
  b.refused(b.request(kLock, 200, b.other()), Code::insufficient_available);
  b.finish(b.request(kRelease, 200, b.other(), suspended.id));
  wanted.holdings[b.other()].free += b.base(200);
  b.expect(wanted, "after the release");
}

void one_effect(Bench& b) {
  auto wanted = b.opening();
  const auto request = b.request(kLock, 300, b.holder());
  const auto intent = b.session().prepare(request);
  b.session().execute(intent);  // the second one arrives while the first is under way
  b.finish(intent, request);
  b.finish(intent, request);    // and once more when it is over
  const auto outcome = b.session().settle(intent, b.session().query(intent));
  require(outcome.kind == ledger::OutcomeKind::kFinal, "a query after the end must tell the end");
  b.check_evidence(outcome, request);
  wanted.holdings[b.holder()].free -= b.base(300);
  wanted.holdings[b.holder()].locked += b.base(300);
  b.expect(wanted, "after one lock was executed three times");

  // Undoing it, and then its intent again: the old answer, no new effect.
  b.finish(b.request(kUnlock, 300, b.holder(), intent.id));
  b.finish(intent, request);
  b.expect(b.opening(), "after the lock was undone and its intent executed again");
}

void repeats_of_every_kind(Bench& b) {
  const auto repeat = [&](const ledger::OperationRequest& request) {
    const auto intent = b.finish(request);
    const auto after = b.books();
    b.finish(intent, request);
    b.expect(after, "after a repeated " + std::string(to_string(request.kind)));
    return intent.id;
  };
  const auto lock = repeat(b.request(kLock, 100, b.holder()));
  repeat(b.request(kExtinguish, 100, b.holder(), lock));
  const auto undone = repeat(b.request(kLock, 100, b.holder()));
  repeat(b.request(kUnlock, 100, b.holder(), undone));
  const auto created = repeat(b.request(kCreate, 50, b.custody()));
  repeat(b.request(kAssign, 50, b.other(), created));
  const auto dropped = repeat(b.request(kCreate, 50, b.custody()));
  repeat(b.request(kDestroy, 50, b.custody(), dropped));
  const auto waiting = repeat(b.request(kCreate, 50, b.custody()));
  const auto suspended = repeat(b.request(kSuspend, 50, b.other(), waiting));
  repeat(b.request(kRelease, 50, b.other(), suspended));
}

void several_at_once(Bench& b) {
  auto wanted = b.opening();
  std::vector<ledger::OperationRequest> requests;
  std::vector<ledger::Intent> intents;
  for (int i = 0; i < 8; ++i) requests.push_back(b.request(kLock, 100, b.holder()));
  for (const auto& request : requests) intents.push_back(b.session().prepare(request));
  const auto mark = b.session().recorder().count();
  for (const auto& intent : intents) b.session().execute(intent);
  for (std::size_t i = 0; i < intents.size(); ++i) {
    const auto outcome = b.session().settle(intents[i], mark);
    require(outcome.kind == ledger::OutcomeKind::kFinal, "one of several locks did not become final");
    b.check_evidence(outcome, requests[i]);
  }
  wanted.holdings[b.holder()].free -= b.base(800);
  wanted.holdings[b.holder()].locked += b.base(800);
  b.expect(wanted, "after eight locks at once");
}

void evidence_is_bound(Bench& b) {
  const auto request = b.request(kLock, 300, b.holder());
  const auto outcome = b.finish(b.session().prepare(request), request);
  auto anchor = b.session().driver().profile().anchor;
  const auto verifier = b.run().ledger.verifier();
  const auto& octets = outcome.evidence.octets;
  require(!octets.empty(), "the evidence has no octets");
  for (std::size_t i = 0; i < 96; ++i) {
    auto altered = outcome.evidence;
    auto& octet = altered.octets[i * octets.size() / 96];
    octet = static_cast<std::uint8_t>(octet ^ (1U << (i % 8)));
    const auto proven = verifier(altered, anchor);
    const bool other = proven && (proven->id != request.id || proven->kind != request.kind ||
                                  proven->base_units != request.base_units || proven->account != request.account ||
                                  proven->instrument != request.instrument ||
                                  proven->request_hash != crypto::sha256(ledger::request_octets(request)));
    require(!other, "an altered evidence proves another operation (octet " +
                        std::to_string(i * octets.size() / 96) + ")");
  }
  auto truncated = outcome.evidence;
  truncated.octets.resize(octets.size() / 2);
  require(!verifier(truncated, anchor).has_value(), "half an evidence verifies");
  auto elsewhere = outcome.evidence;
  elsewhere.ledger = LedgerId::literal("another-ledger");
  require(!verifier(elsewhere, anchor).has_value(), "the evidence verifies under another ledger's name");
}

constexpr Clause kClauses[] = {
    {"lock, then extinguish: the units are blocked, then gone, and each step is proven", lock_then_extinguish, true},
    {"lock, then unlock: the units are free again and can be locked again", lock_then_unlock, true},
    {"create, then assign: provisional, then the beneficiary's", create_then_assign, true},
    {"create, then destroy: nothing is left", create_then_destroy, true},
    {"create, suspend, release: outstanding but at nobody's disposal, then the beneficiary's", create_suspend_release,
     true},
    {"an intent executed again has one effect and the same answer", one_effect, true},
    {"a repeat of every kind of operation has no second effect", repeats_of_every_kind, false},
    {"several operations at once all become final", several_at_once, true},
    {"an altered evidence proves nothing else", evidence_is_bound, false},
};

}  // namespace

std::span<const Clause> way_clauses() { return kClauses; }

}  // namespace ustp::testing
