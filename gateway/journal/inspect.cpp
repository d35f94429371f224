#include "gateway/journal/inspect.hpp"

#include "gateway/journal/sqlite_chain.hpp"

namespace ustp::gateway::journal {

Result<JournalHead> inspect(const std::string& file, std::uint64_t from, const BlockVisitor& visit) {
  USTP_TRY(auto db, Connection::open(file, "", OpenMode::kRead));
  USTP_TRY(const auto identity, read_identity(db));
  USTP_TRY(const auto last, last_position(db));
  return walk(db, identity, from, last, visit);
}

}  // namespace ustp::gateway::journal
