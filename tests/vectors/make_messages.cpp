// Valid messages of every type.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/maker.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
namespace samples = wire::samples;

class Messages {
 public:
  explicit Messages(Maker& m) : m_(m), least_(samples::all(false)), full_(samples::all(true)) {}

  void add(const std::string& title, const Message& message) {
    m_.valid(title, Members{{"octets", octets_value(encode(message))}});
  }
  void add(const std::string& title, Body body) {
    Message message = least_[1];
    message.body = std::move(body);
    if (message.type() == MessageType::kTransferProposal) message.previous = {};
    add(title, message);
  }
  void every_type();
  void envelope();
  void terms();
  void evidence();
  void decisions();
  void others();

 private:
  TransferProposal proposal() const { return std::get<TransferProposal>(least_[0].body); }
  void terms_with(const std::string& title, const std::function<void(token::TransferTerms&)>& change) {
    auto body = proposal();
    change(body.terms);
    add(title, Body(body));
  }

  Maker& m_;
  std::vector<Message> least_, full_;
};

const char* requirement(MessageType type) {
  static constexpr const char* kIds[] = {"",
      "USTP-MSG-040", "USTP-MSG-025", "USTP-MSG-025", "USTP-MSG-025", "USTP-MSG-041", "USTP-MSG-025", "USTP-MSG-025",
      "USTP-MSG-041", "USTP-MSG-042", "USTP-MSG-045", "USTP-MSG-025", "USTP-MSG-046", "USTP-MSG-044", "USTP-MSG-020",
      "USTP-MSG-042", "USTP-MSG-020", "USTP-MSG-025"};
  return kIds[static_cast<std::size_t>(type)];
}

void Messages::every_type() {
  for (const auto* set : {&least_, &full_})
    for (const auto& message : *set) {
      m_.about("message", {"USTP-MSG-020", "USTP-MSG-018", "USTP-SAT-001", requirement(message.type())});
      add(std::string(to_string(message.type())) + (set == &full_ ? ", every field" : ", as few fields as there may be"),
          message);
    }
}

void Messages::envelope() {
  m_.about("message", {"USTP-MSG-022", "USTP-MSG-024"});
  for (const auto& from : least_) {
    Message message = from;
    message.extensions = {{"example.com/x", false, Bytes{1, 2, 3}}};
    add("an extension that nobody knows, in " + std::string(to_string(from.type())), message);
  }
  Message message = least_[3];
  for (int i = 0; i < 16; ++i) message.extensions.push_back({"x" + std::to_string(i), false, {}});
  add("sixteen extensions", message);
  message.extensions = {{std::string(64, 'n'), false, Bytes(4096, 0xff)}};
  add("an extension as large as it may be", message);
  message = least_[13];
  message.previous = {};
  add("a status request that answers nothing", message);
  message.session = samples::id<SessionId>(0xf0);
  message.transfer = samples::id<TransferId>(0xe0);
  message.settlement = samples::id<SettlementId>(0xd0);
  add("other ids", message);
}

void Messages::terms() {
  m_.about("message", {"USTP-TOK-005", "USTP-TOK-006", "USTP-TOK-008", "USTP-TOK-012", "USTP-TOK-017", "USTP-MSG-040"});
  terms_with("a DTI", [](auto& t) { t.instrument = InstrumentId::literal("4H95J0R2X"); });
  terms_with("the largest quantity", [](auto& t) {
    t.quantity = Quantity(~Uint128{0}, 30);
    t.lots[0].quantity = t.quantity;
  });
  terms_with("64 lots", [](auto& t) {
    t.lots.assign(64, {Quantity(1, 0), {}, "", {}, token::Restriction::kNone});
    t.quantity = Quantity(64, 0);
  });
  terms_with("texts as long as they may be", [](auto& t) {
    t.place_of_settlement = t.governing_law = t.jurisdiction = t.originator_chain.beneficial_owner = std::string(350, 'x');
    t.reference = std::string(35, 'r');
    t.lots[0].origin = std::string(350, 'o');
  });
  terms_with("texts beyond ASCII", [](auto& t) {
    t.place_of_settlement = "Zürich";
    t.governing_law = "中华人民共和国";
    t.jurisdiction = "\xf0\x9f\x8f\x9b";
  });
  terms_with("a chain of eight", [](auto& t) {
    t.beneficiary_chain.links.assign(8, {"DEUTDEFF", AccountId::literal("A"), token::HoldingCapacity::kNominee});
  });
  for (int c = 1; c <= 4; ++c)
    terms_with("holding capacity " + std::to_string(c), [c](auto& t) {
      t.originator_chain.links = {{"5493001KJTIIGC8Y1R12", {}, static_cast<token::HoldingCapacity>(c)}};
    });
  for (int r = 0; r <= 4; ++r)
    terms_with("restriction " + std::to_string(r),
               [r](auto& t) { t.lots[0].restriction = static_cast<token::Restriction>(r); });
  for (int c = 0; c <= 2; ++c)
    terms_with("cum/ex " + std::to_string(c), [c](auto& t) { t.cum_ex = static_cast<token::CumEx>(c); });
  terms_with("no change of owner", [](auto& t) { t.ownership_effect = token::OwnershipEffect::kNone; });
  terms_with("the transferor is entitled", [](auto& t) { t.entitled_party = token::EntitledParty::kTransferor; });
  for (const char* type : {"OWNE", "REPU", "COLO", "TR4D"})
    terms_with("transaction type " + std::string(type), [type](auto& t) { t.transaction_type = type; });
  terms_with("a leap day", [](auto& t) { t.trade_date = {2024, 2, 29}; });
  terms_with("the last day there is", [](auto& t) { t.trade_date = {9999, 12, 31}; });
  terms_with("no completion", [](auto& t) { t.complete_by = {}; });
  terms_with("completion at the deadline", [](auto& t) { t.complete_by = t.vote_by; });
  terms_with("ids as long as they may be", [](auto& t) {
    t.sender_gateway = GatewayId::literal(std::string(64, 'g'));
    t.target_ledger = LedgerId::literal(std::string(64, 'l'));
    t.beneficiary = AccountId::literal(std::string(140, 'a'));
  });
  terms_with("the largest numbers", [](auto& t) {
    t.instrument_version = t.source_ratio_version = t.target_ratio_version = UINT32_MAX;
    t.statement_position = UINT64_MAX;
    t.vote_by = t.complete_by = {INT64_MAX};
  });
}

