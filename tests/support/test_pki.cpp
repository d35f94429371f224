#include "tests/support/test_pki.hpp"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace ustp::testing {
namespace {

void must(bool ok) {
  if (ok) return;
  std::fputs("test_pki: OpenSSL or the file system refused\n", stderr);
  std::abort();
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// Not through X509V3_EXT_conf: its commas and colons would be read as syntax, and a test wants any text in a name.
void add_uris(X509* certificate, const std::vector<std::string>& uris) {
  if (uris.empty()) return;
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  for (const auto& uri : uris) {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    must(ASN1_STRING_set(text, uri.data(), static_cast<int>(uri.size())) == 1);
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_URI, text);
    must(sk_GENERAL_NAME_push(names, name) > 0);
  }
  must(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1);
  GENERAL_NAMES_free(names);
}

X509* new_certificate(const std::string& common_name, EVP_PKEY* key, long from, long to) {
  X509* certificate = X509_new();
  unsigned char serial[8];
  must(RAND_bytes(serial, sizeof serial) == 1);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // positive and not zero
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  must(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr);
  BN_free(number);
  must(X509_set_version(certificate, X509_VERSION_3) == 1 && X509_set_pubkey(certificate, key) == 1 &&
       X509_gmtime_adj(X509_getm_notBefore(certificate), from) != nullptr &&
       X509_gmtime_adj(X509_getm_notAfter(certificate), to) != nullptr &&
       X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1);
  return certificate;
}

template <class Write>
void write_file(const std::filesystem::path& path, Write write) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  must(file != nullptr && write(file) == 1 && std::fclose(file) == 0);
}

}  // namespace

TestPki::TestPki() {
  std::string name = (std::filesystem::temp_directory_path() / "ustp-pki-XXXXXX").string();
  must(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  key_.reset(EVP_EC_gen("P-256"));
  must(key_ != nullptr);
  certificate_.reset(new_certificate("USTP test CA", key_.get(), -7200, 48 * 3600));
  X509* ca = certificate_.get();
  must(X509_set_issuer_name(ca, X509_get_subject_name(ca)) == 1);
  add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:1");
  add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca, ca, NID_subject_key_identifier, "hash");
  must(X509_sign(ca, key_.get(), EVP_sha256()) > 0);
  write_file(folder_ / "ca.pem", [&](std::FILE* f) { return PEM_write_X509(f, ca); });
}

TestPki::~TestPki() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

CertificateFiles TestPki::issue(const std::string& name, const CertificateWish& wish) const {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  must(key != nullptr);
  const std::unique_ptr<X509, Free> leaf(new_certificate(name, key.get(), wish.valid_from, wish.valid_to));
  must(X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get())) == 1);
  add_extension(leaf.get(), certificate_.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), certificate_.get(), NID_key_usage, "critical,digitalSignature");
  std::string roles = wish.server_role ? "serverAuth" : "";
  if (wish.client_role) roles += roles.empty() ? "clientAuth" : ",clientAuth";
  if (!roles.empty()) add_extension(leaf.get(), certificate_.get(), NID_ext_key_usage, roles);
  add_extension(leaf.get(), certificate_.get(), NID_subject_key_identifier, "hash");
  add_extension(leaf.get(), certificate_.get(), NID_authority_key_identifier, "keyid:always");
  add_uris(leaf.get(), wish.uris);
  must(X509_sign(leaf.get(), key_.get(), EVP_sha256()) > 0);

  const CertificateFiles files{ca(), (folder_ / (name + ".pem")).string(), (folder_ / (name + ".key")).string()};
  write_file(files.certificate, [&](std::FILE* f) { return PEM_write_X509(f, leaf.get()); });
  write_file(files.key, [&](std::FILE* f) {
    return PEM_write_PKCS8PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  std::filesystem::permissions(files.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return files;
}

}  // namespace ustp::testing
