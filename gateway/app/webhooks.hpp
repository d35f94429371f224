#pragma once
// Webhooks out of the configuration, and what an operator does with them (private to app).

#include "gateway/app/app.hpp"
#include "gateway/hooks/hooks.hpp"

namespace ustp::gateway {

std::filesystem::path webhook_folder(const GatewayConfig& config);
// Reads the secret and the authority's certificate of each.
Result<std::vector<Hook>> hooks_of(const GatewayConfig& config);

}  // namespace ustp::gateway
