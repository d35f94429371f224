// What holders, agents and the owner may do, and how balances change.
#include "adapters/ethereum/embedded/token.hpp"

namespace ustp::ethereum::embedded {

Revert TokenCall::only_agent() const {
  if (state_.account(caller_.address).agent) return std::nullopt;
  return custom_error("NotAgent(address)", caller_.address);
}
Revert TokenCall::only_owner() const {
  if (caller_.address == config_.owner) return std::nullopt;
  return custom_error("NotOwner(address)", caller_.address);
}

Revert TokenCall::transfer(const Address& to, Uint128 amount) {
  const Account from = state_.account(caller_.address);
  if (state_.totals().paused) return custom_error("TokenPaused()");
  if (from.blocked) return custom_error("AddressIsFrozen(address)", caller_.address);
  if (state_.account(to).blocked) return custom_error("AddressIsFrozen(address)", to);
  if (to.is_zero() || reserved(to)) return custom_error("ReservedAddress(address)", to);
  if (available(from) < amount) return custom_error("InsufficientBalance(address)", caller_.address);
  move(caller_.address, to, amount);
  return std::nullopt;
}

Revert TokenCall::mint(const Address& to, Uint128 amount) {
  if (auto refused = only_agent()) return refused;
  if (to.is_zero() || reserved(to)) return custom_error("ReservedAddress(address)", to);
  if (amount > ~Uint128{0} - state_.totals().supply) return custom_error("QuantityTooLarge(bytes32)", Word());
  credit(to, amount);
  logs_.push_back(transfer_log(config_, {}, to, amount));
  return std::nullopt;
}
Revert TokenCall::burn(const Address& from, Uint128 amount) {
  if (auto refused = only_agent()) return refused;
  if (auto refused = yield(from, amount)) return refused;
  debit(from, amount);
  logs_.push_back(transfer_log(config_, from, {}, amount));
  return std::nullopt;
}
Revert TokenCall::forced_transfer(const Address& from, const Address& to, Uint128 amount) {
  if (auto refused = only_agent()) return refused;
  if (to.is_zero() || reserved(to)) return custom_error("ReservedAddress(address)", to);
  if (auto refused = yield(from, amount)) return refused;
  move(from, to, amount);
  return std::nullopt;
}

Revert TokenCall::freeze(const Address& address, Uint128 amount) {
  if (auto refused = only_agent()) return refused;
  Account account = state_.account(address);
  if (available(account) < amount) return custom_error("InsufficientBalance(address)", address);
  account.frozen += amount;
  state_.put(address, account);
  emit("TokensFrozen(address,uint256)", {word_from(address)}, {word_from(amount)});
  return std::nullopt;
}
Revert TokenCall::unfreeze(const Address& address, Uint128 amount) {
  if (auto refused = only_agent()) return refused;
  Account account = state_.account(address);
  if (account.frozen < amount) return custom_error("FrozenTooLow(address)", address);
  account.frozen -= amount;
  state_.put(address, account);
  emit("TokensUnfrozen(address,uint256)", {word_from(address)}, {word_from(amount)});
  return std::nullopt;
}
Revert TokenCall::set_blocked(const Address& address, bool blocked) {
  if (auto refused = only_agent()) return refused;
  if (reserved(address)) return custom_error("ReservedAddress(address)", address);
  Account account = state_.account(address);
  account.blocked = blocked;
  state_.put(address, account);
  emit("AddressFrozen(address,bool,address)", {word_from(address), abi::word_of(blocked), word_from(caller_.address)}, {});
  return std::nullopt;
}
Revert TokenCall::set_paused(bool paused) {
  if (auto refused = only_agent()) return refused;
  Totals totals = state_.totals();
  totals.paused = paused;
  state_.put(totals);
  emit(paused ? "Paused(address)" : "Unpaused(address)", {}, {word_from(caller_.address)});
  return std::nullopt;
}

Revert TokenCall::add_agent(const Address& agent) {
  if (auto refused = only_owner()) return refused;
  Account account = state_.account(agent);
  if (agent.is_zero() || account.agent) return custom_error("ReservedAddress(address)", agent);
  account.agent = true;
  state_.put(agent, account);
  Totals totals = state_.totals();
  ++totals.agents;
  state_.put(totals);
  emit("AgentAdded(address)", {word_from(agent)}, {});
  return std::nullopt;
}
// While something is in force somebody must be able to end it.
Revert TokenCall::remove_agent(const Address& agent) {
  if (auto refused = only_owner()) return refused;
  Account account = state_.account(agent);
  if (!account.agent) return custom_error("NotAgent(address)", agent);
  Totals totals = state_.totals();
  if (totals.agents <= 1 && totals.open != 0) return custom_error("LastAgent(address)", agent);
  account.agent = false;
  state_.put(agent, account);
  --totals.agents;
  state_.put(totals);
  emit("AgentRemoved(address)", {word_from(agent)}, {});
  return std::nullopt;
}

// Makes `amount` movable by an agent: first the free part, then what agents froze, never what is locked.
Revert TokenCall::yield(const Address& address, Uint128 amount) {
  Account account = state_.account(address);
  if (account.balance < amount) return custom_error("InsufficientBalance(address)", address);
  if (account.balance - account.locked < amount) return custom_error("UnitsLocked(address)", address);
  const Uint128 free = available(account);
  if (free >= amount) return std::nullopt;
  account.frozen -= amount - free;
  state_.put(address, account);
  emit("TokensUnfrozen(address,uint256)", {word_from(address)}, {word_from(amount - free)});
  return std::nullopt;
}

void TokenCall::credit(const Address& address, Uint128 amount) {
  Account account = state_.account(address);
  account.balance += amount;
  state_.put(address, account);
  Totals totals = state_.totals();
  totals.supply += amount;
  state_.put(totals);
}
void TokenCall::debit(const Address& address, Uint128 amount) {
  Account account = state_.account(address);
  account.balance -= amount;
  state_.put(address, account);
  Totals totals = state_.totals();
  totals.supply -= amount;
  state_.put(totals);
}
void TokenCall::move(const Address& from, const Address& to, Uint128 amount) {
  Account source = state_.account(from);
  source.balance -= amount;
  state_.put(from, source);
  Account target = state_.account(to);  // read after the write: it may be the same account
  target.balance += amount;
  state_.put(to, target);
  logs_.push_back(transfer_log(config_, from, to, amount));
}
void TokenCall::change_locked(const Address& address, Uint128 amount, bool more) {
  Account account = state_.account(address);
  account.locked = more ? account.locked + amount : account.locked - amount;
  state_.put(address, account);
}

void TokenCall::emit(const char* signature, std::initializer_list<Word> indexed, std::initializer_list<Word> data) {
  Log log;
  log.address = config_.contract;
  log.topics.push_back(abi::event_topic(signature));
  log.topics.insert(log.topics.end(), indexed.begin(), indexed.end());
  log.data = abi::encode_words(std::vector<Word>(data));
  logs_.push_back(std::move(log));
}

}  // namespace ustp::ethereum::embedded
