#pragma once
// TLS as USTP uses it (peer links and the API): version 1.3 only, both sides show a certificate of the one configured
// CA, and who the other side is stands in its certificate as a URI (RFC 5280, subjectAltName):
//   urn:ustp:gateway:ID or urn:ustp:participant:ID
// Host names play no part. Functions on OpenSSL's own types; every function here is thread-safe.

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway::tls {

struct Files {
  std::string ca, certificate, key;  // PEM; `certificate` may carry the intermediate ones behind the leaf
};
enum class Side { kServer, kClient };

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

// A context that asks for and verifies the other side's certificate, resumes no session and refuses renegotiation.
// Code::io_error: a file cannot be read; Code::config_invalid: it is not what it should be. The detail names the file.
// `boost::asio::ssl::context(context.release())` takes it over.
Result<Context> make_context(const Files& files, Side side);

// A server's clients may come without a certificate and say otherwise who they are; one that is shown is verified as ever.
void let_come_without_certificate(SSL_CTX* context);

// Who the certificate names. Code::tls_identity_mismatch: no such URI, more than one, or a malformed id.
Result<GatewayId> gateway_of(const X509* certificate);
Result<ParticipantId> participant_of(const X509* certificate);
std::string gateway_uri(const GatewayId& id);
std::string participant_uri(const ParticipantId& id);

// The verified certificate of the other side after the handshake; Code::unauthenticated when there is none.
Result<Certificate> peer_certificate(const SSL* connection);

// For checks before anything is opened (configuration, tools).
struct CertificateFacts {
  std::vector<std::string> uris;  // of the subjectAltName, in order
  Instant not_before, not_after;
};
Result<Certificate> load_certificate(const std::string& path);  // the first of the file
Result<CertificateFacts> facts_of(const X509* certificate);
Result<void> check_key_matches(const X509* certificate, const std::string& key_path);  // Code::config_invalid
// The certificate leads to the CA at this instant, for both TLS roles.
Result<void> check_issued_by(const std::string& certificate_path, const std::string& ca_path, Instant at);

// What OpenSSL says it failed of, oldest first and at most 200 octets; empties the thread's queue.
std::string take_openssl_errors();

}  // namespace ustp::gateway::tls
