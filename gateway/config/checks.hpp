#pragma once
// What only the file system and the certificates can tell.

#include "gateway/config/reader.hpp"

namespace ustp::gateway::config {

void check_files(const GatewayConfig& config, Instant now, Reader& reader);

}  // namespace ustp::gateway::config
