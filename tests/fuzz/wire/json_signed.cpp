// A signed JSON message: what parses is put together again from its parts, and nobody's key verifies it.
#include <cstdlib>

#include "ustp/wire/json_signature.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::wire;
  const std::string_view jws = as_text({data, size});
  const auto held = parse_json_signed(jws);
  if (!held) return 0;
  const ProvenMessage proven = proven_json(*held);
  if (json_compact(proven) != jws || json_header_octets(held->header) != held->header_octets) std::abort();
  const KeyLookup nobody = [](const GatewayId&, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    return Error{Code::unknown_key, id.hex()};
  };
  if (verify_proven(proven, nobody)) std::abort();
  ChannelExpectation expected{held->header.sender, held->header.recipient, held->header.channel, {}};
  if (receive_json(jws, expected, nobody)) std::abort();
  (void)decode_proven(proven);
  return 0;
}
