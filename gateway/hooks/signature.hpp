#pragma once
// Standard Webhooks 1.0: the shared secret, and what a message is signed with. No key ever leaves a SecretBytes.

#include <string>
#include <utility>
#include <vector>

#include "ustp/base/result.hpp"
#include "ustp/base/time.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::hooks {

// RFC 2104 with SHA-256.
Hash256 hmac_sha256(BytesView key, std::initializer_list<BytesView> parts);

// "whsec_" and the base64 of 24 to 64 octets, white space at the end passed over. Code::config_invalid, without the text.
Result<crypto::SecretBytes> parse_secret(std::string_view text);

using Fields = std::vector<std::pair<std::string, std::string>>;
// webhook-id, webhook-timestamp, webhook-signature.
Fields signed_fields(const std::string& id, Instant at, std::string_view body, const crypto::SecretBytes& secret);

}  // namespace ustp::gateway::hooks
