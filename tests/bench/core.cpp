// CPU time of the deciding part alone: two cores and two Corda-like ledgers in one thread.
#include <ctime>
#include <iostream>

#include "tests/bench/pair.hpp"

namespace {

double cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ustp::bench;
  const std::size_t in_flight = argc > 1 ? std::stoul(argv[1]) : 256;
  const std::size_t rounds = argc > 2 ? std::stoul(argv[2]) : 20;
  const std::size_t accounts = argc > 3 ? std::stoul(argv[3]) : 1000;
  const Network network(accounts);
  Pair pair(network);
  pair.greet();
  const auto blocks = pair.sender.blocks + pair.recipient.blocks, octets = pair.sender.octets + pair.recipient.octets;
  const auto began = cpu_us();
  std::size_t failed = 0;
  for (std::size_t round = 0; round < rounds; ++round) failed += pair.round(in_flight);
  const auto spent = cpu_us() - began;
  const auto per = [&](double all) { return all / static_cast<double>(pair.count()); };
  std::cout << "in_flight " << in_flight << "  transfers " << pair.count() << "  cpu_us_per_transfer " << per(spent)
            << "  blocks_per_transfer "
            << per(static_cast<double>(pair.sender.blocks + pair.recipient.blocks - blocks))
            << "  journal_octets_per_transfer "
            << per(static_cast<double>(pair.sender.octets + pair.recipient.octets - octets)) << "\n";
  if (failed > 0) std::cerr << failed << " refused or not ended\n";
  return failed > 0;
}
