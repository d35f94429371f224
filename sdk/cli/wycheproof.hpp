#pragma once
// Project Wycheproof's files against our verifiers: ecdsa_secp256r1_sha256 (DER and P1363), ed25519, and the ES256
// groups of json_web_signature. Used by the unit test and by `ustp crypto wycheproof`.

#include <string>
#include <string_view>
#include <vector>

#include "ustp/base/result.hpp"

namespace ustp::cli {

struct WycheproofCase {
  std::uint64_t id = 0;
  std::string comment;
  bool valid = false;     // what the file says
  bool accepted = false;  // what our verifier says
  bool either = false;    // "acceptable": the file leaves it open
  bool ok() const { return either || valid == accepted; }
};
struct WycheproofReport {
  std::vector<WycheproofCase> cases;
  std::size_t groups_skipped = 0;  // of algorithms that are not ours
};
// Code::malformed_text when `text` is no file of that schema.
Result<WycheproofReport> run_wycheproof(std::string_view text);

}  // namespace ustp::cli
