#include "tests/vectors/people.hpp"

namespace ustp::vectors {

using namespace wire;

ParticipantStatement participant(const char* id, const char* gateway) {
  ParticipantStatement s;
  s.participant = ParticipantId::literal(id);
  s.lei = Lei::literal("5493001KJTIIGC8Y1R12");
  s.name = std::string("Participant ") + id;
  if (*gateway == '\0') return s;
  s.gateway = GatewayId::literal(gateway);
  s.endpoint = std::string("wss://") + gateway + ".example:7101";
  return s;
}

KeyStatement key_of(const char* gateway, const crypto::Signer& signer) {
  return {GatewayId::literal(gateway), signer.algorithm(), signer.spki(), false};
}

LedgerStatement ledger(const char* id, const char* gateway, ledger::LedgerKind kind) {
  LedgerStatement s;
  auto& p = s.profile;
  p.id = LedgerId::literal(id);
  p.kind = kind;
  p.model = kind == ledger::LedgerKind::kCsd ? ledger::LedgerModel::kBookEntry : ledger::LedgerModel::kPublic;
  p.gateway = GatewayId::literal(gateway);
  p.liable_operator = Lei::literal("7LTWFZYICNSX8D621K86");
  p.finality_rule = kind == ledger::LedgerKind::kCsd ? "confirmed" : "finalized";
  p.finality_depth = kind == ledger::LedgerKind::kCsd ? 0 : 64;
  p.evidence = static_cast<EvidenceKind>(kind);
  p.custody_account = AccountId::literal(std::string(id) + "-custody");
  p.suspense_account = AccountId::literal(std::string(id) + "-suspense");
  p.anchor.ledger = p.id;
  p.anchor.key = named_signer(id, crypto::Algorithm::kEs256)->spki();
  p.anchor.chain_id = 1;
  return s;
}

AccountStatement account(const char* ledger, const char* id, const char* participant) {
  AccountStatement s;
  s.account.ledger = LedgerId::literal(ledger);
  s.account.id = AccountId::literal(id);
  s.account.participant = ParticipantId::literal(participant);
  return s;
}

InstrumentStatement instrument() {
  token::Instrument i;
  i.id = InstrumentId::literal("US0378331005");
  i.name = "Example Corp. common stock";
  i.cfi = Cfi::literal("ESVUFR");
  i.issuer = Lei::literal("5493001KJTIIGC8Y1R12");
  i.authorised = i.approved = Quantity(2'000'000, 0);
  i.issued = Quantity(1'000'000, 0);
  i.treasury = Quantity(1'000, 0);
  i.denomination = Quantity(1, 0);
  i.issuer_ledger = LedgerId::literal("csd");
  i.home_gateway = GatewayId::literal("gw-csd");
  token::Representation native, eth, corda;
  native.ledger = i.issuer_ledger;
  native.kind = token::RepresentationKind::kNative;
  eth.ledger = LedgerId::literal("eth");
  eth.reference = "0x00112233445566778899aabbccddeeff00112233";
  eth.backing_account = AccountId::literal("csd-custody");
  eth.scale = 18;
  eth.ratio = UnitRatio::make(1'000'000'000'000'000'000, 1, 1).value();
  corda.ledger = LedgerId::literal("corda");
  corda.kind = token::RepresentationKind::kDepositary;
  corda.backing_account = AccountId::literal("csd-custody");
  i.representations = {native, eth, corda};
  i.rights = {{"vote", token::RightClass::kMembership, 1, token::ExercisableBy::kRegistered, "T-2"},
              {"dividend", token::RightClass::kEconomic, 1, token::ExercisableBy::kBeneficial, ""}};
  i.admissions = {{Mic::literal("XNAS"), token::AdmissionKind::kListed, {2020, 1, 2}, {}}};
  i.governing_law = "US-DE";
  return {i};
}

const SignedStatement& Author::say(StatementBody body) {
  Statement s;
  s.authority = AuthorityId::literal("association");
  s.sequence = log_.size() + 1;
  if (!log_.empty()) s.previous = crypto::sha256(log_.back().octets);
  s.effective_from = {1'790'000'000'000'000'000 + static_cast<std::int64_t>(log_.size())};
  s.body = std::move(body);
  log_.push_back(sign_statement(s, signer_).value());
  return log_.back();
}

void introduce(Author& author, const crypto::Signer& csd, const crypto::Signer& eth, const crypto::Signer& corda) {
  author.say(participant("depository", "gw-csd"));
  author.say(participant("bank", "gw-eth"));
  author.say(participant("broker", "gw-corda"));
  author.say(key_of("gw-csd", csd));
  author.say(key_of("gw-eth", eth));
  author.say(key_of("gw-corda", corda));
  author.say(ledger("csd", "gw-csd", ledger::LedgerKind::kCsd));
  author.say(ledger("eth", "gw-eth", ledger::LedgerKind::kEthereum));
  author.say(ledger("corda", "gw-corda", ledger::LedgerKind::kCorda));
  author.say(instrument());
  author.say(account("csd", "ALICE", "depository"));
  author.say(account("eth", "BOB", "bank"));
  author.say(account("corda", "CAROL", "broker"));
}

}  // namespace ustp::vectors
