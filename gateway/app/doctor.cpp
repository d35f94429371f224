// ustp-gateway doctor: every channel that a gateway uses, tried once; what fails says what to do. Beside a running gateway it
// changes nothing: no ledger operation, no message, no block.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "gateway/app/app.hpp"
#include "gateway/app/check.hpp"
#include "gateway/app/parts.hpp"
#include "gateway/app/reach.hpp"
#include "gateway/journal/inspect.hpp"

namespace ustp::gateway {
namespace {

class Report {
 public:
  // `good`: what was seen. Gives whether it was fine.
  bool line(const std::string& what, const Result<std::string>& seen, const char* advice) {
    std::cout << (seen ? "ok      " : "FAILED  ") << what << ": " << (seen ? *seen : to_string(seen.error())) << "\n";
    if (!seen) std::cout << "        what to do: " << advice << "\n";
    failed_ += !seen;
    return static_cast<bool>(seen);
  }
  int end() const {
    std::cout << (failed_ == 0 ? "nothing is wrong\n" : std::to_string(failed_) + " of these are wrong\n");
    return failed_ == 0 ? 0 : 1;
  }

 private:
  std::size_t failed_ = 0;
};

Result<std::string> signing(const GatewayConfig& config) {
  USTP_TRY(auto signer, crypto::load_signer_file(config.signing_key));
  const auto probe = SystemRandom().id<Salt>();
  USTP_TRY(const auto signature, signer->sign(probe.view()));
  USTP_TRY(const auto verifier, crypto::make_verifier(signer->spki()));
  if (!verifier->verify(probe.view(), signature)) return Error{Code::bad_signature, "our own"};
  return "key " + crypto::key_id_of(signer->spki()).hex() + " signs and verifies";
}

Result<std::string> chain(const GatewayConfig& config) {
  const auto path = config.journal.segments ? config.data / "journal" : config.data / "journal.db";
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return std::string("none yet; the first start makes it");
  USTP_TRY(const auto head, journal::inspect(path.string(), 1, [](const Block&, BytesView, const Hash256&) { return Result<void>(); }));
  return "intact up to position " + std::to_string(head.position);
}

// A file of our own, written and synced as the journal is.
Result<std::string> sync_time(const GatewayConfig& config) {
  std::error_code failed;
  if (!std::filesystem::exists(config.data, failed)) return std::string("no data folder yet");
  auto name = (config.data / ".doctor-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return Error{Code::io_error, config.data.string() + ": no file can be made"};
  const auto before = SystemClock().now();
  const std::string block(4096, 'x');
  const bool written = ::write(fd, block.data(), block.size()) == static_cast<ssize_t>(block.size()) && ::fdatasync(fd) == 0;
  const auto took = SystemClock().now().ns - before.ns;
  ::close(fd);
  ::unlink(name.c_str());
  if (!written) return Error{Code::journal_write, config.data.string()};
  return "4 KiB are durable after " + std::to_string(took / 1000) + " µs";
}

Result<std::string> ledger(const GatewayConfig& config) {
  if (const auto* csd = std::get_if<CsdLedgerConfig>(&config.ledger_access)) return csd->inbox.string() + " and " + csd->outbox.string() + " can be used";
  std::string address;
  if (const auto* ethereum = std::get_if<EthereumLedgerConfig>(&config.ledger_access)) {
    address = ethereum->rpc.substr(std::string_view("http://").size());
    address = address.substr(0, address.find('/'));
  } else {
    address = std::get<CordaLedgerConfig>(config.ledger_access).endpoint;
  }
  USTP_TRY(const auto endpoint, tls::parse_host_port(address, false));
  USTP_CHECK(reach(endpoint));
  return address + " answers";
}

Result<std::string> peer(const GatewayConfig& config, const wire::ParticipantStatement& one) {
  USTP_TRY(const auto endpoint, tls::parse_peer(one.endpoint));
  USTP_TRY(const auto named, shake_hands(endpoint, config.tls));
  if (named != one.gateway) return Error{Code::tls_identity_mismatch, one.endpoint + " is " + named.str()};
  return one.endpoint + " shows the certificate of " + named.str();
}

// A gateway that runs says by itself what is wrong. Nobody there is no fault: it may be stopped.
Result<std::string> running(const GatewayConfig& config) {
  USTP_TRY(const auto endpoint, tls::parse_host_port(config.admin_listen, true));
  const auto answer = get(endpoint, "/health/ready");
  if (!answer) return "not running at " + config.admin_listen;
  if (answer->status != 200) return Error{Code::internal, answer->body};
  return std::string("running and ready");
}

}  // namespace

int examine(const AppOptions& options) {
  const auto outcome = checked_config(options);
  tell_problems(outcome, std::cout);
  Report report;
  const auto config_seen = outcome.problems.empty() ? Result<std::string>("no problem found")
                                                    : Result<std::string>(Code::config_invalid, std::to_string(outcome.problems.size()) + " problems, above");
  report.line("configuration", config_seen, "mend the places named above");
  if (!outcome.config) return report.end();
  const auto& config = *outcome.config;
  report.line("signing", signing(config), "gateway.signing_key must be a PKCS#8 key, P-256 or Ed25519");
  report.line("journal", chain(config), "change nothing; restore the whole set of files from a copy (guide: running a gateway)");
  report.line("journal sync", sync_time(config), "look at the disk, its space and who owns gateway.data");
  report.line("ledger " + config.ledger.str(), ledger(config), "bring the ledger or the way to it back; operations are never done twice");
  if (const auto bootstrap = load_bootstrap(config)) {
    protocol::Registry registry(config.authority, bootstrap->authority_key);
    for (const auto& statement : bootstrap->statements)
      if (!registry.apply(statement)) break;
    for (const auto* one : registry.participants())
      if (!one->endpoint.empty() && one->gateway != config.id)
        report.line("peer " + one->gateway.str(), peer(config, *one), "is it up, is its address in the statements right, is there a firewall, do both have the same CA?");
  }
  report.line("gateway", running(config), "what the gateway itself says is wrong; the guide has a table of what to do");
  return report.end();
}

}  // namespace ustp::gateway
