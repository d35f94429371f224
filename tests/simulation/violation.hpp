#pragma once
// The one way in which anything of the simulator says that something is wrong.

#include <set>
#include <string>
#include <vector>

#include "ustp/base/ids.hpp"

namespace ustp::simulation {

struct Violation {
  std::string check;    // which one, in words
  std::string detail;
  std::set<TransferId> transfers;  // involved, where it can be told
  std::uint64_t step = 0;
};

class Violations {
 public:
  void step(std::uint64_t step) { step_ = step; }
  void add(std::string check, std::string detail, std::set<TransferId> transfers = {}) {
    constexpr std::size_t kEnough = 20;
    if (all_.size() < kEnough) all_.push_back({std::move(check), std::move(detail), std::move(transfers), step_});
  }
  bool none() const { return all_.empty(); }
  const std::vector<Violation>& all() const { return all_; }

 private:
  std::vector<Violation> all_;
  std::uint64_t step_ = 0;
};

}  // namespace ustp::simulation
