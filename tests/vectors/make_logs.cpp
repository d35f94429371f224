// Logs of statements: what an authority may say after what it said.
#include "tests/vectors/maker.hpp"
#include "tests/vectors/people.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
using crypto::Algorithm;

class Logs {
 public:
  explicit Logs(Maker& m)
      : m_(m), authority_(named_signer("association", Algorithm::kEs256)), csd_(named_signer("gw-csd", Algorithm::kEs256)),
        eth_(named_signer("gw-eth", Algorithm::kEd25519)), corda_(named_signer("gw-corda", Algorithm::kEs256)) {}

  Author introduced() {
    Author author(*authority_);
    introduce(author, *csd_, *eth_, *corda_);
    return author;
  }
  Value input(const std::vector<SignedStatement>& log, const crypto::Signer* key = nullptr) const {
    List frames;
    for (const auto& one : log) frames.emplace_back(octets_value(encode_statement_frame(one)));
    return Members{{"authority", "association"}, {"spki", to_hex((key ? key : authority_.get())->spki())}, {"frames", frames}};
  }
  void after(const std::string& title, StatementBody body, const char* code = "") {
    Author author = introduced();
    author.say(std::move(body));
    if (*code == '\0') m_.valid(title, input(author.log()));
    else m_.flawed(title, input(author.log()), code);
  }
  void chains();
  void keys();
  void contents();

 private:
  Maker& m_;
  std::unique_ptr<crypto::Signer> authority_, csd_, eth_, corda_;
};

void Logs::chains() {
  m_.about("log", {"USTP-GOV-001", "USTP-GOV-003"});
  const auto log = introduced().log();
  m_.valid("thirteen statements", input(log));
  m_.valid("the first alone", input({log[0]}));
  auto again = log;
  again.push_back(log[4]);
  m_.valid("one that is in force comes again", input(again));
  m_.flawed("the first is missing", input({log.begin() + 1, log.end()}), "statement_chain");
  auto bad = log;
  bad.erase(bad.begin() + 5);
  m_.flawed("one in the middle is missing", input(bad), "statement_chain");
  bad = log;
  std::swap(bad[10], bad[11]);
  m_.flawed("two in the wrong order", input(bad), "statement_chain");
  Author fork(*authority_);
  for (int i = 0; i < 4; ++i) fork.say(participant("other", ""));
  bad = log;
  bad.push_back(fork.log()[3]);
  m_.flawed("another statement under a number in force", input(bad), "statement_chain");
  bad = {log[0], fork.log()[1]};
  m_.flawed("a statement that follows another one", input(bad), "statement_chain");
  bad = log;
  bad[7].signature[3] ^= 1;
  m_.flawed("a signature changed", input(bad), "bad_signature");
  bad = log;
  bad[7].signature = with_high_s(bad[7].signature);
  m_.flawed("the other s", input(bad), "bad_signature");
  bad = log;
  bad[7].octets[40] ^= 1;
  m_.flawed("an octet of a statement changed", input(bad), "bad_signature");
  bad = log;
  bad[7].key = csd_->key_id();
  m_.flawed("another key named", input(bad), "statement_authority");
  m_.flawed("another authority's key", input(log, csd_.get()), "statement_authority");
  Statement s = decode_statement(log[0].octets).value();
  s.authority = AuthorityId::literal("somebody");
  m_.flawed("signed by the authority in another name", input({sign_statement(s, *authority_).value()}), "statement_authority");
}

