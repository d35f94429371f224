#include "adapters/ethereum/intent.hpp"

#include "adapters/ethereum/evm/transaction.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::ethereum {
namespace {

constexpr std::string_view kMark = "USTP-ETH-INTENT";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFacts = kMark.size() + 1 + 8 + 8 + 32 + 1 + 32 + 32 + 20 + 16 + 4;

// Reads over octets whose length was checked before.
class Cursor {
 public:
  explicit Cursor(BytesView octets) : octets_(octets) {}
  BytesView take(std::size_t n) {
    const auto out = octets_.first(n);
    octets_ = octets_.subspan(n);
    return out;
  }
  Uint128 number(std::size_t n) {
    Uint128 out = 0;
    for (const auto octet : take(n)) out = out << 8 | octet;
    return out;
  }
  template <class Id>
  Id id() {
    return Id::from_bytes(take(Id::kSize)).value();
  }
  BytesView rest() const { return octets_; }

 private:
  BytesView octets_;
};

}  // namespace

Bytes encode_intent(const TransactionIntent& intent) {
  Bytes out;
  out.reserve(kFacts + intent.raw.size());
  append(out, as_bytes(kMark));
  out.push_back(kVersion);
  append_be(out, intent.epoch);
  append_be(out, intent.nonce);
  append(out, intent.operate.id.view());
  out.push_back(static_cast<std::uint8_t>(intent.operate.kind));
  append(out, intent.operate.related.view());
  append(out, intent.operate.request_hash.view());
  append(out, intent.operate.account.view());
  append_be(out, intent.operate.base_units);
  append_be(out, static_cast<std::uint32_t>(intent.raw.size()));
  append(out, intent.raw);
  return out;
}

Result<TransactionIntent> decode_intent(BytesView octets) {
  const auto bad = [](const char* what) { return Error{Code::ledger_message, std::string("intent: ") + what}; };
  if (octets.size() < kFacts || octets.size() > kFacts + kMaxIntentRaw) return bad("length");
  Cursor in(octets);
  if (as_text(in.take(kMark.size())) != kMark || in.number(1) != kVersion) return bad("mark or version");
  TransactionIntent out;
  out.epoch = static_cast<std::uint64_t>(in.number(8));
  out.nonce = static_cast<std::uint64_t>(in.number(8));
  out.operate.id = in.id<OperationId>();
  const auto kind = static_cast<std::uint8_t>(in.number(1));
  if (kind < 1 || kind > 8) return bad("kind");
  out.operate.kind = static_cast<OperationKind>(kind);
  out.operate.related = in.id<OperationId>();
  out.operate.request_hash = in.id<Hash256>();
  out.operate.account = in.id<Address>();
  out.operate.base_units = in.number(16);
  if (in.number(4) != in.rest().size()) return bad("length of the transaction");
  out.raw.assign(in.rest().begin(), in.rest().end());
  // The facts are never believed without the octets that act: what is sent is what the facts say.
  const auto signed_transaction = decode_transaction(out.raw);
  if (!signed_transaction) return bad("transaction");
  if (signed_transaction->transaction.nonce != out.nonce) return bad("nonce");
  if (signed_transaction->transaction.data != token_contract::operate_call(out.operate)) return bad("call");
  return out;
}

}  // namespace ustp::ethereum
