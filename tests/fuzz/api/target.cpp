// Request target, query, cursor and the deciding header fields from any text.
#include <cstdlib>

#include "gateway/api/headers.hpp"
#include "gateway/api/render.hpp"
#include "gateway/api/routes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  using namespace ustp::gateway::api;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)accepts(text, kJson);
  (void)accepts(text, kEventStream);
  (void)is_media_type(text, kJson);
  (void)parse_idempotency_key(text);
  if (const auto cursor = parse_cursor(text); cursor && make_cursor(*cursor) != text) std::abort();
  if (const auto sequence = parse_event_cursor(text); sequence && make_event_cursor(*sequence) != text) std::abort();
  const auto parsed = parse_target(text);
  if (const auto* target = std::get_if<Target>(&parsed)) {
    if (target->segments.empty() || target->segments.size() > kMaxSegments || target->parameters.size() > kMaxParameters)
      std::abort();
    for (const auto& segment : target->segments)
      for (const char c : segment)
        if (c <= ' ' || c > '~') std::abort();
    for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"}) (void)route(method, *target);
    (void)number_parameter(*target, "limit", 1, 100, 20);
  }
  return 0;
}
