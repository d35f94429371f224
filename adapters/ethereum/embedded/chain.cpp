#include "adapters/ethereum/embedded/chain.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::ethereum::embedded {
namespace {

constexpr std::size_t kRecentBlocks = 256, kBookLogs = 1'000;
Error bad_store(const std::string& what) { return {Code::config_invalid, "ledger store: " + what}; }

Holding holding_of(const Address& address, const Account& a, const TokenConfig& token) {
  Holding h{address, a.capacity, a.balance, a.locked, a.blocked ? a.balance - a.locked : a.frozen, 0};
  if (address == token.custody) h = {address, a.capacity, a.balance, 0, 0, a.balance};
  if (address == token.suspense) h = {address, a.capacity, a.balance, 0, a.balance, 0};
  return h;
}

}  // namespace

std::uint64_t intrinsic_gas(BytesView data) {
  std::uint64_t gas = kStandardGas;
  for (const std::uint8_t octet : data) gas += octet == 0 ? 4 : 16;
  return gas;
}

Result<std::unique_ptr<Chain>> Chain::open(ChainOptions options, std::unique_ptr<Store> store, const Clock& clock) {
  if (options.chain_id == 0 || options.contract.is_zero()) return Error{Code::config_invalid, "chain id and contract"};
  std::unique_ptr<Chain> out(new Chain(std::move(options), std::move(store), clock));
  USTP_TRY(const auto tip, out->store_->tip());
  USTP_CHECK(tip ? out->begin_again() : out->begin_new());
  return out;
}

Result<void> Chain::begin_new() {
  if (!options_.book) return Error{Code::config_invalid, "a new ledger needs a book"};
  if (options_.agent.is_zero()) return Error{Code::config_invalid, "a new ledger needs an agent"};
  const Book& book = *options_.book;
  token_ = {options_.contract, book.custody, book.suspense, options_.agent, book.instrument, book.scale};
  USTP_CHECK(store_->begin());
  const std::pair<const char*, std::string> facts[] = {
      {"version", "1"},
      {"ledger", book.ledger.str()},
      {"chain_id", std::to_string(options_.chain_id)},
      {"contract", to_text(token_.contract)},
      {"custody", to_text(token_.custody)},
      {"suspense", to_text(token_.suspense)},
      {"owner", to_text(token_.owner)},
      {"instrument", token_.instrument.str()},
      {"scale", std::to_string(token_.scale)}};
  for (const auto& [key, value] : facts) USTP_CHECK(store_->set_meta(key, value));
  USTP_CHECK(seal({}));
  USTP_CHECK(write_book());
  for (std::uint64_t i = 0; i < options_.finality_depth; ++i) USTP_CHECK(seal({}));  // what it starts with is final
  return store_->commit();
}

// Block 1: the book as transactions of a key that is known to everybody and means nothing, so that whoever follows the
// token's events finds every holder.
Result<void> Chain::write_book() {
  const Book& book = *options_.book;
  const auto known = crypto::sha256(as_bytes("USTP embedded ledger: book"));
  USTP_TRY(const auto key, SigningKey::from_secret(crypto::SecretBytes(Bytes(known.octets().begin(), known.octets().end()))));
  Totals totals;
  totals.agents = 1;
  const auto change = [&](const Address& address, auto&& how) {
    Account account = state_.account(address);
    how(account);
    state_.put(address, account);
  };
  change(book.custody, [](Account& a) { a.capacity = "transit"; });
  change(book.suspense, [](Account& a) { a.capacity = "suspense"; });
  change(options_.agent, [](Account& a) { a.agent = true; });
  std::vector<Mined> mined;
  std::vector<Log> logs;
  std::uint64_t gas = 0;
  const auto flush = [&] {
    Transaction t{options_.chain_id, mined.size(), 0, kBaseFee, kTransactionGasCap, token_.contract, 0, {}};
    const std::uint64_t used = kStandardGas;
    gas += used;
    mined.push_back({sign(t, key), Receipt{2, true, gas, std::exchange(logs, {})}, used});
  };
  for (const BookAccount& entry : book.accounts) {
    change(entry.address, [&](Account& a) {
      a.balance = entry.units;
      a.blocked = entry.blocked;
      a.capacity = entry.capacity;
      totals.supply += entry.units;
    });
    if (entry.units != 0) logs.push_back(transfer_log(token_, {}, entry.address, entry.units));
    if (logs.size() == kBookLogs) flush();
  }
  flush();
  change(key.address(), [&](Account& a) { a.nonce = mined.size(); });
  state_.put(totals);
  return seal(std::move(mined));
}

