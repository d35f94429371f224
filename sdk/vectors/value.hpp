#pragma once
// The test vectors as data: a small tree of values, the vectors themselves, and their files.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ustp/base/bytes.hpp"
#include "ustp/base/error.hpp"
#include "ustp/base/result.hpp"

namespace ustp::vectors {

class Value;
using List = std::vector<Value>;
using Members = std::vector<std::pair<std::string, Value>>;

class Value {
 public:
  Value() = default;
  Value(bool v) : held_(v) {}                               // NOLINT: implicit, so that trees read like JSON
  Value(int v) : held_(static_cast<std::int64_t>(v)) {}     // NOLINT
  Value(std::int64_t v) : held_(v) {}                       // NOLINT
  Value(const char* v) : held_(std::string(v)) {}           // NOLINT
  Value(std::string v) : held_(std::move(v)) {}             // NOLINT
  Value(std::string_view v) : held_(std::string(v)) {}      // NOLINT
  Value(List v) : held_(std::move(v)) {}                    // NOLINT
  Value(Members v) : held_(std::move(v)) {}                 // NOLINT

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(held_); }
  bool is_list() const { return std::holds_alternative<List>(held_); }
  const auto& held() const { return held_; }
  // Of the kind asked for, or empty: a vector that lacks an input is judged with an empty one and fails.
  std::string text() const;
  std::int64_t number() const;
  bool flag() const;
  const List& list() const;
  const Members& members() const;
  const Value& operator[](std::string_view name) const;
  friend bool operator==(const Value& a, const Value& b) { return a.held_ == b.held_; }

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, std::string, List, Members> held_;
};

// Octets stand as hexadecimal, or, where one octet repeats often, as a list of such texts and [octet, times].
Value octets_value(BytesView octets);
Bytes octets_of(const Value& value);

struct Vector {
  std::string id, kind, title;
  std::vector<std::string> requirements;
  Value input;
  bool valid = true;
  Value output;        // of a valid one
  std::string code;    // of a flawed one: the error, or for evidence the requirement that fails
};
struct File {
  std::string name, about;
  std::vector<Vector> vectors;
};
std::string to_json(const File& file);
Result<File> from_json(std::string_view text);
std::string to_text(const Value& value);

}  // namespace ustp::vectors
