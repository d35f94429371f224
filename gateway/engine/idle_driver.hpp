#pragma once
// A ledger driver that does nothing: a core that only replays asks nothing of its ledger (private to engine).

#include "ustp/ledger/port.hpp"

namespace ustp::gateway {

class IdleDriver : public ledger::Driver {
 public:
  explicit IdleDriver(ledger::LedgerProfile profile) : profile_(std::move(profile)) {}
  const ledger::LedgerProfile& profile() const override { return profile_; }
  Result<void> start(ledger::OutcomeSink&, std::uint64_t) override { return {}; }
  void stop() override {}
  Result<ledger::Intent> prepare(const ledger::OperationRequest&) override { return Error{Code::internal, "idle"}; }
  void restore(const ledger::Intent&) override {}
  void execute(const ledger::Intent&) override {}
  void query(const ledger::Intent&) override {}
  Result<std::vector<token::Position>> positions(const InstrumentId&) override { return Error{Code::internal, "idle"}; }
  Result<ledger::Supply> supply(const InstrumentId&) override { return Error{Code::internal, "idle"}; }

 private:
  const ledger::LedgerProfile profile_;
};

}  // namespace ustp::gateway
