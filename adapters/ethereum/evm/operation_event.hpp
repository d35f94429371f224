#pragma once
// The event by which the token contract says that an operation took effect:
//   UstpOperation(bytes32 indexed id, uint8 indexed kind, bytes32 indexed requestHash,
//                 bytes32 related, bytes32 instrument, address account, uint256 amount)
// instrument: the ISIN or DTI in ASCII, zeros behind it.

#include "adapters/ethereum/evm/receipt.hpp"
#include "ustp/domain/operation.hpp"

namespace ustp::ethereum {

struct OperationEvent {
  OperationId id;
  OperationKind kind{};
  Hash256 request_hash;
  OperationId related;
  InstrumentId instrument;
  Address account;
  Uint128 amount = 0;
  friend bool operator==(const OperationEvent&, const OperationEvent&) = default;
};

const Word& operation_topic();
Log encode_operation_event(const Address& contract, const OperationEvent& event);
// Code::ledger_message when the log is not exactly this event, Code::out_of_range for an amount above 128 bits.
Result<OperationEvent> decode_operation_event(const Log& log);

}  // namespace ustp::ethereum
