// An intent of the CSD's driver from any octets: what decodes is written back octet for octet.
#include <algorithm>
#include <cstdlib>

#include "adapters/csd/intent.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  const auto file = csd::read_intent(octets);
  if (!file) return 0;
  const auto again = csd::intent_octets(*file);
  if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  (void)csd::subject_of(*file);
  return 0;
}
