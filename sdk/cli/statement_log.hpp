#pragma once
// An authority's log as a folder: 000001.stm, 000002.stm, … each one statement frame (wire::encode_statement_frame).
// Gateways read the same folder at start.

#include <string>
#include <vector>

#include "ustp/protocol/registry.hpp"

namespace ustp::cli {

std::string statement_file_name(std::uint64_t sequence);  // "000001.stm"

// Folds the files in order into `registry` until one is refused; the error names the file. A gap in the numbers is
// Code::statement_chain. An absent folder is an empty log.
Result<void> fold_log(const std::string& folder, protocol::Registry& registry);

// The registry of `authority` under the public key in `pem` (the text of a PEM file).
Result<protocol::Registry> make_registry(const std::string& authority, BytesView spki);

}  // namespace ustp::cli
