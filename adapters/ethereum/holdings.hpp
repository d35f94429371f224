#pragma once
// Positions and supply as the contract states them at the highest final block. Holders are whoever ever received units,
// read from Transfer logs once and then from where the last reading ended.

#include <mutex>
#include <set>

#include "adapters/ethereum/rpc/client.hpp"
#include "adapters/ethereum/token_contract.hpp"
#include "ustp/ledger/port.hpp"

namespace ustp::ethereum {

// Thread-safe; blocks for the node's answers.
class Holdings {
 public:
  static constexpr std::size_t kMaxHolders = 100'000;

  Holdings(std::shared_ptr<EthClient> client, const ledger::LedgerProfile& profile, const Address& contract)
      : client_(std::move(client)), profile_(profile), contract_(contract) {}
  Result<std::vector<token::Position>> positions(const InstrumentId& instrument);
  Result<ledger::Supply> supply(const InstrumentId& instrument);  // Code::unknown_instrument: not this contract's

 private:
  Result<std::uint64_t> checked_height(const InstrumentId& instrument);
  Result<void> read_holders(std::uint64_t height);
  token::Position position_of(const Address& holder, const InstrumentId& instrument,
                              const token_contract::PositionState& state) const;

  const std::shared_ptr<EthClient> client_;
  const ledger::LedgerProfile& profile_;  // the driver's
  const Address contract_;
  std::mutex mutex_;                      // guards what follows
  std::set<Address> holders_;
  std::uint64_t next_ = 0;                // first block not read yet
};

}  // namespace ustp::ethereum
