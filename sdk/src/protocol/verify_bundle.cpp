#include "ustp/protocol/verify_bundle.hpp"

#include <algorithm>

#include "ustp/protocol/registry.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::protocol {

namespace {

using wire::MessageType;

struct Entry {
  const wire::ProvenMessage* proven;
  Hash256 hash;
  wire::Message message;
};

class Verification {
 public:
  Verification(const wire::OpenedBundle& opened, const EvidenceVerifiers& verifiers, Registry all, Registry judged)
      : opened_(opened), verifiers_(verifiers), all_(std::move(all)), judged_(std::move(judged)) {
    report_.transfer = opened.bundle.transfer;
    report_.exporter = opened.bundle.exporter;
  }

  BundleReport run() {
    statements();
    add("seal", seal());
    for (std::size_t i = 0; i < opened_.bundle.messages.size(); ++i) read(i);
    const Entry* proposal = find(MessageType::kTransferProposal);
    add("proposal present", proposal != nullptr, "the bundle holds no transfer proposal");
    if (proposal == nullptr) return std::move(report_);
    terms_ = &std::get<wire::TransferProposal>(proposal->message.body).terms;
    add("statement position", judge());
    for (std::size_t i = 0; i < entries_.size(); ++i) party(i);
    const Entry* final_entry = find(MessageType::kCommitFinal);
    const Entry* abort_entry = find(MessageType::kSessionAbort);
    add("one outcome", (final_entry != nullptr) != (abort_entry != nullptr),
        "exactly one of commit-final and session-abort must be there");
    chain(final_entry != nullptr);
    claim();
    if (final_entry != nullptr) committed(std::get<wire::CommitFinal>(final_entry->message.body).decision);
    if (abort_entry != nullptr) aborted(std::get<wire::SessionAbort>(abort_entry->message.body).decision);
    evidence(final_entry != nullptr);
    return std::move(report_);
  }

 private:
  void add(std::string name, bool ok, std::string why, std::string found = {}) {
    report_.checks.push_back({std::move(name), ok, ok ? std::move(found) : std::move(why)});
  }
  void add(std::string name, const Result<void>& result) {
    report_.checks.push_back({std::move(name), result.has_value(), result ? std::string() : to_string(result.error())});
  }
  const Entry* find(MessageType type) const {
    for (const Entry& e : entries_)
      if (e.message.type() == type) return &e;
    return nullptr;
  }

  // USTP-EVD-011: the chain of statements from the first, each signed by the authority.
  void statements() {
    std::size_t i = 0;
    for (const auto& statement : opened_.bundle.statements) {
      if (auto applied = all_.apply(statement); !applied) {
        add("statements", false, "statement " + std::to_string(i + 1) + ": " + to_string(applied.error()));
        return;
      }
      ++i;
    }
    add("statements", i > 0, "the bundle holds no statements", std::to_string(i) + " statements");
  }

  // USTP-EVD-012
  Result<void> seal() const {
    USTP_TRY(const auto key, all_.key(opened_.bundle.exporter, opened_.key));
    if (!key->verify_canonical(opened_.signed_octets, opened_.signature)) return Error{Code::bad_signature, "bundle seal"};
    return {};
  }

  void read(std::size_t i) {
    const wire::ProvenMessage& proven = opened_.bundle.messages[i];
    auto message = wire::decode_proven(proven);
    if (!message) {
      add("message " + std::to_string(i + 1), false, to_string(message.error()));
      return;
    }
    entries_.push_back({&proven, wire::message_hash(proven.octets), std::move(*message)});
  }

  // USTP-EVD-013: everything is judged under the statements the transfer names, no later ones.
  Result<void> judge() {
    const auto& log = opened_.bundle.statements;
    const std::uint64_t position = terms_->statement_position;
    if (position == 0 || position > log.size())
      return Error{Code::statement_position, std::to_string(position) + " of " + std::to_string(log.size())};
    for (std::uint64_t i = 0; i < position; ++i) USTP_CHECK(judged_.apply(log[i]));
    return {};
  }

