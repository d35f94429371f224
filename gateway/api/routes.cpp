#include "gateway/api/routes.hpp"

namespace ustp::gateway::api {
namespace {

constexpr std::string_view kId = "{id}";

// One segment against one of the pattern. An id that is none matches nothing: such a resource cannot exist.
bool segment_matches(std::string_view pattern, std::string_view segment, TransferId& id) {
  if (!pattern.starts_with(kId)) return pattern == segment;
  const auto suffix = pattern.substr(kId.size());
  if (segment.size() != TransferId::kSize * 2 + suffix.size() || !segment.ends_with(suffix)) return false;
  const auto parsed = TransferId::from_hex(segment.substr(0, TransferId::kSize * 2));
  if (!parsed) return false;
  id = *parsed;
  return true;
}

bool matches(std::string_view pattern, const Target& target, TransferId& id) {
  std::size_t count = 0;
  for (auto rest = pattern.substr(1);; ++count) {
    if (count == target.segments.size()) return false;
    const auto end = std::min(rest.find('/'), rest.size());
    if (!segment_matches(rest.substr(0, end), target.segments[count], id)) return false;
    if (end == rest.size()) return count + 1 == target.segments.size();
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::variant<Routed, NotRouted> route(std::string_view method, const Target& target) {
  const bool head = method == "HEAD";
  NotRouted none;
  for (const auto& row : kRouteTable) {
    TransferId id;
    if (!matches(row.pattern, target, id)) continue;
    if (row.method == (head ? "GET" : method)) return Routed{&row, id, head};
    none.allow += none.allow.empty() ? "" : ", ";
    none.allow += row.method == "GET" ? "GET, HEAD" : row.method;
  }
  none.code = none.allow.empty() ? Code::not_found : Code::method_not_allowed;
  if (!none.allow.empty()) {
    none.allow += ", OPTIONS";
    none.options = method == "OPTIONS";
  }
  return none;
}

std::string_view route_name(Route route) {
  for (const auto& row : kRouteTable)
    if (row.route == route) return row.name;
  return "none";
}

}  // namespace ustp::gateway::api
