// tools/pki: what the certificates say is read back with openssl.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/unit/cli/process.hpp"

using namespace ustp::test;

namespace {
const std::string kTool = USTP_SOURCE_DIR "/tools/pki";
std::string text_of(const std::string& certificate) {
  return run({"openssl", "x509", "-in", certificate, "-noout", "-text"}).out;
}
}  // namespace

TEST_CASE("certificates carry the identity as SAN URI and are good for their side of TLS only") {
  const TemporaryFolder folder;
  const auto dir = folder / "pki";
  const auto made = run({kTool, dir, "--gateway", "gw-a", "gw-b", "--participant", "bank-a"});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const auto gateway = text_of(dir + "/gateway-gw-a.pem");
  CHECK(has(gateway, "URI:urn:ustp:gateway:gw-a, IP Address:127.0.0.1, DNS:localhost"));
  CHECK(has(gateway, "TLS Web Server Authentication, TLS Web Client Authentication"));
  CHECK(has(gateway, "prime256v1"));
  CHECK(has(gateway, "CA:FALSE"));
  CHECK(has(text_of(dir + "/gateway-gw-b.pem"), "URI:urn:ustp:gateway:gw-b"));
  const auto participant = text_of(dir + "/participant-bank-a.pem");
  CHECK(has(participant, "URI:urn:ustp:participant:bank-a"));
  CHECK_FALSE(has(participant, "IP Address"));
  CHECK_FALSE(has(participant, "TLS Web Server Authentication"));
  for (const char* name : {"gateway-gw-a", "gateway-gw-b", "participant-bank-a"})
    CHECK(run({"openssl", "verify", "-CAfile", dir + "/ca.pem", dir + "/" + name + ".pem"}).code == 0);
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    struct stat about {};
    REQUIRE(::stat(entry.path().c_str(), &about) == 0);
    CAPTURE(entry.path().string());
    CHECK((about.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a second run keeps what is there and adds what is not") {
  const TemporaryFolder folder;
  const auto dir = folder / "pki";
  REQUIRE(run({kTool, dir, "--gateway", "gw-a"}).code == 0);
  const auto ca = read_text(dir + "/ca.pem"), first = read_text(dir + "/gateway-gw-a.pem");
  REQUIRE(run({kTool, dir, "--gateway", "gw-a", "--participant", "bank-a"}).code == 0);
  CHECK(read_text(dir + "/ca.pem") == ca);
  CHECK(read_text(dir + "/gateway-gw-a.pem") == first);
  CHECK(run({"openssl", "verify", "-CAfile", dir + "/ca.pem", dir + "/participant-bank-a.pem"}).code == 0);
}

TEST_CASE("an identity that could say more than itself is wrong use") {
  const TemporaryFolder folder;
  for (const char* id : {"a,DNS:evil", "a b", "../a", "-x", ""}) {
    CAPTURE(id);
    CHECK(run({kTool, folder / "pki", "--gateway", id}).code == 2);
  }
  CHECK(run({kTool}).code == 2);
  CHECK(run({kTool, folder / "pki", "gw-a"}).code == 2);
}
