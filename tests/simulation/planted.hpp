#pragma once
// Which defect is switched on in the mutated copies of the core (mutants.txt). Linked into the program that checks the
// checker and into nothing else.

#include "tests/simulation/defects.hpp"

namespace ustp::simulation {

bool planted(Defect defect);
void plant(Defect defect);   // one at a time

}  // namespace ustp::simulation
