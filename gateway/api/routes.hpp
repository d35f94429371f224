#pragma once
// The one table of the API's routes; spec/openapi.yaml shows the same and a test compares them.

#include <array>
#include <span>
#include <variant>

#include "gateway/api/target.hpp"

namespace ustp::gateway::api {

enum class Route : std::uint8_t {
  kNone,  // of requests that reached no route
  kStartTransfer,
  kStartBatch,
  kCheckTransfer,
  kListTransfers,
  kGetTransfer,
  kCancelTransfer,
  kGetEvidence,
  kListEvents,
  kGetPositions,
  kListInstruments,
  kListLedgers,
  kListParticipants,
  kListStatements,
  kApplyStatement,
};
inline constexpr std::size_t kRoutes = 15;

struct RouteRow {
  Route route;
  std::string_view name;     // operation
  std::string_view method;   // GET rows answer HEAD too
  std::string_view pattern;  // "{id}" stands for a transfer id
  std::string_view accepts;  // media type of the body; empty: none
  std::string_view makes;    // media type of the answer
  std::string_view makes_too{};  // another that the client may accept instead
  Role least() const { return needs != Role::kNone ? needs : method == "GET" ? Role::kReader : Role::kTrader; }
  Role needs = Role::kNone;  // kNone: as the method says
};
inline constexpr std::string_view kJson = "application/json", kOctets = "application/octet-stream",
                                  kProblemJson = "application/problem+json", kEventStream = "text/event-stream";
// clang-format off
inline constexpr auto kRouteTable = std::to_array<RouteRow>({
  {Route::kStartTransfer,   "startTransfer",   "POST", "/v1/transfers",               kJson,   kJson},
  {Route::kStartBatch,      "startBatch",      "POST", "/v1/transfers:batch",         kJson,   kJson},
  {Route::kCheckTransfer,   "checkTransfer",   "POST", "/v1/transfers:check",         kJson,   kJson},
  {Route::kListTransfers,   "listTransfers",   "GET",  "/v1/transfers",               "",      kJson},
  {Route::kGetTransfer,     "getTransfer",     "GET",  "/v1/transfers/{id}",          "",      kJson},
  {Route::kCancelTransfer,  "cancelTransfer",  "POST", "/v1/transfers/{id}:cancel",   "",      kJson},
  {Route::kGetEvidence,     "getEvidence",     "GET",  "/v1/transfers/{id}/evidence", "",      kOctets},
  {Route::kListEvents,      "listEvents",      "GET",  "/v1/events",                  "",      kJson, kEventStream},
  {Route::kGetPositions,    "getPositions",    "GET",  "/v1/positions",               "",      kJson},
  {Route::kListInstruments, "listInstruments", "GET",  "/v1/instruments",             "",      kJson},
  {Route::kListLedgers,     "listLedgers",     "GET",  "/v1/ledgers",                 "",      kJson},
  {Route::kListParticipants, "listParticipants", "GET", "/v1/participants",           "",      kJson},
  {Route::kListStatements,  "listStatements",  "GET",  "/v1/statements",              "",      kJson},
  {Route::kApplyStatement,  "applyStatement",  "POST", "/v1/statements",              kOctets, kJson, {}, Role::kOperator},
});
// clang-format on

struct Routed {
  const RouteRow* row = nullptr;
  TransferId id;       // where the pattern has one
  bool head = false;
};
struct NotRouted {
  Code code{};         // not_found, method_not_allowed
  std::string allow;   // of the path, for 405 and OPTIONS; empty for not_found
  bool options = false;  // it was OPTIONS on a known path: answer 204
};
std::variant<Routed, NotRouted> route(std::string_view method, const Target& target);
std::string_view route_name(Route route);  // the table's operation: for metrics, logs and OpenAPI's operationId; "none"

}  // namespace ustp::gateway::api
