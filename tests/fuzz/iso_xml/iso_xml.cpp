// A file from the drop, from any octets: what is understood can be written and is then read back as the same.
#include <cstdlib>

#include "adapters/csd/iso/message.hpp"
#include "adapters/csd/proof/signed_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  (void)csd::proof::split(octets);
  const auto received = csd::iso::read(octets);
  if (!received) return 0;
  const auto file = csd::iso::envelope(csd::iso::write(received->message), received->delivery);
  const auto again = csd::iso::read(as_bytes(file));
  if (!again || !(again->message == received->message) || !(again->delivery == received->delivery)) std::abort();
  return 0;
}
