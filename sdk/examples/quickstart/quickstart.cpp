// From nothing to a transfer that a stranger could verify: order, wait, fetch the evidence, check it offline.
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "ustp/client/client.hpp"
#include "ustp/proofs/proofs.hpp"

using namespace ustp;

namespace {

void pass(Duration time) { std::this_thread::sleep_for(std::chrono::nanoseconds(time.ns)); }

int failed(const std::string& what) {
  std::cerr << "quickstart: " << what << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return failed("use: quickstart URL PKI-FOLDER PARTICIPANT AUTHORITY-KEY.pem ISIN ACCOUNT LEDGER/ACCOUNT");
  const std::string url = argv[1], pki = argv[2], who = pki + "/participant-" + argv[3], target = argv[7];
  std::ifstream pem(argv[4]);
  const auto spki = crypto::spki_from_pem(std::string(std::istreambuf_iterator<char>(pem), {}));
  if (!spki) return failed(to_string(spki.error()));

  auto transport = client::make_https_transport(
      {.base_url = url, .ca_file = pki + "/ca.pem", .certificate_file = who + ".pem", .key_file = who + ".key.pem"});
  if (!transport) return failed(to_string(transport.error()));
  client::Client gateway(*std::move(transport), std::make_unique<SystemRandom>(), pass);

  client::TransferOrder order;
  order.instrument = InstrumentId::parse(argv[5]).value();  // value() of what was typed wrong ends the program
  order.quantity = "10";
  order.originator = AccountId::parse(argv[6]).value();
  order.target_ledger = LedgerId::parse(target.substr(0, target.find('/'))).value();
  order.beneficiary = AccountId::parse(target.substr(target.find('/') + 1)).value();
  // The key is yours: the same key with the same order is the same transfer, however often it is sent.
  auto transfer = gateway.start_transfer(order, IdempotencyKey::parse("quickstart-" + std::to_string(SystemClock().now().ns)).value());
  while (transfer && !transfer->is_final()) {
    pass(Duration::milliseconds(50));
    transfer = gateway.transfer(transfer->id);
  }
  if (!transfer) return failed(to_string(transfer.failure()));
  std::cout << transfer->id.hex() << " " << transfer->status << "\n";
  if (transfer->status != "completed") return failed(transfer->reason_code + ": " + transfer->reason_detail);

  const auto bundle = gateway.evidence(transfer->id);
  if (!bundle) return failed(to_string(bundle.failure()));
  const auto report = protocol::verify_bundle(*bundle, AuthorityId::literal("association"),
                                              crypto::make_verifier(*spki).value(), evidence_verifiers());
  if (!report || !report->ok()) return failed("the evidence does not hold");
  std::cout << "evidence of " << bundle->size() << " octets: " << report->checks.size() << " checks passed offline\n";
}
