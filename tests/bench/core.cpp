// CPU time of the deciding part alone: two cores in one thread, fake ledgers, no disk, no network, no API.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <ctime>
#include <iostream>

#include "tests/support/world.hpp"

using namespace ustp;

namespace {

double cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t in_flight = argc > 1 ? std::stoul(argv[1]) : 256;
  const std::size_t rounds = argc > 2 ? std::stoul(argv[2]) : 20;
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  test::World world(7);
  world.settle();
  const auto began = cpu_us();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < in_flight; ++i)
      world.csd().inbox.push_back(gateway::OrderCommand{world.order(world.csd(), "alice", world.eth(), "bob", "1"),
                                                        [](auto view) {
                                                          if (!view) std::cerr << to_string(view.error()) << "\n";
                                                        }});
    while (world.step(nullptr, in_flight)) {
    }
  }
  const auto spent = cpu_us() - began;
  const auto count = static_cast<double>(in_flight * rounds);
  std::cout << "in_flight " << in_flight << "  transfers " << in_flight * rounds << "  cpu_us_per_transfer "
            << spent / count << "\n";
}