void Messages::evidence() {
  m_.about("message", {"USTP-MSG-041", "USTP-LED-003"});
  for (int kind = 0; kind <= 3; ++kind) {
    Evidence e = samples::evidence(true);
    e.kind = static_cast<EvidenceKind>(kind);
    add("evidence of kind " + std::to_string(kind), Body(LockAssert{e, {}}));
  }
  Evidence e = samples::evidence(true);
  e.octets = Bytes(24u << 10, 0x5a);
  add("evidence as large as it may be", Body(CommitReady{samples::id<Hash256>(1), e}));
  e.octets.clear();
  e.finality = {std::string(64, 'f'), UINT64_MAX, UINT64_MAX, samples::id<Hash256>(1), {INT64_MIN}};
  add("the largest finality", Body(LockAssert{e, {INT64_MAX}}));
}

void Messages::decisions() {
  m_.about("message", {"USTP-MSG-042", "USTP-MSG-043", "USTP-MSG-044"});
  auto d = samples::decision(DecisionOutcome::kAbort);
  d.legs_root = d.votes_root = {};
  add("an abort without roots", Body(SessionAbort{Code::unknown_transfer, d}));
  d.legs_root = samples::id<Hash256>(1);
  add("an abort without a vote", Body(SessionAbort{Code::deadline_expired, d}));
  d = samples::decision(DecisionOutcome::kCommit);
  d.time = {INT64_MAX};
  add("a commit at the end of time", Body(CommitFinal{d, samples::evidence(false)}));
  for (int state = 0; state <= 4; ++state)
    add("state " + std::to_string(state), Body(StatusReport{static_cast<ReportedState>(state), std::nullopt}));
  add("a report of a commit", Body(StatusReport{ReportedState::kCommitted, samples::decision(DecisionOutcome::kCommit)}));
  add("a report of an abort", Body(StatusReport{ReportedState::kAborted, samples::decision(DecisionOutcome::kAbort)}));
}

void Messages::others() {
  m_.about("message", {"USTP-MSG-045", "USTP-MSG-046", "USTP-MSG-112"});
  add("suspense", Body(AckCommitFinal{Disposition::kSuspense, "TOK-R17", samples::evidence(true)}));
  add("a rule as long as it may be", Body(AckCommitFinal{Disposition::kSuspense, std::string(64, 'r'), samples::evidence(true)}));
  for (const auto& code : all_codes())
    if (static_cast<int>(code.code) % 1000 == 1 || code.code == Code::in_doubt)
      add("error " + std::string(code.name),
          Body(ErrorMessage{code.code, std::string(code.text), MessageType::kCommitPrepare, samples::id<Hash256>(1), {1}}));
  add("a detail as long as it may be", Body(ErrorMessage{Code::conflict, std::string(350, 'd'), {}, {}, {}}));
  add("an error that means no message", Body(ErrorMessage{Code::deadline_expired, "", {}, {}, {1}}));
  m_.about("message", {"USTP-MSG-009", "USTP-MSG-116"});
  auto proven = samples::proven(true);
  proven.proof.path.assign(32, samples::id<Hash256>(9));
  proven.batch_header = Bytes(512, 1);
  proven.signature = Bytes(128, 2);
  proven.octets = Bytes(20000, 3);
  add("a notice as large as it is judged", Body(MoveNotice{proven, samples::proven(false)}));
}

}  // namespace

Maker make_messages() {
  Maker m("messages", "Valid messages of every type (chapters 03 and 03a).");
  Messages messages(m);
  messages.every_type();
  messages.envelope();
  messages.terms();
  messages.evidence();
  messages.decisions();
  messages.others();
  return m;
}

}  // namespace ustp::vectors
