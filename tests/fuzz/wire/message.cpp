// What decodes must encode and decode to the same message again.
#include <cstdlib>

#include "ustp/wire/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = ustp::wire::decode({data, size});
  if (!message) return 0;
  const auto again = ustp::wire::decode(ustp::wire::encode(*message));
  if (!again || !(*again == *message)) std::abort();
  return 0;
}
