// A frame that parses holds octets that are refused or decode to a statement that encodes to the same statement again.
#include <cstdlib>

#include "ustp/wire/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp::wire;
  const auto signed_one = parse_statement_frame({data, size});
  if (!signed_one) return 0;
  if (encode_statement_frame(*signed_one) != ustp::Bytes(data, data + size)) std::abort();
  const auto statement = decode_statement(signed_one->octets);
  if (!statement) return 0;
  const auto again = decode_statement(encode_statement(*statement));
  if (!again || !(*again == *statement)) std::abort();
  if (statement_to_json(*statement).empty()) std::abort();
  return 0;
}
