#pragma once
// One run of two gateway processes: started, warmed up, measured, drained, stopped and checked.

#include <map>

#include "tests/bench/transfers/node.hpp"

namespace ustp::bench {

struct Load {
  std::size_t in_flight = 0;  // closed loop
  double rate = 0;            // open loop: orders a second; 0: closed
  Duration order_within{};    // CoreOptions
};
struct Place {
  std::filesystem::path dir = "build/bench-data";
  double seconds = 4;
  gateway::JournalKind journal = gateway::JournalKind::kSegments;  // the program's default
};
using Figures = std::map<std::string, double>;
struct Run {
  Figures figures;
  bool sound = true;
  std::string why;
};
Run run_once(const Place& place, const Load& load);

}  // namespace ustp::bench
