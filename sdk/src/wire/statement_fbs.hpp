#pragma once
// Inside wire only: the generated statement types beside those of messages.

#include "parts.hpp"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <ustp/fbs/statement_generated.h>
#pragma GCC diagnostic pop

#include "ustp/wire/statement.hpp"

namespace ustp::wire {

inline constexpr std::size_t kMaxStatementOctets = 64u << 10;
inline constexpr const char* kStatementIdentifier = "USS1";

}  // namespace ustp::wire
