#pragma once
// A certificate authority made for one test: PEM files in a temporary folder that goes with the object.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ustp::testing {

struct CertificateFiles {
  std::string ca, certificate, key;  // paths
};

struct CertificateWish {
  std::vector<std::string> uris;     // subjectAltName, e.g. "urn:ustp:gateway:gw-a"
  long valid_from = -3600, valid_to = 24 * 3600;  // seconds from now
  bool server_role = true, client_role = true;    // extended key usage
};

// Every failure of OpenSSL ends the test program. P-256 keys.
class TestPki {
 public:
  TestPki();
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;
  ~TestPki();

  // Writes NAME.pem and NAME.key under the folder.
  CertificateFiles issue(const std::string& name, const CertificateWish& wish) const;
  CertificateFiles gateway(const std::string& id) const { return issue(id, {{"urn:ustp:gateway:" + id}}); }
  CertificateFiles participant(const std::string& id) const { return issue(id, {{"urn:ustp:participant:" + id}}); }

  const std::filesystem::path& folder() const { return folder_; }
  std::string ca() const { return (folder_ / "ca.pem").string(); }

 private:
  struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
  };
  std::filesystem::path folder_;
  std::unique_ptr<EVP_PKEY, Free> key_;
  std::unique_ptr<X509, Free> certificate_;
};

}  // namespace ustp::testing
