// Hello and answers of the JSON binding's link: what is read is written again in the same octets, and nobody's key
// verifies a hello. Each input is also tried as the header of one, canonical once another library wrote it.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "ustp/wire/json_link.hpp"

namespace {

using namespace ustp;
using namespace ustp::wire;

void try_hello(std::string_view jws) {
  const KeyLookup nobody = [](const GatewayId&, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    return Error{Code::unknown_key, id.hex()};
  };
  if (receive_json_hello(jws, nobody)) std::abort();
}
void try_answers(std::string_view text) {
  if (const auto ack = parse_json_ack(as_bytes(text)); ack && encode_json_ack(*ack) != text) std::abort();
  if (const auto count = parse_statement_count(as_bytes(text)); count && encode_statement_count(*count) != text)
    std::abort();
}
bool is_shallow(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) < 500;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  try_hello(text);
  try_answers(text);
  if (!is_shallow(text)) return 0;
  const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded()) return 0;
  const std::string written = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  try_answers(written);
  try_hello(to_base64url(as_bytes(written)) + ".e30." + to_base64url(Bytes(64, 1)));
  return 0;
}
