#pragma once
// The token contract (contracts/UstpToken.sol) as octets: calls, answers, the event, the refusals. Pure.

#include <optional>

#include "adapters/ethereum/evm/receipt.hpp"
#include "ustp/domain/operation.hpp"

namespace ustp::ethereum {

// What operate() takes.
struct Operate {
  OperationId id;
  OperationKind kind{};
  OperationId related;
  Hash256 request_hash;
  Address account;
  Uint128 base_units = 0;
  friend bool operator==(const Operate&, const Operate&) = default;
};

namespace token_contract {

Bytes operate_call(const Operate& operate);
Word operation_topic();  // topic 0 of UstpOperation
Word transfer_topic();   // topic 0 of ERC-20's Transfer
// The log is the contract's record of exactly this operation: id, kind, request hash, account, amount.
bool records(const Log& log, const Address& contract, const Operate& operate);

enum class OperationStatus : std::uint8_t { kNone = 0, kDone = 1, kTombstoned = 2 };
struct OperationState {
  OperationStatus status = OperationStatus::kNone;
  std::uint8_t kind = 0;
  Hash256 request_hash;
  std::uint64_t block = 0;
};
Bytes operations_call(const OperationId& id);
Result<OperationState> read_operations(BytesView answer);

struct SupplyState {
  Uint128 outstanding = 0, provisional = 0;
};
Bytes supply_call();
Result<SupplyState> read_supply(BytesView answer);

struct PositionState {
  Uint128 balance = 0, locked = 0, frozen = 0, suspended = 0;
  bool account_frozen = false;
};
Bytes position_call(const Address& account);
Result<PositionState> read_position(BytesView answer);

// What a revert of operate() means; the code of the registry. `conflict`, `done` and `tombstoned` decide more than the
// refusal itself, the caller looks at the operation's state for them.
Error refusal_of(BytesView revert_data);

}  // namespace token_contract
}  // namespace ustp::ethereum
