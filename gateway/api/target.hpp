#pragma once
// The request target (RFC 9112 section 3.2) taken apart, and its query.

#include <variant>

#include "gateway/api/http.hpp"

namespace ustp::gateway::api {

inline constexpr std::size_t kMaxTarget = 2048, kMaxSegments = 8, kMaxParameters = 16;

struct Target {
  std::vector<std::string> segments;                            // of the path, decoded; "/v1/transfers" has two
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, in order, names unique
  std::string path;                                             // as sent, without the query
};

// Origin form and absolute form. Refused: a fragment, a bad percent sequence, an octet outside printable ASCII after
// decoding, empty and dot segments, a parameter given twice (duplicate_field).
std::variant<Target, Fault> parse_target(std::string_view text);

// The parameters a route allows. Anything else is unknown_field.
std::optional<Fault> only_parameters(const Target& target, std::initializer_list<std::string_view> known);
const std::string* parameter(const Target& target, std::string_view name);
// Decimal, within the bounds, or `otherwise` when it is absent.
std::variant<std::uint64_t, Fault> number_parameter(const Target& target, std::string_view name, std::uint64_t least,
                                                    std::uint64_t most, std::uint64_t otherwise);

}  // namespace ustp::gateway::api
