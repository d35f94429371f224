#include "adapters/ethereum/embedded/chain.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"
#include "adapters/ethereum/evm/trie.hpp"

namespace ustp::ethereum::embedded {
namespace {

constexpr std::size_t kRecentBlocks = 256;
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
  Totals totals;
  totals.agents = 1;
  const auto change = [&](const Address& address, auto&& how) {
    Account account = state_.account(address);
    how(account);
    state_.put(address, account);
  };
  change(book.custody, [](Account& a) { a.capacity = "transit"; });
  change(book.suspense, [](Account& a) { a.capacity = "suspense"; });
  for (const BookAccount& entry : book.accounts)
    change(entry.address, [&](Account& a) {
      a.balance = entry.units;
      a.blocked = entry.blocked;
      a.capacity = entry.capacity;
      totals.supply += entry.units;
    });
  change(options_.agent, [](Account& a) { a.agent = true; });
  state_.put(totals);
  USTP_CHECK(seal({}));
  return store_->commit();
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
  for (auto& [block, changes] : undo) {
    if (block <= finalized()) continue;  // a lower finality depth than before
    unfinal_.push_back({block, std::move(changes), true});
  }
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

  const bool genesis = block.header.number == 0;
  const bool undoable = !genesis && options_.finality_depth != 0;
  USTP_CHECK(store_->add_block(block, undoable ? undo : std::vector<Undo>{}));
  USTP_CHECK(write_changes(undo));
  USTP_CHECK(write_effects(block, true));
  tip_ = block;
  if (undoable) unfinal_.push_back({tip(), std::move(undo), !block.transactions.empty()});
  while (!unfinal_.empty() && unfinal_.front().number <= finalized()) unfinal_.pop_front();
  USTP_CHECK(store_->forget_undo(finalized()));
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
  if (depth == 0 || depth > unfinal_.size()) return Error{Code::out_of_range, "only unfinalised blocks can be dropped"};
  std::vector<SignedTransaction> again;
  std::vector<Undo> all;
  for (std::uint64_t i = 0; i < depth; ++i) {
    USTP_TRY(const auto dropped, block(tip()));
    USTP_CHECK(write_effects(*dropped, false));
    for (auto it = dropped->transactions.rbegin(); it != dropped->transactions.rend(); ++it)
      again.push_back(it->transaction);
    state_.revert(unfinal_.back().undo);
    all.insert(all.end(), unfinal_.back().undo.begin(), unfinal_.back().undo.end());
    unfinal_.pop_back();
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
  return std::any_of(unfinal_.begin(), unfinal_.end(), [](const Unfinal& u) { return u.work; });
}

Result<std::shared_ptr<const Block>> Chain::block(std::uint64_t number) {
  if (number > tip()) return std::shared_ptr<const Block>{};
  if (const auto it = recent_.find(number); it != recent_.end()) return it->second;
  USTP_TRY(auto stored, store_->block(number));
  if (!stored) return std::shared_ptr<const Block>{};
  return std::make_shared<const Block>(std::move(*stored));
}

std::unique_ptr<Reader> Chain::state_at(std::uint64_t number) const {
  if (number > tip() || number < finalized()) return nullptr;
  std::vector<const std::vector<Undo>*> later;
  for (const Unfinal& u : unfinal_)
    if (u.number > number) later.push_back(&u.undo);
  return std::make_unique<Past>(state_, std::move(later));
}

CallResult Chain::simulate(const Address& from, const Address& to, BytesView data) {
  if (to != token_.contract) return {true, {}, {}, 0};
  const std::size_t before = state_.checkpoint();
  CallResult out = call_token(state_, token_, {from, tip() + 1}, data);
  state_.rollback(before);
  return out;
}

}  // namespace ustp::ethereum::embedded
