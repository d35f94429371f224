// ustp-gateway: the process that CSDs and banks run.
#include <cstring>
#include <iostream>

#include "gateway/app/app.hpp"

namespace {

constexpr const char* kUsage =
    "ustp-gateway: moves securities between ledgers.\n\n"
    "  ustp-gateway --config FILE          run until SIGTERM or SIGINT\n"
    "  ustp-gateway check-config FILE      tell every problem of a configuration; opens no socket\n"
    "  ustp-gateway --help\n\n"
    "Exit status: 0 stopped cleanly or no problem, 1 the gateway failed, 2 usage or configuration.\n";

}  // namespace

int main(int argc, char** argv) {
  ustp::gateway::AppOptions options;
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    std::cout << kUsage;
    return 0;
  }
  const bool check = argc == 3 && std::strcmp(argv[1], "check-config") == 0;
  if (!check && !(argc == 3 && std::strcmp(argv[1], "--config") == 0)) {
    std::cerr << kUsage;
    return 2;
  }
  options.config = argv[2];
  options.check_only = check;
  return ustp::gateway::run_gateway(options);
}
