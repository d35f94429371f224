#pragma once
// Files of the command line: bounded reads, writes that are whole or not there.

#include <string>

#include "ustp/base/bytes.hpp"

namespace ustp::cli {

inline constexpr std::size_t kMaxTextFile = 8u << 20, kMaxKeyFile = 64u << 10;

// Code::io_error names the file; Code::too_long beyond `most` octets. "-" is stdin.
Result<Bytes> read_file(const std::string& path, std::size_t most);
// A new file under a temporary name, synced, then put in place without replacing anything; its folder is synced too.
// Code::io_error when `path` exists.
Result<void> write_new_file(const std::string& path, BytesView content, unsigned mode);

}  // namespace ustp::cli
