#include "gateway/journal/sqlite_chain.hpp"

#include <vector>

namespace ustp::gateway::journal {

Result<Identity> read_identity(Connection& db) {
  auto query = db.prepare("SELECT version, shard, epoch FROM journal WHERE id = 1");
  if (!query) {
    if (query.error().code == Code::journal_damaged) return query.error();
    return Error{Code::journal_format, "no journal table: " + query.error().detail};
  }
  USTP_TRY(const bool row, query->step());
  if (!row) return Error{Code::journal_format, "the journal table has no row"};
  const Identity out{query->integer(0), query->integer(1), query->integer(2)};
  if (out.version != kSchemaVersion)  // USTP-JRN-003
    return Error{Code::journal_format, "schema version " + std::to_string(out.version)};
  return out;
}

Result<std::uint64_t> last_position(Connection& db) {
  USTP_TRY(auto query, db.prepare("SELECT coalesce(max(position), 0) FROM block"));
  USTP_TRY(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

namespace {

struct Row {
  std::uint64_t position = 0;
  Bytes octets;
};

// A part of the walk, in a read transaction that is over when it returns.
Result<std::vector<Row>> rows_from(Statement& query, std::uint64_t from, std::uint64_t to) {
  constexpr std::size_t kRows = 64, kOctets = 1u << 20;
  std::vector<Row> out;
  query.bind(1, from).bind(2, to);
  for (std::size_t octets = 0; out.size() < kRows && octets < kOctets; octets += out.back().octets.size()) {
    auto row = query.step();
    if (!row || !*row) {
      query.reset();
      if (row) return out;
      if (row.error().code == Code::journal_damaged) return damaged(from, row.error().detail);
      return row.error();
    }
    const BytesView view = query.octets(1);
    out.push_back({query.integer(0), Bytes(view.begin(), view.end())});
  }
  query.reset();
  return out;
}

}  // namespace

// The visitor runs outside of any transaction: however long it takes, the log can be checkpointed (USTP-JRN-009).
Result<JournalHead> walk(Connection& db, const Identity& identity, std::uint64_t from, std::uint64_t to,
                         const BlockVisitor& visit) {
  Chain chain(identity);
  chain.start_at(from);
  USTP_TRY(auto query, db.prepare("SELECT position, octets FROM block WHERE position BETWEEN ? AND ? ORDER BY position"));
  for (std::uint64_t next = from; next <= to; next = chain.head().position + 1) {
    USTP_TRY(const auto rows, rows_from(query, next, to));
    if (rows.empty()) return damaged(next, "missing");
    for (const Row& row : rows) {
      USTP_TRY(const Block block, chain.check(row.position, row.octets));
      if (visit) {
        USTP_CHECK(visit(block, row.octets, chain.head().hash));
      }
    }
  }
  return chain.head();
}

}  // namespace ustp::gateway::journal
