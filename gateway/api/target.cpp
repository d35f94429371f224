#include "gateway/api/target.hpp"

#include <algorithm>

#include "ustp/domain/quantity.hpp"

namespace ustp::gateway::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// What is left after decoding is printable ASCII: nothing that our paths and parameters hold needs more, and nothing
// else can then hide from a log or a comparison.
Result<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{Code::malformed_text, "percent sequence"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c <= ' ' || c > '~') return Error{Code::invalid_character, "target"};
    out.push_back(c);
  }
  return out;
}

Fault bad(Code code, std::string detail) { return {{code, std::move(detail)}, {}}; }

// "https://host/path" -> "/path"; anything else is returned as it is.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (text.substr(0, scheme.size()) == scheme) {
      const auto slash = text.find_first_of("/?", scheme.size());
      return slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
    }
  return text;
}

std::optional<Fault> add_parameters(std::string_view query, Target& out) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (out.parameters.size() == kMaxParameters) return bad(Code::too_long, "query parameters");
    const auto equals = std::min(item.find('='), item.size());
    const auto name = decode(item.substr(0, equals));
    const auto value = decode(item.substr(std::min(equals + 1, item.size())));
    if (!name) return bad(name.error().code, "name of a query parameter");
    if (!value) return Fault{value.error(), {}, *name};
    if (name->empty()) return bad(Code::malformed_text, "query parameter without a name");
    if (parameter(out, *name)) return Fault{{Code::duplicate_field, "query parameter"}, {}, *name};
    out.parameters.emplace_back(*name, *value);
  }
  return {};
}

}  // namespace

std::variant<Target, Fault> parse_target(std::string_view text) {
  if (text.size() > kMaxTarget) return bad(Code::too_long, "target");
  if (text.find('#') != std::string_view::npos) return bad(Code::malformed_text, "fragment in the target");
  text = without_authority(text);
  if (text.empty() || text.front() != '/') return bad(Code::malformed_text, "the target is an absolute path");
  const auto question = std::min(text.find('?'), text.size());
  Target out;
  out.path = text.substr(0, question);
  auto rest = std::string_view(out.path).substr(1);
  for (bool more = true; more;) {  // an empty last one counts: "/v1/transfers/" is another path than "/v1/transfers"
    if (out.segments.size() == kMaxSegments) return bad(Code::too_long, "path");
    const auto end = std::min(rest.find('/'), rest.size());
    more = end < rest.size();
    auto segment = decode(rest.substr(0, end));
    if (!segment) return Fault{segment.error(), {}};
    if (*segment == "." || *segment == ".." || (segment->empty() && more))
      return bad(Code::malformed_text, "empty or dot segment in the path");
    out.segments.push_back(*std::move(segment));
    rest.remove_prefix(more ? end + 1 : end);
  }
  if (auto fault = add_parameters(text.substr(std::min(question + 1, text.size())), out)) return *std::move(fault);
  return out;
}

std::optional<Fault> only_parameters(const Target& target, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : target.parameters)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return Fault{{Code::unknown_field, "query parameter"}, {}, name};
  return {};
}

const std::string* parameter(const Target& target, std::string_view name) {
  for (const auto& [have, value] : target.parameters)
    if (have == name) return &value;
  return nullptr;
}

std::variant<std::uint64_t, Fault> number_parameter(const Target& target, std::string_view name, std::uint64_t least,
                                                    std::uint64_t most, std::uint64_t otherwise) {
  const auto* text = parameter(target, name);
  if (!text) return otherwise;
  const auto value = parse_uint128(*text);
  if (!value) return Fault{value.error(), {}, std::string(name)};
  if (*value < least || *value > most)
    return Fault{{Code::out_of_range, std::to_string(least) + " to " + std::to_string(most)}, {}, std::string(name)};
  return static_cast<std::uint64_t>(*value);
}

}  // namespace ustp::gateway::api
