// The embedded CSD alone, for the process test.
#include <vector>

#include "adapters/csd/embedded/process.hpp"

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  return ustp::csd::run_process(arguments);
}
