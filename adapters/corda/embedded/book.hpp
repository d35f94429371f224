#pragma once
// How a ledger begins, read from JSON.

#include "adapters/corda/embedded/ledger.hpp"

namespace ustp::corda {

// {"ledger","instrument","scale","custody","suspense","accounts":[{"id","capacity","units","blocked"}]}; optional is
// "ratio":[token base units, security units] (1:1 without). Unknown members are refused.
Result<Book> parse_book(std::string_view json);

}  // namespace ustp::corda
