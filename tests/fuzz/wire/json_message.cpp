// What is accepted as a message in JSON has these octets and no others, and its twin says the same.
#include <cstdlib>

#include "ustp/wire/json_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp::wire;
  auto message = decode_json({data, size});
  if (!message) return 0;
  const auto again = encode_json(*message);
  if (!again || *again != ustp::Bytes(data, data + size)) std::abort();
  if (auto* proposal = std::get_if<TransferProposal>(&message->body)) proposal->encoding = kFlatBuffersEncoding;
  // Texts and octets of at most 64 KiB of JSON fit a FlatBuffer of that size; a notice may be longer than one.
  if (message->type() == MessageType::kMoveNotice) return 0;
  const auto twin = decode(encode(*message));
  if (!twin || !(*twin == *message)) std::abort();
  return 0;
}
