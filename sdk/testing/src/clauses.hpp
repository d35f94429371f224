#pragma once
// The clauses by group; each is a function on a fresh Bench that throws Failed when it does not hold.

#include "bench.hpp"

namespace ustp::testing {

struct Clause {
  const char* words;
  void (*run)(Bench&);
  bool also_late;  // runs a second time behind answer_late()
};

std::span<const Clause> way_clauses();
std::span<const Clause> refusal_clauses();
std::span<const Clause> restart_clauses();

}  // namespace ustp::testing
