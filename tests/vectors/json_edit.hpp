#pragma once
// Changing JSON messages one member at a time; what comes out is canonical again.

#include <string>

namespace ustp::vectors {

// The sample message of a type (number as in chapter 03), every field filled.
std::string json_sample(int type);
// The member or entry at the pointer (RFC 6901) becomes `value`, a JSON text; it is added where there is none.
std::string with_member(const std::string& text, const std::string& pointer, const std::string& value);
std::string without_member(const std::string& text, const std::string& pointer);
// The first place of `from` becomes `to`.
std::string with_text(std::string text, const std::string& from, const std::string& to);
// A JSON text.
std::string quoted(const std::string& text);

}  // namespace ustp::vectors
