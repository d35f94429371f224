#include "adapters/corda/embedded/ledger.hpp"

#include <algorithm>

#include "adapters/corda/request.hpp"

namespace ustp::corda {
namespace {

// Beyond, an older refusal is "unknown" when asked about, and the operation is tried again.
constexpr std::size_t kMaxRefused = 65'536;

using ledger::OutcomeKind;

std::string identity_of(const Book& book) {
  return book.ledger.str() + " " + book.instrument.str() + " " + book.custody.str() + " " + book.suspense.str();
}

Error is_failed() { return {Code::ledger_unavailable, "the ledger's store failed; it must be restarted"}; }

}  // namespace

CordaLedger::CordaLedger(Book book, LedgerParts parts)
    : book_(std::move(book)), notary_(book_.ledger, std::move(parts.notary)), clock_(std::move(parts.clock)),
      random_(std::move(parts.random)), store_(std::move(parts.store)), finality_rule_(std::move(parts.finality_rule)),
      notary_component_(notary_component(notary_.key_id())), signers_component_(notary_.spki()) {}

Result<std::unique_ptr<CordaLedger>> CordaLedger::open(Book book, LedgerParts parts) {
  if (book.ledger.empty() || book.instrument.empty() || book.custody.empty() || book.suspense.empty() ||
      book.custody == book.suspense)
    return Error{Code::config_invalid, "book: ledger, instrument, custody and suspense are needed"};
  std::unique_ptr<CordaLedger> out(new CordaLedger(std::move(book), std::move(parts)));
  if (!out->store_) {
    USTP_CHECK(out->found());
    return out;
  }
  USTP_TRY(auto content, out->store_->load());
  if (content.identity.empty()) {
    USTP_CHECK(out->found());
    return out;
  }
  if (content.identity != identity_of(out->book_)) return Error{Code::config_invalid, "the store is another ledger's"};
  USTP_CHECK(out->restore(std::move(content)));
  return out;
}

// The opening states, as outputs of a transaction that nobody needs a proof of.
Result<void> CordaLedger::found() {
  std::vector<StoredAccount> accounts;
  accounts.push_back({book_.custody, token::Capacity::kTransit, false});
  accounts.push_back({book_.suspense, token::Capacity::kSuspense, false});
  for (const auto& entry : book_.accounts) {
    const auto known = [&](const StoredAccount& one) { return one.account == entry.account; };
    if (std::any_of(accounts.begin(), accounts.end(), known)) {
      if (entry.units != 0) return Error{Code::config_invalid, "book: " + entry.account.str() + " cannot hold units"};
      continue;
    }
    accounts.push_back({entry.account, entry.capacity, entry.blocked});
  }
  BatchRow row;
  const auto genesis = crypto::sha256(as_bytes("USTP-CORDA-GENESIS " + identity_of(book_)));
  for (const auto& one : accounts) {
    vault_.open_account(one.account, one.capacity, one.blocked);
    row.touched.push_back(one.account);
  }
  for (const auto& entry : book_.accounts) {
    if (entry.units == 0) continue;
    USTP_CHECK(checked_add(vault_.outstanding(), entry.units).has_value() ? Result<void>()
                                                                          : Error{Code::config_invalid, "book: supply"});
    State state{StateKind::kToken, entry.account, {}, {}, {{{}, entry.units}}};
    const StateRef ref{genesis, static_cast<std::uint32_t>(row.produced.size())};
    row.produced.emplace_back(ref, encode_state(book_.instrument, state));
    vault_.add(ref, std::move(state));
  }
  row.batch.at = clock_->now();
  batches_.push_back(row.batch);
  if (!store_) return {};
  USTP_CHECK(store_->begin_new(identity_of(book_), accounts));
  return store_->append(row, vault_);
}

Result<void> CordaLedger::restore(StoreContent content) {
  const Error damaged{Code::journal_damaged, "ledger store"};
  epoch_ = content.epoch;
  for (const auto& one : content.accounts) vault_.open_account(one.account, one.capacity, one.blocked);
  for (auto& batch : content.batches) {
    if (batch.number != batches_.size()) return damaged;
    batches_.push_back(std::move(batch));
  }
  for (auto& o : content.operations) {
    if (o.batch >= batches_.size() || o.position >= batches_[o.batch].leaves.size()) return damaged;
    done_[o.id] = {o.request_hash, o.transaction, std::move(o.groups), o.batch, o.position};
  }
  for (const auto& [ref, by] : content.consumed) notary_.restore(ref, by);
  for (const auto& [ref, octets] : content.states) {
    USTP_TRY(auto state, decode_state(book_.instrument, octets));
    if (state.kind == StateKind::kToken && state.pieces.size() != 1) return damaged;
    vault_.add(ref, std::move(state));
  }
  tombstones_.insert(content.tombstones.begin(), content.tombstones.end());
  return {};
}

Result<void> CordaLedger::enter(std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (failed_) return is_failed();
  if (epoch < epoch_) return Error{Code::fenced, "epoch " + std::to_string(epoch_) + " has taken over"};
  if (epoch > epoch_ && store_) USTP_CHECK(store_->save_epoch(epoch));
  if (epoch > epoch_) refused_.clear();
  epoch_ = epoch;
  return {};
}

Result<Answer> CordaLedger::execute(const Question& question, bool fenced, std::size_t index, Round& round) {
  const auto rejected = [&](Code code, std::string detail) {
    return Answer{question.id, OutcomeKind::kRejected, {}, {code, std::move(detail)}};
  };
  const auto hash = crypto::sha256(question.request);
  if (const auto it = done_.find(question.id); it != done_.end()) {
    if (it->second.request_hash != hash) return rejected(Code::operation_conflict, "");
    round.finals.emplace_back(index, &it->second);
    return Answer{question.id, OutcomeKind::kFinal, {}, {}};
  }
  if (tombstones_.contains(question.id)) return Answer{question.id, OutcomeKind::kNever, {}, {}};
  if (fenced) return rejected(Code::fenced, "");
  const auto request = decode_request(question.request);
  if (!request) return rejected(Code::ledger_message, request.error().detail);
  if (request->id != question.id) return rejected(Code::ledger_message, "id");
  const auto draft = plan({vault_, book_.instrument, book_.suspense,
                           [this](const OperationId& id) { return seen(id); }, round.row.batch.at}, *request);
  if (!draft) {
    if (refused_.size() < kMaxRefused) refused_[question.id] = draft.error();
    return rejected(draft.error().code, draft.error().detail);
  }
  refused_.erase(question.id);
  USTP_CHECK(notarise(*request, hash, *draft, round));
  round.finals.emplace_back(index, &done_.at(question.id));
  return Answer{question.id, OutcomeKind::kFinal, {}, {}};
}

Result<void> CordaLedger::notarise(const ledger::OperationRequest& request, const Hash256& hash, const Draft& draft,
                                   Round& round) {
  const ProvenOperation facts{request.id,         request.kind, hash, request.instrument, request.base_units,
                              request.account};
  auto transaction = make_transaction(book_.instrument, draft, command_component(facts, round.row.batch.at),
                                      notary_component_, signers_component_, random_->id<Hash256>());
  USTP_CHECK(notary_.commit(transaction.id, draft.inputs));  // the vault and the notary never disagree, or we stop
  auto& row = round.row;
  for (const auto& input : draft.inputs) {
    if (store_) {
      row.consumed.emplace_back(input, transaction.id);
      row.touched.push_back(vault_.state(input).account);
    }
    vault_.consume(input);
  }
  for (std::uint32_t i = 0; i < draft.outputs.size(); ++i) {
    const auto& output = draft.outputs[i];
    if (output.kind == StateKind::kTombstone) {
      tombstones_.insert(output.operation);
      row.tombstones.push_back(output.operation);
      continue;
    }
    const StateRef ref{transaction.id, i};
    if (store_) {
      row.produced.emplace_back(ref, std::move(transaction.output_octets[i]));
      row.touched.push_back(output.account);
    }
    vault_.add(ref, output);
  }
  Done done{hash, transaction.id, std::move(transaction.groups), row.batch.number,
            static_cast<std::uint32_t>(row.batch.leaves.size())};
  row.batch.leaves.push_back(batch_leaf(transaction.id));
  if (store_)
    row.operations.push_back({request.id, request.kind, hash, done.transaction, request.account, request.base_units,
                              done.groups, done.batch, done.position});
  done_.emplace(request.id, std::move(done));
  return {};
}

Result<void> CordaLedger::close_batch(Round& round) {
  auto& row = round.row;
  if (row.batch.leaves.empty()) return {};
  USTP_CHECK(notary_.sign(row.batch, TreeLevels(row.batch.leaves)));
  if (store_) {
    std::sort(row.touched.begin(), row.touched.end());
    row.touched.erase(std::unique(row.touched.begin(), row.touched.end()), row.touched.end());
    USTP_CHECK(store_->append(row, vault_));
  }
  batches_.push_back(std::move(row.batch));
  return {};
}

void CordaLedger::prove(Answer& answer, const Done& done, std::map<std::uint64_t, TreeLevels>& trees) const {
  const auto& batch = batches_[done.batch];
  auto& evidence = answer.evidence;
  evidence.kind = EvidenceKind::kCordaTearOff;
  evidence.ledger = book_.ledger;
  evidence.finality = {finality_rule_, done.batch, 0, done.transaction, batch.at};
  const auto& tree = trees.try_emplace(done.batch, batch.leaves).first->second;
  evidence.octets.reserve(done.groups.size() + 34 * (tree.depth() + 1) + batch.signature.size());
  evidence.octets = done.groups;
  append_path(evidence.octets, tree, done.position);
  append(evidence.octets, batch.signature);
}

Result<std::vector<Answer>> CordaLedger::run(std::span<const Question> questions, std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (failed_) return is_failed();
  Round round;
  round.row.batch.number = batches_.size();
  round.row.batch.at = clock_->now();
  std::vector<Answer> answers;
  answers.reserve(questions.size());
  failed_ = true;  // until the batch is complete: an error on the way leaves memory ahead of the store
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto& question = questions[i];
    if (question.execute) {
      USTP_TRY(answers.emplace_back(), execute(question, epoch < epoch_, i, round));
      continue;
    }
    Answer answer{question.id, OutcomeKind::kUnknown, {}, {}};  // not seen is not never
    if (const auto it = done_.find(question.id); it != done_.end()) {
      answer.kind = OutcomeKind::kFinal;
      round.finals.emplace_back(i, &it->second);
    } else if (tombstones_.contains(question.id)) {
      answer.kind = OutcomeKind::kNever;
    } else if (const auto no = refused_.find(question.id); no != refused_.end() && epoch == epoch_) {
      answer.kind = OutcomeKind::kRejected;
      answer.error = no->second;
    }
    answers.push_back(std::move(answer));
  }
  USTP_CHECK(close_batch(round));
  failed_ = false;
  std::map<std::uint64_t, TreeLevels> trees;
  for (const auto& [index, done] : round.finals) prove(answers[index], *done, trees);
  return answers;
}

