#include "gateway/app/parts.hpp"

#include <algorithm>
#include <fstream>

#include "adapters/corda/driver.hpp"
#include "adapters/corda/proof/tear_off.hpp"
#include "adapters/csd/driver.hpp"
#include "adapters/csd/proof/confirmation.hpp"
#include "adapters/ethereum/driver.hpp"
#include "adapters/ethereum/proof/receipt.hpp"

namespace ustp::gateway {
namespace {

Result<Bytes> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes out((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return Error{Code::io_error, path.string()};
  return out;
}

}  // namespace

Result<Bootstrap> load_bootstrap(const GatewayConfig& config) {
  Bootstrap out;
  USTP_TRY(const auto pem, read_file(config.authority_key));
  USTP_TRY(const auto spki, crypto::spki_from_pem(as_text(pem)));
  USTP_TRY(out.authority_key, crypto::make_verifier(spki));
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(config.statements, failed))
    if (entry.path().extension() == ".stm") files.push_back(entry.path());
  if (failed) return Error{Code::io_error, config.statements.string()};
  std::sort(files.begin(), files.end());
  protocol::Registry registry(config.authority, out.authority_key);
  for (const auto& file : files) {
    const auto in_file = [&](const Error& e) { return Error{e.code, e.detail + ", " + file.string()}; };
    USTP_TRY(const auto octets, read_file(file));
    auto statement = wire::parse_statement_frame(octets);
    if (!statement) return in_file(statement.error());
    if (auto done = registry.apply(*statement); !done) return in_file(done.error());
    out.statements.push_back(*std::move(statement));
  }
  const auto* profile = registry.ledger(config.ledger);
  if (!profile) return Error{Code::unknown_ledger, config.ledger.str() + " is in no statement"};
  if (profile->gateway != config.id)
    return Error{Code::config_invalid, config.ledger.str() + " is behind " + profile->gateway.str()};
  out.profile = *profile;
  return out;
}

namespace {

struct MakeDriver {
  const ledger::LedgerProfile& profile;
  Result<std::unique_ptr<ledger::Driver>> operator()(const CsdLedgerConfig& access) const {
    csd::CsdOptions options;
    options.profile = profile;
    options.inbox = access.inbox;
    options.outbox = access.outbox;
    options.poll = access.poll;
    return csd::make_csd_driver(std::move(options));
  }
  Result<std::unique_ptr<ledger::Driver>> operator()(const EthereumLedgerConfig& access) const {
    ethereum::EthereumOptions options;
    options.profile = profile;
    options.url = access.rpc;
    options.key_file = access.key;
    options.poll = access.poll;
    return ethereum::make_ethereum_driver(std::move(options));
  }
  Result<std::unique_ptr<ledger::Driver>> operator()(const CordaLedgerConfig& access) const {
    corda::CordaOptions options;
    options.profile = profile;
    options.endpoint = access.endpoint;
    return corda::make_corda_driver(std::move(options));
  }
};

}  // namespace

Result<std::unique_ptr<ledger::Driver>> make_driver(const GatewayConfig& config, const ledger::LedgerProfile& profile) {
  return std::visit(MakeDriver{profile}, config.ledger_access);
}

ledger::EvidenceVerifier make_evidence_verifier() {
  const auto tear_off = corda::make_tear_off_verifier(std::make_shared<corda::SignatureCache>());
  return [tear_off](const Evidence& evidence, const LedgerAnchor& anchor) -> Result<ProvenOperation> {
    switch (evidence.kind) {
      case EvidenceKind::kCsdConfirmation: return csd::verify_confirmation(evidence, anchor);
      case EvidenceKind::kEthereumReceipt: return ethereum::verify_ethereum_receipt(evidence, anchor);
      case EvidenceKind::kCordaTearOff: return tear_off(evidence, anchor);
      case EvidenceKind::kNone: break;
    }
    return Error{Code::evidence_invalid, "no evidence"};
  };
}

CoreOptions core_options(const GatewayConfig& config) {
  CoreOptions out;
  out.self = config.id;
  out.ledger = config.ledger;
  out.shard = config.shard;
  out.limits.frame_octets = config.limits.frame_octets;
  out.limits.messages = config.limits.messages_per_batch;
  out.skew_limit = config.timing.skew_limit;
  out.status_retry = config.timing.status_retry;
  out.recheck_every = config.timing.recheck;
  out.requery_every = config.timing.requery;
  out.events_kept = config.limits.events_kept;
  out.open_transfers_max = config.limits.open_transfers;
  out.order_within = config.timing.order_within;
  return out;
}

}  // namespace ustp::gateway
