#include "tests/bench/transfers/network.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/next_statement.hpp"

namespace ustp::bench {
namespace {

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

std::string new_pem() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  return std::string(as_text(key.private_pem.view()));
}

}  // namespace

AccountId holder(std::size_t i) { return AccountId::literal("H" + std::to_string(i)); }

ledger::LedgerProfile Network::profile(const Side& side) const {
  ledger::LedgerProfile out;
  out.id = side.ledger;
  out.kind = ledger::LedgerKind::kCorda;
  out.gateway = side.gateway;
  out.finality_rule = "notarised";
  out.evidence = EvidenceKind::kCordaTearOff;
  out.carries_lots = true;
  out.custody_account = AccountId::literal("custody");
  out.suspense_account = AccountId::literal("suspense");
  out.anchor.ledger = side.ledger;
  out.anchor.key = crypto::load_signer_pem(side.notary_pem).value()->spki();
  return out;
}

Network::Network(std::size_t count) : accounts(count) {
  const auto authority_signer = crypto::load_signer_pem(new_pem()).value();
  authority_key = crypto::make_verifier(authority_signer->spki()).value();
  const auto prepare = [&](Side& side, const char* gateway, const char* ledger, std::uint64_t units) {
    side.gateway = GatewayId::literal(gateway);
    side.ledger = LedgerId::literal(ledger);
    side.signing_pem = new_pem();
    side.notary_pem = new_pem();
    side.tls = pki.gateway(gateway);
    side.port = free_port();
    side.book.ledger = side.ledger;
    side.book.instrument = instrument;
    side.book.custody = AccountId::literal("custody");
    side.book.suspense = AccountId::literal("suspense");
    for (std::size_t i = 0; i < accounts; ++i)
      side.book.accounts.push_back({holder(i), token::Capacity::kClient, units, false});
  };
  prepare(sender, "gw-a", "ledger-a", kUnitsEach);
  prepare(recipient, "gw-b", "ledger-b", 0);

  const auto add = [&](wire::StatementBody body) {
    statements.push_back(test::next_statement(statements, std::move(body), *authority_signer, {1}));
  };
  token::Instrument share;
  share.id = instrument;
  share.authorised = share.approved = share.issued = Quantity(issued(), 0);
  share.issuer_ledger = sender.ledger;
  share.home_gateway = sender.gateway;
  for (const auto* side : {&sender, &recipient}) {
    const bool home = side == &sender;
    const auto party = ParticipantId::literal(home ? "bank-sender" : "bank-recipient");
    add(wire::ParticipantStatement{party, Lei::literal("213800KUD8LAJWSQ9D15"), "bank", side->gateway,
                                   "wss://127.0.0.1:" + std::to_string(side->port), true});
    add(wire::KeyStatement{side->gateway, crypto::Algorithm::kEs256,
                           crypto::load_signer_pem(side->signing_pem).value()->spki(), false});
    add(wire::LedgerStatement{profile(*side), false});
    token::Representation representation;
    representation.ledger = side->ledger;
    representation.kind = home ? token::RepresentationKind::kNative : token::RepresentationKind::kBacked;
    if (!home) representation.backing_account = AccountId::literal("custody");
    share.representations.push_back(representation);
  }
  add(wire::InstrumentStatement{share});
  for (const auto* side : {&sender, &recipient})
    for (std::size_t i = 0; i < accounts; ++i) {
      token::Account account;
      account.ledger = side->ledger;
      account.id = holder(i);
      account.participant = ParticipantId::literal(side == &sender ? "bank-sender" : "bank-recipient");
      add(wire::AccountStatement{account});
    }
}

gateway::TransferOrder Network::order(std::size_t number) const {
  gateway::TransferOrder order;
  order.participant = owner;
  order.key = IdempotencyKey::literal("bench-" + std::to_string(number));
  order.payload_hash.mutable_octets()[0] = static_cast<std::uint8_t>(number);
  order.instrument = instrument;
  order.quantity = "1";
  order.originator = holder(number % accounts);
  order.beneficiary = holder((number * 7 + 3) % accounts);
  order.target_ledger = recipient.ledger;
  return order;
}

}  // namespace ustp::bench
