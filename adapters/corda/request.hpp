#pragma once
// The inverse of ledger::request_octets: a request as an intent carries it.

#include "ustp/ledger/port.hpp"

namespace ustp::corda {

inline constexpr std::size_t kMaxRequest = 32 * 1024;
// Refuses anything that is not exactly what request_octets() makes.
Result<ledger::OperationRequest> decode_request(BytesView octets);

}  // namespace ustp::corda
