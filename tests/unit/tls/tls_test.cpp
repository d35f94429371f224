// Contexts and identities: what is refused before a socket is opened.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "gateway/tls/tls_context.hpp"
#include "tests/support/test_pki.hpp"

using namespace ustp;
using namespace ustp::gateway;
using testing::TestPki;

namespace {

tls::Files files_of(const testing::CertificateFiles& files) { return {files.ca, files.certificate, files.key}; }

Result<GatewayId> gateway_in(const TestPki& pki, std::vector<std::string> uris) {
  const auto files = pki.issue("leaf", {std::move(uris)});
  const auto certificate = tls::load_certificate(files.certificate);
  REQUIRE(certificate);
  return tls::gateway_of(certificate->get());
}

}  // namespace

TEST_CASE("a gateway is who its one URI says (USTP-TLS-003)") {
  const TestPki pki;
  CHECK(*gateway_in(pki, {"urn:ustp:gateway:gw-a"}) == GatewayId::literal("gw-a"));
  CHECK(*gateway_in(pki, {"https://elsewhere", "urn:ustp:gateway:gw-a", "urn:ustp:participant:p"}) ==
        GatewayId::literal("gw-a"));

  for (const auto& uris : std::vector<std::vector<std::string>>{
           {},
           {"urn:ustp:participant:gw-a"},
           {"urn:ustp:gateway:"},
           {"urn:ustp:gateway:a", "urn:ustp:gateway:b"},
           {"URN:USTP:GATEWAY:gw-a"},
           {"urn:ustp:gateway:gw a"},
           {std::string("urn:ustp:gateway:gw-a\0.evil", 27)},
           {"urn:ustp:gateway:" + std::string(65, 'a')}}) {
    const auto id = gateway_in(pki, uris);
    REQUIRE_FALSE(id);
    CHECK(id.error().code == Code::tls_identity_mismatch);
  }
}

TEST_CASE("a participant's certificate names no gateway, and the other way round") {
  const TestPki pki;
  const auto certificate = tls::load_certificate(pki.participant("bank-1").certificate);
  REQUIRE(certificate);
  CHECK(*tls::participant_of(certificate->get()) == ParticipantId::literal("bank-1"));
  CHECK_FALSE(tls::gateway_of(certificate->get()));
  CHECK_FALSE(tls::participant_of(nullptr));
}

TEST_CASE("a context is made from good files only; the detail names the bad one") {
  const TestPki pki;
  const auto good = files_of(pki.gateway("gw-a"));
  CHECK(tls::make_context(good, tls::Side::kServer));
  CHECK(tls::make_context(good, tls::Side::kClient));

  auto missing = good;
  missing.ca = (pki.folder() / "none.pem").string();
  auto context = tls::make_context(missing, tls::Side::kServer);
  REQUIRE_FALSE(context);
  CHECK(context.error().code == Code::io_error);
  CHECK(context.error().detail.find("none.pem") != std::string::npos);

  auto foreign = good;
  foreign.key = pki.gateway("gw-b").key;
  context = tls::make_context(foreign, tls::Side::kClient);
  REQUIRE_FALSE(context);
  CHECK(context.error().code == Code::config_invalid);
  CHECK(context.error().detail.find("gw-b.key") != std::string::npos);

  auto garbage = good;
  garbage.certificate = (pki.folder() / "garbage.pem").string();
  std::ofstream(garbage.certificate) << "no certificate";
  CHECK_FALSE(tls::make_context(garbage, tls::Side::kServer));
}

TEST_CASE("certificate and key, certificate and CA, and the time are checked without a connection") {
  const TestPki pki, other;
  const auto files = pki.gateway("gw-a");
  const auto certificate = tls::load_certificate(files.certificate);
  REQUIRE(certificate);
  CHECK(tls::check_key_matches(certificate->get(), files.key));
  CHECK_FALSE(tls::check_key_matches(certificate->get(), other.gateway("gw-a").key));

  const auto now = SystemClock().now();
  CHECK(tls::check_issued_by(files.certificate, pki.ca(), now));
  CHECK_FALSE(tls::check_issued_by(files.certificate, other.ca(), now));
  CHECK_FALSE(tls::check_issued_by(files.certificate, pki.ca(), now + Duration::seconds(30 * 3600)));
  const auto one_role = pki.issue("server-only", {{"urn:ustp:gateway:x"}, -10, 1000, true, false});
  CHECK_FALSE(tls::check_issued_by(one_role.certificate, pki.ca(), now));

  const auto facts = tls::facts_of(certificate->get());
  REQUIRE(facts);
  CHECK(facts->uris == std::vector<std::string>{"urn:ustp:gateway:gw-a"});
  CHECK(facts->not_before < now);
  CHECK(facts->not_after > now);
}
