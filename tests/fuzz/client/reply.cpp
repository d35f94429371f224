// A gateway's answer from any octets, as each document that the client reads.
#include "sdk/src/client/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp::client;
  const std::string body(reinterpret_cast<const char*>(data), size);
  (void)transfer_from_json(body);
  (void)page_from_json(body);
  (void)positions_from_json(body);
  (void)instruments_from_json(body);
  (void)events_from_json(body);
  (void)sequence_from_json(body);
  HttpReply reply;
  reply.status = 422;
  reply.body = body;
  (void)failure_from_reply(reply);
  return 0;
}
