#pragma once
// CRC32C (Castagnoli, RFC 3720 appendix B.4): finds the torn and the rotten block; it is no protection against intent.

#include "ustp/base/bytes.hpp"

namespace ustp::gateway {

// Uses SSE 4.2 where the processor has it. Thread-safe.
std::uint32_t crc32c(BytesView data);
// The table version, for processors without the instruction and for the test that compares both.
std::uint32_t crc32c_portable(BytesView data);

}  // namespace ustp::gateway
