#include "gateway/journal/chain.hpp"

#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::journal {
namespace {
Error damaged(std::uint64_t row, const std::string& what) {
  return {Code::journal_damaged, "position " + std::to_string(row) + ": " + what};
}
}  // namespace

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

// USTP-JRN-002
Result<Block> Chain::check(std::uint64_t row, BytesView octets) {
  if (row != head_.position + 1) return damaged(head_.position + 1, "missing");
  auto block = parse_block(octets);
  if (!block)
    return Error{block.error().code, "position " + std::to_string(row) + ": " + block.error().detail};
  if (block->position != row) return damaged(row, "holds position " + std::to_string(block->position));
  if (block->shard != identity_.shard) return damaged(row, "is of shard " + std::to_string(block->shard));
  if (block->epoch < head_.epoch || block->epoch > identity_.epoch)
    return damaged(row, "epoch " + std::to_string(block->epoch) + " is out of order");
  if (anchored_ && block->previous != head_.hash) return damaged(row, "previous hash differs");
  anchored_ = true;
  head_ = {row, crypto::sha256(octets), block->epoch};
  return block;
}

Result<std::uint64_t> last_position(Connection& db) {
  USTP_TRY(auto query, db.prepare("SELECT coalesce(max(position), 0) FROM block"));
  USTP_TRY(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

Result<JournalHead> walk(Connection& db, const Identity& identity, std::uint64_t from, std::uint64_t to,
                         const BlockVisitor& visit) {
  constexpr std::uint64_t kRows = 64;
  Chain chain(identity);
  chain.start_at(from);
  USTP_TRY(auto query, db.prepare("SELECT position, octets FROM block WHERE position BETWEEN ? AND ? ORDER BY position"));
  for (std::uint64_t next = from; next <= to;) {
    const std::uint64_t end = to - next < kRows ? to : next + kRows - 1;
    query.bind(1, next).bind(2, end);
    while (true) {
      auto row = query.step();
      if (!row && row.error().code == Code::journal_damaged) return damaged(next, row.error().detail);
      if (!row) return row.error();
      if (!*row) break;
      const BytesView octets = query.octets(1);
      USTP_TRY(const Block block, chain.check(query.integer(0), octets));
      if (visit) {
        USTP_CHECK(visit(block, octets, chain.head().hash));
      }
      next = chain.head().position + 1;
    }
    query.reset();
    if (next != end + 1) return damaged(next, "missing");
  }
  return chain.head();
}

}  // namespace ustp::gateway::journal
