#pragma once
// A JSON text (RFC 8259) as values, within limits. Refused: duplicate names, invalid UTF-8, anything after the value,
// nesting, texts and counts beyond the limits. Every refusal carries the JSON pointer of the place.

#include <variant>

#include "gateway/api/http.hpp"

namespace ustp::gateway::api {

struct JsonLimits {
  std::size_t depth = 16;      // of arrays and objects
  std::size_t values = 4096;   // in the whole text
  std::size_t text = 4096;     // octets of one string or name
  std::size_t members = 4096;  // of one object
};

struct JsonMember;
struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBoolean, kInteger, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;    // kNumber: a number that is none of these; its value is not kept
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;
};
struct JsonMember {
  std::string name;
  JsonValue value;
};

std::variant<JsonValue, Fault> parse_json(std::string_view text, const JsonLimits& limits = {});

// The texts of the values in a list or object, in order, as they stand in `container`: the whole of a text that parse_json()
// took, or one of what this gave. Views into it.
std::vector<std::string_view> json_parts(std::string_view container);

// "/a~1b" for the name "a/b" (RFC 6901).
std::string pointer_to(std::string_view parent, std::string_view name);

}  // namespace ustp::gateway::api
