#pragma once
// The planted defects: what the simulator must find. Those of the edges (journal, driver, ledger, network, loop) are
// switched here; those inside the core are switched in copies of its sources that are made for this test alone
// (mutate.py, mutants.txt). Nothing of it is in what is installed.

#include <cstdint>
#include <string_view>

namespace ustp::simulation {

enum class Defect : std::uint8_t {
  kNone = 0,
#define USTP_DEFECT(name, text) name,
#include "tests/simulation/defects.inc"
#undef USTP_DEFECT
  kCount
};
std::string_view name_of(Defect defect);
std::string_view text_of(Defect defect);

}  // namespace ustp::simulation
