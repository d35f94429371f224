// Messages with one flaw each: first those that every type can have, then those of fields.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/maker.hpp"
#include "tests/vectors/patch.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
namespace samples = wire::samples;
using token::TransferTerms;

// Numbers of the fields of a message, as schema/message.fbs has them.
constexpr int kSession = 0, kTransfer = 1, kSettlement = 2, kPrevious = 3, kBodyType = 5, kBody = 6;

class Flawed {
 public:
  explicit Flawed(Maker& m) : m_(m), least_(samples::all(false)), full_(samples::all(true)) {}

  void octets(const std::string& flaw, const Bytes& octets, const char* code) {
    m_.flawed(flaw, Members{{"octets", octets_value(octets)}}, code);
  }
  void message(const std::string& flaw, const Message& message, const char* code) { octets(flaw, encode(message), code); }
  void body(const std::string& flaw, Body body, const char* code) {
    Message changed = least_[1];
    changed.body = std::move(body);
    message(flaw, changed, code);
  }
  void terms(const std::string& flaw, const char* code, const std::function<void(TransferTerms&)>& change) {
    auto proposal = std::get<TransferProposal>(full_[0].body);
    change(proposal.terms);
    body(flaw, Body(std::move(proposal)), code);
  }
  Bytes full(int type) const { return encode(full_[static_cast<std::size_t>(type - 1)]); }

  void envelopes();
  void buffers();
  void extensions();
  void required();
  void proposals();
  void term_fields();
  void patched_terms();
  void evidence();
  void decisions();
  void others();

 private:
  Maker& m_;
  std::vector<Message> least_, full_;
};

void Flawed::envelopes() {
  for (const Message& from : full_) {
    const std::string of = " in " + std::string(to_string(from.type()));
    m_.about("message", {"USTP-MSG-024"});
    Message bad = from;
    bad.session = {};
    message("session is zero" + of, bad, "zero_hash");
    bad = from;
    bad.transfer = {};
    message("transfer is zero" + of, bad, "zero_hash");
    bad = from;
    bad.settlement = {};
    // Its decision speaks of the same settlement, or there would be two flaws.
    if (auto* b = std::get_if<CommitFinal>(&bad.body)) b->decision.settlement = {};
    if (auto* b = std::get_if<SessionAbort>(&bad.body)) b->decision.settlement = {};
    if (auto* b = std::get_if<StatusReport>(&bad.body)) b->decision->settlement = {};
    message("settlement is zero" + of, bad, "zero_hash");
    const auto number = static_cast<int>(from.type());
    if ((number >= 2 && number <= 11) || number == 17) {
      m_.about("message", {"USTP-MSG-025"});
      bad = from;
      bad.previous = {};
      message("previous is zero" + of, bad, "zero_hash");
    }
    m_.about("message", {"USTP-MSG-022"});
    bad = from;
    bad.extensions = {{"example.com/x", true, {}}};
    message("an unknown critical extension" + of, bad, "unknown_critical_extension");
  }
}

void Flawed::buffers() {
  for (const Message& from : full_) {
    const std::string of = " in " + std::string(to_string(from.type()));
    const Bytes good = encode(from);
    m_.about("message", {"USTP-MSG-021"});
    octets("one octet less" + of, Bytes(good.begin(), good.end() - 1), "frame_truncated");
    Bytes bad = good;
    bad.push_back(0);
    octets("one octet more" + of, bad, "buffer_trailing");
    bad = good;
    bad[8] = 'X';
    octets("another identifier" + of, bad, "frame_magic");
    m_.about("message", {"USTP-MSG-017"});
    bad = good;
    bad[6] = 0xff;
    octets("the root lies outside" + of, bad, "buffer_invalid");
    octets("no body" + of, without_field(good, {kBody}), "buffer_invalid");
  }
  m_.about("message", {"USTP-MSG-021"});
  octets("nothing", {}, "frame_truncated");
  octets("eleven octets", Bytes(11), "frame_truncated");
  octets("twelve zeros", Bytes(12), "buffer_trailing");
  m_.about("message", {"USTP-MSG-002"});
  octets("more than 64 KiB", Bytes((64u << 10) + 1), "too_long");
  const Bytes good = full(3);
  m_.about("message", {"USTP-MSG-017"});
  Bytes bad = good;
  bad[4] = static_cast<std::uint8_t>(bad[4] + 2);
  octets("the root is not aligned", bad, "buffer_invalid");
}