Result<void> Chain::begin_again() {
  const auto fact = [&](const char* key) { return store_->meta(key).value_or(""); };
  if (fact("version") != "1") return bad_store("unknown version");
  if (fact("chain_id") != std::to_string(options_.chain_id)) return bad_store("another chain id");
  if (fact("contract") != to_text(options_.contract)) return bad_store("another contract");
  token_.contract = options_.contract;
  USTP_TRY(token_.custody, parse_address(fact("custody")));
  USTP_TRY(token_.suspense, parse_address(fact("suspense")));
  USTP_TRY(token_.owner, parse_address(fact("owner")));
  USTP_TRY(token_.instrument, InstrumentId::parse(fact("instrument")));
  USTP_TRY(const Uint128 scale, parse_uint128(fact("scale")));
  token_.scale = static_cast<std::uint8_t>(scale);
  USTP_TRY(auto records, store_->records());
  for (auto& [slot, value] : records) state_.load(slot, std::move(value));
  USTP_TRY(const auto number, store_->tip());
  USTP_TRY(auto tip, store_->block(*number));
  tip_ = std::move(*tip);
  USTP_TRY(auto undo, store_->undo());
  for (auto& [block, changes] : undo) changes_.push_back({block, std::move(changes), true});
  USTP_TRY(const auto waiting, store_->waiting());
  for (const Bytes& raw : waiting) {
    USTP_TRY(const auto transaction, decode_transaction(raw));
    std::optional<Word> replaced;
    (void)pool_.add(transaction, 0, replaced);
  }
  return {};
}

Result<std::optional<std::string>> Chain::add(const SignedTransaction& t, std::uint64_t blocks_late) {
  using Said = std::optional<std::string>;
  const Transaction& body = t.transaction;
  const std::uint64_t nonce = state_.account(t.from).nonce;
  if (body.chain_id != options_.chain_id) return Said("invalid chain id for signer");
  if (!body.to) return Said("contract creation is not supported");
  if (body.value != 0) return Said("insufficient funds for gas * price + value");
  if (pool_.find(t.hash) != nullptr) return Said("already known");
  if (body.nonce < nonce)
    return Said("nonce too low: next nonce " + std::to_string(nonce) + ", tx nonce " + std::to_string(body.nonce));
  if (body.nonce - nonce > kMaxNonceGap) return Said("nonce too high");
  if (body.gas_limit > kTransactionGasCap) return Said("transaction gas limit too high");
  if (body.gas_limit < intrinsic_gas(body.data)) return Said("intrinsic gas too low");
  if (body.max_fee < kBaseFee) return Said("max fee per gas less than block base fee");
  std::optional<Word> replaced;
  switch (pool_.add(t, blocks_late == 0 ? 0 : tip() + 1 + blocks_late, replaced)) {
    case Pool::Added::kKnown: return Said("already known");
    case Pool::Added::kUnderpriced: return Said("replacement transaction underpriced");
    case Pool::Added::kFull: return Said("txpool is full");
    case Pool::Added::kAdded: break;
  }
  if (replaced) {
    USTP_CHECK(store_->remove_waiting(*replaced));
  }
  USTP_CHECK(store_->add_waiting(t));
  return Said{};
}

bool Chain::transaction_ready() {
  std::vector<Word> stale;
  return pool_.ready(tip() + 1, [&](const Address& a) { return state_.account(a).nonce; }, stale) != nullptr;
}

