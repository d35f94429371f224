// Batch, hello and acknowledgement from any octets; a header that parses is written back as it was.
#include <cstdlib>

#include "ustp/wire/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  const wire::KeyLookup none = [](const GatewayId&, const KeyId&) -> Result<std::shared_ptr<const crypto::Verifier>> {
    return Error{Code::unknown_key, "fuzzing"};
  };
  if (const auto batch = wire::parse_batch(octets)) {
    const Bytes again = wire::header_octets(batch->header);
    if (!std::equal(again.begin(), again.end(), batch->header_octets.begin(), batch->header_octets.end())) std::abort();
    if (wire::receive_batch(octets, {batch->header.sender, batch->header.recipient, batch->header.channel, {}}, none))
      std::abort();
  }
  if (wire::receive_hello(octets, none)) std::abort();
  if (const auto ack = wire::parse_ack(octets)) {
    const Bytes again = wire::encode_ack(*ack);
    if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  }
  return 0;
}
