#pragma once
// The initial state of the ledger, as a JSON book gives it.

#include <vector>

#include "adapters/ethereum/evm/types.hpp"
#include "ustp/domain/identifiers.hpp"

namespace ustp::ethereum::embedded {

struct BookAccount {
  Address address;
  std::string capacity = "client";
  Uint128 units = 0;
  bool blocked = false;
};
struct Book {
  LedgerId ledger;
  InstrumentId instrument;
  std::uint8_t scale = 0;
  Address custody, suspense;
  std::vector<BookAccount> accounts;
};
// Code::config_invalid names the field. Custody and suspense hold nothing at the start.
Result<Book> parse_book(std::string_view json);
Result<Book> load_book(const std::string& path);

}  // namespace ustp::ethereum::embedded
