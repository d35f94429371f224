#pragma once
// A Response as the octets of an HTTP/1.1 message.

#include "gateway/api/http.hpp"

namespace ustp::gateway::api {

// `date`: the Date field's value. Header values are ours or checked before; none can hold a line end.
void append_response(std::string& out, const Response& response, std::string_view date);
std::string_view reason_phrase(int status);
std::string http_date(std::int64_t unix_seconds);  // IMF-fixdate (RFC 9110 section 5.6.7)

}  // namespace ustp::gateway::api