void Flawed::extensions() {
  m_.about("message", {"USTP-MSG-022", "USTP-MSG-026"});
  Message bad = full_[3];
  bad.extensions.assign(17, {"x", false, {}});
  message("seventeen extensions", bad, "too_long");
  bad.extensions = {{"", false, {}}};
  message("an extension without a name", bad, "missing_field");
  bad.extensions = {{std::string(65, 'n'), false, {}}};
  message("an extension's name of 65 octets", bad, "too_long");
  bad.extensions = {{"x", false, Bytes(4097, 1)}};
  message("an extension's value of 4097 octets", bad, "too_long");
  bad.extensions = {{"a\nb", false, {}}};
  message("a line break in an extension's name", bad, "invalid_character");
  bad.extensions.assign(300, {"x", false, {}});
  m_.about("message", {"USTP-MSG-017", "USTP-MSG-020"});
  message("more than 256 tables", bad, "buffer_invalid");
}

void Flawed::required() {
  m_.about("message", {"USTP-MSG-017"});
  for (const auto& [name, field] : {std::pair{"session", kSession}, {"transfer", kTransfer}, {"settlement", kSettlement},
                                    {"previous", kPrevious}})
    octets(std::string("no ") + name, without_field(full(4), {field}), "buffer_invalid");
  const struct {
    int type;
    const char* name;
    std::vector<int> path;
  } fields[] = {{1, "terms", {kBody, 0}},        {1, "leg_salt", {kBody, 1}},   {1, "signature_algorithms", {kBody, 2}},
                {1, "instrument", {kBody, 0, 0}}, {1, "quantity", {kBody, 0, 4}}, {1, "lots", {kBody, 0, 5}},
                {1, "beneficiary", {kBody, 0, 11}}, {2, "claim_hash", {kBody, 0}}, {3, "claim_hash", {kBody, 0}},
                {5, "evidence", {kBody, 0}},     {5, "ledger", {kBody, 0, 1}},  {8, "legs_root", {kBody, 0}},
                {9, "decision", {kBody, 0}},     {9, "signer", {kBody, 0, 5}},  {10, "evidence", {kBody, 2}},
                {11, "commence_hash", {kBody, 0}}, {12, "offending", {kBody, 3}}, {13, "decision", {kBody, 1}},
                {16, "proposal", {kBody, 0}},    {16, "signature", {kBody, 1, 6}}, {17, "notice_hash", {kBody, 0}}};
  for (const auto& field : fields)
    octets("no " + std::string(field.name) + " in " + std::string(to_string(static_cast<MessageType>(field.type))),
           without_field(full(field.type), field.path), "buffer_invalid");
  const std::uint8_t far[] = {0xff, 0xff, 0xff, 0x00}, odd[] = {0x02, 0, 0, 0}, negative[] = {0xff, 0xff, 0xff, 0xff};
  octets("a text that reaches outside", with_target(full(5), {kBody, 0, 1}, far), "buffer_invalid");
  octets("a text without its end", replaced(full(1), std::string_view("gw-a\0", 5), "gw-ab"), "buffer_invalid");
  octets("a list that reaches outside", with_target(full(1), {kBody, 0, 5}, far), "buffer_invalid");
  octets("an offset that is not aligned", with_field(full(5), {kBody, 0, 1}, odd), "buffer_invalid");
  octets("an offset above 2^31", with_field(full(5), {kBody, 0, 1}, negative), "buffer_invalid");
  const std::uint8_t none[] = {0, 0, 0, 0};
  octets("an offset of 0", with_field(full(5), {kBody, 0, 1}, none), "buffer_invalid");
  m_.about("message", {"USTP-MSG-023"});
  for (const int type : {0, 18, 255}) {
    const std::uint8_t tag[] = {static_cast<std::uint8_t>(type)};
    octets("message type " + std::to_string(type), with_field(full(4), {kBodyType}, tag), "unknown_tag");
  }
}

