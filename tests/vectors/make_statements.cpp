// Statements alone, and their frames.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/maker.hpp"
#include "tests/vectors/patch.hpp"
#include "tests/vectors/people.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
namespace samples = wire::samples;

class Statements {
 public:
  explicit Statements(Maker& m) : m_(m), signer_(named_signer("association", crypto::Algorithm::kEs256)) {}

  static Statement plain(StatementBody body) {
    Statement s;
    s.authority = AuthorityId::literal("association");
    s.sequence = 1;
    s.effective_from = {1'790'000'000'000'000'000};
    s.body = std::move(body);
    return s;
  }
  static Value input(const Bytes& octets) { return Members{{"octets", octets_value(octets)}}; }
  void valid(const std::string& title, StatementBody body) { m_.valid(title, input(encode_statement(plain(std::move(body))))); }
  void flawed(const std::string& flaw, StatementBody body, const char* code) {
    m_.flawed(flaw, input(encode_statement(plain(std::move(body)))), code);
  }
  void share(const std::string& flaw, const char* code, const std::function<void(token::Instrument&)>& change) {
    auto s = instrument();
    change(s.instrument);
    flawed(flaw, s, code);
  }
  void envelopes();
  void participants_and_keys();
  void ledgers_and_accounts();
  void instruments();
  void flawed_instruments();
  void frames();

 private:
  Maker& m_;
  std::unique_ptr<crypto::Signer> signer_;
};

void Statements::envelopes() {
  m_.about("statement", {"USTP-GOV-001", "USTP-GOV-003", "USTP-GOV-004"});
  Statement s = plain(participant("bank", "gw-eth"));
  s.sequence = 2;
  s.previous = samples::id<Hash256>(1);
  m_.valid("a second statement", input(encode_statement(s)));
  s.sequence = UINT64_MAX;
  s.effective_from = {INT64_MIN};
  m_.valid("the largest numbers", input(encode_statement(s)));
  s.sequence = 0;
  m_.flawed("sequence 0", input(encode_statement(s)), "out_of_range");
  s.sequence = 2;
  s.previous = {};
  m_.flawed("statement 2 with nothing before it", input(encode_statement(s)), "zero_hash");
  s.sequence = 1;
  s.previous = samples::id<Hash256>(1);
  m_.flawed("statement 1 with one before it", input(encode_statement(s)), "zero_hash");
  const Bytes good = encode_statement(plain(participant("bank", "gw-eth")));
  m_.about("statement", {"USTP-MSG-021", "USTP-MSG-017"});
  m_.flawed("one octet less", input(Bytes(good.begin(), good.end() - 1)), "frame_truncated");
  Bytes bad = good;
  bad.push_back(0);
  m_.flawed("one octet more", input(bad), "buffer_trailing");
  m_.flawed("another identifier", input(with_octet(good, 11, '2')), "frame_magic");
  bad = good;
  bad[6] = 0xff;
  m_.flawed("the root lies outside", input(bad), "buffer_invalid");
  m_.flawed("no authority", input(without_field(good, {0})), "buffer_invalid");
  m_.flawed("no body", input(without_field(good, {5})), "buffer_invalid");
  const std::uint8_t tag[] = {6};
  m_.flawed("kind 6", input(with_field(good, {4}, tag)), "unknown_tag");
  m_.flawed("more than 64 KiB", input(Bytes((64u << 10) + 1)), "too_long");
  m_.flawed("a space in the authority", input(replaced(good, "association", "assoc ation")), "invalid_character");
}

