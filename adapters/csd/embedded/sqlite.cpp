#include "adapters/csd/embedded/sqlite.hpp"

namespace ustp::csd::embedded {
namespace {
Error failed(sqlite3* db, std::string_view doing) {
  return {Code::io_error, std::string(doing) + ": " + sqlite3_errmsg(db)};
}
}  // namespace

Statement& Statement::bind(int index, std::uint64_t value) {
  sqlite3_bind_int64(raw_.get(), index, static_cast<sqlite3_int64>(value));
  return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(raw_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind(int index, BytesView octets) {
  if (octets.empty()) sqlite3_bind_zeroblob(raw_.get(), index, 0);
  else sqlite3_bind_blob64(raw_.get(), index, octets.data(), octets.size(), SQLITE_TRANSIENT);
  return *this;
}
Result<bool> Statement::step() {
  const int rc = sqlite3_step(raw_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  const Error error = failed(sqlite3_db_handle(raw_.get()), "statement");
  reset();
  return error;
}
Result<void> Statement::run() {
  for (;;) {
    USTP_TRY(const bool row, step());
    if (!row) break;
  }
  reset();
  return {};
}
void Statement::reset() {
  sqlite3_reset(raw_.get());
  sqlite3_clear_bindings(raw_.get());
}
std::uint64_t Statement::integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(raw_.get(), column));
}
std::string Statement::text(int column) const {
  const auto octets_of = octets(column);
  return std::string(as_text(octets_of));
}
Bytes Statement::octets(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(raw_.get(), column));
  return data == nullptr ? Bytes{} : Bytes(data, data + sqlite3_column_bytes(raw_.get(), column));
}

Result<Connection> Connection::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection out;
  out.raw_.reset(raw);
  if (rc != SQLITE_OK) return failed(raw, "open " + path);
  sqlite3_busy_timeout(raw, 5000);  // test programs read the file beside us
  return out;
}
Result<void> Connection::run(const char* sql) {
  if (sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failed(raw_.get(), sql);
  return {};
}
Result<Statement> Connection::prepare(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(raw_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK)
    return failed(raw_.get(), sql);
  return Statement(raw);
}

}  // namespace ustp::csd::embedded
