// bench_transfers [--json FILE] [--dir FOLDER] [--seconds S] [--runs N] [--in-flight a,b,…]
//   [--rate a,b,…] [--journal segments|sqlite]
// Two gateway processes with mutual TLS on loopback, synced journals, every message provable alone, Corda-like
// ledgers in memory. Prints a row per number of transfers in flight (closed loop) and per rate of orders (open loop,
// Poisson, times from the intended start); medians, with minimum and maximum in the JSON.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "tests/bench/transfers/baseline.hpp"
#include "tests/bench/transfers/run.hpp"

namespace {

using namespace ustp;
using namespace ustp::bench;

struct Options {
  Place place;
  std::string json;
  std::size_t runs = 3;
  std::vector<Load> loads;
};

constexpr auto kUsage =
    "bench_transfers [--json F] [--dir D] [--seconds S] [--runs N] [--in-flight a,b] [--rate a,b]\n"
    "  [--journal segments|sqlite]\n";

std::string machine() {
  std::ifstream in("/proc/cpuinfo");
  std::string model = "unknown processor";
  for (std::string line; std::getline(in, line);)
    if (line.rfind("model name", 0) == 0) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores";
}

std::vector<std::size_t> numbers(const std::string& text) {
  std::vector<std::size_t> out;
  std::istringstream in(text);
  for (std::string one; std::getline(in, one, ',');) out.push_back(std::stoul(one));
  return out;
}

std::optional<Options> parse(int argc, char** argv) {
  Options out;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return std::nullopt;
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--json") {
      out.json = value;
    } else if (name == "--dir") {
      out.place.dir = value;
    } else if (name == "--seconds") {
      out.place.seconds = std::stod(value);
    } else if (name == "--runs") {
      out.runs = std::stoul(value);
    } else if (name == "--journal" && (value == "sqlite" || value == "segments")) {
      out.place.journal = value == "sqlite" ? gateway::JournalKind::kSqlite : gateway::JournalKind::kSegments;
    } else if (name == "--in-flight") {
      for (const auto n : numbers(value)) out.loads.push_back({.in_flight = n});
    } else if (name == "--rate") {
      for (const auto n : numbers(value)) out.loads.push_back({.rate = static_cast<double>(n)});
    } else {
      return std::nullopt;
    }
  }
  if (out.loads.empty())
    for (const std::size_t n : {1, 64, 96, 128, 256, 1024, 4096}) out.loads.push_back({.in_flight = n});
  return out;
}

struct Row {
  nlohmann::json json;
  Figures median;
  std::string why;  // empty: every check held
};

Row row_of(const Load& load, const std::vector<Run>& runs) {
  Row out;
  if (load.rate > 0) out.json["rate"] = load.rate;
  else out.json["in_flight"] = load.in_flight;
  for (const auto& [name, unused] : runs.front().figures) {
    std::vector<double> values;
    for (const auto& run : runs) values.push_back(run.figures.at(name));
    std::sort(values.begin(), values.end());
    out.json[name] = out.median[name] = values[values.size() / 2];
    out.json[name + "_min"] = values.front();
    out.json[name + "_max"] = values.back();
  }
  for (const auto& run : runs) out.why += run.why;
  out.json["checks"] = out.why.empty() ? "ok" : out.why;
  return out;
}

void print(const Load& load, const Row& row) {
  const auto column = [&](int width, int decimals, const char* figure) {
    std::cout << std::fixed << std::setprecision(decimals) << std::setw(width) << row.median.at(figure);
  };
  std::cout << std::setw(9)
            << (load.rate > 0 ? std::to_string(std::lround(load.rate)) + "/s" : std::to_string(load.in_flight));
  column(13, 0, "transfers_per_s");
  column(8, 1, "p50_ms");
  column(8, 1, "p99_ms");
  column(17, 0, "cpu_us_per_transfer");
  column(20, 0, "journal_bytes_per_transfer");
  column(9, 0, "rss_mib");
  column(12, 1, "syncs_per_1000");
  std::cout << "  " << (row.why.empty() ? "ok" : row.why) << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options) return std::cerr << kUsage, 2;
  const auto& place = options->place;
  std::filesystem::create_directories(place.dir);
  const auto fs = file_system(place.dir);
  if (fs == "tmpfs") return std::cerr << place.dir << " is on tmpfs, where a sync costs nothing; choose --dir\n", 2;
  const double syncs = fdatasyncs_per_s(place.dir), signs = p256_signs_per_s(), verifies = p256_verifies_per_s();
  std::cout << machine() << "; " << fs << "; journal "
            << (place.journal == gateway::JournalKind::kSqlite ? "sqlite" : "segments") << "\nraw: " << std::fixed
            << std::setprecision(0) << syncs << " fdatasync/s, " << signs << " P-256 sign/s, " << verifies
            << " P-256 verify/s\n\n"
            << "in_flight  transfers/s  p50_ms  p99_ms  cpu_us/transfer  journal_B/transfer  rss_MiB  syncs/1000  checks\n";
  nlohmann::json out;
  out["machine"] = machine();
  out["file_system"] = fs;
  out["raw"] = {{"fdatasync_per_s", syncs}, {"p256_sign_per_s", signs}, {"p256_verify_per_s", verifies}};
  bool sound = true;
  for (const auto& load : options->loads) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < options->runs; ++i) runs.push_back(run_once(place, load));
    const auto row = row_of(load, runs);
    sound = sound && row.why.empty();
    out["rows"].push_back(row.json);
    print(load, row);
  }
  if (!options->json.empty()) std::ofstream(options->json) << out.dump(2) << "\n";
  return sound ? 0 : 1;
}
