#include "gateway/api/json_value.hpp"

#include <nlohmann/json.hpp>

namespace ustp::gateway::api {
namespace {

using Kind = JsonValue::Kind;

// Takes nlohmann's events; false stops the parser. The stack holds the open containers: only the innermost grows, so
// the pointers to the others stay valid.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    JsonValue v;
    v.kind = Kind::kBoolean;
    v.boolean = value;
    return add(std::move(v));
  }
  bool number_integer(number_integer_t value) override {
    JsonValue v;
    v.kind = Kind::kInteger;
    v.integer = value;
    return add(std::move(v));
  }
  bool number_unsigned(number_unsigned_t value) override {
    JsonValue v;
    v.kind = value > static_cast<number_unsigned_t>(INT64_MAX) ? Kind::kNumber : Kind::kInteger;
    if (v.kind == Kind::kInteger) v.integer = static_cast<std::int64_t>(value);
    return add(std::move(v));
  }
  bool number_float(number_float_t, const string_t&) override {
    JsonValue v;
    v.kind = Kind::kNumber;
    return add(std::move(v));
  }
  bool string(string_t& value) override {
    if (value.size() > limits_.text) return refuse(Code::too_long, "text", place());
    JsonValue v;
    v.kind = Kind::kText;
    v.text = std::move(value);
    return add(std::move(v));
  }
  bool binary(binary_t&) override { return refuse(Code::malformed_text, "binary", place()); }
  bool start_object(std::size_t) override { return open(Kind::kObject); }
  bool start_array(std::size_t) override { return open(Kind::kList); }
  bool key(string_t& name) override {
    if (name.size() > limits_.text) return refuse(Code::too_long, "name", container_place());
    if (stack_.back()->members.size() == limits_.members) return refuse(Code::too_long, "members", container_place());
    for (const auto& member : stack_.back()->members)
      if (member.name == name) return refuse(Code::duplicate_field, {}, pointer_to(container_place(), name));
    name_ = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(Code::malformed_text, "JSON, octet " + std::to_string(position), container_place());
  }

  JsonValue root;
  std::optional<Fault> fault;

 private:
  bool refuse(Code code, std::string detail, std::string pointer) {
    if (!fault) fault = Fault{{code, std::move(detail)}, std::move(pointer)};
    return false;
  }
  // Of the value that comes next.
  std::string place() const {
    if (stack_.empty()) return {};
    return stack_.back()->kind == Kind::kObject ? pointer_to(container_place(), name_)
                                                : container_place() + "/" + std::to_string(stack_.back()->items.size());
  }
  std::string container_place() const { return places_.empty() ? std::string() : places_.back(); }

  JsonValue* put(JsonValue value) {
    if (++values_ > limits_.values) {
      refuse(Code::too_long, "more than " + std::to_string(limits_.values) + " values", place());
      return nullptr;
    }
    if (stack_.empty()) {
      root = std::move(value);
      return &root;
    }
    auto& in = *stack_.back();
    if (in.kind == Kind::kObject) return &in.members.emplace_back(JsonMember{std::move(name_), std::move(value)}).value;
    return &in.items.emplace_back(std::move(value));
  }
  bool add(JsonValue value) { return put(std::move(value)) != nullptr; }
  bool open(Kind kind) {
    if (stack_.size() == limits_.depth) return refuse(Code::nesting_too_deep, std::to_string(limits_.depth), place());
    auto where = place();
    JsonValue value;
    value.kind = kind;
    auto* at = put(std::move(value));
    if (!at) return false;
    stack_.push_back(at);
    places_.push_back(std::move(where));
    return true;
  }
  bool close() {
    stack_.pop_back();
    places_.pop_back();
    return true;
  }

  JsonLimits limits_;
  std::vector<JsonValue*> stack_;
  std::vector<std::string> places_;
  std::string name_;
  std::size_t values_ = 0;
};

}  // namespace

std::variant<JsonValue, Fault> parse_json(std::string_view text, const JsonLimits& limits) {
  Builder builder(limits);
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (builder.fault) return *std::move(builder.fault);
  if (!parsed) return Fault{{Code::malformed_text, "JSON"}, {}};
  return std::move(builder.root);
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Behind the string that begins at `i`.
std::size_t behind_string(std::string_view text, std::size_t i) {
  for (++i; i < text.size() && text[i] != '"'; ++i)
    if (text[i] == '\\') ++i;
  return std::min(i + 1, text.size());
}
// Behind the value that begins at `i`.
std::size_t behind_value(std::string_view text, std::size_t i) {
  std::size_t depth = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      i = behind_string(text, i);
    } else if (c == '[' || c == '{') {
      ++depth;
      ++i;
      continue;
    } else if (depth > 0 && (c == ']' || c == '}')) {
      --depth;
      ++i;
    } else if (depth == 0 && (c == ',' || c == ']' || c == '}' || is_blank(c))) {
      return i;
    } else {
      ++i;
      continue;
    }
    if (depth == 0) return i;
  }
  return i;
}

}  // namespace

std::vector<std::string_view> json_parts(std::string_view text) {
  std::vector<std::string_view> out;
  const auto skip = [&](std::size_t i) {
    while (i < text.size() && (is_blank(text[i]) || text[i] == ',' || text[i] == ':')) ++i;
    return i;
  };
  auto i = skip(0);
  if (i >= text.size() || (text[i] != '[' && text[i] != '{')) return out;
  const bool object = text[i] == '{';
  for (i = skip(i + 1); i < text.size() && text[i] != ']' && text[i] != '}'; i = skip(i)) {
    if (object) i = skip(behind_string(text, i));
    const auto end = behind_value(text, i);
    out.push_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

std::string pointer_to(std::string_view parent, std::string_view name) {
  std::string out(parent);
  out += '/';
  for (const char c : name) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

}  // namespace ustp::gateway::api
