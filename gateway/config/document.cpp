// The one place that knows toml++. Version 3.3 asserts what a file may contradict ("[*x]"), and without assertions it
// assumes it: the assertions stay on here and become an exception of ours.
#undef NDEBUG
namespace {
struct BrokenText {};
}  // namespace
#define TOML_ASSERT(condition)            \
  do {                                    \
    if (!(condition)) throw BrokenText{}; \
  } while (false)
#define TOML_EXCEPTIONS 1
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wexceptions"
#else
#pragma GCC diagnostic ignored "-Wterminate"  // some of the assertions stand in noexcept functions, as before
#endif
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <algorithm>

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
      if (item_text == nullptr) return {Value::Kind::kOther, out.place, {}, 0, {}, {}};
      out.list.push_back(item_text->get());
    }
  }
  return out;
}

// The parser reads line after line, so that there is a first line with which it breaks: found by halving.
unsigned broken_line(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '\n') ends.push_back(at + 1);
  ends.push_back(text.size());
  std::size_t least = 0, most = ends.size() - 1;
  while (least < most) {
    const std::size_t middle = (least + most) / 2;
    bool breaks = false;
    try {
      (void)toml::parse(text.substr(0, ends[middle]));
    } catch (const BrokenText&) {
      breaks = true;
    } catch (const toml::parse_error&) {  // cut in the middle of something
    }
    breaks ? most = middle : least = middle + 1;
  }
  return static_cast<unsigned>(least + 1);
}

// toml++ 3.3 runs into undefined behaviour on some letters where a key may stand. Identifiers are ASCII anyway; comments
// on lines of their own may be in any language.
bool is_ascii_but_for_comments(std::string_view text, const std::string& file, std::vector<ConfigProblem>& problems) {
  unsigned number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto line = text.substr(begin, text.find('\n', begin) - begin);
    begin += line.size() + 1;
    ++number;
    const auto first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] == '#') continue;
    const auto bad = std::find_if(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; });
    if (bad == line.end()) continue;
    problems.push_back({file, number, static_cast<unsigned>(bad - line.begin()) + 1,
                        "only lines that begin with '#' may hold other characters than ASCII"});
    return false;
  }
  return true;
}

std::optional<toml::table> parse(std::string_view text, const std::string& file, std::vector<ConfigProblem>& problems) {
  try {
    return toml::parse(text, std::string_view(file));
  } catch (const toml::parse_error& failed) {
    const auto place = place_of(failed.source());
    problems.push_back({file, place.line, place.column, std::string(failed.description())});
  } catch (const BrokenText&) {
    problems.push_back({file, broken_line(text), 1, "not valid TOML"});
  } catch (const std::exception& failed) {
    problems.push_back({file, 0, 0, std::string("cannot be read: ") + failed.what()});
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<Section>> parse_document(std::string_view text, const std::string& file,
                                                   std::vector<ConfigProblem>& problems) {
  if (text.size() > kMaxConfigOctets) {
    problems.push_back({file, 0, 0, "longer than " + std::to_string(kMaxConfigOctets) + " octets"});
    return std::nullopt;
  }
  if (!is_ascii_but_for_comments(text, file, problems)) return std::nullopt;
  const auto parsed = parse(text, file, problems);
  if (!parsed) return std::nullopt;
  std::vector<Section> out;
  for (const auto& [key, node] : *parsed) {
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