  // USTP-EVD-014: inclusion, signature, and that the right party said it to the right party.
  Result<void> spoken(const Entry& e) const {
    const wire::KeyLookup keys = [this](const GatewayId& gateway, const KeyId& key) {
      return all_.key_at(gateway, key, terms_->statement_position);
    };
    USTP_TRY(const wire::BatchHeader header, wire::verify_proven(*e.proven, keys));
    const MessageType type = e.message.type();
    const bool forth = header.sender == terms_->sender_gateway && header.recipient == terms_->recipient_gateway;
    const bool back = header.sender == terms_->recipient_gateway && header.recipient == terms_->sender_gateway;
    const bool numbered = type <= MessageType::kTransferComplete;
    const bool from_sender = static_cast<std::uint16_t>(type) % 2 == 1;
    if (numbered ? !(from_sender ? forth : back) : !(forth || back))
      return Error{Code::wrong_channel, "sent by " + header.sender.str() + " to " + header.recipient.str()};
    if (e.message.transfer != opened_.bundle.transfer) return Error{Code::unknown_transfer, "another transfer"};
    if (e.message.settlement != entries_.front().message.settlement) return Error{Code::conflict, "settlement"};
    if (e.message.session != entries_.front().message.session) return Error{Code::session_mismatch, "session"};
    return {};
  }
  void party(std::size_t i) {
    const Entry& e = entries_[i];
    add("message " + std::string(wire::to_string(e.message.type())), spoken(e));
  }

