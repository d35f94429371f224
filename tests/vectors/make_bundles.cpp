// Evidence bundles: the file, and what a stranger makes of it.
#include "tests/vectors/maker.hpp"
#include "tests/vectors/people.hpp"
#include "ustp/base/big_endian.hpp"
#include "ustp/wire/bundle.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"
#include "tests/unit/wire/samples.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
using crypto::Algorithm;
namespace samples = wire::samples;

constexpr Instant kNow{1'800'000'000'000'000'000};

// One conversation from csd to eth, message by message, each in a batch of its own.
class Conversation {
 public:
  explicit Conversation(bool json = false)
      : json_(json), authority_(named_signer("association", Algorithm::kEs256)), csd_(named_signer("gw-csd", Algorithm::kEs256)),
        eth_(named_signer("gw-eth", json ? Algorithm::kEs256 : Algorithm::kEd25519)), corda_(named_signer("gw-corda", Algorithm::kEs256)), author_(*authority_) {
    introduce(author_, *csd_, *eth_, *corda_);
    terms_ = samples::terms(false);
    terms_.sender_gateway = GatewayId::literal("gw-csd");
    terms_.recipient_gateway = GatewayId::literal("gw-eth");
    terms_.originator = AccountId::literal("ALICE");
    terms_.beneficiary = AccountId::literal("BOB");
    terms_.statement_position = author_.log().size();
    bundle_.transfer = samples::id<TransferId>(2);
    bundle_.exporter = terms_.recipient_gateway;
    bundle_.exported = {kNow.ns + 60'000'000'000};
    bundle_.statements = author_.log();
  }

  // What a body says is asked when it is its turn, so that it can name hashes of the messages before it.
  void say(bool sender, const std::function<Body()>& body) {
    Message m{samples::id<SessionId>(1), samples::id<TransferId>(2), samples::id<SettlementId>(3), last_, {}, body()};
    if (change) change(m);
    last_ = json_ ? say_json(sender, m) : say_batch(sender, m);
    if (m.type() == MessageType::kTransferCommence) commence_ = last_;
    if (m.type() == MessageType::kCommitReady) vote_ = last_;
  }
  Hash256 say_batch(bool sender, const Message& m) {
    const Bytes octets = encode(m);
    auto& signer = sender ? *csd_ : *eth_;
    auto& head = heads_[sender ? 0 : 1];
    BatchHeader header;
    header.sender = sender ? terms_.sender_gateway : terms_.recipient_gateway;
    header.recipient = sender ? terms_.recipient_gateway : terms_.sender_gateway;
    header.sequence = head.sequence + 1;
    header.previous = head.hash;
    header.time = {kNow.ns + static_cast<std::int64_t>(bundle_.messages.size())};
    // A second message beside it, so that the path is not empty.
    const std::vector<OutgoingMessage> both{{samples::id<Salt>(static_cast<std::uint8_t>(bundle_.messages.size())), octets},
                                            {samples::id<Salt>(200), encode(samples::all(false)[13])}};
    const Bytes frame = seal_batch(header, both, signer).value();
    const auto view = parse_batch(frame).value();
    const std::vector<Hash256> leaves{crypto::merkle_leaf(both[0].salt, both[0].octets), crypto::merkle_leaf(both[1].salt, both[1].octets)};
    const auto copy = [](BytesView v) { return Bytes(v.begin(), v.end()); };
    bundle_.messages.push_back({octets, both[0].salt, crypto::merkle_prove(leaves, 0), copy(view.header_octets), copy(view.signature)});
    head = {header.sequence, crypto::sha256(view.header_octets)};
    return message_hash(octets);
  }
  Hash256 say_json(bool sender, Message m) {
    if (auto* proposal = std::get_if<TransferProposal>(&m.body)) proposal->encoding = kJsonEncoding;
    const Bytes octets = encode_json(m).value();
    auto& head = heads_[sender ? 0 : 1];
    JsonHeader header;
    header.sender = sender ? terms_.sender_gateway : terms_.recipient_gateway;
    header.recipient = sender ? terms_.recipient_gateway : terms_.sender_gateway;
    header.sequence = head.sequence + 1;
    header.previous = head.hash;
    header.time = {kNow.ns + static_cast<std::int64_t>(bundle_.messages.size())};
    const auto held = parse_json_signed(seal_json(header, octets, sender ? *csd_ : *eth_).value()).value();
    bundle_.messages.push_back(proven_json(held));
    head = {header.sequence, held.signed_hash};
    return message_hash(octets);
  }
  void begin();
  void commit(bool suspense);
  void abort();
  DecisionRecord decision(DecisionOutcome outcome) const {
    DecisionRecord d{samples::id<SettlementId>(3), legs_root(), {}, outcome, kNow, terms_.sender_gateway};
    if (outcome == DecisionOutcome::kCommit) d.votes_root = votes_root({&vote_, 1});
    return d;
  }
  Evidence evidence(OperationKind kind) const;
  Bytes file() const { return seal_bundle(bundle_, *eth_).value(); }
  Value input(const Bytes& octets) const {
    return Members{{"file", octets_value(octets)}, {"authority", "association"}, {"spki", to_hex(authority_->spki())}};
  }
  Value input() const { return input(file()); }

  EvidenceBundle bundle_;
  token::TransferTerms terms_;
  std::function<void(Message&)> change;       // of each message before it is sent
  std::function<void(ProvenOperation&, Evidence&)> change_evidence;

 private:
  Hash256 legs_root() const {
    const Hash256 leg = leg_commitment(terms_, samples::id<Salt>(50));
    return wire::legs_root({&leg, 1});
  }

  const bool json_;
  std::unique_ptr<crypto::Signer> authority_, csd_, eth_, corda_;
  Author author_;
  ChannelHead heads_[2];
  Hash256 last_, commence_, vote_;
};

// The plain form of spec/vectors/README.md.
Evidence Conversation::evidence(OperationKind kind) const {
  const bool source = kind == OperationKind::kLock || kind == OperationKind::kExtinguish;
  const auto profile = source ? ledger("csd", "gw-csd", ledger::LedgerKind::kCsd).profile
                              : ledger("eth", "gw-eth", ledger::LedgerKind::kEthereum).profile;
  ProvenOperation op;
  op.id = OperationId(crypto::sha256(operation_name_octets({profile.id, profile.gateway, samples::id<TransferId>(2), 0, kind, 0})).octets());
  op.kind = kind;
  op.request_hash = samples::id<Hash256>(static_cast<std::uint8_t>(kind));
  op.instrument = terms_.instrument;
  op.base_units = terms_.quantity.units() * (source ? 1 : Uint128{1'000'000'000'000'000'000});
  op.account = source ? terms_.originator : kind == OperationKind::kCreate ? profile.custody_account : terms_.beneficiary;
  Evidence e;
  e.kind = profile.evidence;
  e.ledger = profile.id;
  e.finality = {profile.finality_rule, 100, profile.finality_depth, {}, kNow};
  if (change_evidence) change_evidence(op, e);
  append(e.octets, op.id.view());
  e.octets.push_back(static_cast<std::uint8_t>(op.kind));
  append(e.octets, op.request_hash.view());
  append_be(e.octets, op.base_units);
  append_text16(e.octets, op.instrument.str());
  append_text16(e.octets, op.account.str());
  return e;
}

void Conversation::begin() {
  say(true, [&] { return TransferProposal{terms_, samples::id<Salt>(50), {Algorithm::kEs256}, 1}; });
  say(false, [&] { return ProposalReceipt{claim_hash(terms_), kNow}; });
  say(true, [&] { return TransferCommence{claim_hash(terms_)}; });
  say(false, [&] { return AckCommence{}; });
}
void Conversation::commit(bool suspense) {
  begin();
  say(true, [&] { return LockAssert{evidence(OperationKind::kLock), {}}; });
  say(false, [&] { return AssertionReceipt{}; });
  say(true, [&] { return CommitPrepare{}; });
  say(false, [&] { return CommitReady{legs_root(), evidence(OperationKind::kCreate)}; });
  say(true, [&] { return CommitFinal{decision(DecisionOutcome::kCommit), evidence(OperationKind::kExtinguish)}; });
  say(false, [&] {
    return AckCommitFinal{suspense ? Disposition::kSuspense : Disposition::kBeneficiary, suspense ? "TOK-R17" : "",
                          evidence(suspense ? OperationKind::kSuspend : OperationKind::kAssign)};
  });
  say(true, [&] { return TransferComplete{commence_}; });
}
void Conversation::abort() {
  say(true, [&] { return SessionAbort{Code::deadline_expired, decision(DecisionOutcome::kAbort)}; });
}

Conversation committed() {
  Conversation c;
  c.commit(false);
  return c;
}

void files(Maker& m) {
  m.about("bundle", {"USTP-EVD-001", "USTP-EVD-003"});
  const auto c = committed();
  const Bytes good = c.file();
  const auto in = [](const Bytes& file) { return Value(Members{{"file", octets_value(file)}}); };
  m.valid("a committed transfer", in(good));
  Conversation empty;
  empty.bundle_.statements.clear();
  m.valid("an empty bundle, to be refused as evidence", in(empty.file()));
  Bytes bad = good;
  bad[0] = 'X';
  m.flawed("another mark", in(bad), "frame_magic");
  bad = good;
  bad.push_back(0);
  m.flawed("one octet more", in(bad), "buffer_trailing");
  m.flawed("one octet less", in(Bytes(good.begin(), good.end() - 1)), "frame_truncated");
  for (const std::size_t size : {0u, 7u, 39u, 103u, 110u})
    m.flawed("cut off at " + std::to_string(size), in(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))), "frame_truncated");
  bad = good;
  bad[104 + 8] = 'X';
  m.flawed("another identifier", in(bad), "frame_magic");
  bad = good;
  bad[104 + 6] = 0xff;
  m.flawed("the root lies outside", in(bad), "buffer_invalid");
  auto zero = committed();
  zero.bundle_.transfer = {};
  m.flawed("transfer is zero", in(zero.file()), "zero_hash");
  auto path = committed();
  path.bundle_.messages[0].proof.path.assign(33, samples::id<Hash256>(1));
  m.flawed("a path of 33 hashes", in(path.file()), "bad_proof");
  auto many = committed();
  many.bundle_.messages.assign(257, samples::proven(false));
  m.flawed("257 messages", in(many.file()), "too_long");
}

