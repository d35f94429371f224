#include "adapters/ethereum/evm/transaction.hpp"

#include "adapters/ethereum/evm/keccak.hpp"
#include "adapters/ethereum/evm/rlp.hpp"

namespace ustp::ethereum {
namespace {

constexpr std::uint8_t kType = 0x02;
Error bad(std::string_view what) { return {Code::ledger_message, "transaction: " + std::string(what)}; }

std::vector<Bytes> fields(const Transaction& t) {
  return {rlp::encode(Uint128{t.chain_id}),
          rlp::encode(Uint128{t.nonce}),
          rlp::encode(t.max_priority_fee),
          rlp::encode(t.max_fee),
          rlp::encode(Uint128{t.gas_limit}),
          t.to ? rlp::encode(t.to->view()) : rlp::encode(BytesView()),
          rlp::encode(t.value),
          rlp::encode(BytesView(t.data)),
          rlp::encode_list({})};
}

Bytes typed(const std::vector<Bytes>& parts) {
  Bytes out = {kType};
  append(out, rlp::encode_list(parts));
  return out;
}

// A scalar of a signature: at most 32 octets, no leading zeros.
Result<Word> scalar(const rlp::Item& item) {
  USTP_TRY(const BytesView digits, item.octets());
  if (digits.size() > 32 || (!digits.empty() && digits[0] == 0)) return bad("signature scalar");
  Word out;
  std::copy(digits.begin(), digits.end(), out.mutable_octets().end() - static_cast<std::ptrdiff_t>(digits.size()));
  return out;
}
Bytes encode_scalar(const Word& word) {
  BytesView digits = word.view();
  while (!digits.empty() && digits[0] == 0) digits = digits.subspan(1);
  return rlp::encode(digits);
}

Result<void> check(const Transaction& t) {
  if (t.nonce == UINT64_MAX) return Error{Code::out_of_range, "transaction: nonce"};
  if (t.max_priority_fee > t.max_fee) return Error{Code::out_of_range, "transaction: priority fee above the fee cap"};
  if (t.gas_limit == 0) return Error{Code::out_of_range, "transaction: no gas"};
  // gas x price must fit 256 bits and always does with 128 and 64 bits; it must also fit our own amounts.
  USTP_CHECK([&]() -> Result<void> {
    USTP_TRY(const Uint128 gas, checked_mul(Uint128{t.gas_limit}, t.max_fee));
    USTP_TRY([[maybe_unused]] const Uint128 total, checked_add(gas, t.value));
    return {};
  }());
  return {};
}

}  // namespace

Word signing_hash(const Transaction& transaction) { return keccak256(typed(fields(transaction))); }

SignedTransaction sign(const Transaction& transaction, const SigningKey& key) {
  SignedTransaction out{transaction, key.sign(signing_hash(transaction)), key.address(), {}, {}};
  auto parts = fields(transaction);
  parts.push_back(rlp::encode(Uint128{out.signature.y_parity}));
  parts.push_back(encode_scalar(out.signature.r));
  parts.push_back(encode_scalar(out.signature.s));
  out.raw = typed(parts);
  out.hash = keccak256(out.raw);
  return out;
}

Result<SignedTransaction> decode_transaction(BytesView raw) {
  if (raw.size() > kMaxTransactionOctets) return Error{Code::too_long, "transaction"};
  if (raw.empty() || raw[0] != kType) return bad("not of type 2");
  USTP_TRY(const rlp::Item item, rlp::decode(raw.subspan(1), {2, 64}));
  USTP_TRY(const auto f, item.list(12, 12));
  SignedTransaction out;
  Transaction& t = out.transaction;
  USTP_TRY(t.chain_id, f[0].number64());
  USTP_TRY(t.nonce, f[1].number64());
  USTP_TRY(t.max_priority_fee, f[2].number());
  USTP_TRY(t.max_fee, f[3].number());
  USTP_TRY(t.gas_limit, f[4].number64());
  USTP_TRY(const BytesView to, f[5].octets());
  if (!to.empty()) {
    USTP_TRY(t.to, Address::from_bytes(to));
  }
  USTP_TRY(t.value, f[6].number());
  USTP_TRY(const BytesView data, f[7].octets());
  t.data.assign(data.begin(), data.end());
  if (!f[8].list(0, 0)) return bad("access list");
  USTP_TRY(const Uint128 parity, f[9].number());
  if (parity > 1) return Error{Code::bad_signature, "y parity"};
  out.signature.y_parity = static_cast<std::uint8_t>(parity);
  USTP_TRY(out.signature.r, scalar(f[10]));
  USTP_TRY(out.signature.s, scalar(f[11]));
  USTP_CHECK(check(t));
  USTP_TRY(out.from, recover(signing_hash(t), out.signature));
  out.hash = keccak256(raw);
  out.raw.assign(raw.begin(), raw.end());
  return out;
}

}  // namespace ustp::ethereum
