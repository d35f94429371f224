// bench_overload [--seconds S] [--dir FOLDER]: twice as many orders as the gateways can do. What they take must end in
// at most three times the time it takes unloaded, what is too much must be refused before anything of it is locked.
#include <iomanip>
#include <iostream>

#include "tests/bench/transfers/run.hpp"

using namespace ustp;
using namespace ustp::bench;

namespace {

void print(const std::string& name, const Run& run) {
  const auto at = [&](const char* key) { return run.figures.at(key); };
  std::cout << std::left << std::setw(22) << name << std::right << std::fixed << std::setprecision(0) << std::setw(10)
            << at("offered_per_s") << std::setw(10) << at("transfers_per_s") << std::setw(10) << at("refused_per_s")
            << std::setprecision(1) << std::setw(10) << at("p50_ms") << std::setw(10) << at("p99_ms") << std::setw(10)
            << at("rss_mib") << "  " << (run.sound ? "ok" : run.why) << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  Place place;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--seconds") place.seconds = std::stod(argv[i + 1]);
    else if (name == "--dir") place.dir = argv[i + 1];
    else return std::cerr << "bench_overload [--seconds S] [--dir FOLDER]\n", 2;
  }
  std::cout << std::left << std::setw(22) << "load" << std::right << std::setw(10) << "offered/s" << std::setw(10)
            << "ended/s" << std::setw(10) << "refused/s" << std::setw(10) << "p50_ms" << std::setw(10) << "p99_ms"
            << std::setw(10) << "rss_MiB" << "  checks\n";
  const auto capacity = run_once(place, {.in_flight = 256});
  print("256 in flight", capacity);
  const auto most = capacity.figures.at("transfers_per_s");
  const auto half = run_once(place, {.rate = most / 2});
  print("half of that", half);
  const auto unloaded = half.figures.at("p99_ms");
  const auto within = Duration{static_cast<std::int64_t>(unloaded * 1e6)};
  const auto twice = run_once(place, {.rate = most * 2, .order_within = within});
  print("twice, shedding", twice);
  const auto ratio = twice.figures.at("p99_ms") / unloaded;
  const bool held = ratio <= 3 && capacity.sound && half.sound && twice.sound && twice.figures.at("refused_per_s") > 0;
  std::cout << "order_within " << std::setprecision(1) << unloaded << " ms; p99 of what was taken is " << std::setprecision(2)
            << ratio << " times that of half the load: " << (held ? "held" : "NOT HELD") << "\n";
  return held ? 0 : 1;
}
