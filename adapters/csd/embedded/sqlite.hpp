#pragma once
// The little of SQLite's C API that the embedded CSD needs. One thread at a time.

#include <sqlite3.h>

#include <memory>
#include <string>

#include "ustp/base/bytes.hpp"

namespace ustp::csd::embedded {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  Statement& bind(int index, std::uint64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, BytesView octets);
  Result<bool> step();             // true: a row
  Result<void> run();              // to the end, then ready again; bindings are gone
  void reset();
  std::uint64_t integer(int column) const;
  std::string text(int column) const;
  Bytes octets(int column) const;

 private:
  struct Close { void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); } };
  std::unique_ptr<sqlite3_stmt, Close> raw_;
};

class Connection {
 public:
  static Result<Connection> open(const std::string& path);
  Result<void> run(const char* sql);
  Result<Statement> prepare(const char* sql);

 private:
  struct Close { void operator()(sqlite3* db) const { sqlite3_close_v2(db); } };
  std::unique_ptr<sqlite3, Close> raw_;
};

}  // namespace ustp::csd::embedded
