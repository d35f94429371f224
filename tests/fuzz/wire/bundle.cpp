#include "ustp/wire/bundle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto opened = ustp::wire::open_bundle({data, size});
  if (opened)
    for (const auto& message : opened->bundle.messages) (void)ustp::wire::decode(message.octets);
  return 0;
}