using Change = std::function<void(Conversation&)>;

void broken(Maker& m, const std::string& flaw, const char* id, const Change& before, const Change& after = {}) {
  Conversation c;
  if (before) before(c);
  c.commit(false);
  if (after) after(c);
  m.about("evidence", {id, "USTP-EVD-010"});
  m.flawed(flaw, c.input(), id);
}
void broken_after(Maker& m, const std::string& flaw, const char* id, const Change& after) { broken(m, flaw, id, {}, after); }
// Changes the message of a type before it is sent.
Change in_message(MessageType type, const std::function<void(Message&)>& change) {
  return [=](Conversation& c) {
    c.change = [=](Message& message) {
      if (message.type() == type) change(message);
    };
  };
}
Change in_evidence(OperationKind kind, const std::function<void(ProvenOperation&, Evidence&)>& change) {
  return [=](Conversation& c) {
    c.change_evidence = [=](ProvenOperation& op, Evidence& e) {
      if (op.kind == kind) change(op, e);
    };
  };
}

void good_evidence(Maker& m) {
  m.about("evidence", {"USTP-EVD-011", "USTP-EVD-012", "USTP-EVD-013", "USTP-EVD-014", "USTP-EVD-015", "USTP-EVD-016",
                       "USTP-EVD-017", "USTP-EVD-018"});
  m.valid("committed, to the beneficiary", committed().input());
  Conversation suspense;
  suspense.commit(true);
  m.valid("committed, to suspense", suspense.input());
  Conversation more;
  more.terms_.statement_position = 12;
  more.commit(false);
  m.valid("judged at an earlier position than the bundle's last", more.input());
  m.about("evidence", {"USTP-EVD-015", "USTP-EVD-017"});
  Conversation aborted;
  aborted.begin();
  aborted.abort();
  m.valid("aborted before the lock", aborted.input());
  Conversation early;
  early.say(true, [&] { return TransferProposal{early.terms_, samples::id<Salt>(50), {Algorithm::kEs256}, 1}; });
  early.abort();
  m.valid("aborted after the proposal", early.input());
}

