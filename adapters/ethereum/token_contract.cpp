#include "adapters/ethereum/token_contract.hpp"

#include <algorithm>

#include "adapters/ethereum/evm/abi.hpp"

namespace ustp::ethereum::token_contract {
namespace {

struct Refusal {
  const char* signature;
  Code code;
};
// The custom errors of the contract, operate()'s first.
constexpr Refusal kRefusals[] = {
    {"OperationConflict(bytes32)", Code::operation_conflict},
    {"AlreadyDone(bytes32)", Code::operation_conflict},
    {"Tombstoned(bytes32)", Code::operation_tombstoned},
    {"LockMissing(bytes32)", Code::lock_missing},
    {"AccountBlocked(bytes32)", Code::account_blocked},
    {"InsufficientAvailable(bytes32)", Code::insufficient_available},
    {"WrongAccount(bytes32)", Code::capacity_mismatch},
    {"QuantityZero(bytes32)", Code::quantity_zero},
    {"QuantityTooLarge(bytes32)", Code::quantity_too_large},
    {"UnknownKind(bytes32)", Code::ledger_rejected},
    {"LedgerHalted(bytes32)", Code::ledger_halted},
    {"NotAgent(address)", Code::fenced},  // this gateway's key may not speak for the ledger any more
};

Bytes call_with(const char* signature, std::initializer_list<Word> words) {
  return abi::encode_call(abi::selector(signature), std::vector<Word>(words));
}

}  // namespace

Bytes operate_call(const Operate& o) {
  return call_with("operate(bytes32,uint8,bytes32,bytes32,address,uint256)",
                   {as_word(o.id), word_from(static_cast<Uint128>(o.kind)), as_word(o.related), as_word(o.request_hash),
                    word_from(o.account), word_from(o.base_units)});
}

Word operation_topic() {
  return abi::event_topic("UstpOperation(bytes32,uint8,bytes32,bytes32,bytes32,address,uint256)");
}
Word transfer_topic() { return abi::event_topic("Transfer(address,address,uint256)"); }

bool records(const Log& log, const Address& contract, const Operate& o) {
  if (log.address != contract || log.topics.size() != 4 || log.topics[0] != operation_topic()) return false;
  if (log.topics[1] != as_word(o.id) || log.topics[2] != word_from(static_cast<Uint128>(o.kind)) ||
      log.topics[3] != as_word(o.request_hash))
    return false;
  const auto words = abi::decode_words(log.data, 4);  // related, instrument, account, amount
  return words && (*words)[0] == as_word(o.related) && (*words)[2] == word_from(o.account) &&
         (*words)[3] == word_from(o.base_units);
}

Bytes operations_call(const OperationId& id) { return call_with("operations(bytes32)", {as_word(id)}); }

Result<OperationState> read_operations(BytesView answer) {
  USTP_TRY(const auto words, abi::decode_words(answer, 4));
  OperationState out;
  USTP_TRY(const auto status, abi::uint8_from(words[0]));
  if (status > 2) return Error{Code::ledger_message, "operations: status " + std::to_string(status)};
  out.status = static_cast<OperationStatus>(status);
  USTP_TRY(out.kind, abi::uint8_from(words[1]));
  out.request_hash = from_word<Hash256>(words[2]);
  USTP_TRY(out.block, uint64_from(words[3]));
  return out;
}

Bytes supply_call() { return call_with("supply()", {}); }

Result<SupplyState> read_supply(BytesView answer) {
  USTP_TRY(const auto words, abi::decode_words(answer, 2));
  SupplyState out;
  USTP_TRY(out.outstanding, uint128_from(words[0]));
  USTP_TRY(out.provisional, uint128_from(words[1]));
  return out;
}

Bytes position_call(const Address& account) { return call_with("position(address)", {word_from(account)}); }

Result<PositionState> read_position(BytesView answer) {
  USTP_TRY(const auto words, abi::decode_words(answer, 5));
  PositionState out;
  USTP_TRY(out.balance, uint128_from(words[0]));
  USTP_TRY(out.locked, uint128_from(words[1]));
  USTP_TRY(out.frozen, uint128_from(words[2]));
  USTP_TRY(out.suspended, uint128_from(words[3]));
  USTP_TRY(out.account_frozen, abi::bool_from(words[4]));
  return out;
}

Error refusal_of(BytesView data) {
  if (data.size() >= 4)
    for (const auto& refusal : kRefusals) {
      const auto selector = abi::selector(refusal.signature);
      if (std::equal(selector.begin(), selector.end(), data.begin())) return {refusal.code, refusal.signature};
    }
  if (auto text = abi::decode_error_string(data)) return {Code::ledger_rejected, std::move(*text)};
  return {Code::ledger_rejected, "reverted with " + to_hex(data.first(std::min<std::size_t>(data.size(), 36)))};
}

}  // namespace ustp::ethereum::token_contract
