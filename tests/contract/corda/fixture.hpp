#pragma once
// A Corda-like ledger for tests: known accounts, a new notary key, in memory or in a store.

#include <doctest/doctest.h>

#include <thread>

#include "adapters/corda/driver.hpp"
#include "adapters/corda/embedded/ledger.hpp"
#include "adapters/corda/embedded/server.hpp"

namespace ustp::test {

inline const InstrumentId kIsin = InstrumentId::literal("US0378331005");

inline std::unique_ptr<crypto::Signer> new_notary() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}

inline corda::Book corda_book() {
  corda::Book book;
  book.ledger = LedgerId::literal("corda-1");
  book.instrument = kIsin;
  book.ratio = UnitRatio::make(10, 1, 1).value();
  book.custody = AccountId::literal("custody");
  book.suspense = AccountId::literal("suspense");
  book.accounts = {{AccountId::literal("alice"), token::Capacity::kClient, 10'000, false},
                   {AccountId::literal("bob"), token::Capacity::kClient, 0, false},
                   {AccountId::literal("carol"), token::Capacity::kClient, 0, true}};
  return book;
}

inline std::shared_ptr<corda::CordaLedger> make_corda(std::unique_ptr<corda::Store> store = nullptr) {
  corda::LedgerParts parts;
  parts.notary = new_notary();
  parts.clock = std::make_shared<SystemClock>();
  parts.random = std::make_unique<SeededRandom>(7);
  parts.store = std::move(store);
  auto ledger = corda::CordaLedger::open(corda_book(), std::move(parts));
  REQUIRE_MESSAGE(ledger.has_value(), (ledger ? "" : to_string(ledger.error())));
  return std::move(ledger).value();
}

inline ledger::LedgerProfile corda_profile(const Bytes& notary_spki) {
  ledger::LedgerProfile profile;
  profile.id = LedgerId::literal("corda-1");
  profile.kind = ledger::LedgerKind::kCorda;
  profile.finality_rule = "notarised";
  profile.evidence = EvidenceKind::kCordaTearOff;
  profile.carries_lots = true;
  profile.custody_account = AccountId::literal("custody");
  profile.suspense_account = AccountId::literal("suspense");
  profile.anchor.ledger = profile.id;
  profile.anchor.key = notary_spki;
  return profile;
}

// A ledger served on a free port by a thread.
class ServedLedger {
 public:
  ServedLedger(std::shared_ptr<corda::CordaLedger> ledger, corda::Faults faults)
      : ledger_(std::move(ledger)), stop_(corda::make_event()) {
    server_ = corda::Server::listen(*ledger_, {"127.0.0.1", 0}, faults).value();
    thread_ = std::thread([this] { CHECK(server_->serve(stop_).has_value()); });
  }
  ~ServedLedger() {
    corda::signal_event(stop_);
    thread_.join();
  }
  std::string endpoint() const { return "127.0.0.1:" + std::to_string(server_->port()); }

 private:
  std::shared_ptr<corda::CordaLedger> ledger_;
  corda::Fd stop_;
  std::unique_ptr<corda::Server> server_;
  std::thread thread_;
};

inline ledger::OperationRequest corda_request(OperationKind kind, std::uint64_t number, std::uint64_t units,
                                              const AccountId& account, const OperationId& related = {}) {
  ledger::OperationRequest out;
  out.id = OperationId(crypto::sha256(as_bytes("operation " + std::to_string(number))).octets());
  out.kind = kind;
  out.related = related;
  out.transfer.mutable_octets()[0] = 1;
  out.instrument = kIsin;
  out.quantity = Quantity(units, 0);
  out.base_units = Uint128{units} * 10;
  out.account = account;
  return out;
}

}  // namespace ustp::test
