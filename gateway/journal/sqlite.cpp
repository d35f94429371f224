#include "gateway/journal/sqlite.hpp"

namespace ustp::gateway::journal {

Error sqlite_error(sqlite3* db, int rc, std::string_view doing) {
  const int primary = rc & 0xff;
  const auto code =
      primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ? Code::journal_damaged : Code::journal_write;
  std::string detail(doing);
  detail += ": ";
  detail += db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
  return {code, detail + " (SQLite " + std::to_string(rc) + ")"};
}

Statement& Statement::bind(int index, std::uint64_t value) {
  sqlite3_bind_int64(raw_.get(), index, static_cast<sqlite3_int64>(value));
  return *this;
}
Statement& Statement::bind(int index, BytesView octets) {
  // An empty span may have no address, and SQLite would store NULL.
  if (octets.empty()) sqlite3_bind_zeroblob(raw_.get(), index, 0);
  else sqlite3_bind_blob64(raw_.get(), index, octets.data(), octets.size(), SQLITE_STATIC);
  return *this;
}
Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(raw_.get(), index);
  return *this;
}
Result<bool> Statement::step() {
  const int rc = sqlite3_step(raw_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return sqlite_error(sqlite3_db_handle(raw_.get()), rc, "statement");
}
void Statement::reset() { sqlite3_reset(raw_.get()); }
std::uint64_t Statement::integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(raw_.get(), column));
}
BytesView Statement::octets(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(raw_.get(), column));
  return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))};
}

Result<Connection> Connection::open(const std::string& path, const std::string& vfs, OpenMode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == OpenMode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == OpenMode::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* raw = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  Connection out;
  out.raw_.reset(raw);
  if (rc != SQLITE_OK) return Error{Code::io_error, sqlite_error(raw, rc, "open " + path).detail};
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return out;
}
Result<void> Connection::run(const char* sql) {
  const int rc = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return sqlite_error(raw_.get(), rc, sql);
  return {};
}
Result<Statement> Connection::prepare(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int rc = sqlite3_prepare_v3(raw_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (rc != SQLITE_OK) return sqlite_error(raw_.get(), rc, sql);
  return Statement(raw);
}

}  // namespace ustp::gateway::journal
