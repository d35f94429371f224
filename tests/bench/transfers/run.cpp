#include "tests/bench/transfers/run.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "tests/bench/transfers/baseline.hpp"

namespace ustp::bench {
namespace {

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

}  // namespace

Run run_once(const Place& place, const Load& load) {
  std::filesystem::remove_all(place.dir);
  std::filesystem::create_directories(place.dir);
  const Network network;
  void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* shared = new (memory) Shared;
  int notices[2];
  if (::pipe(notices) != 0) std::abort();
  NodePlan plan{&network,  true,           place.dir / "sender", place.journal, load.in_flight,
                load.rate, load.order_within, notices[0],          shared};
  const auto sender = spawn(plan);
  plan.sender = false;
  plan.folder = place.dir / "recipient";
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
  const std::uint64_t completed_before = shared->completed, offered_before = shared->offered,
                      refused_before = shared->refused;
  const auto flushes_before = kernel_flushes(place.dir);
  const auto began = std::chrono::steady_clock::now();
  sleep_s(place.seconds);
  const auto completed = static_cast<double>(shared->completed - completed_before);
  const auto offered = static_cast<double>(shared->offered - offered_before);
  const auto refused = static_cast<double>(shared->refused - refused_before);
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto cpu_spent = cpu() - cpu_before;
  const auto flushes = kernel_flushes(place.dir) - flushes_before;
  shared->phase = 2;
  for (int i = 0; i < 2000 && shared->in_flight > 0; ++i) sleep_s(0.01);
  const bool drained = shared->in_flight == 0;
  shared->phase = 3;
  const auto a = collect(sender), b = collect(recipient);
  const auto all = static_cast<double>(shared->completed.load());

  Run out;
  out.figures = {{"transfers_per_s", completed / took},
                 {"offered_per_s", offered / took},
                 {"refused_per_s", refused / took},
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
  std::filesystem::remove_all(place.dir);
  return out;
}

}  // namespace ustp::bench
