#include "tests/simulation/trace.hpp"

namespace ustp::simulation {

std::string Trace::text(const std::set<TransferId>& transfers) const {
  std::string out;
  for (const auto& line : lines_) {
    const bool of_world = line.transfer.is_zero();
    if (!transfers.empty() && !of_world && !transfers.contains(line.transfer)) continue;
    std::string head = std::to_string(line.step);
    head.insert(0, head.size() < 6 ? 6 - head.size() : 0, ' ');
    out += head + "  " + line.where + std::string(line.where.size() < 10 ? 10 - line.where.size() : 1, ' ');
    if (!of_world) out += brief(line.transfer) + " ";
    out += line.text + "\n";
  }
  return out;
}

}  // namespace ustp::simulation
