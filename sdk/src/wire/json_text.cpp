// nlohmann's SAX parser does the grammar; what it lets pass or cannot name is looked for before it and after it.
#include "json_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "ustp/base/ids.hpp"

namespace ustp::wire::json {
namespace {

constexpr std::uint64_t kMaxInteger = (std::uint64_t{1} << 53) - 1;  // I-JSON: exact in every reader

bool is_noncharacter(std::uint32_t c) { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }
bool is_surrogate(std::uint32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

// The character at `i` and how many octets it has; nothing where it is not well-formed UTF-8 (RFC 3629).
struct Character {
  std::uint32_t code = 0;
  std::size_t octets = 0;
};
std::optional<Character> character_at(std::string_view t, std::size_t i) {
  const auto first = static_cast<std::uint8_t>(t[i]);
  if (first < 0x80) return Character{first, 1};
  const std::size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || i + n > t.size()) return std::nullopt;
  std::uint32_t code = first & (0xFFU >> (n + 1));
  for (std::size_t k = 1; k < n; ++k) {
    const auto next = static_cast<std::uint8_t>(t[i + k]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    code = code << 6 | (next & 0x3FU);
  }
  const std::uint32_t least = n == 4 ? 0x10000 : n == 3 ? 0x800 : 0x80;
  if (code < least || code > 0x10FFFF || is_surrogate(code)) return std::nullopt;
  return Character{code, n};
}

// The four digits of \uXXXX whose backslash is at `i`; nothing where there is no such escape.
std::optional<std::uint32_t> escape_at(std::string_view t, std::size_t i) {
  if (i + 6 > t.size() || t[i] != '\\' || t[i + 1] != 'u') return std::nullopt;
  std::uint32_t code = 0;
  for (std::size_t k = 2; k < 6; ++k) {
    const char c = t[i + k];
    const bool decimal = c >= '0' && c <= '9', lower = c >= 'a' && c <= 'f', upper = c >= 'A' && c <= 'F';
    if (!decimal && !lower && !upper) return std::nullopt;
    code = code << 4 | static_cast<std::uint32_t>(c - (decimal ? '0' : lower ? 'a' - 10 : 'A' - 10));
  }
  return code;
}

Error bad_character(std::size_t at) { return {Code::invalid_character, "octet " + std::to_string(at)}; }

// USTP-JSN-013: no octets beyond UTF-8, no half of a pair, no noncharacter, whether raw or escaped.
Result<void> check_characters(std::string_view t) {
  for (std::size_t i = 0; i < t.size();) {
    if (t[i] == '\0') return Error{Code::json_invalid, "octet " + std::to_string(i) + ": zero"};
    if (t[i] != '\\') {
      const auto c = character_at(t, i);
      if (!c || is_noncharacter(c->code)) return bad_character(i);
      i += c->octets;
      continue;
    }
    const auto code = escape_at(t, i);
    if (!code) {
      i += 2;  // an escape of one character, or one that the grammar refuses
      continue;
    }
    std::uint32_t whole = *code;
    std::size_t octets = 6;
    if (is_surrogate(*code)) {
      const auto low = escape_at(t, i + 6);
      if (*code > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) return bad_character(i);
      whole = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
      octets = 12;
    }
    if (is_noncharacter(whole)) return bad_character(i);
    i += octets;
  }
  return {};
}

using Events = nlohmann::json_sax<nlohmann::json>;

// Builds the tree and keeps the first thing that is wrong; every event that returns false ends the parse.
class Builder final : public Events {
 public:
  Builder(Node& root, const Limits& limits) : root_(root), limits_(limits) {}
  const std::optional<Error>& error() const { return error_; }

  bool null() override { return put({}); }
  bool boolean(bool v) override { return put(Node::of(v)); }
  // Negative ones, "-0" among them: no member has any.
  bool number_integer(number_integer_t) override { return fail_value(Code::json_number, "a negative number"); }
  bool number_unsigned(number_unsigned_t v) override {
    return v <= kMaxInteger ? put(Node::of(std::uint64_t{v})) : fail_value(Code::json_number, "above 2^53 - 1");
  }
  bool number_float(number_float_t, const string_t&) override {
    return fail_value(Code::json_number, "a fraction, an exponent or too many digits");
  }
  bool string(string_t& v) override { return put(Node::of(std::string_view(v))); }
  bool binary(binary_t&) override { return fail_value(Code::json_type, "binary"); }

  bool start_object(std::size_t) override { return open(Node::object()); }
  bool key(string_t& name) override {
    Node& object = *open_.back();
    if (object.find(name) != nullptr) return fail(Code::duplicate_field, here() + "/" + pointer_part(name));
    if (object.names.size() == limits_.members)
      return fail(Code::too_long, here() + ": more than " + std::to_string(limits_.members) + " members");
    object.names.push_back(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Node::list()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception& e) override {
    // 406: digits that no binary64 holds, 1e999 for one
    return fail(e.id == 406 ? Code::json_number : Code::json_invalid, "octet " + std::to_string(at));
  }

 private:
  bool fail(Code code, std::string detail) {
    if (!error_) error_ = Error{code, std::move(detail)};
    return false;
  }
  bool fail_value(Code code, const char* why) { return fail(code, next() + ": " + why); }
  // The pointer of the innermost open value, and of the one that comes next.
  std::string here() const {
    std::string at;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) at += step(*open_[i], open_[i]->items.size() - 1);
    return at;
  }
  std::string next() const {
    return open_.empty() ? std::string("document") : here() + step(*open_.back(), open_.back()->items.size());
  }
  static std::string step(const Node& in, std::size_t index) {
    return "/" + (in.kind == Node::Kind::kList ? std::to_string(index) : pointer_part(in.names[index]));
  }
  Node* place(Node&& value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Node& in = *open_.back();
    if (in.kind == Node::Kind::kList && in.items.size() == limits_.items) {
      fail(Code::too_long, here() + ": more than " + std::to_string(limits_.items) + " entries");
      return nullptr;
    }
    return &in.items.emplace_back(std::move(value));
  }
  bool put(Node&& value) { return place(std::move(value)) != nullptr; }
  bool open(Node&& value) {
    if (open_.size() == limits_.depth) return fail(Code::nesting_too_deep, next());
    Node* placed = place(std::move(value));
    if (placed == nullptr) return false;
    open_.push_back(placed);  // stays where it is: what holds it grows only after it is closed
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Node& root_;
  const Limits& limits_;
  std::vector<Node*> open_;
  std::optional<Error> error_;
};

void write_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kShort = "\b\t\n\f\r\"\\", kLetters = "btnfr\"\\";
  out += '"';
  for (const char c : text) {
    if (const auto at = kShort.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kLetters[at];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

// RFC 8785 orders names by UTF-16 code units: that of octets, but for names with characters beyond U+FFFF beside such
// from U+E000 on. UTF-32 keeps both apart; a pair begins below U+E000.
std::vector<std::uint32_t> sort_key(std::string_view name) {
  std::vector<std::uint32_t> units;
  for (std::size_t i = 0; i < name.size();) {
    const auto c = character_at(name, i);
    const std::uint32_t code = c ? c->code : static_cast<std::uint8_t>(name[i]);
    if (code >= 0x10000) {
      units.push_back(0xD800 + ((code - 0x10000) >> 10));
      units.push_back(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      units.push_back(code);
    }
    i += c ? c->octets : 1;
  }
  return units;
}

void write(std::string& out, const Node& node);

void write_object(std::string& out, const Node& node) {
  std::vector<std::size_t> order(node.names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sort_key(node.names[a]) < sort_key(node.names[b]);
  });
  out += '{';
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i != 0) out += ',';
    write_text(out, node.names[order[i]]);
    out += ':';
    write(out, node.items[order[i]]);
  }
  out += '}';
}

void write(std::string& out, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull: out += "null"; return;
    case Node::Kind::kFlag: out += node.flag ? "true" : "false"; return;
    case Node::Kind::kNumber: out += std::to_string(node.number); return;
    case Node::Kind::kText: write_text(out, node.text); return;
    case Node::Kind::kObject: write_object(out, node); return;
    case Node::Kind::kList: break;
  }
  out += '[';
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i != 0) out += ',';
    write(out, node.items[i]);
  }
  out += ']';
}

}  // namespace

