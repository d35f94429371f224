// A journal block from any octets, and its payload as the engine's entries: what decodes is written back as it was.
#include <cstdlib>

#include "gateway/engine/entries.hpp"
#include "gateway/ports/journal.hpp"

namespace {

void entries(ustp::BytesView payload) {
  const auto decoded = ustp::gateway::decode_entries(payload);
  if (!decoded) return;
  const auto again = ustp::gateway::encode_entries(decoded->time, decoded->entries);
  const auto twice = ustp::gateway::decode_entries(again);
  if (!twice || ustp::gateway::encode_entries(twice->time, twice->entries) != again) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  if (const auto block = gateway::parse_block(octets)) {
    const Bytes again = gateway::frame_block(*block);
    if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
    entries(block->payload);
  }
  // The checksum keeps the fuzzer out of the payload: it is also tried alone.
  entries(octets);
  return 0;
}