void Flawed::proposals() {
  const auto good = std::get<TransferProposal>(full_[0].body);
  m_.about("message", {"USTP-MSG-024"});
  auto p = good;
  p.leg_salt = {};
  body("leg salt is zero", Body(p), "zero_hash");
  m_.about("message", {"USTP-MSG-023", "USTP-MSG-026", "USTP-VER-004"});
  p = good;
  p.signature_algorithms = {};
  body("no signature algorithm", Body(p), "missing_field");
  p.signature_algorithms.assign(9, crypto::Algorithm::kEs256);
  body("nine signature algorithms", Body(p), "too_long");
  p.signature_algorithms = {static_cast<crypto::Algorithm>(0)};
  body("signature algorithm 0", Body(p), "unknown_tag");
  p.signature_algorithms = {static_cast<crypto::Algorithm>(3)};
  body("signature algorithm 3", Body(p), "unknown_tag");
  for (const std::uint32_t encoding : {0u, 2u}) {
    p = good;
    p.encoding = encoding;
    body("encoding " + std::to_string(encoding), Body(p), "unknown_tag");
  }
}

void Flawed::term_fields() {
  m_.about("message", {"USTP-TOK-017", "USTP-TOK-006", "USTP-TOK-008", "USTP-MSG-040"});
  terms("no lots", "missing_field", [](auto& t) { t.lots.clear(); });
  terms("65 lots", "too_long", [](auto& t) {
    t.lots.assign(65, {Quantity(1, 0), {}, "", {}, token::Restriction::kNone});
    t.quantity = Quantity(65, 0);
  });
  terms("lots that add up to less", "lots_sum", [](auto& t) { t.lots.pop_back(); });
  terms("lots that add up to more", "lots_sum", [](auto& t) { t.quantity = Quantity(999, 0); });
  terms("a lot of another scale", "scale_mismatch", [](auto& t) { t.lots[1].quantity = Quantity(600, 2); });
  terms("lots beyond 128 bits", "overflow", [](auto& t) { t.lots[1].quantity = Quantity(~Uint128{0}, 0); });
  terms("no deadline", "missing_field", [](auto& t) { t.vote_by = {}; });
  terms("completion before the deadline", "out_of_range", [](auto& t) { t.complete_by = {t.vote_by.ns - 1}; });
  terms("a party that is neither LEI nor BIC", "malformed_text", [](auto& t) { t.originator_chain.links[0].party = "ACME"; });
  terms("a party of 65 octets", "too_long", [](auto& t) { t.originator_chain.links[0].party = std::string(65, 'P'); });
  terms("nine links", "too_long", [](auto& t) { t.beneficiary_chain.links.assign(9, t.beneficiary_chain.links[0]); });
  terms("a transaction type of three letters", "malformed_text", [](auto& t) { t.transaction_type = "TRA"; });
  terms("a transaction type of five letters", "too_long", [](auto& t) { t.transaction_type = "TRADE"; });
  terms("a transaction type in lower case", "malformed_text", [](auto& t) { t.transaction_type = "trad"; });
  m_.about("message", {"USTP-TOK-002", "USTP-MSG-023", "USTP-MSG-026"});
  terms("a reference of 36 octets", "too_long", [](auto& t) { t.reference = std::string(36, 'r'); });
  terms("a place of 351 octets", "too_long", [](auto& t) { t.place_of_settlement = std::string(351, 'p'); });
  terms("a law of 351 octets", "too_long", [](auto& t) { t.governing_law = std::string(351, 'p'); });
  terms("a jurisdiction of 351 octets", "too_long", [](auto& t) { t.jurisdiction = std::string(351, 'p'); });
  terms("an origin of 351 octets", "too_long", [](auto& t) { t.lots[0].origin = std::string(351, 'o'); });
  terms("an owner of 351 octets", "too_long", [](auto& t) { t.originator_chain.beneficial_owner = std::string(351, 'o'); });
  for (const auto& [flaw, text] : {std::pair{"a tab", "a\tb"}, {"a line break", "a\nb"}, {"DEL", "a\x7f"},
                                   {"a lone continuation octet", "a\x80"}, {"an overlong form", "\xc0\x80"},
                                   {"a surrogate", "\xed\xa0\x80"}, {"beyond U+10FFFF", "\xf4\x90\x80\x80"},
                                   {"a sequence cut off", "a\xe2\x82"}, {"an octet that never occurs", "\xff"},
                                   {"an overlong form of three", "\xe0\x80\xaf"}})
    terms(std::string(flaw) + " in a text", "invalid_character", [&](auto& t) { t.reference = text; });
  m_.about("message", {"USTP-MSG-023"});
  const auto tag = [](auto value, int number) { return static_cast<decltype(value)>(number); };
  for (const int n : {0, 3}) {
    terms("ownership effect " + std::to_string(n), "unknown_tag", [&](auto& t) { t.ownership_effect = tag(t.ownership_effect, n); });
    terms("entitled party " + std::to_string(n), "unknown_tag", [&](auto& t) { t.entitled_party = tag(t.entitled_party, n); });
  }
  terms("cum/ex 3", "unknown_tag", [&](auto& t) { t.cum_ex = tag(t.cum_ex, 3); });
  terms("restriction 5", "unknown_tag", [&](auto& t) { t.lots[0].restriction = tag(t.lots[0].restriction, 5); });
  for (const int n : {0, 5})
    terms("holding capacity " + std::to_string(n), "unknown_tag",
          [&](auto& t) { t.originator_chain.links[0].capacity = tag(t.originator_chain.links[0].capacity, n); });
  m_.about("message", {"USTP-IDN-021"});
  for (const auto& [flaw, date] : {std::pair{"30 February", Date{2026, 2, 30}}, {"month 13", Date{2026, 13, 1}},
                                   {"day 0", Date{2026, 1, 0}}, {"year 0", Date{0, 1, 1}}, {"a year below 0", Date{-1, 1, 1}},
                                   {"year 10000", Date{10000, 1, 1}}}) {
    terms(std::string("trade date: ") + flaw, "invalid_time", [&](auto& t) { t.trade_date = date; });
  }
  terms("acquired on 29 February 2023", "invalid_time", [](auto& t) { t.lots[1].acquired = {2023, 2, 29}; });
}

