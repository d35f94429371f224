// What wins over the file: the environment, and flags over the environment (USTP-CFG-006).
#include <algorithm>

#include "gateway/config/document.hpp"

namespace ustp::gateway {
namespace {

constexpr std::string_view kPrefix = "USTP_GATEWAY_";

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::vector<ConfigOverride> overrides_of_environment(const char* const* environment) {
  std::vector<ConfigOverride> out;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const auto equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    const auto name = entry.substr(kPrefix.size(), equals - kPrefix.size());
    const auto end = std::min(name.find('_'), name.size());  // no section has one in its name
    out.push_back({lower(name.substr(0, end)), lower(name.substr(std::min(end + 1, name.size()))),
                   std::string(entry.substr(equals + 1)), "environment " + std::string(entry.substr(0, equals))});
  }
  return out;
}

Result<ConfigOverride> override_of_flag(std::string_view assignment) {
  const auto equals = assignment.find('='), dot = assignment.find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot > equals || dot == 0 || dot + 1 == equals)
    return Error{Code::malformed_text, "must be SECTION.KEY=VALUE"};
  return ConfigOverride{std::string(assignment.substr(0, dot)), std::string(assignment.substr(dot + 1, equals - dot - 1)),
                        std::string(assignment.substr(equals + 1)), "--set " + std::string(assignment.substr(0, equals))};
}

namespace config {

void put_over(std::vector<Section>& sections, const ConfigOverride& one) {
  auto section = std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.name == one.section; });
  if (section == sections.end()) section = sections.insert(sections.end(), Section{one.section, {}, {}});
  auto& entries = section->entries;
  auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key == one.key; });
  if (entry == entries.end()) entry = entries.insert(entries.end(), Entry{one.key, {}, {}});
  Value value;
  value.kind = Value::Kind::kText;
  value.text = one.value;
  value.origin = one.origin;
  entry->value = std::move(value);
}

}  // namespace config
}  // namespace ustp::gateway
