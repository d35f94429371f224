#pragma once
// What happened, for people: kept only when a run is told again. Lines that belong to a transfer name it, so that a
// violation is shown with the events of its transfers and of the world, and nothing else.

#include <set>
#include <string>
#include <vector>

#include "ustp/base/ids.hpp"

namespace ustp::simulation {

class Trace {
 public:
  explicit Trace(bool on) : on_(on) {}
  bool on() const { return on_; }
  void step(std::uint64_t step) { step_ = step; }
  void say(std::string_view where, std::string text) { add(where, std::move(text), {}); }
  void say(std::string_view where, const TransferId& transfer, std::string text) {
    add(where, std::move(text), transfer);
  }
  // Empty `transfers`: everything.
  std::string text(const std::set<TransferId>& transfers) const;

 private:
  struct Line {
    std::uint64_t step = 0;
    std::string where, text;
    TransferId transfer;  // zero: of the world
  };
  void add(std::string_view where, std::string text, const TransferId& transfer) {
    if (on_) lines_.push_back({step_, std::string(where), std::move(text), transfer});
  }
  bool on_;
  std::uint64_t step_ = 0;
  std::vector<Line> lines_;
};

// Enough of an identifier to tell it from the others of a run.
template <class Id>
std::string brief(const Id& id) { return id.hex().substr(0, 8); }

}  // namespace ustp::simulation
