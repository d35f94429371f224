#pragma once
// A request and its answer as the API's own code sees them: plain values, whatever carries them.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ustp/base/ids.hpp"

namespace ustp::gateway::api {

struct Request {
  std::string method, target, body;
  // Header fields as received; absent when the request has none.
  std::optional<std::string> content_type, accept, idempotency_key, request_id;
  ParticipantId participant;  // of the client certificate
};

struct Response {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  // names are literals
  std::string request_id;
  bool head = false;   // answers HEAD: the body is only counted
  bool close = false;  // the connection ends after it
};

// What is wrong with a request, and where: one of the three places, or none.
struct Fault {
  Error error;
  std::string pointer;      // RFC 6901, into the JSON body
  std::string parameter{};  // of the query
  std::string header{};
};

}  // namespace ustp::gateway::api
