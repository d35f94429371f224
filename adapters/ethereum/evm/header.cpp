#include "adapters/ethereum/evm/header.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::ethereum {
namespace {

Result<Word> word(const rlp::Item& item) {
  USTP_TRY(const BytesView octets, item.octets(32));
  return Word::from_bytes(octets);
}
template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed(const rlp::Item& item) {
  USTP_TRY(const BytesView octets, item.octets(N));
  std::array<std::uint8_t, N> out{};
  std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}

}  // namespace

Bytes encode_header(const BlockHeader& h) {
  const auto word_of = [](const Word& w) { return rlp::encode(w.view()); };
  const auto number = [](std::uint64_t n) { return rlp::encode(Uint128{n}); };
  std::vector<Bytes> parts = {word_of(h.parent),
                              word_of(h.uncles),
                              rlp::encode(h.miner.view()),
                              word_of(h.state_root),
                              word_of(h.transactions_root),
                              word_of(h.receipts_root),
                              rlp::encode(BytesView(h.bloom)),
                              rlp::encode(h.difficulty),
                              number(h.number),
                              number(h.gas_limit),
                              number(h.gas_used),
                              number(h.timestamp),
                              rlp::encode(BytesView(h.extra)),
                              word_of(h.mix_hash),
                              rlp::encode(BytesView(h.nonce)),
                              rlp::encode(h.base_fee),
                              word_of(h.withdrawals_root),
                              number(h.blob_gas_used),
                              number(h.excess_blob_gas),
                              word_of(h.parent_beacon_root)};
  if (h.requests_hash) parts.push_back(word_of(*h.requests_hash));
  return rlp::encode_list(parts);
}

Result<BlockHeader> decode_header(BytesView octets) {
  if (octets.size() > kMaxHeaderOctets) return Error{Code::too_long, "block header"};
  USTP_TRY(const rlp::Item item, rlp::decode(octets, {1, 32}));
  USTP_TRY(const auto f, item.list(20, 21));
  BlockHeader h;
  USTP_TRY(h.parent, word(f[0]));
  USTP_TRY(h.uncles, word(f[1]));
  USTP_TRY(const auto miner, fixed<20>(f[2]));
  h.miner = Address(miner);
  USTP_TRY(h.state_root, word(f[3]));
  USTP_TRY(h.transactions_root, word(f[4]));
  USTP_TRY(h.receipts_root, word(f[5]));
  USTP_TRY(h.bloom, fixed<256>(f[6]));
  USTP_TRY(h.difficulty, f[7].number());
  USTP_TRY(h.number, f[8].number64());
  USTP_TRY(h.gas_limit, f[9].number64());
  USTP_TRY(h.gas_used, f[10].number64());
  USTP_TRY(h.timestamp, f[11].number64());
  USTP_TRY(const BytesView extra, f[12].octets());
  if (extra.size() > 32) return Error{Code::too_long, "block header: extra data"};
  h.extra.assign(extra.begin(), extra.end());
  USTP_TRY(h.mix_hash, word(f[13]));
  USTP_TRY(h.nonce, fixed<8>(f[14]));
  USTP_TRY(h.base_fee, f[15].number());
  USTP_TRY(h.withdrawals_root, word(f[16]));
  USTP_TRY(h.blob_gas_used, f[17].number64());
  USTP_TRY(h.excess_blob_gas, f[18].number64());
  USTP_TRY(h.parent_beacon_root, word(f[19]));
  if (f.size() == 21) {
    USTP_TRY(h.requests_hash, word(f[20]));
  }
  return h;
}

Word hash_of(const BlockHeader& header) { return keccak256(encode_header(header)); }

Word empty_uncles_hash() { return keccak256(rlp::encode_list({})); }
Word empty_trie_root() { return keccak256(rlp::encode(BytesView())); }
Word empty_requests_hash() { return as_word(crypto::sha256(BytesView())); }

}  // namespace ustp::ethereum
