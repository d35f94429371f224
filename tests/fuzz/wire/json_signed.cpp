// A signed JSON message: what parses is put together again from its parts, and nobody's key verifies it. The input is
// tried as a JWS, and as what a JWS holds: a header, canonical once another library wrote it, a line feed, a message.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "ustp/wire/json_signature.hpp"

namespace {

using namespace ustp;
using namespace ustp::wire;

void try_jws(std::string_view jws) {
  const auto held = parse_json_signed(jws);
  if (!held) return;
  const ProvenMessage proven = proven_json(*held);
  if (json_compact(proven) != jws || json_header_octets(held->header) != held->header_octets) std::abort();
  const KeyLookup nobody = [](const GatewayId&, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    return Error{Code::unknown_key, id.hex()};
  };
  if (verify_proven(proven, nobody)) std::abort();
  const ChannelExpectation expected{held->header.sender, held->header.recipient, held->header.channel, {}};
  if (receive_json(jws, expected, nobody)) std::abort();
  (void)decode_proven(proven);
}

bool is_shallow(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) < 500;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  try_jws(text);
  const std::string_view header = text.substr(0, text.find('\n'));
  if (header.size() == text.size() || !is_shallow(header)) return 0;
  const auto json = nlohmann::json::parse(header.begin(), header.end(), nullptr, false);
  if (json.is_discarded()) return 0;
  const std::string written = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  try_jws(to_base64url(as_bytes(written)) + '.' + to_base64url(as_bytes(text.substr(header.size() + 1))) + '.' +
          to_base64url(Bytes(64, 1)));
  return 0;
}