Node Node::of(std::string_view text) {
  Node n;
  n.kind = Kind::kText;
  n.text = text;
  return n;
}
Node Node::of(std::uint64_t number) {
  Node n;
  n.kind = Kind::kNumber;
  n.number = number;
  return n;
}
Node Node::of(bool flag) {
  Node n;
  n.kind = Kind::kFlag;
  n.flag = flag;
  return n;
}
Node Node::list() {
  Node n;
  n.kind = Kind::kList;
  return n;
}
Node Node::object() {
  Node n;
  n.kind = Kind::kObject;
  return n;
}
Node& Node::add(std::string_view name, Node value) {
  names.emplace_back(name);
  return items.emplace_back(std::move(value));
}
const Node* Node::find(std::string_view name) const {
  for (std::size_t i = 0; i < names.size() && i < items.size(); ++i)
    if (names[i] == name) return &items[i];
  return nullptr;
}

Result<Node> parse(BytesView octets, const Limits& limits) {
  if (octets.size() > limits.octets)
    return Error{Code::too_long, "document: more than " + std::to_string(limits.octets) + " octets"};
  const std::string_view text = as_text(octets);
  USTP_CHECK(check_characters(text));
  // nlohmann passes over a byte order mark.
  if (!text.starts_with('{')) return Error{Code::json_invalid, "octet 0: no object"};
  Node root;
  Builder builder(root, limits);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    return builder.error().value_or(Error{Code::json_invalid, "document"});
  // USTP-JSN-012: white space, order of members, needless escapes are the ways in which two readers can differ.
  const std::string exact = canonical(root);
  if (exact != text) {
    const auto [here, there] = std::mismatch(text.begin(), text.end(), exact.begin(), exact.end());
    return Error{Code::json_not_canonical, "octet " + std::to_string(here - text.begin())};
  }
  return root;
}

std::string canonical(const Node& node) {
  std::string out;
  write(out, node);
  return out;
}

std::string pointer_part(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 64)) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += is_identifier_char(c) ? c : '?';
  }
  return out;
}

std::size_t first_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = character_at(text, i);
    if (!c || is_noncharacter(c->code)) return i;
    i += c->octets;
  }
  return std::string_view::npos;
}

}  // namespace ustp::wire::json
