#include "adapters/ethereum/evm/abi.hpp"

namespace ustp::ethereum::abi {
namespace {

Error bad(std::string_view what) { return {Code::ledger_message, "ABI: " + std::string(what)}; }
constexpr std::string_view kErrorSignature = "Error(string)";
constexpr std::size_t kMaxReason = 256;

}  // namespace

Selector selector(std::string_view signature) {
  const Word hash = keccak256(signature);
  Selector out;
  std::copy_n(hash.octets().begin(), out.size(), out.begin());
  return out;
}
Word event_topic(std::string_view signature) { return keccak256(signature); }

Bytes encode_words(std::span<const Word> words) {
  Bytes out;
  out.reserve(words.size() * 32);
  for (const Word& word : words) append(out, word.view());
  return out;
}
Bytes encode_call(const Selector& function, std::span<const Word> arguments) {
  Bytes out(function.begin(), function.end());
  append(out, encode_words(arguments));
  return out;
}
Result<std::vector<Word>> decode_words(BytesView octets, std::size_t count) {
  if (octets.size() != count * 32) return bad(std::to_string(octets.size()) + " octets for " + std::to_string(count) + " words");
  std::vector<Word> out(count);
  for (std::size_t i = 0; i < count; ++i) std::copy_n(octets.data() + i * 32, 32, out[i].mutable_octets().begin());
  return out;
}
Result<Call> split_call(BytesView octets) {
  if (octets.size() < 4) return bad("no selector");
  Call out;
  std::copy_n(octets.begin(), 4, out.function.begin());
  out.arguments = octets.subspan(4);
  return out;
}

Word word_of(bool value) { return word_from(Uint128{value ? 1U : 0U}); }
Result<bool> bool_from(const Word& word) {
  const auto value = uint64_from(word);
  if (!value || *value > 1) return bad("boolean that is neither 0 nor 1");
  return *value == 1;
}
Result<std::uint8_t> uint8_from(const Word& word) {
  const auto value = uint64_from(word);
  if (!value || *value > 0xff) return bad("uint8 with dirty padding");
  return static_cast<std::uint8_t>(*value);
}

Bytes encode_error_string(std::string_view text) {
  text = text.substr(0, kMaxReason);
  const std::vector<Word> head = {word_from(Uint128{32}), word_from(Uint128{text.size()})};
  Bytes out = encode_call(selector(kErrorSignature), head);
  append(out, as_bytes(text));
  out.resize(out.size() + (32 - text.size() % 32) % 32);
  return out;
}
Result<std::string> decode_error_string(BytesView octets) {
  USTP_TRY(const Call call, split_call(octets));
  if (call.function != selector(kErrorSignature)) return bad("not Error(string)");
  if (call.arguments.size() < 64) return bad("Error(string) ends early");
  USTP_TRY(const auto head, decode_words(call.arguments.first(64), 2));
  const auto offset = uint64_from(head[0]), size = uint64_from(head[1]);
  if (!offset || *offset != 32 || !size || *size > call.arguments.size() - 64) return bad("Error(string) is malformed");
  std::string out(as_text(call.arguments.subspan(64, std::min<std::size_t>(*size, kMaxReason))));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return out;
}

}  // namespace ustp::ethereum::abi