void flawed_seals(Maker& m) {
  const auto c = committed();
  const Bytes good = c.file();
  m.about("evidence", {"USTP-EVD-002", "USTP-EVD-012"});
  for (const std::size_t at : {std::size_t{8}, std::size_t{40}, good.size() - 1}) {
    Bytes bad = good;
    bad[at] ^= 1;
    if (wire::open_bundle(bad)) m.flawed("octet " + std::to_string(at) + " changed", c.input(bad), "USTP-EVD-012");
  }
  broken_after(m, "an exporter without a key", "USTP-EVD-012", [](auto& x) { x.bundle_.exporter = GatewayId::literal("gw-x"); });
  broken_after(m, "an exporter with another's key", "USTP-EVD-012", [](auto& x) { x.bundle_.exporter = GatewayId::literal("gw-csd"); });
  broken_after(m, "a statement is missing", "USTP-EVD-011", [](auto& x) { x.bundle_.statements.erase(x.bundle_.statements.begin() + 3); });
  broken_after(m, "no statements", "USTP-EVD-011", [](auto& x) { x.bundle_.statements.clear(); });
  broken_after(m, "a statement's signature changed", "USTP-EVD-011", [](auto& x) { x.bundle_.statements[5].signature[0] ^= 1; });
  broken_after(m, "fewer statements than the proposal names", "USTP-EVD-013", [](auto& x) { x.bundle_.statements.pop_back(); });
  broken(m, "position 0", "USTP-EVD-013", [](auto& x) { x.terms_.statement_position = 0; });
}

