// A tear-off from any octets: never verifies, and what is decoded is written back as it was.
#include <cstdlib>

#include "adapters/corda/proof/tear_off.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  const BytesView octets(data, size);
  corda::TearOff torn;
  if (const auto read = corda::read_tear_off(octets, &torn)) {
    if (corda::transaction_id(torn).value() != read->transaction) std::abort();
    if (corda::batch_root(torn, read->transaction).value() != read->batch_root) std::abort();
    const Bytes again = corda::encode_tear_off(torn);
    if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  }
  Evidence evidence;
  evidence.kind = EvidenceKind::kCordaTearOff;
  evidence.octets.assign(octets.begin(), octets.end());
  if (corda::verify_corda_tear_off(evidence, {})) std::abort();
  (void)corda::read_command(octets);
  return 0;
}