Mined Chain::run(const SignedTransaction& t, std::uint64_t gas_before) {
  Account sender = state_.account(t.from);
  sender.nonce = t.transaction.nonce + 1;  // kept even when the call is refused
  state_.put(t.from, sender);
  const std::size_t before = state_.checkpoint();
  CallResult result{true, {}, {}, 0};
  if (*t.transaction.to == token_.contract)
    result = call_token(state_, token_, {t.from, tip() + 1}, t.transaction.data);
  std::uint64_t gas = intrinsic_gas(t.transaction.data) + result.gas;
  if (gas > t.transaction.gas_limit) {  // out of gas
    state_.rollback(before);
    result = {false, {}, {}, 0};
    gas = t.transaction.gas_limit;
  }
  return {t, Receipt{2, result.success, gas_before + gas, std::move(result.logs)}, gas};
}

Result<void> Chain::mine() {
  std::vector<Mined> mined;
  std::uint64_t gas = 0;
  std::vector<Word> stale;
  const auto nonce = [&](const Address& a) { return state_.account(a).nonce; };
  while (const Pool::Entry* entry = pool_.ready(tip() + 1, nonce, stale)) {
    if (gas + entry->transaction.transaction.gas_limit > kBlockGas) break;
    const SignedTransaction transaction = entry->transaction;
    mined.push_back(run(transaction, gas));
    gas = mined.back().receipt.cumulative_gas;
    pool_.remove(transaction.hash);
    USTP_CHECK(store_->remove_waiting(transaction.hash));
  }
  for (const Word& hash : stale) USTP_CHECK(store_->remove_waiting(hash));
  return seal(std::move(mined));
}

BlockHeader Chain::next_header() const {
  BlockHeader h;
  h.parent = tip_.hash;
  h.uncles = empty_uncles_hash();
  h.number = tip_.hash.is_zero() ? 0 : tip() + 1;
  h.gas_limit = kBlockGas;
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(clock_.now().ns, 0) / 1'000'000'000);
  h.timestamp = std::max(now, tip_.header.timestamp);
  h.base_fee = kBaseFee;
  h.withdrawals_root = empty_trie_root();
  h.requests_hash = empty_requests_hash();
  if (reorganisations_ != 0) h.extra = {static_cast<std::uint8_t>(reorganisations_ >> 8), static_cast<std::uint8_t>(reorganisations_)};
  return h;
}

// The block around what was run. Its state root is a running hash over the changed records: there is no state trie, so
// no account proof; receipts and transactions have real tries.
Result<void> Chain::seal(std::vector<Mined> transactions) {
  Block block;
  block.header = next_header();
  std::vector<Bytes> raw, receipts;
  for (const Mined& mined : transactions) {
    raw.push_back(mined.transaction.raw);
    receipts.push_back(encode_receipt(mined.receipt));
    for (const Log& log : mined.receipt.logs) add_to_bloom(block.header.bloom, log);
  }
  block.header.transactions_root = Trie::ordered(raw).root();
  block.header.receipts_root = Trie::ordered(receipts).root();
  block.header.gas_used = transactions.empty() ? 0 : transactions.back().receipt.cumulative_gas;
  block.transactions = std::move(transactions);
  std::vector<Undo> undo = state_.take_undo();
  Bytes changes(tip_.header.state_root.octets().begin(), tip_.header.state_root.octets().end());
  for (const Undo& change : undo) {
    append(changes, change.slot.view());
    append(changes, state_.read(change.slot));
  }
  block.header.state_root = keccak256(changes);
  block.hash = hash_of(block.header);

  USTP_CHECK(store_->add_block(block, undo));
  USTP_CHECK(write_changes(undo));
  USTP_CHECK(write_effects(block, true));
  tip_ = block;
  changes_.push_back({tip(), std::move(undo), !block.transactions.empty()});
  const std::uint64_t last_kept = finalized() > kKeptStates ? finalized() - kKeptStates : 0;
  while (!changes_.empty() && changes_.front().number <= last_kept) changes_.pop_front();
  USTP_CHECK(store_->forget_undo(last_kept));
  recent_[tip()] = std::make_shared<const Block>(std::move(block));
  if (recent_.size() > kRecentBlocks) recent_.erase(recent_.begin());
  return {};
}

