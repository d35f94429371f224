#pragma once
// A ledger of one's own behind the USTP port, as short as the contract allows: a register of accounts in memory whose
// confirmations carry a seal. A real one keeps its books in a store and answers over a network; what must not change is
// what operation ids, tombstones and epochs do here.

#include <map>
#include <memory>
#include <set>

#include "ustp/ledger/port.hpp"

namespace example {

// What the register is asked for; also all that an intent's octets say, so that a restarted gateway can ask again.
struct Instruction {
  ustp::OperationId id, related;
  ustp::OperationKind kind{};
  ustp::Hash256 request_hash;  // of ledger::request_octets: the id belongs to this request and no other
  ustp::InstrumentId instrument;
  ustp::AccountId account;
  ustp::Uint128 base_units = 0;
};

class Register {
 public:
  Register();
  void open_account(const ustp::AccountId& account, ustp::Uint128 units, bool blocked);
  // A gateway that starts has a higher epoch than any before it; older ones are fenced from then on.
  void connect(std::uint64_t epoch);
  ustp::ledger::Outcome run(const Instruction& instruction, std::uint64_t epoch);
  ustp::ledger::Outcome ask(const ustp::OperationId& id) const;
  std::vector<ustp::token::Position> positions(const ustp::InstrumentId& instrument) const;
  ustp::ledger::Supply supply(const ustp::InstrumentId& instrument) const;
  const ustp::ledger::LedgerProfile& profile() const { return profile_; }

 private:
  struct Account {
    ustp::Uint128 units = 0, locked = 0;
    bool blocked = false;
  };
  struct Done {
    Instruction instruction;
    ustp::ledger::Outcome outcome;
  };
  bool live(const ustp::OperationId& id, ustp::OperationKind kind) const;
  ustp::Error apply(const Instruction& instruction);
  ustp::Error undo(const Instruction& instruction, ustp::OperationKind kind, bool& was_live);

  ustp::ledger::LedgerProfile profile_;
  std::map<ustp::AccountId, Account> accounts_;
  std::map<ustp::OperationId, Done> done_;          // for ever: a repeat gets the same answer
  std::set<ustp::OperationId> ended_, tombstones_;  // used up or undone; never to take effect
  ustp::Uint128 provisional_ = 0;
  std::uint64_t epoch_ = 0;
};

std::unique_ptr<ustp::ledger::Driver> make_driver(std::shared_ptr<Register> ledger);
// Pure: what a confirmation of the register proves.
ustp::Result<ustp::ProvenOperation> verify(const ustp::Evidence& evidence, const ustp::LedgerAnchor& anchor);

}  // namespace example
