#include "adapters/ethereum/holdings.hpp"

#include "adapters/ethereum/evm/abi.hpp"
#include "adapters/ethereum/watcher.hpp"

namespace ustp::ethereum {
namespace {
constexpr std::uint64_t kBlocksAtOnce = 2'000;  // what public nodes allow in one eth_getLogs
}

// One contract is one instrument; asking it for another one is refused.
Result<std::uint64_t> Holdings::checked_height(const InstrumentId& instrument) {
  USTP_TRY(const auto height, final_height(*client_, profile_));
  if (!height) return Error{Code::ledger_unavailable, "no block is final yet"};
  USTP_TRY(const auto answer, client_->call({{}, contract_, abi::encode_call(abi::selector("instrument()"), {})},
                                            BlockRef::number(*height)));
  if (answer.reverted || answer.data.empty()) return Error{Code::ledger_unavailable, "the contract is not final yet"};
  USTP_TRY(const auto words, abi::decode_words(answer.data, 1));
  USTP_TRY(const auto wanted, word_from_text(instrument.str()));
  if (words[0] != wanted) return Error{Code::unknown_instrument, instrument.str()};
  return *height;
}

Result<void> Holdings::read_holders(std::uint64_t height) {
  while (next_ <= height) {
    const auto last = std::min(height, next_ + kBlocksAtOnce - 1);
    USTP_TRY(const auto logs, client_->logs({next_, last, contract_, {token_contract::transfer_topic()}}));
    for (const auto& found : logs) {
      if (found.log.topics.size() != 3) return Error{Code::ledger_message, "a Transfer log without its topics"};
      USTP_TRY(const auto to, address_from(found.log.topics[2]));
      if (!to.is_zero()) holders_.insert(to);
      if (holders_.size() > kMaxHolders) return Error{Code::too_long, "more holders than can be listed"};
    }
    next_ = last + 1;
  }
  return {};
}

token::Position Holdings::position_of(const Address& holder, const InstrumentId& instrument,
                                      const token_contract::PositionState& state) const {
  token::Position out;
  out.account = AccountId::literal(to_text(holder));
  out.instrument = instrument;
  out.base_units = state.balance;
  out.locked = state.locked;
  out.blocked = state.frozen;
  if (out.account == profile_.suspense_account) {  // all of it is somebody's, at nobody's disposal
    out.capacity = token::Capacity::kSuspense;
    out.locked = 0;
    out.blocked = state.balance;
  } else if (out.account == profile_.custody_account) {
    out.capacity = token::Capacity::kTransit;
  } else if (state.account_frozen) {
    out.blocked = state.balance - state.locked;
  }
  return out;
}

Result<std::vector<token::Position>> Holdings::positions(const InstrumentId& instrument) {
  USTP_TRY(const auto height, checked_height(instrument));
  std::vector<Address> holders;
  {
    const std::lock_guard lock(mutex_);
    USTP_CHECK(read_holders(height));
    holders.assign(holders_.begin(), holders_.end());
  }
  std::vector<CallRequest> calls;
  for (const auto& holder : holders) calls.push_back({{}, contract_, token_contract::position_call(holder)});
  USTP_TRY(const auto answers, client_->calls(calls, BlockRef::number(height)));
  std::vector<token::Position> out;
  for (std::size_t i = 0; i < holders.size(); ++i) {
    if (answers[i].reverted) return Error{Code::ledger_message, "position() reverted"};
    USTP_TRY(const auto state, token_contract::read_position(answers[i].data));
    if (state.locked > state.balance) return Error{Code::ledger_message, "more is locked than held"};
    if (state.balance != 0) out.push_back(position_of(holders[i], instrument, state));
  }
  return out;
}

Result<ledger::Supply> Holdings::supply(const InstrumentId& instrument) {
  USTP_TRY(const auto height, checked_height(instrument));
  USTP_TRY(const auto answer, client_->call({{}, contract_, token_contract::supply_call()}, BlockRef::number(height)));
  if (answer.reverted) return Error{Code::ledger_message, "supply() reverted"};
  USTP_TRY(const auto state, token_contract::read_supply(answer.data));
  return ledger::Supply{instrument, state.outstanding, state.provisional, 0};
}

}  // namespace ustp::ethereum
