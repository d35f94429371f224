#pragma once
// Inside wire only: JSON as values, and the one way back to octets. The parser takes I-JSON (RFC 7493) in the canonical
// form of RFC 8785 and nothing else (USTP-JSN-010 to 016); what is read was therefore written in the only way it can be.

#include <string>
#include <vector>

#include "ustp/base/bytes.hpp"

namespace ustp::wire::json {

struct Node {
  enum class Kind : std::uint8_t { kNull, kFlag, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  bool flag = false;
  std::uint64_t number = 0;          // 0 to 2^53 - 1
  std::string text;                  // UTF-8
  std::vector<std::string> names;    // of an object: the name of each item
  std::vector<Node> items;

  static Node of(std::string_view text);
  static Node of(std::uint64_t number);
  static Node of(bool flag);
  static Node list();
  static Node object();
  // Adds a member; the order of adding means nothing.
  Node& add(std::string_view name, Node value);
  const Node* find(std::string_view name) const;
};

struct Limits {
  std::size_t octets = 0;
  std::size_t depth = 8;
  std::size_t members = 64;          // of one object
  std::size_t items = 128;           // of one list
};

// Errors name the place: the octet where the text itself is wrong, a JSON pointer (RFC 6901) where a value is.
Result<Node> parse(BytesView octets, const Limits& limits);
// RFC 8785. Texts must be UTF-8.
std::string canonical(const Node& node);

// A member's name inside a pointer: escaped, bounded, printable.
std::string pointer_part(std::string_view name);
// UTF-8 without surrogates and without the noncharacters that I-JSON has no place for (USTP-JSN-013); the first octet
// that is not, or npos.
std::size_t first_bad_character(std::string_view text);

}  // namespace ustp::wire::json