void Logs::keys() {
  m_.about("log", {"USTP-GOV-002", "USTP-GOV-010", "USTP-GOV-011"});
  const auto second = named_signer("gw-csd second", Algorithm::kEs256);
  auto revoked = key_of("gw-csd", *csd_);
  revoked.revoked = true;
  after("a second key", key_of("gw-csd", *second));
  after("a revocation", revoked);
  after("a key that is known", key_of("gw-csd", *csd_), "statement_invalid");
  after("a key of another gateway", key_of("gw-eth", *csd_), "statement_invalid");
  after("a key of a gateway that nobody has", key_of("gw-x", *second), "statement_invalid");
  auto bad = key_of("gw-csd", *second);
  bad.algorithm = Algorithm::kEd25519;
  after("another algorithm than the key's", bad, "statement_invalid");
  bad = key_of("gw-csd", *second);
  bad.spki.pop_back();
  after("a key that cannot be read", bad, "bad_key");
  bad = key_of("gw-csd", *second);
  bad.revoked = true;
  after("a revocation of a key that is not known", bad, "statement_invalid");
  Author author = introduced();
  author.say(revoked);
  author.say(key_of("gw-csd", *csd_));
  m_.flawed("a revoked key comes back", input(author.log()), "statement_invalid");
  Author twice = introduced();
  twice.say(revoked);
  twice.say(revoked);
  m_.flawed("a key revoked twice", input(twice.log()), "statement_invalid");
  auto p = participant("bank", "gw-eth");
  p.admitted = false;
  after("a participant is no longer admitted", p);
  after("a participant with another gateway", participant("bank", "gw-x"), "statement_invalid");
  after("a participant with a gateway of another", participant("somebody", "gw-eth"), "statement_invalid");
}

void Logs::contents() {
  m_.about("log", {"USTP-GOV-012"});
  auto l = ledger("eth", "gw-eth", ledger::LedgerKind::kEthereum);
  l.halted = true;
  after("a ledger is halted", l);
  after("a ledger of a gateway that nobody has", ledger("eth", "gw-x", ledger::LedgerKind::kEthereum), "statement_invalid");
  l.profile.custody_account = {};
  after("a ledger without a custody account", l, "statement_invalid");
  m_.about("log", {"USTP-GOV-013", "USTP-TOK-001", "USTP-TOK-003"});
  auto next = instrument();
  next.instrument.version = 2;
  next.instrument.issued = Quantity(1'500'000, 0);
  after("the next version of an instrument", next);
  after("the same version again", instrument(), "statement_invalid");
  next.instrument.version = 3;
  after("a version left out", next, "statement_invalid");
  next = instrument();
  next.instrument.version = 2;
  auto& i = next.instrument;
  i.scale = 2;
  i.authorised = i.approved = i.issued = Quantity(1'000'000, 2);
  i.treasury = i.denomination = Quantity(0, 2);
  after("another scale", next, "statement_invalid");
  const auto other = [](const std::function<void(token::Instrument&)>& change) {
    auto s = instrument();
    s.instrument.id = InstrumentId::literal("US5949181045");
    change(s.instrument);
    return s;
  };
  after("a second instrument", other([](auto&) {}));
  after("a first version 2", other([](auto& x) { x.version = 2; }), "statement_invalid");
  after("a home gateway that nobody has", other([](auto& x) { x.home_gateway = GatewayId::literal("gw-x"); }), "statement_invalid");
  after("a home gateway that is not the issuer ledger's", other([](auto& x) { x.home_gateway = GatewayId::literal("gw-eth"); }), "statement_invalid");
  after("a representation on an unknown ledger", other([](auto& x) { x.representations[1].ledger = LedgerId::literal("x"); }), "statement_invalid");
  m_.about("log", {"USTP-GOV-014"});
  auto a = account("csd", "ALICE", "depository");
  a.account.status = token::AccountStatus::kBlocked;
  after("an account is blocked", a);
  after("an account on an unknown ledger", account("x", "ALICE", "depository"), "statement_invalid");
  after("an account of an unknown participant", account("csd", "DAVE", "nobody"), "statement_invalid");
}

}  // namespace

Maker make_logs() {
  Maker m("logs", "Logs of statements: chain, signatures, and what may follow what (chapter 01, section 5).");
  Logs logs(m);
  logs.chains();
  logs.keys();
  logs.contents();
  return m;
}

}  // namespace ustp::vectors
