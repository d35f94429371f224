// Any octets as a receipt evidence. The block hash is taken from the evidence itself, so that the walk through header,
// proof, receipt and log is reached.
#include <cstdlib>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "adapters/ethereum/proof/receipt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::ethereum;
  const BytesView octets(data, size);
  const auto parts = decode_receipt_evidence(octets);
  if (!parts) return 0;
  const Bytes again = encode_receipt_evidence(*parts);
  if (!std::equal(again.begin(), again.end(), octets.begin(), octets.end())) std::abort();
  Evidence evidence{EvidenceKind::kEthereumReceipt, LedgerId::literal("eth-1"), {}, Bytes(octets.begin(), octets.end())};
  evidence.finality.block = Hash256(keccak256(parts->header).octets());
  if (const auto header = decode_header(parts->header)) evidence.finality.height = header->number;
  (void)verify_ethereum_receipt(evidence, {LedgerId::literal("eth-1"), {}, Bytes(20, 0xc0), parts->chain_id});
  // The nodes alone, under the root that they claim.
  (void)verify_inclusion(keccak256(parts->proof[0]), trie_index_key(parts->transaction_index), parts->proof);
  return 0;
}