token::Position CordaLedger::position(const AccountId& account, const Holding& holding) const {
  token::Position out;
  out.account = account;
  out.instrument = book_.instrument;
  out.base_units = holding.sum();
  out.locked = holding.locked;
  out.blocked = holding.suspended + (holding.blocked ? holding.free : 0);
  out.capacity = holding.capacity;
  for (const auto& [terms, ref] : holding.lots) {
    const auto quantity = book_.ratio.from_base(vault_.state(ref).pieces[0].units, book_.scale);
    if (quantity) out.lots.push_back({*quantity, terms.acquired, terms.origin, terms.locked_until, terms.restriction});
  }
  return out;
}

Result<Snapshot> CordaLedger::snapshot(const InstrumentId& instrument, const AccountId& after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (failed_) return is_failed();
  Snapshot out;
  out.supply.instrument = instrument;
  if (instrument != book_.instrument) return out;
  out.supply.outstanding = vault_.outstanding();
  out.supply.provisional = vault_.provisional();
  const auto& holdings = vault_.holdings();
  for (auto it = after.empty() ? holdings.begin() : holdings.upper_bound(after); it != holdings.end(); ++it) {
    if (out.positions.size() == limit) {
      out.more = true;
      break;
    }
    out.positions.push_back(position(it->first, it->second));
  }
  return out;
}

}  // namespace ustp::corda
