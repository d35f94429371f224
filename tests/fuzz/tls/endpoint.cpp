// HOST:PORT and wss://HOST:PORT from any text: what is understood is written and read back as the same.
#include <cstdlib>

#include "gateway/tls/endpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp::gateway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool listening : {false, true})
    if (const auto found = tls::parse_host_port(text, listening)) {
      const auto again = tls::parse_host_port(tls::to_string(*found), listening);
      if (!again || !(*again == *found)) std::abort();
    }
  if (const auto found = tls::parse_peer(text); found && found->port == 0) std::abort();
  return 0;
}
