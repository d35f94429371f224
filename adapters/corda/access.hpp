#pragma once
// What passes between a driver and a ledger, in process or in frames: questions in batches, answers in batches.

#include <span>

#include "ustp/ledger/port.hpp"

namespace ustp::corda {

struct Question {
  OperationId id;
  bool execute = false;  // else a query
  Bytes request;         // execute: ledger::request_octets, self-contained
};
using Answer = ledger::Outcome;

struct Snapshot {
  ledger::Supply supply;
  std::vector<token::Position> positions;  // ascending by account
  bool more = false;                       // ask again after the last account
};

// A ledger as its clients reach it. Thread-safe.
class LedgerAccess {
 public:
  virtual ~LedgerAccess() = default;
  virtual const LedgerId& id() const = 0;
  // A gateway's run introduces itself; Code::fenced when a newer one has been here (decision 5).
  virtual Result<void> enter(std::uint64_t epoch) = 0;
  // One answer per question, in order. An error: nothing can be told (the store failed); the ledger must be restarted.
  virtual Result<std::vector<Answer>> run(std::span<const Question> questions, std::uint64_t epoch) = 0;
  virtual Result<Snapshot> snapshot(const InstrumentId& instrument, const AccountId& after, std::size_t limit) = 0;
};

}  // namespace ustp::corda
