#include "gateway/tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstdio>
#include <ctime>

#include "gateway/tls/owners.hpp"

namespace ustp::gateway::tls {
namespace {

Error failure(Code code, const std::string& path, std::string what) {
  const auto openssl = take_openssl_errors();
  if (!openssl.empty()) what += ": " + openssl;
  return Error{code, path + ": " + what};
}

// OpenSSL's own message does not tell a missing file from a broken one; the operator wants to know.
Result<void> check_readable(const std::string& path) {
  std::FILE* file = path.empty() ? nullptr : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Error{Code::io_error, path + ": cannot be read"};
  std::fclose(file);
  return {};
}

// No pass phrase is asked for on a terminal: an encrypted key is a wrong key.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Result<void> load_files(SSL_CTX* context, const Files& files) {
  for (const auto* path : {&files.ca, &files.certificate, &files.key}) USTP_CHECK(check_readable(*path));
  if (SSL_CTX_load_verify_locations(context, files.ca.c_str(), nullptr) != 1)
    return failure(Code::config_invalid, files.ca, "no CA certificate");
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return failure(Code::config_invalid, files.certificate, "no certificate");
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return failure(Code::config_invalid, files.key, "no unencrypted private key of this certificate");
  if (SSL_CTX_check_private_key(context) != 1)
    return failure(Code::config_invalid, files.key, "not the key of the certificate");
  return {};
}

}  // namespace

std::string take_openssl_errors() {
  std::string out;
  for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (reason == nullptr || out.size() + std::char_traits<char>::length(reason) > 198) continue;
    if (!out.empty()) out += ", ";
    out += reason;
  }
  return out;
}

Result<Context> make_context(const Files& files, Side side) {
  ERR_clear_error();
  Context context(SSL_CTX_new(side == Side::kServer ? TLS_server_method() : TLS_client_method()));
  if (!context) return failure(Code::internal, "TLS", "no context");
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) != 1)
    return failure(Code::internal, "TLS", "version 1.3 is not available");
  SSL_CTX_set_default_passwd_cb(context.get(), no_pass_phrase);
  USTP_CHECK(load_files(context.get(), files));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (side == Side::kServer ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  SSL_CTX_set_verify_depth(context.get(), 4);
  // Every connection is authenticated anew: nothing is resumed, so a certificate is never older than its handshake.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (SSL_CTX_set_num_tickets(context.get(), 0) != 1) return failure(Code::internal, "TLS", "tickets");
  if (side == Side::kServer) {
    auto* names = SSL_load_client_CA_file(files.ca.c_str());
    if (names == nullptr) return failure(Code::config_invalid, files.ca, "no CA certificate");
    SSL_CTX_set_client_CA_list(context.get(), names);  // takes it over
  }
  return context;
}

void let_come_without_certificate(SSL_CTX* context) { SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr); }

Result<Certificate> peer_certificate(const SSL* connection) {
  Certificate certificate(SSL_get1_peer_certificate(connection));
  if (!certificate) return Error{Code::unauthenticated, "no certificate"};
  if (SSL_get_verify_result(connection) != X509_V_OK) return Error{Code::unauthenticated, "certificate not verified"};
  return certificate;
}

Result<Certificate> load_certificate(const std::string& path) {
  USTP_CHECK(check_readable(path));
  ERR_clear_error();
  const Bio file(BIO_new_file(path.c_str(), "rb"));
  Certificate certificate(file ? PEM_read_bio_X509(file.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
  if (!certificate) return failure(Code::config_invalid, path, "no certificate");
  return certificate;
}

Result<void> check_key_matches(const X509* certificate, const std::string& key_path) {
  USTP_CHECK(check_readable(key_path));
  ERR_clear_error();
  const Bio file(BIO_new_file(key_path.c_str(), "rb"));
  const Key key(file ? PEM_read_bio_PrivateKey(file.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
  if (!key) return failure(Code::config_invalid, key_path, "no unencrypted private key");
  if (X509_check_private_key(certificate, key.get()) != 1)
    return failure(Code::config_invalid, key_path, "not the key of the certificate");
  return {};
}

Result<void> check_issued_by(const std::string& certificate_path, const std::string& ca_path, Instant at) {
  USTP_TRY(const auto certificate, load_certificate(certificate_path));
  USTP_CHECK(check_readable(ca_path));
  ERR_clear_error();
  const Store store(X509_STORE_new());
  if (!store || X509_STORE_load_file(store.get(), ca_path.c_str()) != 1)
    return failure(Code::config_invalid, ca_path, "no CA certificate");
  const Bio file(BIO_new_file(certificate_path.c_str(), "rb"));
  const Chain chain(sk_X509_new_null());
  while (file && sk_X509_num(chain.get()) < 8) {  // the leaf among them does no harm
    X509* next = PEM_read_bio_X509(file.get(), nullptr, no_pass_phrase, nullptr);
    if (next == nullptr) break;
    sk_X509_push(chain.get(), next);
  }
  ERR_clear_error();  // the end of the file is no failure
  for (const int purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT}) {
    const StoreContext check(X509_STORE_CTX_new());
    if (!check || X509_STORE_CTX_init(check.get(), store.get(), certificate.get(), chain.get()) != 1)
      return failure(Code::internal, certificate_path, "verification");
    X509_STORE_CTX_set_purpose(check.get(), purpose);
    X509_STORE_CTX_set_time(check.get(), 0, static_cast<std::time_t>(at.ns / 1'000'000'000));
    if (X509_verify_cert(check.get()) == 1) continue;
    const int why = X509_STORE_CTX_get_error(check.get());
    ERR_clear_error();
    return Error{Code::config_invalid, certificate_path + ": not valid under the CA as " +
                                           (purpose == X509_PURPOSE_SSL_SERVER ? "server" : "client") + ": " +
                                           X509_verify_cert_error_string(why)};
  }
  return {};
}

}  // namespace ustp::gateway::tls