// Identifiers cannot hold what is wrong; the finished octets can.
void Flawed::patched_terms() {
  const Bytes good = full(1);
  m_.about("message", {"USTP-IDN-010", "USTP-IDN-017"});
  octets("instrument with a wrong check digit", replaced(good, "US0378331005", "US0378331006"), "invalid_isin");
  m_.about("message", {"USTP-IDN-014", "USTP-IDN-011"});
  octets("venue in lower case", replaced(good, "XNAS", "XNas"), "invalid_mic");
  auto p = std::get<TransferProposal>(full_[0].body);
  p.terms.liable_operator = Lei::literal("7LTWFZYICNSX8D621K86");
  Message other = full_[0];
  other.body = p;
  octets("liable operator with wrong check digits", replaced(encode(other), "7LTWFZYICNSX8D621K86", "7LTWFZYICNSX8D621K87"), "invalid_lei");
  m_.about("message", {"USTP-IDN-001"});
  octets("a space in a gateway", replaced(good, "gw-a", "gw a"), "invalid_character");
  octets("a quotation mark in a gateway", replaced(good, "gw-b", "gw\"b"), "invalid_character");
  octets("a space in an account", replaced(good, "0x0011223344", "0x00 1223344"), "invalid_character");
  const std::uint8_t empty[] = {0, 0, 0, 0, 0};
  octets("an empty sender gateway", with_target(good, {kBody, 0, 6}, empty), "missing_field");
  octets("an empty source ledger", with_target(good, {kBody, 0, 8}, empty), "missing_field");
  m_.about("message", {"USTP-TOK-022"});
  Bytes scale(24);
  scale[16] = 31;
  octets("scale 31", with_field(good, {kBody, 0, 4}, scale), "out_of_range");
  scale[16] = 0;
  scale[17] = 1;
  octets("scale 256", with_field(good, {kBody, 0, 4}, scale), "out_of_range");
}

