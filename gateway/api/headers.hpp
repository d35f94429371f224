#pragma once
// Header fields that decide something: media types, request ids, idempotency keys.

#include "gateway/api/http.hpp"

namespace ustp::gateway::api {

// Whether an Accept field (RFC 9110 section 12.5.1) admits the type. Absent or empty: everything. At most 32 ranges are
// read. The most specific range that fits decides; q=0 refuses.
bool accepts(const std::optional<std::string>& accept, std::string_view type);

// Whether a Content-Type names the type; parameters are ignored but a charset must be utf-8.
bool is_media_type(const std::optional<std::string>& content_type, std::string_view type);

// 1 to 64 characters of A-Z a-z 0-9 . _ -
bool is_request_id(std::string_view text);

// The key alone or as a structured field string ("…" in quotes); both forms of one key are the same key.
Result<IdempotencyKey> parse_idempotency_key(std::string_view field);

}  // namespace ustp::gateway::api
