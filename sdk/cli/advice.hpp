#pragma once
// What somebody at a terminal can do about an error; one line, or nothing where the error's own text says it.

#include <string_view>

#include "ustp/base/error.hpp"

namespace ustp::cli {

std::string_view advice(Code code) noexcept;
// The same by a code's name, as a gateway sent it.
std::string_view advice(std::string_view code) noexcept;
// "      what to do: …" to stderr, when there is advice.
void advise(std::string_view what);

}  // namespace ustp::cli
