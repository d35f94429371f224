#pragma once
// Blocks, transactions, receipts and logs as JSON text, field by field as nodes give them.

#include "adapters/ethereum/embedded/store.hpp"

namespace ustp::ethereum::embedded {

std::string json_string(std::string_view text);  // control characters and quotes escaped
std::string block_text(const Block& block, bool full_transactions);
std::string transaction_text(const SignedTransaction& transaction, const Block* block, std::size_t index);
std::string receipt_text(const Block& block, std::size_t index);
// Log number `log` of transaction `index`; `before` logs stand before it in the block.
std::string log_text(const Block& block, std::size_t index, std::size_t log, std::size_t before);
std::size_t logs_before(const Block& block, std::size_t index);

}  // namespace ustp::ethereum::embedded
