// What a receipt evidence proves, and that each altered part is refused.
#include <doctest/doctest.h>

#include <functional>

#include "adapters/ethereum/evm/header.hpp"
#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/operation_event.hpp"
#include "adapters/ethereum/evm/trie.hpp"
#include "adapters/ethereum/proof/receipt.hpp"

using namespace ustp;
using namespace ustp::ethereum;

namespace {

constexpr std::uint64_t kChain = 31'337;

struct Block {
  OperationEvent event;
  Address contract;
  std::vector<Receipt> receipts;
  BlockHeader header;
  std::uint64_t height = 12, chain = kChain;

  Block() {
    contract.mutable_octets().fill(0xc0);
    event.id.mutable_octets().fill(1);
    event.kind = OperationKind::kExtinguish;
    event.request_hash.mutable_octets().fill(2);
    event.related.mutable_octets().fill(3);
    event.instrument = InstrumentId::literal("US0378331005");
    event.account.mutable_octets().fill(0xab);
    event.amount = 500;
    for (std::uint64_t i = 0; i < 20; ++i) receipts.push_back({2, true, 1'000 * (i + 1), {}});
    receipts[7].logs = {Log{contract, {keccak256("Transfer(address,address,uint256)")}, Bytes(32, 1)},
                        encode_operation_event(contract, event)};
  }
  Evidence evidence(std::uint64_t index = 7, std::uint64_t log = 1) {
    std::vector<Bytes> encoded;
    for (const auto& receipt : receipts) encoded.push_back(encode_receipt(receipt));
    const Trie trie = Trie::ordered(encoded);
    header.number = height;
    header.receipts_root = trie.root();
    ReceiptEvidence parts{chain, encode_header(header), index, encoded[index], trie.prove(trie_index_key(index)), log};
    Evidence out;
    out.kind = EvidenceKind::kEthereumReceipt;
    out.ledger = LedgerId::literal("eth-1");
    out.finality = {"finalized", height, 2, Hash256(hash_of(header).octets()), {}};
    out.octets = encode_receipt_evidence(parts);
    return out;
  }
  LedgerAnchor anchor() const {
    LedgerAnchor out;
    out.ledger = LedgerId::literal("eth-1");
    out.contract.assign(contract.octets().begin(), contract.octets().end());
    out.chain_id = kChain;
    return out;
  }
};

bool refused(const Evidence& evidence, const LedgerAnchor& anchor) {
  const auto read = verify_ethereum_receipt(evidence, anchor);
  return !read && read.error().code == Code::evidence_invalid;
}

// The evidence with one part changed, everything else as it was.
Evidence with(const Evidence& evidence, const std::function<void(ReceiptEvidence&)>& change) {
  auto parts = decode_receipt_evidence(evidence.octets).value();
  change(parts);
  Evidence out = evidence;
  out.octets = encode_receipt_evidence(parts);
  return out;
}

}  // namespace

TEST_CASE("a receipt evidence proves its operation") {
  Block block;
  const auto proven = verify_ethereum_receipt(block.evidence(), block.anchor());
  REQUIRE(proven.has_value());
  CHECK(proven->id == block.event.id);
  CHECK(proven->kind == OperationKind::kExtinguish);
  CHECK(proven->request_hash == block.event.request_hash);
  CHECK(proven->instrument == block.event.instrument);
  CHECK(proven->base_units == 500);
  CHECK(proven->account.str() == "0xabababababababababababababababababababab");
}

TEST_CASE("each altered part of the evidence is refused") {
  Block block;
  const Evidence good = block.evidence();
  const LedgerAnchor anchor = block.anchor();
  CHECK(refused(with(good, [](auto& p) { p.chain_id = 1; }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.transaction_index = 8; }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.log_index = 0; }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.log_index = 2; }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.proof.pop_back(); }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.proof.push_back(p.proof[0]); }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.proof.clear(); }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.header[40] ^= 1; }), anchor));
  CHECK(refused(with(good, [](auto& p) { p.receipt[p.receipt.size() - 1] ^= 1; }), anchor));
  Bytes octets = good.octets;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    Evidence altered = good;
    altered.octets[i] ^= 1;
    CHECK(refused(altered, anchor));
  }
  for (std::size_t size = 0; size < octets.size(); size += 7) {
    Evidence cut = good;
    cut.octets.resize(size);
    CHECK(refused(cut, anchor));
  }
}

TEST_CASE("the finality statement and the anchor must be the block's, the contract's and the chain's (USTP-EVD-020, USTP-EVD-021)") {
  Block block;
  const Evidence good = block.evidence();
  Evidence evidence = good;
  evidence.finality.height = 13;
  CHECK(refused(evidence, block.anchor()));
  evidence = good;
  evidence.finality.block.mutable_octets()[0] ^= 1;
  CHECK(refused(evidence, block.anchor()));
  evidence = good;
  evidence.kind = EvidenceKind::kCordaTearOff;
  CHECK(refused(evidence, block.anchor()));
  evidence = good;
  evidence.ledger = LedgerId::literal("eth-2");
  CHECK(refused(evidence, block.anchor()));
  LedgerAnchor anchor = block.anchor();
  anchor.contract[0] ^= 1;
  CHECK(refused(good, anchor));
  anchor = block.anchor();
  anchor.contract.clear();
  CHECK(refused(good, anchor));
  anchor = block.anchor();
  anchor.chain_id = 0;
  CHECK(refused(good, anchor));
}

TEST_CASE("a failed transaction, another contract's log and another event prove nothing, though included") {
  Block failed;
  failed.receipts[7].success = false;
  CHECK(refused(failed.evidence(), failed.anchor()));
  Block foreign;
  foreign.receipts[7].logs[1].address.mutable_octets()[0] ^= 1;
  CHECK(refused(foreign.evidence(), foreign.anchor()));
  Block other;
  CHECK(refused(other.evidence(7, 0), other.anchor()));
  Block dirty;
  dirty.receipts[7].logs[1].data[70] = 1;  // padding of the account
  CHECK(refused(dirty.evidence(), dirty.anchor()));
  Block large;
  large.receipts[7].logs[1].data[96] = 1;  // an amount above 128 bits
  CHECK(refused(large.evidence(), large.anchor()));
}

TEST_CASE("a small block's receipt with a short proof is proven too") {
  Block block;
  block.receipts = {block.receipts[7]};
  CHECK(verify_ethereum_receipt(block.evidence(0, 1), block.anchor()).has_value());
}
