#include "adapters/corda/proof/facts.hpp"

#include "adapters/corda/octets.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::corda {
namespace {
constexpr std::uint8_t kCommandTag = 0xC1, kNotaryTag = 0xC2;
}

Bytes command_component(const ProvenOperation& operation, Instant at) {
  Bytes out;
  out.reserve(160);
  append_be(out, kCommandTag);
  append_be(out, static_cast<std::uint64_t>(at.ns));
  append(out, operation.id.view());
  append_be(out, static_cast<std::uint8_t>(operation.kind));
  append(out, operation.request_hash.view());
  append_text16(out, operation.instrument.str());
  append_be(out, operation.base_units);
  append_text16(out, operation.account.str());
  return out;
}

Result<Command> read_command(BytesView component) {
  Reader in(component);
  USTP_TRY(const auto tag, in.integer<std::uint8_t>());
  if (tag != kCommandTag) return Error{Code::evidence_invalid, "not a command"};
  Command out;
  USTP_TRY(const auto at, in.integer<std::uint64_t>());
  out.at.ns = static_cast<std::int64_t>(at);
  auto& operation = out.operation;
  USTP_TRY(operation.id, in.fixed<OperationId>());
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  if (kind < 1 || kind > static_cast<std::uint8_t>(OperationKind::kRelease))
    return Error{Code::evidence_invalid, "kind of operation"};
  operation.kind = static_cast<OperationKind>(kind);
  USTP_TRY(operation.request_hash, in.fixed<Hash256>());
  USTP_TRY(const auto instrument, in.text16(12));
  USTP_TRY(operation.instrument, InstrumentId::parse(instrument));
  USTP_TRY(operation.base_units, in.integer<Uint128>());
  USTP_TRY(operation.account, in.id16<AccountId>());
  USTP_CHECK(in.end());
  return out;
}

Bytes notary_component(const KeyId& notary) {
  Bytes out;
  out.reserve(1 + KeyId::kSize);
  append_be(out, kNotaryTag);
  append(out, notary.view());
  return out;
}

Bytes batch_preimage(const LedgerId& ledger, std::uint64_t batch, const Hash256& root) {
  Bytes out;
  out.reserve(64 + ledger.str().size());
  append(out, as_bytes("USTP-CORDA-BATCH-1"));
  append_text16(out, ledger.str());
  append_be(out, batch);
  append(out, root.view());
  return out;
}

}  // namespace ustp::corda