  // USTP-EVD-015: each message of the conversation exactly once and each answering the one before.
  void chain(bool committed_outcome) {
    const Entry* before = nullptr;
    bool open = true;
    for (std::uint16_t t = 1; t <= 11; ++t) {
      const auto type = static_cast<MessageType>(t);
      const std::string name = "order of " + std::string(wire::to_string(type));
      const auto n = std::count_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& e) { return e.message.type() == type; });
      if (n == 0 && !committed_outcome) {  // an aborted conversation ends somewhere and does not go on after it
        open = false;
        continue;
      }
      const Entry* e = find(type);
      const bool follows = e != nullptr && (before == nullptr || e->message.previous == before->hash);
      add(name, n == 1 && open && follows, n == 0   ? "missing"
                                           : n > 1  ? "more than once"
                                           : !open  ? "an earlier message is missing"
                                                    : "hashPrevMessage is not the hash of the message before");
      before = e != nullptr ? e : before;
    }
  }

  // USTP-EVD-016
  void claim() {
    const Hash256 hash = wire::claim_hash(*terms_);
    if (const Entry* e = find(MessageType::kProposalReceipt))
      add("claim hash in the receipt", std::get<wire::ProposalReceipt>(e->message.body).claim_hash == hash, "differs");
    const Entry* commence = find(MessageType::kTransferCommence);
    if (commence != nullptr)
      add("claim hash in the commence", std::get<wire::TransferCommence>(commence->message.body).claim_hash == hash,
          "differs");
    if (const Entry* e = find(MessageType::kTransferComplete))
      add("commence hash in the completion",
          commence != nullptr && std::get<wire::TransferComplete>(e->message.body).commence_hash == commence->hash,
          "differs");
  }

  // USTP-EVD-017: the decision is over these legs and this vote, by the coordinator.
  void committed(const wire::DecisionRecord& d) {
    report_.outcome = d.outcome;
    const Entry& proposal = *find(MessageType::kTransferProposal);
    const Hash256 leg =
        wire::leg_commitment(*terms_, std::get<wire::TransferProposal>(proposal.message.body).leg_salt);
    const Hash256 legs = wire::legs_root(std::span(&leg, 1));
    add("legs root of the decision", d.legs_root == legs, "not the root of this leg");
    const Entry* vote = find(MessageType::kCommitReady);
    add("legs root of the vote",
        vote != nullptr && std::get<wire::CommitReady>(vote->message.body).legs_root == legs,
        vote == nullptr ? "no vote" : "not the root of this leg");
    add("votes root", vote != nullptr && d.votes_root == wire::votes_root(std::span(&vote->hash, 1)),
        "not the root of this vote");
    add("decision", d.settlement == proposal.message.settlement && d.signer == terms_->sender_gateway,
        "another settlement or signer", "commit at " + to_rfc3339(d.time));
  }
  void aborted(const wire::DecisionRecord& d) {
    report_.outcome = d.outcome;
    const bool signer = d.signer == terms_->sender_gateway || d.signer == terms_->recipient_gateway;
    add("decision", signer && d.settlement == find(MessageType::kTransferProposal)->message.settlement,
        "another settlement or signer", "abort at " + to_rfc3339(d.time));
  }

  void evidence(bool all) {
    const auto* lock = body<wire::LockAssert>(MessageType::kLockAssert);
    const auto* ready = body<wire::CommitReady>(MessageType::kCommitReady);
    const auto* final_body = body<wire::CommitFinal>(MessageType::kCommitFinal);
    const auto* done = body<wire::AckCommitFinal>(MessageType::kAckCommitFinal);
    const bool suspense = done != nullptr && done->disposition == wire::Disposition::kSuspense;
    one("lock", lock == nullptr ? nullptr : &lock->evidence, OperationKind::kLock, all);
    one("create", ready == nullptr ? nullptr : &ready->evidence, OperationKind::kCreate, all);
    one("extinguish", final_body == nullptr ? nullptr : &final_body->evidence, OperationKind::kExtinguish, all);
    one(suspense ? "suspense" : "assign", done == nullptr ? nullptr : &done->evidence,
        suspense ? OperationKind::kSuspend : OperationKind::kAssign, all);
  }
  template <class Body>
  const Body* body(MessageType type) const {
    const Entry* e = find(type);
    return e == nullptr ? nullptr : std::get_if<Body>(&e->message.body);
  }
  void one(const std::string& name, const Evidence* evidence, OperationKind kind, bool needed) {
    if (evidence == nullptr && !needed) return;
    add("evidence of the " + name,
        evidence == nullptr ? Result<void>(Code::missing_field, "no such evidence") : proves(*evidence, kind));
  }

  // USTP-EVD-018: the operation this transfer needs, on the ledger it names, and no other.
  Result<void> proves(const Evidence& e, OperationKind kind) const {
    const bool source = kind == OperationKind::kLock || kind == OperationKind::kExtinguish;
    const LedgerId& id = source ? terms_->source_ledger : terms_->target_ledger;
    const GatewayId& gateway = source ? terms_->sender_gateway : terms_->recipient_gateway;
    if (e.ledger != id) return Error{Code::evidence_mismatch, "ledger " + e.ledger.str()};
    const ledger::LedgerProfile* profile = judged_.ledger(id);
    if (profile == nullptr) return Error{Code::unknown_ledger, id.str()};
    if (profile->gateway != gateway) return Error{Code::evidence_mismatch, "gateway in front of " + id.str()};
    if (e.kind != profile->evidence) return Error{Code::evidence_mismatch, "kind of evidence"};
    const token::Instrument* instrument = judged_.instrument(terms_->instrument);
    if (instrument == nullptr) return Error{Code::unknown_instrument, terms_->instrument.str()};
    if (instrument->version != terms_->instrument_version) return Error{Code::instrument_version, "of the proposal"};
    const token::Representation* shown = instrument->representation(id);
    if (shown == nullptr) return Error{Code::no_representation, id.str()};
    if (shown->ratio.version() != (source ? terms_->source_ratio_version : terms_->target_ratio_version))
      return Error{Code::ratio_version, id.str()};
    USTP_TRY(const Uint128 units, shown->ratio.to_base(terms_->quantity));

    const auto verifier = verifiers_.find(e.kind);
    if (verifier == verifiers_.end()) return Error{Code::evidence_invalid, "no verifier for this kind"};
    USTP_TRY(const ProvenOperation proven, verifier->second(e, profile->anchor));
    const Hash256 name = crypto::sha256(operation_name_octets({id, gateway, opened_.bundle.transfer, 0, kind, 0}));
    if (proven.id != OperationId(name.octets())) return Error{Code::evidence_mismatch, "operation id"};
    if (proven.kind != kind) return Error{Code::evidence_mismatch, "operation kind"};
    if (proven.instrument != terms_->instrument) return Error{Code::evidence_mismatch, "instrument"};
    if (proven.base_units != units) return Error{Code::evidence_mismatch, "amount"};
    const AccountId& account = source                              ? terms_->originator
                               : kind == OperationKind::kCreate    ? profile->custody_account
                                                                   : terms_->beneficiary;
    if (proven.account != account) return Error{Code::evidence_mismatch, "account"};
    return {};
  }

  const wire::OpenedBundle& opened_;
  const EvidenceVerifiers& verifiers_;
  Registry all_, judged_;
  std::vector<Entry> entries_;
  const token::TransferTerms* terms_ = nullptr;
  BundleReport report_;
};

}  // namespace

bool BundleReport::ok() const {
  return !checks.empty() && std::all_of(checks.begin(), checks.end(), [](const BundleCheck& c) { return c.ok; });
}

Result<BundleReport> verify_bundle(BytesView file, const AuthorityId& authority,
                                   std::shared_ptr<const crypto::Verifier> authority_key,
                                   const EvidenceVerifiers& verifiers) {
  USTP_TRY(const auto opened, wire::open_bundle(file));
  return Verification(opened, verifiers, Registry(authority, authority_key), Registry(authority, authority_key)).run();
}

}  // namespace ustp::protocol
