#include "adapters/ethereum/evm/receipt.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum {
namespace {

Error bad(std::string_view what) { return {Code::ledger_message, "receipt: " + std::string(what)}; }

// Yellow paper 4.3.1: three bits, each from eleven bits of the hash.
void add_to_bloom(Bloom& bloom, BytesView entry) {
  const Word hash = keccak256(entry);
  for (std::size_t i = 0; i < 6; i += 2) {
    const std::size_t bit = (std::size_t{hash.octets()[i]} << 8 | hash.octets()[i + 1]) & 0x7ff;
    bloom[255 - bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
  }
}

Bytes encode_log(const Log& log) {
  std::vector<Bytes> topics;
  for (const Word& topic : log.topics) topics.push_back(rlp::encode(topic.view()));
  return rlp::encode_list({rlp::encode(log.address.view()), rlp::encode_list(topics), rlp::encode(BytesView(log.data))});
}

Result<Log> decode_log(const rlp::Item& item) {
  USTP_TRY(const auto f, item.list(3, 3));
  Log out;
  USTP_TRY(const BytesView address, f[0].octets(20));
  out.address = Address::from_bytes(address).value();
  USTP_TRY(const auto topics, f[1].list(0, 4));
  for (const auto& topic : topics) {
    USTP_TRY(const BytesView octets, topic.octets(32));
    out.topics.push_back(Word::from_bytes(octets).value());
  }
  USTP_TRY(const BytesView data, f[2].octets());
  out.data.assign(data.begin(), data.end());
  return out;
}

}  // namespace

void add_to_bloom(Bloom& bloom, const Log& log) {
  add_to_bloom(bloom, log.address.view());
  for (const Word& topic : log.topics) add_to_bloom(bloom, topic.view());
}
Bloom bloom_of(const std::vector<Log>& logs) {
  Bloom out{};
  for (const Log& log : logs) add_to_bloom(out, log);
  return out;
}

Bytes encode_receipt(const Receipt& receipt) {
  std::vector<Bytes> logs;
  for (const Log& log : receipt.logs) logs.push_back(encode_log(log));
  const Bloom bloom = bloom_of(receipt.logs);
  Bytes out;
  if (receipt.type != 0) out.push_back(receipt.type);
  append(out, rlp::encode_list({rlp::encode(Uint128{receipt.success ? 1U : 0U}),
                                rlp::encode(Uint128{receipt.cumulative_gas}), rlp::encode(BytesView(bloom)),
                                rlp::encode_list(logs)}));
  return out;
}

Result<Receipt> decode_receipt(BytesView octets) {
  if (octets.size() > kMaxReceiptOctets) return Error{Code::too_long, "receipt"};
  if (octets.empty()) return bad("is empty");
  Receipt out;
  out.type = octets[0] < 0xc0 ? octets[0] : 0;
  if (octets[0] < 0xc0) {
    if (out.type < 1 || out.type > 4) return bad("unknown type");
    octets = octets.subspan(1);
  }
  USTP_TRY(const rlp::Item item, rlp::decode(octets, {4, kMaxLogs * 9 + 16}));
  USTP_TRY(const auto f, item.list(4, 4));
  USTP_TRY(const BytesView status, f[0].octets());
  if (status.size() > 1 || (status.size() == 1 && status[0] != 1)) return bad("status");
  out.success = !status.empty();
  USTP_TRY(out.cumulative_gas, f[1].number64());
  USTP_TRY(const BytesView bloom, f[2].octets(256));
  USTP_TRY(const auto logs, f[3].list(0, kMaxLogs));
  for (const auto& log : logs) {
    USTP_TRY(Log one, decode_log(log));
    out.logs.push_back(std::move(one));
  }
  const Bloom expected = bloom_of(out.logs);
  if (!std::equal(expected.begin(), expected.end(), bloom.begin())) return bad("bloom does not follow from the logs");
  return out;
}

}  // namespace ustp::ethereum
