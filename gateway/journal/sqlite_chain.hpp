#pragma once
// The chain as it lies in a SQLite file; shared by the journal and its tool.

#include "gateway/journal/chain.hpp"
#include "gateway/journal/sqlite.hpp"

namespace ustp::gateway::journal {

inline constexpr std::uint64_t kSchemaVersion = 1;

// Code::journal_format when the file is no journal or of a version not known here.
Result<Identity> read_identity(Connection& db);

// Visits the checked blocks from..to (inclusive); from starts the chain. Reads in short transactions, so that a long
// replay does not keep the write-ahead log from being reused.
Result<JournalHead> walk(Connection& db, const Identity& identity, std::uint64_t from, std::uint64_t to,
                         const BlockVisitor& visit);
Result<std::uint64_t> last_position(Connection& db);  // 0: empty

}  // namespace ustp::gateway::journal
