#pragma once
// A request and its answer as the API's own code sees them: plain values, whatever carries them.

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway::api {

// What a caller may do for its participant (USTP-API-014); each may what the one before may.
enum class Role : std::uint8_t {
  kNone,
  kReader,    // every GET
  kTrader,    // orders, dry runs, cancels
  kOperator,  // hands statements in; what a certificate alone stands for
};
inline constexpr std::array<std::pair<std::string_view, Role>, 3> kRoleNames{
    {{"reader", Role::kReader}, {"trader", Role::kTrader}, {"operator", Role::kOperator}}};

struct Caller {
  ParticipantId participant;
  Role role = Role::kNone;
  Instant from{}, until{INT64_MAX};  // of the token: what it opened ends with it
};

struct Request {
  std::string method, target, body;
  // Header fields as received; absent when the request has none.
  std::optional<std::string> content_type, accept, idempotency_key, request_id, last_event_id;
  ParticipantId participant;  // of the client certificate or the token
  Role role = Role::kNone;
};

// Of an answer that has no end of its own.
struct Piece {
  std::string octets;
  bool last = false;
};

struct Response {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  // names are literals
  std::string request_id;
  bool head = false;   // answers HEAD: the body is only counted
  bool close = false;  // the connection ends after it
  // Of a stream: calls back once, with what comes behind the body or the piece before. Asked when that has left, so no
  // more than one piece is ever kept for a reader. Destroyed when nobody reads any more.
  std::function<void(std::function<void(Piece)>)> next_piece{};
};

// What is wrong with a request, and where: one of the three places, or none.
struct Fault {
  Error error;
  std::string pointer;      // RFC 6901, into the JSON body
  std::string parameter{};  // of the query
  std::string header{};
  std::string restart_after{};  // of a cursor that is of no use: the one to go on with
};

}  // namespace ustp::gateway::api
