#include "tests/simulation/charter.hpp"

namespace ustp::simulation {
namespace {

std::unique_ptr<crypto::Signer> new_signer() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}

constexpr const char* kNames[] = {"csd", "eth", "corda"};

ledger::LedgerProfile make_profile(std::size_t which) {
  constexpr ledger::LedgerKind kKinds[] = {ledger::LedgerKind::kCsd, ledger::LedgerKind::kEthereum,
                                           ledger::LedgerKind::kCorda};
  constexpr EvidenceKind kEvidence[] = {EvidenceKind::kCsdConfirmation, EvidenceKind::kEthereumReceipt,
                                        EvidenceKind::kCordaTearOff};
  ledger::LedgerProfile out;
  out.id = LedgerId::literal(kNames[which]);
  out.kind = kKinds[which];
  out.gateway = Charter::gateway(which);
  out.finality_rule = which == kCorda ? "notarised" : "confirmed";
  out.evidence = kEvidence[which];
  out.custody_account = AccountId::literal("custody");
  out.suspense_account = AccountId::literal("suspense");
  out.anchor.ledger = out.id;
  return out;
}

}  // namespace

const InstrumentId& Charter::isin() {
  static const InstrumentId id = InstrumentId::literal("US0378331005");
  return id;
}
GatewayId Charter::gateway(std::size_t which) { return GatewayId::literal(std::string("gw-") + kNames[which]); }
ParticipantId Charter::bank(std::size_t which) { return ParticipantId::literal(std::string("bank-") + kNames[which]); }
const std::vector<AccountId>& Charter::accounts() {
  static const std::vector<AccountId> all{AccountId::literal("alice"), AccountId::literal("bob"),
                                          AccountId::literal("carol")};
  return all;
}

// Ethereum counts in thousandths: the ratio is not one to one everywhere.
UnitRatio Charter::ratio(std::size_t which) const {
  return which == kEth ? UnitRatio::make(1000, 1, 1).value() : UnitRatio();
}

std::unique_ptr<crypto::Signer> Charter::notary() const { return crypto::load_signer_pem(notary_pem_).value(); }

token::Account Charter::account(std::size_t which, const AccountId& id) const {
  token::Account out;
  out.ledger = profiles_[which].id;
  out.id = id;
  out.participant = bank(which);
  return out;
}

Charter::Charter() : authority_(new_signer()), stranger_(new_signer()) {
  const auto notary_key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  notary_pem_ = as_text(notary_key.private_pem.view());
  for (std::size_t i = 0; i < kGateways; ++i) {
    signers_.push_back(new_signer());
    profiles_.push_back(make_profile(i));
  }
  profiles_[kCorda].anchor.key = notary_key.spki;
  for (const bool json : {false, true}) {
    registries_[json] = std::make_unique<protocol::Registry>(AuthorityId::literal("association"),
                                                             crypto::make_verifier(authority_->spki()).value());
    found(*registries_[json], json);
  }
}

void Charter::found(protocol::Registry& registry, bool json) const {
  const auto apply = [&](wire::StatementBody body) {
    if (!registry.apply(test::next_statement(registry.log(), std::move(body), *authority_, kBegin))) std::abort();
  };
  for (std::size_t i = 0; i < kGateways; ++i) {
    wire::ParticipantStatement participant;
    participant.participant = bank(i);
    participant.lei = Lei::literal("213800KUD8LAJWSQ9D15");
    participant.gateway = gateway(i);
    participant.endpoint = (json && i == kEth ? "https://" : "wss://") + gateway(i).str();
    apply(participant);
    apply(wire::KeyStatement{gateway(i), crypto::Algorithm::kEs256, signers_[i]->spki(), false});
    apply(wire::LedgerStatement{profiles_[i], false});
  }
  token::Instrument instrument;
  instrument.id = isin();
  instrument.authorised = instrument.approved = instrument.issued = Quantity(kIssued, 0);
  instrument.issuer_ledger = profiles_[kCsd].id;
  instrument.home_gateway = gateway(kCsd);
  for (std::size_t i = 0; i < kGateways; ++i) {
    token::Representation representation;
    representation.ledger = profiles_[i].id;
    representation.kind = i == kCsd ? token::RepresentationKind::kNative : token::RepresentationKind::kBacked;
    if (i != kCsd) representation.backing_account = AccountId::literal("custody");
    representation.ratio = ratio(i);
    instrument.representations.push_back(representation);
  }
  apply(wire::InstrumentStatement{instrument});
  for (std::size_t i = 0; i < kGateways; ++i)
    for (const auto& id : accounts()) apply(wire::AccountStatement{account(i, id)});
}

}  // namespace ustp::simulation
