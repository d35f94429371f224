// bench_transfers [--json FILE] [--dir FOLDER] [--seconds S] [--runs N] [--in-flight a,b,…]
//   [--journal segments|sqlite]
// Two gateway processes with mutual TLS on loopback, synced journals, every message provable alone, Corda-like
// ledgers in memory. Prints a row per number of transfers in flight; medians, with minimum and maximum in the JSON.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/bench/transfers/baseline.hpp"
#include "tests/bench/transfers/node.hpp"

namespace {

using namespace ustp;
using namespace ustp::bench;
using Figures = std::map<std::string, double>;

struct Options {
  std::filesystem::path dir = "build/bench-data";
  std::string json;
  double seconds = 4;
  gateway::JournalKind journal = gateway::JournalKind::kSegments;  // the program's default
  std::size_t runs = 3;
  std::vector<std::size_t> in_flight{1, 64, 96, 128, 256, 1024, 4096};
};

double process_cpu_us(pid_t pid) {
  clockid_t clock{};
  timespec t{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return 0;
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

struct Child {
  pid_t pid = 0;
  int result = -1;
};

Child spawn(NodePlan plan) {
  int result[2];
  if (::pipe(result) != 0) std::abort();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(result[0]);
    std::filesystem::create_directories(plan.folder);
    const auto figures = run_node(plan);
    const bool told = ::write(result[1], &figures, sizeof figures) == sizeof figures;
    _exit(told ? 0 : 1);
  }
  ::close(result[1]);
  return {pid, result[0]};
}

NodeResult collect(const Child& child) {
  NodeResult out;
  out.failed = ::read(child.result, &out, sizeof out) != sizeof out || out.failed;
  ::close(child.result);
  ::waitpid(child.pid, nullptr, 0);
  return out;
}

void sleep_s(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

struct Run {
  Figures figures;
  bool sound = true;
  std::string why;
};

Run run_once(const Options& options, std::size_t in_flight) {
  std::filesystem::remove_all(options.dir);
  std::filesystem::create_directories(options.dir);
  const Network network;
  void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* shared = new (memory) Shared;
  int notices[2];
  if (::pipe(notices) != 0) std::abort();
  NodePlan plan{&network, true, options.dir / "sender", options.journal, in_flight, notices[0], shared};
  const auto sender = spawn(plan);
  plan.sender = false;
  plan.folder = options.dir / "recipient";
  plan.notices = notices[1];
  const auto recipient = spawn(plan);
  ::close(notices[0]);
  ::close(notices[1]);
  while (shared->ready < 2) sleep_s(0.01);

  sleep_s(1.0);
  shared->phase = 1;
  const auto cpu = [&] {
    return process_cpu_us(sender.pid) + process_cpu_us(recipient.pid) -
           static_cast<double>(shared->generator_cpu_ns) / 1e3;
  };
  const auto cpu_before = cpu();
  const std::uint64_t completed_before = shared->completed;
  const auto flushes_before = kernel_flushes(options.dir);
  const auto began = std::chrono::steady_clock::now();
  sleep_s(options.seconds);
  const auto completed = static_cast<double>(shared->completed - completed_before);
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto cpu_spent = cpu() - cpu_before;
  const auto flushes = kernel_flushes(options.dir) - flushes_before;
  shared->phase = 2;
  for (int i = 0; i < 2000 && shared->in_flight > 0; ++i) sleep_s(0.01);
  const bool drained = shared->in_flight == 0;
  shared->phase = 3;
  const auto a = collect(sender), b = collect(recipient);
  const auto all = static_cast<double>(shared->completed.load());

  Run out;
  out.figures = {{"transfers_per_s", completed / took},
                 {"p50_ms", static_cast<double>(a.p50_us) / 1e3},
                 {"p99_ms", static_cast<double>(a.p99_us) / 1e3},
                 {"cpu_us_per_transfer", cpu_spent / std::max(completed, 1.0)},
                 {"journal_bytes_per_transfer", static_cast<double>(a.journal_octets + b.journal_octets) / std::max(all, 1.0)},
                 {"rss_mib", static_cast<double>(a.rss_kib + b.rss_kib) / 1024},
                 {"syncs_per_1000", static_cast<double>(flushes) * 1000 / std::max(completed, 1.0)}};
  const auto must = [&](bool holds, const std::string& what) {
    if (holds) return;
    out.sound = false;
    out.why += what + "; ";
  };
  must(!a.failed && !b.failed, "a gateway failed");
  must(drained, std::to_string(shared->in_flight) + " transfers did not end");
  must(a.provisional == 0 && b.provisional == 0, "units left provisional");
  must(a.outstanding + b.outstanding == static_cast<std::uint64_t>(network.issued()), "units are not conserved");
  must(b.outstanding == shared->completed, "the recipient's ledger does not hold what was completed");
  must(a.replay_equal && b.replay_equal, "replay gives another state");
  must(a.verified > 0 && b.verified > 0, "no message verified");
  ::munmap(memory, sizeof(Shared));
  std::filesystem::remove_all(options.dir);
  return out;
}

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

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--json") options.json = value;
    else if (name == "--dir") options.dir = value;
    else if (name == "--seconds") options.seconds = std::stod(value);
    else if (name == "--runs") options.runs = std::stoul(value);
    else if (name == "--journal" && value == "sqlite") options.journal = gateway::JournalKind::kSqlite;
    else if (name == "--journal" && value == "segments") options.journal = gateway::JournalKind::kSegments;
    else if (name == "--in-flight") options.in_flight = numbers(value);
    else return std::cerr << "bench_transfers [--json F] [--dir D] [--seconds S] [--runs N] [--in-flight a,b] [--journal segments|sqlite]\n", 2;
  }
  std::filesystem::create_directories(options.dir);
  const auto fs = file_system(options.dir);
  if (fs == "tmpfs") return std::cerr << options.dir << " is on tmpfs, where a sync costs nothing; choose --dir\n", 2;
  const double syncs = fdatasyncs_per_s(options.dir), signs = p256_signs_per_s(), verifies = p256_verifies_per_s();
  std::cout << machine() << "; " << fs << "; journal "
            << (options.journal == gateway::JournalKind::kSqlite ? "sqlite" : "segments") << "\nraw: " << std::fixed << std::setprecision(0) << syncs << " fdatasync/s, "
            << signs << " P-256 sign/s, " << verifies << " P-256 verify/s\n\n"
            << "in_flight  transfers/s  p50_ms  p99_ms  cpu_us/transfer  journal_B/transfer  rss_MiB  syncs/1000  checks\n";
  nlohmann::json out;
  out["machine"] = machine();
  out["file_system"] = fs;
  out["raw"] = {{"fdatasync_per_s", syncs}, {"p256_sign_per_s", signs}, {"p256_verify_per_s", verifies}};
  bool sound = true;
  for (const auto in_flight : options.in_flight) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < options.runs; ++i) runs.push_back(run_once(options, in_flight));
    nlohmann::json row{{"in_flight", in_flight}};
    Figures median;
    std::string why;
    for (const auto& [name, unused] : runs.front().figures) {
      std::vector<double> values;
      for (const auto& run : runs) values.push_back(run.figures.at(name));
      std::sort(values.begin(), values.end());
      row[name] = median[name] = values[values.size() / 2];
      row[name + "_min"] = values.front();
      row[name + "_max"] = values.back();
    }
    for (const auto& run : runs) why += run.why;
    row["checks"] = why.empty() ? "ok" : why;
    sound = sound && why.empty();
    out["rows"].push_back(row);
    std::cout << std::setw(9) << in_flight << std::setprecision(0) << std::setw(13) << median["transfers_per_s"]
              << std::setprecision(1) << std::setw(8) << median["p50_ms"] << std::setw(8) << median["p99_ms"]
              << std::setprecision(0) << std::setw(17) << median["cpu_us_per_transfer"] << std::setw(20)
              << median["journal_bytes_per_transfer"] << std::setw(9) << median["rss_mib"] << std::setprecision(1)
              << std::setw(12) << median["syncs_per_1000"] << "  " << (why.empty() ? "ok" : why) << std::endl;
  }
  if (!options.json.empty()) std::ofstream(options.json) << out.dump(2) << "\n";
  return sound ? 0 : 1;
}