void flawed_messages(Maker& m) {
  using T = MessageType;
  broken_after(m, "a message's salt changed", "USTP-EVD-014", [](auto& x) { x.bundle_.messages[4].salt = {}; });
  broken_after(m, "a message's signature changed", "USTP-EVD-014", [](auto& x) { x.bundle_.messages[4].signature[0] ^= 1; });
  broken_after(m, "a path too short", "USTP-EVD-014", [](auto& x) { x.bundle_.messages[4].proof.path.clear(); });
  broken_after(m, "octets that are no message", "USTP-EVD-014", [](auto& x) { x.bundle_.messages[3].octets = Bytes(40, 1); });
  broken(m, "a message of another session", "USTP-EVD-014", in_message(T::kCommitPrepare, [](Message& x) { x.session = samples::id<SessionId>(9); }));
  broken(m, "a message of another transfer", "USTP-EVD-014", in_message(T::kCommitPrepare, [](Message& x) { x.transfer = samples::id<TransferId>(9); }));
  broken(m, "a message of another settlement", "USTP-EVD-014", in_message(T::kCommitPrepare, [](Message& x) { x.settlement = samples::id<SettlementId>(9); }));
  broken_after(m, "a bundle of another transfer", "USTP-EVD-014", [](auto& x) { x.bundle_.transfer = samples::id<TransferId>(9); });
  broken(m, "said by gateways that are not the terms'", "USTP-EVD-014", [](auto& x) { x.terms_.recipient_gateway = GatewayId::literal("gw-corda"); x.bundle_.exporter = GatewayId::literal("gw-corda"); });
  for (const std::size_t i : {std::size_t{1}, std::size_t{3}, std::size_t{5}, std::size_t{8}, std::size_t{10}})
    broken_after(m, "message " + std::to_string(i + 1) + " is missing", "USTP-EVD-015", [i](auto& x) {
      x.bundle_.messages.erase(x.bundle_.messages.begin() + static_cast<std::ptrdiff_t>(i));
    });
  broken_after(m, "no proposal", "USTP-EVD-015", [](auto& x) { x.bundle_.messages.erase(x.bundle_.messages.begin()); });
  broken_after(m, "a message twice", "USTP-EVD-015", [](auto& x) { x.bundle_.messages.push_back(x.bundle_.messages[6]); });
  broken_after(m, "a commit and an abort", "USTP-EVD-015", [](auto& x) { x.abort(); });
  broken(m, "a message that names another before it", "USTP-EVD-015", in_message(T::kCommitPrepare, [](Message& x) { x.previous = samples::id<Hash256>(1); }));
  broken(m, "another claim hash in the receipt", "USTP-EVD-016", in_message(T::kProposalReceipt, [](Message& x) { std::get<ProposalReceipt>(x.body).claim_hash = samples::id<Hash256>(1); }));
  broken(m, "another claim hash in the commence", "USTP-EVD-016", in_message(T::kTransferCommence, [](Message& x) { std::get<TransferCommence>(x.body).claim_hash = samples::id<Hash256>(1); }));
  broken(m, "another commence hash", "USTP-EVD-016", in_message(T::kTransferComplete, [](Message& x) { std::get<TransferComplete>(x.body).commence_hash = samples::id<Hash256>(1); }));
  broken(m, "another legs root in the vote", "USTP-EVD-017", in_message(T::kCommitReady, [](Message& x) { std::get<CommitReady>(x.body).legs_root = samples::id<Hash256>(1); }));
  broken(m, "another legs root in the decision", "USTP-EVD-017", in_message(T::kCommitFinal, [](Message& x) { std::get<CommitFinal>(x.body).decision.legs_root = samples::id<Hash256>(1); }));
  broken(m, "a decision without this vote", "USTP-EVD-017", in_message(T::kCommitFinal, [](Message& x) { std::get<CommitFinal>(x.body).decision.votes_root = samples::id<Hash256>(1); }));
  broken(m, "a decision of the recipient", "USTP-EVD-017", in_message(T::kCommitFinal, [](Message& x) { std::get<CommitFinal>(x.body).decision.signer = GatewayId::literal("gw-eth"); }));
}