Result<void> Chain::write_changes(const std::vector<Undo>& undo) {
  std::set<Slot> written;
  for (const Undo& change : undo) {
    if (!written.insert(change.slot).second) continue;
    USTP_CHECK(store_->put_record(change.slot, state_.read(change.slot)));
    if (const auto address = account_of(change.slot)) {
      USTP_CHECK(store_->put_holding(holding_of(*address, state_.account(*address), token_)));
    }
  }
  return {};
}

Result<void> Chain::write_effects(const Block& block, bool more) {
  for (const Mined& mined : block.transactions)
    for (const Log& log : mined.receipt.logs) {
      const auto event = decode_operation_event(log);
      if (!event) continue;
      const Effect effect{event->id, std::string(to_string(event->kind)), event->account, event->amount};
      USTP_CHECK(store_->count_effect(effect, more));
    }
  return {};
}

// As after a fork of the network: the blocks never were, their transactions wait again, other blocks take their place.
Result<void> Chain::reorganise(std::uint64_t depth) {
  if (depth == 0 || depth > tip() - finalized() || depth > changes_.size()) return Error{Code::out_of_range, "only unfinalised blocks can be dropped"};
  std::vector<SignedTransaction> again;
  std::vector<Undo> all;
  for (std::uint64_t i = 0; i < depth; ++i) {
    USTP_TRY(const auto dropped, block(tip()));
    USTP_CHECK(write_effects(*dropped, false));
    for (auto it = dropped->transactions.rbegin(); it != dropped->transactions.rend(); ++it)
      again.push_back(it->transaction);
    state_.revert(changes_.back().undo);
    all.insert(all.end(), changes_.back().undo.begin(), changes_.back().undo.end());
    changes_.pop_back();
    USTP_CHECK(store_->drop_block(tip()));
    recent_.erase(tip());
    USTP_TRY(const auto parent, block(tip() - 1));
    tip_ = *parent;
  }
  USTP_CHECK(write_changes(all));
  ++reorganisations_;
  for (std::uint64_t i = 0; i < depth; ++i) USTP_CHECK(seal({}));
  for (auto it = again.rbegin(); it != again.rend(); ++it) {
    std::optional<Word> replaced;
    if (pool_.add(*it, 0, replaced) != Pool::Added::kAdded) continue;
    USTP_CHECK(store_->add_waiting(*it));
  }
  return {};
}

bool Chain::unfinalised_work() const {
  return std::any_of(changes_.begin(), changes_.end(), [&](const Changes& c) { return c.work && c.number > finalized(); });
}

Result<std::shared_ptr<const Block>> Chain::block(std::uint64_t number) {
  if (number > tip()) return std::shared_ptr<const Block>{};
  if (const auto it = recent_.find(number); it != recent_.end()) return it->second;
  USTP_TRY(auto stored, store_->block(number));
  if (!stored) return std::shared_ptr<const Block>{};
  return std::make_shared<const Block>(std::move(*stored));
}

std::unique_ptr<Reader> Chain::state_at(std::uint64_t number) const {
  const std::uint64_t oldest = changes_.empty() ? tip() : changes_.front().number - 1;
  if (number > tip() || number < oldest) return nullptr;
  std::vector<const std::vector<Undo>*> later;
  for (const Changes& c : changes_)
    if (c.number > number) later.push_back(&c.undo);
  return std::make_unique<Past>(state_, std::move(later));
}

std::optional<CallResult> Chain::simulate(std::uint64_t number, const Address& from, const Address& to,
                                          BytesView data) const {
  const auto state = state_at(number);
  if (!state) return std::nullopt;
  if (to != token_.contract) return CallResult{true, {}, {}, 0};
  Storage trial(*state);
  return call_token(trial, token_, {from, number + 1}, data);
}

}  // namespace ustp::ethereum::embedded
