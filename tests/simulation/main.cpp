// simulate [--seed N] [--runs N] [--minutes M] [--verbose]: runs seed after seed and tells what went wrong.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/simulation/simulation.hpp"

using namespace ustp;
using namespace ustp::simulation;

namespace {

// Seeds that failed once. What a seed does changes with the simulator; that they pass must not.
struct Regression {
  std::uint64_t seed;
  const char* name;
};
constexpr Regression kRegressions[] = {
    {238, "equal status reports and the question went round for ever"},
    {966, "a request that never reached the ledger was asked about for ever"},
    {470, "a clock that was put back stopped the questions"},
    {337, "a release after the conversation left the transfer open when the home gateway was told last"},
    {803, "a recipient restored from before its vote undid what it had voted for"},
    {3882, "a notice that overtook the one it rests on was refused, and the transfer never ended"},
    {103699, "a clock ahead at the start and put back before the first input stopped the questions"},
    {1568, "replay of a time when the clock was ahead left the next questions far away"},
    {309254, "an outcome that fits no state closed its operation without a block"},
    {310763, "a copy of a refused lock took effect after the transfer had ended"},
    {500209, "an acknowledgement with a wrong number, unsigned, put a gateway into recovery for good"},
    {1408, "a sender restored from before its decision decided otherwise"},
    {1184, "a statement lost with its gateway was never handed in again"},
};

struct Options {
  std::uint64_t seed = 1, runs = 200;
  double minutes = 0;
  bool one = false, verbose = false;
};

bool read(int argc, char** argv, Options& out) {
  bool many = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const auto number = [&](auto& into) {
      if (i + 1 >= argc) return false;
      into = static_cast<std::decay_t<decltype(into)>>(std::strtod(argv[++i], nullptr));
      return true;
    };
    if (flag == "--verbose") out.verbose = true;
    else if (flag == "--seed" && number(out.seed)) out.one = true;
    else if (flag == "--runs" && number(out.runs)) many = true;
    else if (flag == "--minutes" && number(out.minutes)) out.runs = UINT64_MAX, many = true;
    else return false;
  }
  out.one = out.one && !many;
  if (out.one) out.runs = 1;
  return true;
}

void show(const Report& report) {
  std::printf("seed %llu: %zu violation(s) after %llu steps\n", static_cast<unsigned long long>(report.seed),
              report.violations.size(), static_cast<unsigned long long>(report.steps));
  for (const auto& one : report.violations)
    std::printf("  VIOLATED at step %llu: %s (%s)\n", static_cast<unsigned long long>(one.step), one.check.c_str(),
                one.detail.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read(argc, argv, options)) {
    std::fprintf(stderr, "simulate [--seed N] [--runs N] [--minutes M] [--verbose]\n");
    return 2;
  }
  const Charter charter;
  const auto begin = std::chrono::steady_clock::now();
  const auto minutes = [&] {
    return std::chrono::duration<double, std::ratio<60>>(std::chrono::steady_clock::now() - begin).count();
  };
  std::array<std::uint64_t, kFaults> faults{};
  std::uint64_t runs = 0, steps = 0, committed = 0, aborted = 0, suspended = 0, restored = 0, longest = 0, failed = 0;
  const std::size_t regressions = options.one ? 0 : std::size(kRegressions);
  for (std::uint64_t next = 0; next < regressions || runs < options.runs; ++next, ++runs) {
    const bool again = next < regressions;
    const auto seed = again ? kRegressions[next].seed : options.seed + (next - regressions);
    if (options.minutes > 0 && minutes() >= options.minutes) break;
    auto report = run(charter, seed, Defect::kNone, options.one && options.verbose ? Tell::kAll : Tell::kNothing);
    steps += report.steps;
    committed += report.committed;
    aborted += report.aborted;
    suspended += report.suspended;
    restored += report.restored;
    if (!report.restored && report.healed_at != 0) longest = std::max(longest, report.steps - report.healed_at);
    for (std::size_t i = 0; i < kFaults; ++i) faults[i] += report.faults[i];
    if (options.one && options.verbose) std::fputs(report.trace.c_str(), stdout);
    if (report.violations.empty()) continue;
    ++failed;
    show(report);
    if (again) std::printf("  failed before: %s\n", kRegressions[next].name);
    std::fflush(stdout);
    std::printf("  again: ./run simulate --seed %llu   (everything: --verbose)\n", static_cast<unsigned long long>(seed));
    if (options.one && !options.verbose)
      std::fputs(run(charter, seed, Defect::kNone, Tell::kInvolved).trace.c_str(), stdout);
  }
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kFaults; ++i) {
    all += faults[i];
    if (options.verbose || options.minutes > 0)
      std::printf("%10llu  %s\n", static_cast<unsigned long long>(faults[i]),
                  std::string(to_string(static_cast<Fault>(i))).c_str());
  }
  std::printf("%llu runs, %llu steps, %llu faults, %llu committed, %llu aborted, %llu through suspense, %llu with an old "
              "backup, at most %llu steps to the end after healing, %llu failed, %.1f s\n",
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(steps),
              static_cast<unsigned long long>(all), static_cast<unsigned long long>(committed),
              static_cast<unsigned long long>(aborted), static_cast<unsigned long long>(suspended),
              static_cast<unsigned long long>(restored), static_cast<unsigned long long>(longest),
              static_cast<unsigned long long>(failed), minutes() * 60);
  return failed == 0 ? 0 : 1;
}
