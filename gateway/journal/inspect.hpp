#pragma once
// Looking at a journal of either kind without changing it: what ustp-journal and `ustp journal` do.

#include <string>

#include "gateway/journal/chain.hpp"

namespace ustp::gateway::journal {

// `file`: a SQLite journal's file or a segment journal's folder. Follows the chain from block `from` (1: the whole
// chain) to the last one and shows each to `visit`. Gives the head. Code::journal_damaged names the position; every other
// error means that the file cannot be used. `note`: what stands behind the head without being damage.
Result<JournalHead> inspect(const std::string& file, std::uint64_t from, const BlockVisitor& visit,
                            std::string* note = nullptr);

}  // namespace ustp::gateway::journal