void Statements::participants_and_keys() {
  m_.about("statement", {"USTP-GOV-010"});
  valid("a participant with a gateway", participant("bank", "gw-eth"));
  ParticipantStatement p;
  p.participant = ParticipantId::literal("holder");
  valid("a participant without a gateway", p);
  p.admitted = false;
  valid("a participant that is not admitted", p);
  p.name = std::string(350, 'n');
  p.endpoint = std::string(255, 'e');
  valid("texts as long as they may be", p);
  p.name = std::string(351, 'n');
  flawed("a name of 351 octets", p, "too_long");
  p.name = "line\nbreak";
  flawed("a line break in a name", p, "invalid_character");
  p.name.clear();
  p.endpoint = std::string(256, 'e');
  flawed("an endpoint of 256 octets", p, "too_long");
  const Bytes good = encode_statement(plain(participant("bank", "gw-eth")));
  m_.flawed("wrong check digits of the LEI", input(replaced(good, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13")), "invalid_lei");
  m_.about("statement", {"USTP-GOV-011"});
  valid("a key", key_of("gw-eth", *named_signer("gw-eth", crypto::Algorithm::kEs256)));
  valid("an Ed25519 key", key_of("gw-eth", *named_signer("gw-eth", crypto::Algorithm::kEd25519)));
  auto k = key_of("gw-eth", *named_signer("gw-eth", crypto::Algorithm::kEs256));
  k.revoked = true;
  valid("a revocation", k);
  k.spki = Bytes(1025, 1);
  flawed("a key of 1025 octets", k, "too_long");
  k.spki.clear();
  flawed("a key of no octets", k, "missing_field");
  k.algorithm = static_cast<crypto::Algorithm>(0);
  k.spki = {1};
  flawed("algorithm 0", k, "unknown_tag");
  k.algorithm = static_cast<crypto::Algorithm>(3);
  flawed("algorithm 3", k, "unknown_tag");
}

void Statements::ledgers_and_accounts() {
  m_.about("statement", {"USTP-GOV-012"});
  valid("a CSD", ledger("csd", "gw-csd", ledger::LedgerKind::kCsd));
  auto l = ledger("eth", "gw-eth", ledger::LedgerKind::kEthereum);
  valid("a chain", l);
  l.profile.carries_lots = l.profile.releases_itself = l.halted = true;
  l.profile.anchor.contract = Bytes(20, 0x42);
  l.profile.anchor.key.clear();
  l.profile.rewriters = UINT32_MAX;
  l.profile.finality_depth = l.profile.anchor.chain_id = UINT64_MAX;
  valid("every field of a ledger", l);
  const auto field = [&](const std::string& flaw, const char* code, const std::function<void(LedgerStatement&)>& change) {
    auto bad = ledger("eth", "gw-eth", ledger::LedgerKind::kEthereum);
    change(bad);
    flawed(flaw, bad, code);
  };
  field("ledger kind 0", "unknown_tag", [](auto& s) { s.profile.kind = static_cast<ledger::LedgerKind>(0); });
  field("ledger kind 4", "unknown_tag", [](auto& s) { s.profile.kind = static_cast<ledger::LedgerKind>(4); });
  field("ledger model 5", "unknown_tag", [](auto& s) { s.profile.model = static_cast<ledger::LedgerModel>(5); });
  field("no kind of evidence", "unknown_tag", [](auto& s) { s.profile.evidence = EvidenceKind::kNone; });
  field("evidence kind 4", "unknown_tag", [](auto& s) { s.profile.evidence = static_cast<EvidenceKind>(4); });
  field("a finality rule of 36 octets", "too_long", [](auto& s) { s.profile.finality_rule = std::string(36, 'f'); });
  field("an anchor key of 1025 octets", "too_long", [](auto& s) { s.profile.anchor.key = Bytes(1025, 1); });
  field("a contract of 21 octets", "too_long", [](auto& s) { s.profile.anchor.contract = Bytes(21, 1); });
  m_.about("statement", {"USTP-GOV-014", "USTP-TOK-007"});
  auto a = account("csd", "ALICE", "depository");
  valid("an account", a);
  a.account = {a.account.ledger, AccountId::literal(std::string(140, 'a')), a.account.participant, token::AssetKind::kCash,
               token::Capacity::kSuspense, token::Segregation::kOmnibus, token::AccountStatus::kClosed, "qualified", "DE",
               {INT64_MAX}};
  valid("every field of an account", a);
  const auto part = [&](const std::string& flaw, const char* code, const std::function<void(token::Account&)>& change) {
    auto bad = account("csd", "ALICE", "depository");
    change(bad.account);
    flawed(flaw, bad, code);
  };
  for (const int n : {0, 3}) {
    part("asset " + std::to_string(n), "unknown_tag", [n](auto& x) { x.asset = static_cast<token::AssetKind>(n); });
    part("segregation " + std::to_string(n), "unknown_tag", [n](auto& x) { x.segregation = static_cast<token::Segregation>(n); });
  }
  for (const int n : {0, 7}) part("capacity " + std::to_string(n), "unknown_tag", [n](auto& x) { x.capacity = static_cast<token::Capacity>(n); });
  for (const int n : {0, 4}) part("status " + std::to_string(n), "unknown_tag", [n](auto& x) { x.status = static_cast<token::AccountStatus>(n); });
  part("an investor class of 36 octets", "too_long", [](auto& x) { x.investor_class = std::string(36, 'c'); });
  part("a jurisdiction of 36 octets", "too_long", [](auto& x) { x.jurisdiction = std::string(36, 'c'); });
}

void Statements::instruments() {
  m_.about("statement", {"USTP-GOV-013", "USTP-TOK-001", "USTP-TOK-003", "USTP-TOK-004", "USTP-TOK-011", "USTP-TOK-013", "USTP-TOK-016"});
  valid("a share on three ledgers", instrument());
  auto s = instrument();
  s.instrument.representations.resize(1);
  s.instrument.rights.clear();
  s.instrument.admissions.clear();
  s.instrument.cfi = {};
  s.instrument.issuer = {};
  valid("as few fields as there may be", s);
  s = instrument();
  auto& i = s.instrument;
  i.id = InstrumentId::literal("4H95J0R2X");
  i.version = UINT32_MAX;
  i.scale = 30;
  i.authorised = i.approved = i.issued = i.treasury = Quantity(~Uint128{0}, 30);
  i.denomination = Quantity(0, 30);
  i.offer = token::OfferKind::kExempt;
  i.holder_cap = UINT32_MAX;
  i.investor_class = "qualified";
  i.finality_moment = token::FinalityMoment::kTargetBooking;
  i.system_designation = "SFD";
  i.contract = {samples::id<Hash256>(1), samples::id<Hash256>(2), "de-CH", Lei::literal("5493001KJTIIGC8Y1R12"), "filing 7"};
  i.status = token::InstrumentStatus::kTerminated;
  valid("every field of an instrument", s);
  s = instrument();
  const auto one = s.instrument.representations[1];
  for (int n = 3; n < 16; ++n) {
    s.instrument.representations.push_back(one);
    s.instrument.representations.back().ledger = LedgerId::literal("ledger-" + std::to_string(n));
  }
  valid("sixteen representations", s);
}

void Statements::flawed_instruments() {
  m_.about("statement", {"USTP-TOK-003", "USTP-TOK-016"});
  share("approved above authorised", "out_of_range", [](auto& i) { i.approved = Quantity(2'000'001, 0); });
  share("issued above approved", "out_of_range", [](auto& i) { i.issued = Quantity(2'000'001, 0); });
  share("treasury above issued", "out_of_range", [](auto& i) { i.treasury = Quantity(1'000'001, 0); });
  share("a figure of another scale", "scale_mismatch", [](auto& i) { i.treasury = Quantity(1, 2); });
  share("a denomination of another scale", "scale_mismatch", [](auto& i) { i.denomination = Quantity(1, 2); });
  share("version 0", "out_of_range", [](auto& i) { i.version = 0; });
  share("scale 31", "out_of_range", [](auto& i) { i.scale = 31; });
  m_.about("statement", {"USTP-TOK-001", "USTP-TOK-016"});
  share("no representation", "missing_field", [](auto& i) { i.representations.clear(); });
  share("none on the issuer ledger", "missing_field", [](auto& i) { i.representations.erase(i.representations.begin()); });
  share("a ledger twice", "conflict", [](auto& i) { i.representations[2].ledger = i.representations[1].ledger; });
  share("two native ones", "out_of_range", [](auto& i) { i.representations[1].kind = token::RepresentationKind::kNative; });
  share("the issuer ledger's is not native", "out_of_range", [](auto& i) { i.representations[0].kind = token::RepresentationKind::kBacked; });
  share("a backing account at the issuer ledger's", "out_of_range", [](auto& i) { i.representations[0].backing_account = AccountId::literal("x"); });
  share("no backing account elsewhere", "missing_field", [](auto& i) { i.representations[1].backing_account = {}; });
  share("a representation of scale 31", "out_of_range", [](auto& i) { i.representations[1].scale = 31; });
  share("seventeen representations", "too_long", [](auto& i) {
    for (int n = 3; n < 17; ++n) {
      i.representations.push_back(i.representations[1]);
      i.representations.back().ledger = LedgerId::literal("ledger-" + std::to_string(n));
    }
  });
  m_.about("statement", {"USTP-TOK-004", "USTP-TOK-016"});
  share("a right twice", "conflict", [](auto& i) { i.rights[1].code = i.rights[0].code; });
  share("a right without a code", "missing_field", [](auto& i) { i.rights[1].code.clear(); });
  share("a right's code of 36 octets", "too_long", [](auto& i) { i.rights[1].code = std::string(36, 'c'); });
  share("right class 3", "unknown_tag", [](auto& i) { i.rights[1].cls = static_cast<token::RightClass>(3); });
  share("exercisable by 4", "unknown_tag", [](auto& i) { i.rights[1].exercisable_by = static_cast<token::ExercisableBy>(4); });
  share("33 rights", "too_long", [](auto& i) {
    for (int n = 2; n < 33; ++n) i.rights.push_back({"r" + std::to_string(n), token::RightClass::kEconomic, 1, token::ExercisableBy::kBeneficial, ""});
  });
  share("nine admissions", "too_long", [](auto& i) { i.admissions.assign(9, i.admissions[0]); });
  share("admission kind 5", "unknown_tag", [](auto& i) { i.admissions[0].kind = static_cast<token::AdmissionKind>(5); });
  share("admitted on 30 February", "invalid_time", [](auto& i) { i.admissions[0].from = {2026, 2, 30}; });
  share("representation kind 4", "unknown_tag", [](auto& i) { i.representations[1].kind = static_cast<token::RepresentationKind>(4); });
  share("offer 4", "unknown_tag", [](auto& i) { i.offer = static_cast<token::OfferKind>(4); });
  share("finality moment 0", "unknown_tag", [](auto& i) { i.finality_moment = static_cast<token::FinalityMoment>(0); });
  share("status 4", "unknown_tag", [](auto& i) { i.status = static_cast<token::InstrumentStatus>(4); });
  m_.about("statement", {"USTP-TOK-002", "USTP-TOK-020"});
  share("a name of 351 octets", "too_long", [](auto& i) { i.name = std::string(351, 'n'); });
  share("a governing law of 36 octets", "too_long", [](auto& i) { i.governing_law = std::string(36, 'n'); });
  share("a filing of 141 octets", "too_long", [](auto& i) { i.contract.filing = std::string(141, 'n'); });
  share("a tab in a name", "invalid_character", [](auto& i) { i.name = "a\tb"; });
  const Bytes good = encode_statement(plain(instrument()));
  // In the list of representations the second is the one with 10^18 base units; its field 5 of 8 octets is replaced.
  const Bytes ratio = from_hex("000064a7b3b6e00d").value();  // 10^18, little-endian
  m_.flawed("a ratio with no tokens", input(replaced(good, as_text(ratio), std::string(8, '\0'))), "out_of_range");
  m_.flawed("a CFI that is none", input(replaced(good, "ESVUFR", "ESVUFQ")), "invalid_cfi");
}

void Statements::frames() {
  m_.about("statement_frame", {"USTP-MSG-001", "USTP-GOV-003"});
  const auto in = [](const Bytes& frame) { return Value(Members{{"frame", octets_value(frame)}}); };
  const auto signed_one = sign_statement(plain(participant("bank", "gw-eth")), *signer_).value();
  const Bytes frame = encode_statement_frame(signed_one);
  m_.valid("a statement in its frame", in(frame));
  auto other = signed_one;
  other.octets = Bytes(60000, 7);
  m_.valid("whatever octets: the content is judged later", in(encode_statement_frame(other)));
  m_.flawed("another mark", in(with_octet(frame, 0, 'X')), "frame_magic");
  m_.flawed("another kind", in(with_octet(frame, 4, 2)), "unknown_tag");
  m_.flawed("octet 12 is not zero", in(with_octet(frame, 12, 1)), "frame_trailing");
  Bytes bad = frame;
  bad.resize(bad.size() + 8);
  m_.flawed("eight octets more", in(bad), "frame_trailing");
  m_.flawed("cut off", in(Bytes(frame.begin(), frame.end() - 8)), "frame_truncated");
  other.octets.clear();
  m_.flawed("a key and no statement", in(encode_statement_frame(other)), "frame_truncated");
  other = signed_one;
  other.signature = Bytes(129, 1);
  m_.flawed("a signature of 129 octets", in(encode_statement_frame(other)), "too_long");
}

}  // namespace

Maker make_statements() {
  Maker m("statements", "Statements alone, and their frames (chapter 01, section 5).");
  Statements statements(m);
  statements.envelopes();
  statements.participants_and_keys();
  statements.ledgers_and_accounts();
  statements.instruments();
  statements.flawed_instruments();
  statements.frames();
  return m;
}

}  // namespace ustp::vectors
