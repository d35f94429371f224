// What is accepted as JSON is accepted as octets too, and comes out of both unchanged.
#include <cstdlib>

#include "ustp/wire/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::wire;
  const auto body = statement_body_from_json(as_text({data, size}));
  if (!body) return 0;
  Statement statement;
  statement.authority = AuthorityId::literal("a");
  statement.sequence = 1;
  statement.body = *body;
  const auto decoded = decode_statement(encode_statement(statement));
  if (!decoded || !(*decoded == statement)) std::abort();
  // The written form without its four header lines is the form that is read.
  auto json = statement_to_json(statement);
  for (int line = 0; line < 4; ++line) json.erase(2, json.find('\n', 2) - 1);
  const auto again = statement_body_from_json(json);
  if (!again || !(*again == *body)) std::abort();
  return 0;
}
