// Third-party vectors, used where they are at hand.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sdk/cli/wycheproof.hpp"

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
    if (entry.path().extension() != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto report = cli::run_wycheproof(text.str());
    REQUIRE_MESSAGE(report.has_value(), name);
    for (const auto& one : report->cases) {
      const std::string where = name + " tcId " + std::to_string(one.id) + " " + one.comment;
      CHECK_MESSAGE(one.ok(), where);
    }
    cases += report->cases.size();
  }
  MESSAGE("wycheproof cases: " << cases);
  CHECK(cases > 100);
}
