// The checker is itself checked: plants each defect, counts the seeds until it is found. simulate_defects [NAME] [SEEDS]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulation/planted.hpp"
#include "tests/simulation/simulation.hpp"

namespace ustp::simulation {
namespace {
thread_local Defect planted_now = Defect::kNone;
}
bool planted(Defect defect) { return planted_now == defect; }
void plant(Defect defect) { planted_now = defect; }
}  // namespace ustp::simulation

using namespace ustp::simulation;

namespace {

// The first seed that finds it; 0: none of them.
std::uint64_t seeds_needed(const Charter& charter, Defect defect, std::uint64_t most, std::string& how) {
  plant(defect);
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= most && found == 0; ++seed) {
    const auto report = run(charter, seed, defect);
    if (report.violations.empty()) continue;
    found = seed;
    how = report.violations.front().check;
  }
  plant(Defect::kNone);
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const std::uint64_t most = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1500;
  const Charter charter;
  int missed = 0;
  std::string how;
  constexpr std::uint64_t kSound = 30;
  if (only.empty() && seeds_needed(charter, Defect::kNone, kSound, how) != 0) {
    std::printf("without any defect planted: %s\n", how.c_str());
    return 1;
  }
  std::printf("%-24s %6s  %s\n", "defect", "seeds", "found by");
  for (std::size_t i = 1; i < static_cast<std::size_t>(Defect::kCount); ++i) {
    const auto defect = static_cast<Defect>(i);
    if (!only.empty() && only != name_of(defect)) continue;
    const auto seeds = seeds_needed(charter, defect, most, how);
    missed += seeds == 0;
    std::printf("%-24s %6s  %s\n", std::string(name_of(defect)).c_str(),
                seeds == 0 ? "-" : std::to_string(seeds).c_str(),
                seeds == 0 ? ("NOT FOUND: " + std::string(text_of(defect))).c_str() : how.c_str());
    std::fflush(stdout);
  }
  std::printf("%d not found within %llu seeds\n", missed, static_cast<unsigned long long>(most));
  return missed == 0 ? 0 : 1;
}
