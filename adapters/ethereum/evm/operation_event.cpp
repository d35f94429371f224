#include "adapters/ethereum/evm/operation_event.hpp"

#include "adapters/ethereum/evm/abi.hpp"

namespace ustp::ethereum {
namespace {

Error bad(std::string_view what) { return {Code::ledger_message, "UstpOperation: " + std::string(what)}; }

}  // namespace

const Word& operation_topic() {
  static const Word topic = abi::event_topic("UstpOperation(bytes32,uint8,bytes32,bytes32,bytes32,address,uint256)");
  return topic;
}

Log encode_operation_event(const Address& contract, const OperationEvent& event) {
  const std::vector<Word> words = {as_word(event.related), word_from_text(event.instrument.str()).value(),
                                   word_from(event.account), word_from(event.amount)};
  return {contract,
          {operation_topic(), as_word(event.id), word_from(Uint128{static_cast<std::uint8_t>(event.kind)}),
           as_word(event.request_hash)},
          abi::encode_words(words)};
}

Result<OperationEvent> decode_operation_event(const Log& log) {
  if (log.topics.size() != 4 || log.topics[0] != operation_topic()) return bad("another event");
  USTP_TRY(const auto words, abi::decode_words(log.data, 4));
  OperationEvent out;
  out.id = from_word<OperationId>(log.topics[1]);
  USTP_TRY(const std::uint8_t kind, abi::uint8_from(log.topics[2]));
  if (kind < 1 || kind > 8) return bad("unknown kind");
  out.kind = static_cast<OperationKind>(kind);
  out.request_hash = from_word<Hash256>(log.topics[3]);
  if (out.id.is_zero() || out.request_hash.is_zero()) return bad("zero identifier");
  out.related = from_word<OperationId>(words[0]);
  USTP_TRY(const std::string instrument, text_from(words[1]));
  const auto parsed = InstrumentId::parse(instrument);
  if (!parsed) return bad("instrument");
  out.instrument = *parsed;
  USTP_TRY(out.account, address_from(words[2]));
  USTP_TRY(out.amount, uint128_from(words[3]));
  if (out.amount == 0 || out.account.is_zero()) return bad("nothing moved");
  return out;
}

}  // namespace ustp::ethereum
