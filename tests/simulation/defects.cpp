#include "tests/simulation/defects.hpp"

#include <array>
#include <utility>

namespace ustp::simulation {
namespace {

constexpr std::pair<std::string_view, std::string_view> kAll[] = {
    {"none", "no defect"},
#define USTP_DEFECT(name, text) {#name, text},
#include "tests/simulation/defects.inc"
#undef USTP_DEFECT
};
static_assert(std::size(kAll) == static_cast<std::size_t>(Defect::kCount));

}  // namespace

std::string_view name_of(Defect defect) { return kAll[static_cast<std::size_t>(defect)].first; }
std::string_view text_of(Defect defect) { return kAll[static_cast<std::size_t>(defect)].second; }

}  // namespace ustp::simulation