void Flawed::evidence() {
  m_.about("message", {"USTP-MSG-041", "USTP-LED-003"});
  const Hash256 root = samples::id<Hash256>(40);
  Evidence e = samples::evidence(true);
  e.octets = Bytes((24u << 10) + 1);
  body("24 KiB and one octet of evidence", Body(LockAssert{e, {}}), "too_long");
  body("too much evidence of a create", Body(CommitReady{root, e}), "too_long");
  e = samples::evidence(true);
  e.kind = static_cast<EvidenceKind>(4);
  body("evidence kind 4", Body(LockAssert{e, {}}), "unknown_tag");
  e = samples::evidence(true);
  e.finality.rule = std::string(65, 'f');
  body("a finality rule of 65 octets", Body(LockAssert{e, {}}), "too_long");
  e.finality.rule = "final\x01";
  body("a control character in the finality rule", Body(LockAssert{e, {}}), "invalid_character");
  m_.about("message", {"USTP-IDN-001", "USTP-MSG-041"});
  octets("a space in the ledger of an evidence", replaced(full(5), std::string_view("\x03\0\0\0eth", 7), std::string_view("\x03\0\0\0e h", 7)), "invalid_character");
  m_.about("message", {"USTP-MSG-024"});
  body("legs root of the vote is zero", Body(CommitReady{{}, samples::evidence(true)}), "zero_hash");
}

void Flawed::decisions() {
  const auto commit = samples::decision(DecisionOutcome::kCommit), abort = samples::decision(DecisionOutcome::kAbort);
  const Evidence e = samples::evidence(true);
  m_.about("message", {"USTP-MSG-043"});
  auto d = commit;
  d.legs_root = {};
  body("a commit without legs root", Body(CommitFinal{d, e}), "zero_hash");
  d = commit;
  d.votes_root = {};
  body("a commit without votes root", Body(CommitFinal{d, e}), "zero_hash");
  body("a reported commit without votes root", Body(StatusReport{ReportedState::kCommitted, d}), "zero_hash");
  m_.about("message", {"USTP-MSG-044"});
  body("commit-final with an abort", Body(CommitFinal{abort, e}), "decision_invalid");
  body("session-abort with a commit", Body(SessionAbort{Code::cancelled, commit}), "decision_invalid");
  d = commit;
  d.settlement = samples::id<SettlementId>(99);
  body("commit-final of another settlement", Body(CommitFinal{d, e}), "decision_invalid");
  body("a report of another settlement", Body(StatusReport{ReportedState::kCommitted, d}), "decision_invalid");
  d.outcome = DecisionOutcome::kAbort;
  body("session-abort of another settlement", Body(SessionAbort{Code::cancelled, d}), "decision_invalid");
  m_.about("message", {"USTP-MSG-042", "USTP-MSG-023"});
  for (const int n : {0, 3}) {
    d = commit;
    d.outcome = static_cast<DecisionOutcome>(n);
    body("outcome " + std::to_string(n), Body(StatusReport{ReportedState::kOpen, d}), "unknown_tag");
  }
  octets("a space in the signer", replaced(full(9), "gw-a", "gw a"), "invalid_character");
  d = abort;
  d.settlement = {};
  m_.about("message", {"USTP-MSG-024"});
  body("settlement of the decision is zero", Body(SessionAbort{Code::cancelled, d}), "zero_hash");
}

