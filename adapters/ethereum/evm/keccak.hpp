#pragma once
// Keccak-256 as Ethereum uses it: the original padding 0x01, not SHA3-256's 0x06 (FIPS 202). Never fails.

#include "adapters/ethereum/evm/types.hpp"

namespace ustp::ethereum {

Word keccak256(BytesView data);
inline Word keccak256(std::string_view text) { return keccak256(as_bytes(text)); }

}  // namespace ustp::ethereum
