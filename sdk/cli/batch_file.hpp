#pragma once
// The file of `ustp transfer start --batch`: JSON lines, one order with its key each.

#include <string_view>
#include <vector>

#include "ustp/client/client.hpp"

namespace ustp::cli {

// Empty lines are passed over. An error names the line; nothing of a file with one is sent. Keys differ.
Result<std::vector<client::BatchOrder>> batch_of(std::string_view text);

}  // namespace ustp::cli