void Flawed::others() {
  const Evidence e = samples::evidence(true);
  const Hash256 hash = samples::id<Hash256>(40);
  m_.about("message", {"USTP-MSG-024"});
  body("claim hash of a receipt is zero", Body(ProposalReceipt{{}, {1}}), "zero_hash");
  body("claim hash of a commence is zero", Body(TransferCommence{}), "zero_hash");
  body("commence hash is zero", Body(TransferComplete{}), "zero_hash");
  body("notice hash is zero", Body(MoveNoticeReceipt{}), "zero_hash");
  m_.about("message", {"USTP-MSG-045", "USTP-MSG-023"});
  body("suspense without a rule", Body(AckCommitFinal{Disposition::kSuspense, "", e}), "missing_field");
  body("a rule without suspense", Body(AckCommitFinal{Disposition::kBeneficiary, "TOK-R17", e}), "missing_field");
  body("a rule of 65 octets", Body(AckCommitFinal{Disposition::kSuspense, std::string(65, 'r'), e}), "too_long");
  for (const int n : {0, 3})
    body("disposition " + std::to_string(n), Body(AckCommitFinal{static_cast<Disposition>(n), "TOK-R17", e}), "unknown_tag");
  body("state 5", Body(StatusReport{static_cast<ReportedState>(5), std::nullopt}), "unknown_tag");
  m_.about("message", {"USTP-MSG-046", "USTP-VER-021"});
  for (const int n : {0, 999, 1000, 2999, 9001, 65535})
    body("error code " + std::to_string(n), Body(ErrorMessage{static_cast<Code>(n), "", {}, {}, {}}), "unknown_tag");
  body("abort reason 9001", Body(SessionAbort{static_cast<Code>(9001), samples::decision(DecisionOutcome::kAbort)}), "unknown_tag");
  m_.about("message", {"USTP-MSG-112", "USTP-MSG-023"});
  body("a detail of 351 octets", Body(ErrorMessage{Code::conflict, std::string(351, 'd'), {}, {}, {}}), "too_long");
  body("a line break in a detail", Body(ErrorMessage{Code::conflict, "a\nb", {}, {}, {}}), "invalid_character");
  body("offending type 18", Body(ErrorMessage{Code::conflict, "", static_cast<MessageType>(18), hash, {}}), "unknown_tag");
  body("an offending type without a hash", Body(ErrorMessage{Code::conflict, "", MessageType::kLockAssert, {}, {}}), "zero_hash");
  m_.about("message", {"USTP-MSG-009", "USTP-MSG-116"});
  const auto notice = [&](const std::string& flaw, const char* code, const std::function<void(ProvenMessage&)>& change) {
    MoveNotice n{samples::proven(true), samples::proven(true)};
    change(n.commit_final);
    body(flaw, Body(n), code);
  };
  notice("a proven message without octets", "missing_field", [](auto& p) { p.octets = {}; });
  notice("a proven message without header", "missing_field", [](auto& p) { p.batch_header = {}; });
  notice("a proven message without signature", "missing_field", [](auto& p) { p.signature = {}; });
  notice("a header of 513 octets", "too_long", [](auto& p) { p.batch_header = Bytes(513, 1); });
  notice("a signature of 129 octets", "too_long", [](auto& p) { p.signature = Bytes(129, 1); });
  notice("a path of 33 hashes", "bad_proof", [&](auto& p) { p.proof.path.assign(33, hash); });
}

}  // namespace

Maker make_flawed_messages() {
  Maker m("flawed-messages", "Messages with one flaw each (chapters 03 and 03a).");
  Flawed flawed(m);
  flawed.envelopes();
  flawed.buffers();
  flawed.extensions();
  flawed.required();
  flawed.proposals();
  flawed.term_fields();
  flawed.patched_terms();
  flawed.evidence();
  flawed.decisions();
  flawed.others();
  return m;
}

}  // namespace ustp::vectors
