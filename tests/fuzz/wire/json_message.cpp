// What is accepted as a message in JSON has these octets and no others, and its twin says the same. Few mutations leave
// a text canonical: each is also tried in the form that another library writes it in.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "ustp/wire/json_message.hpp"

namespace {

using namespace ustp;
using namespace ustp::wire;

void try_octets(BytesView octets) {
  auto message = decode_json(octets);
  if (!message) return;
  const auto again = encode_json(*message);
  if (!again || !std::equal(again->begin(), again->end(), octets.begin(), octets.end())) std::abort();
  // A notice may be longer than a FlatBuffer is; everything else fits one.
  if (message->type() == MessageType::kMoveNotice) return;
  if (auto* proposal = std::get_if<TransferProposal>(&message->body)) proposal->encoding = kFlatBuffersEncoding;
  const auto twin = decode(encode(*message));
  if (!twin || !(*twin == *message)) std::abort();
}

bool is_shallow(BytesView octets) {
  return std::count_if(octets.begin(), octets.end(), [](std::uint8_t c) { return c == '[' || c == '{'; }) < 500;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_octets({data, size});
  if (!is_shallow({data, size})) return 0;
  const auto json = nlohmann::json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return 0;
  const std::string written = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  try_octets(as_bytes(written));
  return 0;
}
