// The one place that knows toml++.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "gateway/config/document.hpp"

namespace ustp::gateway::config {
namespace {

Place place_of(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

Value value_of(const toml::node& node) {
  Value out;
  out.place = place_of(node.source());
  if (const auto* text = node.as_string()) {
    out.kind = Value::Kind::kText;
    out.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    out.kind = Value::Kind::kInteger;
    out.integer = number->get();
  } else if (const auto* array = node.as_array()) {
    out.kind = Value::Kind::kTextList;
    for (const auto& item : *array) {
      const auto* item_text = item.as_string();
      if (item_text == nullptr) return {Value::Kind::kOther, out.place, {}, 0, {}};
      out.list.push_back(item_text->get());
    }
  }
  return out;
}

}  // namespace

std::optional<std::vector<Section>> parse_document(std::string_view text, const std::string& file,
                                                   std::vector<ConfigProblem>& problems) {
  if (text.size() > kMaxConfigOctets) {
    problems.push_back({file, 0, 0, "longer than " + std::to_string(kMaxConfigOctets) + " octets"});
    return std::nullopt;
  }
  const toml::parse_result parsed = toml::parse(text, std::string_view(file));
  if (!parsed) {
    const auto place = place_of(parsed.error().source());
    problems.push_back({file, place.line, place.column, std::string(parsed.error().description())});
    return std::nullopt;
  }
  std::vector<Section> out;
  for (const auto& [key, node] : parsed.table()) {
    const auto place = place_of(key.source());
    const auto* table = node.as_table();
    if (table == nullptr) {
      problems.push_back({file, place.line, place.column, "'" + std::string(key.str()) + "' stands outside a section"});
      continue;
    }
    Section section{std::string(key.str()), place, {}};
    for (const auto& [name, value] : *table)
      section.entries.push_back({std::string(name.str()), place_of(name.source()), value_of(value)});
    out.push_back(std::move(section));
  }
  return out;
}

}  // namespace ustp::gateway::config
