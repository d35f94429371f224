// Any text as a configuration: either a configuration or problems with their places, never both, never neither.
#include <cstdlib>

#include "gateway/config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const auto outcome = gateway::parse_config(as_text({data, size}), "fuzz.toml", "/etc/ustp");
  if (outcome.config.has_value() != outcome.problems.empty()) std::abort();
  for (const auto& problem : outcome.problems)
    if (gateway::to_string(problem).size() > 8192 || problem.text.empty()) std::abort();
  return 0;
}
