// Frames and requests from any octets: what is accepted is written back as it was.
#include <cstdlib>

#include "adapters/corda/frames.hpp"
#include "adapters/corda/request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  if (const auto message = corda::decode_frame(octets)) {
    const Bytes again = corda::encode_frame(*message);
    const auto twice = corda::decode_frame(BytesView(again).subspan(4));
    if (!twice || corda::encode_frame(*twice) != again) std::abort();
  }
  if (const auto request = corda::decode_request(octets)) {
    const Bytes again = ledger::request_octets(*request);
    if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  }
  return 0;
}
