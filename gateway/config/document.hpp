#pragma once
// A TOML text as plain sections, keys and values with their places; the parser's types stay in document.cpp.

#include <cstdint>
#include <optional>

#include "gateway/config/config.hpp"

namespace ustp::gateway::config {

struct Place {
  unsigned line = 0, column = 0;
};
struct Value {
  enum class Kind { kText, kInteger, kTextList, kOther };
  Kind kind = Kind::kOther;
  Place place;
  std::string text;
  std::int64_t integer = 0;
  std::vector<std::string> list;
  std::string origin;  // not empty: given as a text from outside the file, to be read as the kind that is wanted
};
struct Entry {
  std::string key;
  Place place;  // of the key
  Value value;
};
struct Section {
  std::string name;
  Place place;
  std::vector<Entry> entries;
};

// Puts a value from outside the file over what the file says, or beside it.
void put_over(std::vector<Section>& sections, const ConfigOverride& value);

// Syntax errors and keys outside a section are added to `problems`; nothing comes back when the syntax is wrong.
std::optional<std::vector<Section>> parse_document(std::string_view text, const std::string& file,
                                                   std::vector<ConfigProblem>& problems);

}  // namespace ustp::gateway::config
