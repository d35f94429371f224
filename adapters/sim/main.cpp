// ustp-ledger-sim KIND …: one embedded ledger as a process with its own store (decision 10), for demonstrations and
// kill tests. What each kind needs is in adapters/KIND/embedded/process.hpp.
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#ifdef USTP_HAVE_CSD
#include "adapters/csd/embedded/process.hpp"
#endif
#ifdef USTP_HAVE_ETHEREUM
#include "adapters/ethereum/embedded/process.hpp"
#endif
#ifdef USTP_HAVE_CORDA
#include "adapters/corda/embedded/process.hpp"
#endif

namespace {

struct Kind {
  const char* name;
  int (*run)(std::span<const std::string>);
};
constexpr Kind kKinds[] = {
#ifdef USTP_HAVE_CSD
    {"csd", ustp::csd::run_process},
#endif
#ifdef USTP_HAVE_ETHEREUM
    {"ethereum", ustp::ethereum::run_process},
#endif
#ifdef USTP_HAVE_CORDA
    {"corda", ustp::corda::run_process},
#endif
};

int usage() {
  std::fputs("usage: ustp-ledger-sim KIND [--store FILE] --book FILE --key FILE [--faults late=PCT,twice=PCT,unknown=PCT]\n"
             "                            [--seed N] [--listen HOST:PORT | --inbox DIR --outbox DIR]\n"
             "kinds:", stderr);
  for (const auto& kind : kKinds) std::fprintf(stderr, " %s", kind.name);
  std::fputs("\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return usage();
  for (const auto& kind : kKinds)
    if (arguments[0] == kind.name) return kind.run(std::span(arguments).subspan(1));
  return usage();
}
