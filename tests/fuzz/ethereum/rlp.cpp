// What decodes is canonical: written again it gives the same octets. Headers, receipts and transactions likewise.
#include <cstdlib>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "adapters/ethereum/evm/transaction.hpp"

namespace {

using namespace ustp;
using namespace ustp::ethereum;

Bytes again(const rlp::Item& item) {
  if (!item.is_list) return rlp::encode(item.payload);
  std::vector<Bytes> parts;
  for (const auto& part : item.parts) parts.push_back(again(part));
  return rlp::encode_list(parts);
}
void same(const Bytes& made, BytesView octets) {
  if (!std::equal(made.begin(), made.end(), octets.begin(), octets.end())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView octets(data, size);
  if (const auto item = rlp::decode(octets)) same(again(*item), octets);
  if (const auto header = decode_header(octets)) same(encode_header(*header), octets);
  if (const auto receipt = decode_receipt(octets)) same(encode_receipt(*receipt), octets);
  (void)decode_transaction(octets);
  return 0;
}
