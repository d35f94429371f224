#pragma once
// The token contract of contracts/UstpToken.sol, natively: the same ABI, the same events, the same refusals as custom
// errors. See that file for the theory of operation: after whatever anybody does, balance >= locked + frozen, and locked
// changes only in operate().

#include "adapters/ethereum/embedded/storage.hpp"
#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/evm/receipt.hpp"
#include "ustp/domain/identifiers.hpp"

namespace ustp::ethereum::embedded {

struct TokenConfig {
  Address contract, custody, suspense, owner;
  InstrumentId instrument;
  std::uint8_t scale = 0;
};

// What a call gave: returned octets, or the octets of a revert.
struct CallResult {
  bool success = false;
  Bytes output;
  std::vector<Log> logs;
  std::uint64_t gas = 0;  // beyond what every transaction costs
};
struct Caller {
  Address address;
  std::uint64_t block = 0;
};

// A view function on any state; nothing when `data` calls none.
std::optional<CallResult> query_token(const Reader& state, const TokenConfig& config, BytesView data);
// Any function on the newest state. A refused call changes nothing.
CallResult call_token(Storage& state, const TokenConfig& config, const Caller& caller, BytesView data);

// One call under way. Each function answers nothing, or the octets it reverts with.
using Revert = std::optional<Bytes>;
class TokenCall {
 public:
  TokenCall(Storage& state, const TokenConfig& config, const Caller& caller)
      : state_(state), config_(config), caller_(caller) {}

  struct Operate {
    Word id;
    std::uint8_t kind = 0;
    Word related, request_hash;
    Address account;
    Uint128 amount = 0;
  };
  Revert operate(const Operate& o);
  Revert transfer(const Address& to, Uint128 amount);
  Revert mint(const Address& to, Uint128 amount);
  Revert burn(const Address& from, Uint128 amount);
  Revert forced_transfer(const Address& from, const Address& to, Uint128 amount);
  Revert freeze(const Address& account, Uint128 amount);
  Revert unfreeze(const Address& account, Uint128 amount);
  Revert set_blocked(const Address& account, bool blocked);
  Revert set_paused(bool paused);
  Revert add_agent(const Address& agent);
  Revert remove_agent(const Address& agent);
  std::vector<Log> take_logs() { return std::move(logs_); }

 private:
  Revert apply(const Operate& o);
  Revert lock(const Operate& o);
  Revert create(const Operate& o);
  Revert undo(const Operate& o, std::uint8_t of);
  Revert extinguish(const Operate& o);
  Revert leave_custody(const Operate& o);
  Revert release(const Operate& o);
  Revert end(const Operate& o, std::uint8_t kind, const Address& account);
  void open(const Operate& o);

  bool reserved(const Address& a) const { return a == config_.custody || a == config_.suspense; }
  Revert only_agent() const;
  Revert only_owner() const;
  Revert yield(const Address& account, Uint128 amount);
  void credit(const Address& account, Uint128 amount);
  void debit(const Address& account, Uint128 amount);
  void move(const Address& from, const Address& to, Uint128 amount);
  void change_locked(const Address& account, Uint128 amount, bool more);
  void emit(const char* signature, std::initializer_list<Word> indexed, std::initializer_list<Word> data);

  Storage& state_;
  const TokenConfig& config_;
  const Caller& caller_;
  std::vector<Log> logs_;
};

// A custom error: its selector and one word (or none).
Bytes custom_error(const char* signature);
Bytes custom_error(const char* signature, const Word& argument);
Bytes custom_error(const char* signature, const Address& argument);
Log transfer_log(const TokenConfig& config, const Address& from, const Address& to, Uint128 amount);
inline Uint128 available(const Account& a) { return a.balance - a.frozen - a.locked; }
inline constexpr std::uint64_t kStandardGas = 21'000;

}  // namespace ustp::ethereum::embedded
