// Third-party vectors, used where they are at hand.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ustp/crypto/crypto.hpp"

using namespace ustp;

TEST_CASE("Wycheproof's verdicts are ours, case by case") {
  const std::filesystem::path folder = USTP_SOURCE_DIR "/../shared/data/wycheproof";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("SKIPPED wycheproof: no vectors at hand");
    return;
  }
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    const bool der = name.find("ecdsa_secp256r1_sha256_test") == 0;
    const bool raw = name.find("ecdsa_secp256r1_sha256_p1363") == 0;
    const bool ed = name.find("ed25519") == 0;
    if (!der && !raw && !ed) continue;
    std::ifstream in(entry.path());
    const auto file = nlohmann::json::parse(in);
    for (const auto& group : file.at("testGroups")) {
      const auto verifier = crypto::make_verifier(from_hex(group.at("publicKeyDer").get<std::string>()).value());
      REQUIRE(verifier.has_value());
      for (const auto& test : group.at("tests")) {
        auto signature = from_hex(test.at("sig").get<std::string>()).value();
        if (der) signature = crypto::ecdsa_raw_from_der(signature).value_or(Bytes{});
        const bool ours = (*verifier)->verify(from_hex(test.at("msg").get<std::string>()).value(), signature);
        const bool theirs = test.at("result") == "valid";
        const std::string where = name + " tcId " + std::to_string(test.at("tcId").get<int>());
        CHECK_MESSAGE(ours == theirs, where);
        ++cases;
      }
    }
  }
  MESSAGE("wycheproof cases: " << cases);
  CHECK(cases > 100);
}