void flawed_evidence(Maker& m) {
  const auto bad = [&](const std::string& flaw, OperationKind kind, const std::function<void(ProvenOperation&, Evidence&)>& change) {
    broken(m, flaw + ", " + std::string(to_string(kind)), "USTP-EVD-018", in_evidence(kind, change));
  };
  for (const auto kind : {OperationKind::kLock, OperationKind::kCreate, OperationKind::kExtinguish, OperationKind::kAssign}) {
    bad("another operation id", kind, [](auto& op, auto&) { op.id = samples::id<OperationId>(1); });
    bad("another amount", kind, [](auto& op, auto&) { op.base_units += 1; });
    bad("another account", kind, [](auto& op, auto&) { op.account = AccountId::literal("MALLORY"); });
  }
  bad("another instrument", OperationKind::kLock, [](auto& op, auto&) { op.instrument = InstrumentId::literal("US5949181045"); });
  bad("another kind of operation", OperationKind::kExtinguish, [](auto& op, auto&) { op.kind = OperationKind::kLock; });
  bad("evidence of another ledger", OperationKind::kLock, [](auto&, auto& e) { e.ledger = LedgerId::literal("eth"); });
  bad("evidence of another kind", OperationKind::kCreate, [](auto&, auto& e) { e.kind = EvidenceKind::kCsdConfirmation; });
  bad("no evidence kind", OperationKind::kAssign, [](auto&, auto& e) { e.kind = EvidenceKind::kNone; });
  broken(m, "another ratio version", "USTP-EVD-018", [](auto& x) { x.terms_.target_ratio_version = 2; });
  broken(m, "another instrument version", "USTP-EVD-018", [](auto& x) { x.terms_.instrument_version = 2; });
}

}  // namespace

Maker make_bundles() {
  Maker m("bundles", "Evidence bundles: the file, and a stranger's verdict (chapter 05). Ledger evidence is in the plain form of README.md.");
  files(m);
  good_evidence(m);
  flawed_seals(m);
  flawed_messages(m);
  flawed_evidence(m);
  return m;
}

// A conversation in JSON: each message its own JWS.
Maker make_json_bundles() {
  Maker m("json-bundles", "Evidence of conversations in JSON (chapters 03c and 05).");
  m.about("evidence", {"USTP-JSN-030", "USTP-JSN-031", "USTP-JSN-032", "USTP-JSN-033"});
  for (const bool suspense : {false, true}) {
    Conversation c(true);
    c.commit(suspense);
    m.valid(suspense ? "a commit in JSON, into suspense" : "a commit in JSON", c.input());
  }
  Conversation aborted(true);
  aborted.begin();
  aborted.abort();
  m.valid("an abort in JSON", aborted.input());
  const auto broken = [&m](const char* flaw, const char* id, const Change& change) {
    Conversation c(true);
    c.commit(false);
    change(c);
    m.about("evidence", {id, "USTP-JSN-032", "USTP-JSN-033"});
    m.flawed(flaw, c.input(), id);
  };
  broken("a bit of a signature", "USTP-EVD-014", [](auto& c) { c.bundle_.messages[4].signature[9] ^= 1; });
  broken("another header", "USTP-EVD-014", [](auto& c) { c.bundle_.messages[4].batch_header = c.bundle_.messages[6].batch_header; });
  broken("a tree around a JWS", "USTP-EVD-014", [](auto& c) { c.bundle_.messages[4].proof.count = 2; });
  broken("a salt beside a JWS", "USTP-EVD-014", [](auto& c) { c.bundle_.messages[4].salt = samples::id<Salt>(1); });
  broken("the header of a batch before JSON", "USTP-EVD-014",
         [](auto& c) { c.bundle_.messages[4].batch_header = committed().bundle_.messages[4].batch_header; });
  broken("a message in the other encoding under a JWS", "USTP-EVD-014",
         [](auto& c) { c.bundle_.messages[4].octets = committed().bundle_.messages[4].octets; });
  broken("no vote", "USTP-EVD-015", [](auto& c) { c.bundle_.messages.erase(c.bundle_.messages.begin() + 7); });
  Conversation chained(true);
  in_message(MessageType::kCommitReady, [](Message& message) { message.previous = samples::id<Hash256>(9); })(chained);
  chained.commit(false);
  m.about("evidence", {"USTP-EVD-015", "USTP-JSN-030"});
  m.flawed("a vote that answers another message", chained.input(), "USTP-EVD-015");
  return m;
}

}  // namespace ustp::vectors
