// An intent that decodes is written back octet for octet.
#include <cstdlib>

#include "adapters/ethereum/intent.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ustp::BytesView octets(data, size);
  const auto intent = ustp::ethereum::decode_intent(octets);
  if (!intent) return 0;
  const auto again = ustp::ethereum::encode_intent(*intent);
  if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  return 0;
}
