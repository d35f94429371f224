#pragma once
// The little of SQLite's C API that the journal needs, with owners and Result. One thread at a time per connection.

#include <sqlite3.h>

#include <memory>
#include <string>

#include "ustp/base/bytes.hpp"

namespace ustp::gateway::journal {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  // Binding copies nothing: octets must live until the next reset().
  Statement& bind(int index, std::uint64_t value);
  Statement& bind(int index, BytesView octets);
  Statement& bind_null(int index);
  explicit operator bool() const { return raw_ != nullptr; }
  Result<bool> step();  // true: a row
  void reset();
  std::uint64_t integer(int column) const;
  BytesView octets(int column) const;  // until the next step or reset

 private:
  struct Close { void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); } };
  std::unique_ptr<sqlite3_stmt, Close> raw_;
};

enum class OpenMode { kCreate, kWrite, kRead };

class Connection {
 public:
  static Result<Connection> open(const std::string& path, const std::string& vfs, OpenMode mode);
  Result<void> run(const char* sql);
  Result<Statement> prepare(const char* sql);
  sqlite3* raw() const { return raw_.get(); }

 private:
  struct Close { void operator()(sqlite3* db) const { sqlite3_close_v2(db); } };
  std::unique_ptr<sqlite3, Close> raw_;
};

inline constexpr int kBusyTimeoutMs = 5000;  // of every connection

// SQLITE_CORRUPT and SQLITE_NOTADB are journal_damaged, everything else is journal_write.
Error sqlite_error(sqlite3* db, int rc, std::string_view doing);

}  // namespace ustp::gateway::journal
