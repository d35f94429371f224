#include "gateway/config/checks.hpp"

#include <unistd.h>

#include <fstream>

#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::config {
namespace {

namespace fs = std::filesystem;

constexpr Duration kSoon = Duration::seconds(14 * 24 * 3600);

bool is_readable_file(const fs::path& path) {
  std::error_code ec;
  return fs::is_regular_file(path, ec) && ::access(path.c_str(), R_OK) == 0;
}

class Checks {
 public:
  Checks(const GatewayConfig& config, Instant now, Reader& reader) : config_(config), now_(now), reader_(reader) {}

  // False as well when the path is empty: that was reported before.
  bool file(const char* section, const char* key, const fs::path& path) {
    if (path.empty()) return false;
    if (is_readable_file(path)) return true;
    reader_.problem(section, key, path.string() + ": no readable file");
    return false;
  }
  bool folder(const char* section, const char* key, const fs::path& path, int access) {
    std::error_code ec;
    if (path.empty()) return false;
    if (fs::is_directory(path, ec) && ::access(path.c_str(), access) == 0) return true;
    reader_.problem(section, key, path.string() + (access & W_OK ? ": no writable folder" : ": no readable folder"));
    return false;
  }
  void data_folder() {  // made at the first start
    std::error_code ec;
    if (config_.data.empty()) return;
    if (fs::exists(config_.data, ec))
      folder("gateway", "data", config_.data, R_OK | W_OK);
    else if (::access(config_.data.parent_path().c_str(), W_OK) != 0)
      reader_.problem("gateway", "data", config_.data.string() + ": does not exist and cannot be made");
  }

  // A key that others than its owner may read is not refused, but told.
  void secret(const char* section, const char* key, const fs::path& path) {
    std::error_code ec;
    const auto mode = fs::status(path, ec).permissions();
    if (!ec && (mode & (fs::perms::group_all | fs::perms::others_all) & ~fs::perms::group_read) != fs::perms::none)
      reader_.note(section, key, path.string() + ": others than its owner and group may read it");
  }

  void signing_key() {
    if (!file("gateway", "signing_key", config_.signing_key)) return;
    secret("gateway", "signing_key", config_.signing_key);
    if (!crypto::load_signer_file(config_.signing_key.string()))
      reader_.problem("gateway", "signing_key", config_.signing_key.string() + ": no PKCS#8 key, P-256 or Ed25519");
  }
  void authority_key() {
    if (!file("gateway", "authority_key", config_.authority_key)) return;
    std::ifstream in(config_.authority_key);
    std::string pem(64 * 1024, '\0');
    in.read(pem.data(), static_cast<std::streamsize>(pem.size()));
    pem.resize(static_cast<std::size_t>(in.gcount()));
    const auto spki = crypto::spki_from_pem(pem);
    if (!spki || !crypto::make_verifier(*spki))
      reader_.problem("gateway", "authority_key", config_.authority_key.string() + ": no public key in PEM, P-256 or Ed25519");
  }

  void tls() {
    const auto& files = config_.tls;
    const bool ca = file("tls", "ca", files.ca), certificate = file("tls", "certificate", files.certificate),
               key = file("tls", "key", files.key);
    if (ca)
      if (const auto read = tls::load_certificate(files.ca); !read) reader_.problem("tls", "ca", read.error().detail);
    if (!certificate) return;
    const auto own = tls::load_certificate(files.certificate);
    if (!own) return reader_.problem("tls", "certificate", own.error().detail);
    if (key) secret("tls", "key", files.key);
    if (key)
      if (const auto fits = tls::check_key_matches(own->get(), files.key); !fits)
        reader_.problem("tls", "key", fits.error().detail);
    validity(own->get());
    identity(own->get());
    if (ca)
      if (const auto issued = tls::check_issued_by(files.certificate, files.ca, now_); !issued)
        reader_.problem("tls", "certificate", issued.error().detail);
  }

  void jwt() {
    if (config_.jwt) file("jwt", "keys", config_.jwt->keys);
  }

  void webhooks() {
    for (const auto& hook : config_.webhooks) {
      const auto section = "webhook-" + hook.name;
      if (file(section.c_str(), "secret", hook.secret)) secret(section.c_str(), "secret", hook.secret);
      file(section.c_str(), "ca", hook.ca);
    }
  }

  void ledger() {
    if (const auto* csd = std::get_if<CsdLedgerConfig>(&config_.ledger_access)) {
      folder("ledger", "inbox", csd->inbox, R_OK | W_OK);
      folder("ledger", "outbox", csd->outbox, R_OK);
    } else if (const auto* ethereum = std::get_if<EthereumLedgerConfig>(&config_.ledger_access)) {
      if (!file("ledger", "key", ethereum->key)) return;
      secret("ledger", "key", ethereum->key);
      std::ifstream in(ethereum->key);
      std::string hex(128, '\0');
      in.read(hex.data(), static_cast<std::streamsize>(hex.size()));
      hex.resize(static_cast<std::size_t>(in.gcount()));
      while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r')) hex.pop_back();
      const auto octets = from_hex(hex.starts_with("0x") ? hex.substr(2) : hex);
      if (!octets || octets->size() != 32) reader_.problem("ledger", "key", ethereum->key.string() + ": not 32 octets in hexadecimal");
    }
  }
  void log() {
    if (config_.log.file.empty()) return;
    const auto parent = config_.log.file.parent_path();
    if (::access(parent.empty() ? "." : parent.c_str(), W_OK) != 0)
      reader_.problem("log", "file", config_.log.file.string() + ": its folder cannot be written");
  }

 private:
  void validity(const X509* certificate) {
    const auto facts = tls::facts_of(certificate);
    if (!facts) return reader_.problem("tls", "certificate", facts.error().detail);
    if (facts->not_before > now_)
      reader_.problem("tls", "certificate", "is valid only from " + to_rfc3339(facts->not_before));
    if (facts->not_after < now_)
      reader_.problem("tls", "certificate", "expired at " + to_rfc3339(facts->not_after));
    else if (facts->not_after < now_ + kSoon)
      reader_.note("tls", "certificate", "expires at " + to_rfc3339(facts->not_after));
  }
  void identity(const X509* certificate) {
    if (config_.id.empty()) return;
    const auto named = tls::gateway_of(certificate);
    if (!named)
      reader_.problem("tls", "certificate", named.error().detail + ", expected " + tls::gateway_uri(config_.id));
    else if (*named != config_.id)
      reader_.problem("tls", "certificate", "names gateway " + named->str() + ", gateway.id is " + config_.id.str());
  }

  const GatewayConfig& config_;
  Instant now_;
  Reader& reader_;
};

}  // namespace

void check_files(const GatewayConfig& config, Instant now, Reader& reader) {
  Checks checks(config, now, reader);
  checks.data_folder();
  checks.folder("gateway", "statements", config.statements, R_OK);
  checks.signing_key();
  checks.authority_key();
  checks.tls();
  checks.jwt();
  checks.webhooks();
  checks.ledger();
  checks.log();
}

}  // namespace ustp::gateway::config
