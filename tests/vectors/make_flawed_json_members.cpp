// JSON messages of which one member is absent, of another type or form, or means what it may not.
#include "tests/vectors/json_edit.hpp"
#include "tests/vectors/maker.hpp"

namespace ustp::vectors {
namespace {

constexpr const char* kAbsent = nullptr;
struct Flaw {
  int type;             // of the message
  const char* pointer;
  const char* value;    // a JSON text, or kAbsent
  const char* code;
};
const std::string kZeros32 = "\"" + std::string(32, '0') + "\"", kZeros64 = "\"" + std::string(64, '0') + "\"";
const std::string kHash = "\"" + std::string(64, 'a') + "\"";

void add(Maker& m, const Flaw& f) {
  const std::string text = json_sample(f.type);
  const std::string flaw = std::string(wire::to_string(static_cast<wire::MessageType>(f.type))) + ", " + f.pointer;
  if (f.value == kAbsent)
    m.flawed(flaw + " absent", Members{{"text", without_member(text, f.pointer)}}, f.code);
  else
    m.flawed(flaw + " is " + std::string(f.value).substr(0, 60),
             Members{{"text", with_member(text, f.pointer, f.value)}}, f.code);
}

const Flaw kRequiredMembers[] = {
    {7, "/messageType", kAbsent, "missing_field"},
    {7, "/sessionId", kAbsent, "missing_field"},
    {7, "/transferContextId", kAbsent, "missing_field"},
    {7, "/settlementId", kAbsent, "missing_field"},
    {7, "/extensions/0/name", kAbsent, "missing_field"},
    {1, "/version", kAbsent, "missing_field"},
    {1, "/transferInitClaimFormat", kAbsent, "missing_field"},
    {1, "/transferInitClaim", kAbsent, "missing_field"},
    {1, "/legSalt", kAbsent, "missing_field"},
    {1, "/gatewayAndNetworkCapabilities", kAbsent, "missing_field"},
    {1, "/gatewayAndNetworkCapabilities/gatewayDefaultSignatureAlgorithm", kAbsent, "missing_field"},
    {1, "/encoding", kAbsent, "missing_field"},
    {1, "/transferInitClaim/digitalAssetId", kAbsent, "missing_field"},
    {1, "/transferInitClaim/quantity", kAbsent, "missing_field"},
    {1, "/transferInitClaim/lots", kAbsent, "missing_field"},
    {1, "/transferInitClaim/lots/1/quantity", kAbsent, "missing_field"},
    {1, "/transferInitClaim/senderGatewayId", kAbsent, "missing_field"},
    {1, "/transferInitClaim/recipientGatewayId", kAbsent, "missing_field"},
    {1, "/transferInitClaim/senderGatewayNetworkId", kAbsent, "missing_field"},
    {1, "/transferInitClaim/recipientGatewayNetworkId", kAbsent, "missing_field"},
    {1, "/transferInitClaim/originatorAccount", kAbsent, "missing_field"},
    {1, "/transferInitClaim/beneficiaryAccount", kAbsent, "missing_field"},
    {1, "/transferInitClaim/ownershipEffect", kAbsent, "missing_field"},
    {1, "/transferInitClaim/transactionType", kAbsent, "missing_field"},
    {1, "/transferInitClaim/entitledParty", kAbsent, "missing_field"},
    {1, "/transferInitClaim/voteBy", kAbsent, "missing_field"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links/0/party", kAbsent, "missing_field"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links/0/capacity", kAbsent, "missing_field"},
    {2, "/version", kAbsent, "missing_field"},
    {2, "/hashTransferInitClaim", kAbsent, "missing_field"},
    {3, "/hashTransferInitClaim", kAbsent, "missing_field"},
    {5, "/lockAssertionClaimFormat", kAbsent, "missing_field"},
    {5, "/lockAssertionClaim", kAbsent, "missing_field"},
    {5, "/lockAssertionClaim/ledger", kAbsent, "missing_field"},
    {8, "/legsRoot", kAbsent, "missing_field"},
    {8, "/mintAssertionClaim", kAbsent, "missing_field"},
    {9, "/decision", kAbsent, "missing_field"},
    {9, "/decision/settlementId", kAbsent, "missing_field"},
    {9, "/decision/outcome", kAbsent, "missing_field"},
    {9, "/decision/signer", kAbsent, "missing_field"},
    {9, "/burnAssertionClaim", kAbsent, "missing_field"},
    {10, "/disposition", kAbsent, "missing_field"},
    {10, "/assignmentAssertionClaimFormat", kAbsent, "missing_field"},
    {11, "/hashTransferCommence", kAbsent, "missing_field"},
    {12, "/code", kAbsent, "missing_field"},
    {12, "/type", kAbsent, "missing_field"},
    {12, "/status", kAbsent, "missing_field"},
    {12, "/title", kAbsent, "missing_field"},
    {13, "/reason", kAbsent, "missing_field"},
    {13, "/decision", kAbsent, "missing_field"},
    {16, "/proposal", kAbsent, "missing_field"},
    {16, "/commitFinal/octets", kAbsent, "missing_field"},
    {16, "/commitFinal/batchHeader", kAbsent, "missing_field"},
    {16, "/commitFinal/signature", kAbsent, "missing_field"},
    {17, "/noticeHash", kAbsent, "missing_field"},
};

const Flaw kTypes[] = {
    {7, "/messageType", "7", "json_type"},
    {7, "/sessionId", "null", "json_type"},
    {7, "/sessionId", "1", "json_type"},
    {7, "/transferContextId", "[]", "json_type"},
    {7, "/settlementId", "{}", "json_type"},
    {7, "/hashPrevMessage", "false", "json_type"},
    {7, "/extensions", "{\"a\":1}", "json_type"},
    {7, "/extensions/0", "\"x-note\"", "json_type"},
    {7, "/extensions/0/name", "1", "json_type"},
    {7, "/extensions/0/critical", "\"true\"", "json_type"},
    {7, "/extensions/0/critical", "1", "json_type"},
    {7, "/extensions/0/value", "[7,8,9]", "json_type"},
    {1, "/transferInitClaim", "\"eyJ9\"", "json_type"},
    {1, "/transferInitClaim/quantity", "1000", "json_type"},
    {1, "/transferInitClaim/lots", "\"400\"", "json_type"},
    {1, "/transferInitClaim/lots/0", "400", "json_type"},
    {1, "/transferInitClaim/lots/0/quantity", "400", "json_type"},
    {1, "/transferInitClaim/instrumentVersion", "\"3\"", "json_type"},
    {1, "/transferInitClaim/statementPosition", "7", "json_type"},
    {1, "/transferInitClaim/voteBy", "1800000000", "json_type"},
    {1, "/transferInitClaim/tradeDate", "20261124", "json_type"},
    {1, "/transferInitClaim/venue", "null", "json_type"},
    {1, "/transferInitClaim/cumEx", "2", "json_type"},
    {1, "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms", "\"EdDSA\"", "json_type"},
    {1, "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms/0", "2", "json_type"},
    {1, "/encoding", "2", "json_type"},
    {5, "/lockAssertionClaim/height", "1234567", "json_type"},
    {5, "/lockAssertionClaim/octets", "[1,2,3]", "json_type"},
    {9, "/decision/outcome", "1", "json_type"},
    {12, "/status", "\"409\"", "json_type"},
    {12, "/code", "3002", "json_type"},
    {15, "/decision", "null", "json_type"},
    {15, "/state", "3", "json_type"},
    {16, "/proposal", "7", "json_type"},
    {16, "/commitFinal/path", "\"00\"", "json_type"},
    {16, "/commitFinal/path/0", "0", "json_type"},
    {16, "/commitFinal/index", "\"1\"", "json_type"},
};

const Flaw kUnknown[] = {
    {7, "/x", "1", "unknown_field"},
    {7, "/SessionId", "\"00\"", "unknown_field"},
    {7, "/session", "\"00\"", "unknown_field"},
    {7, "/signature", "\"AA\"", "unknown_field"},
    {7, "/version", "\"1.0\"", "unknown_field"},
    {7, "/extensions/0/must", "true", "unknown_field"},
    {1, "/networkLockType", "\"TIME_LOCK\"", "unknown_field"},
    {1, "/transferInitClaim/amount", "\"1\"", "unknown_field"},
    {1, "/transferInitClaim/networkLockType", "\"HASH_LOCK\"", "unknown_field"},
    {1, "/transferInitClaim/originatorPublicKey", "{\"kty\":\"EC\"}", "unknown_field"},
    {1, "/transferInitClaim/lots/0/price", "\"1\"", "unknown_field"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/name", "\"x\"", "unknown_field"},
    {1, "/gatewayAndNetworkCapabilities/gatewayTlsScheme", "\"x\"", "unknown_field"},
    {4, "/hashTransferInitClaim", "\"00\"", "unknown_field"},
    {5, "/lockAssertionClaim/amount", "\"1\"", "unknown_field"},
    {8, "/mintAssertionFormat", "\"USTP_EVIDENCE_1\"", "unknown_field"},
    {9, "/decision/votes", "[]", "unknown_field"},
    {12, "/instance", "\"urn:x\"", "unknown_field"},
    {16, "/commitFinal/root", "\"00\"", "unknown_field"},
};

const Flaw kDefaults[] = {
    {7, "/extensions", "[]", "json_default"},
    {7, "/hashPrevMessage", "\"\"", "json_default"},
    {7, "/extensions/0/critical", "false", "json_default"},
    {7, "/extensions/1/value", "\"\"", "json_default"},
    {1, "/transferInitClaim/lots", "[]", "json_default"},
    {1, "/transferInitClaim/lots/0/origin", "\"\"", "json_default"},
    {1, "/transferInitClaim/lots/0/lockedUntil", "\"1970-01-01T00:00:00Z\"", "json_default"},
    {1, "/transferInitClaim/instrumentVersion", "0", "json_default"},
    {1, "/transferInitClaim/statementPosition", "\"0\"", "json_default"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId", "{}", "json_default"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links", "[]", "json_default"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links/0/account", "\"\"", "json_default"},
    {1, "/transferInitClaim/venue", "\"\"", "json_default"},
    {1, "/transferInitClaim/tradeDate", "\"\"", "json_default"},
    {1, "/transferInitClaim/cumEx", "\"\"", "json_default"},
    {1, "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms", "[]", "json_default"},
    {2, "/timestamp", "\"1970-01-01T00:00:00Z\"", "json_default"},
    {5, "/lockAssertionClaim/octets", "\"\"", "json_default"},
    {5, "/lockAssertionClaim/depth", "\"0\"", "json_default"},
    {12, "/detail", "\"\"", "json_default"},
    {16, "/commitFinal/path", "[]", "json_default"},
    {16, "/commitFinal/index", "0", "json_default"},
};

const Flaw kForms[] = {
    {7, "/sessionId", "\"\"", "malformed_text"},
    {7, "/sessionId", "\"0102\"", "malformed_text"},
    {7, "/sessionId", "\"0102030405060708090a0b0c0d0e0f1\"", "malformed_text"},
    {7, "/sessionId", "\"0102030405060708090a0b0c0d0e0f1g\"", "invalid_character"},
    {7, "/sessionId", "\"0102030405060708090A0B0C0D0E0F10\"", "json_not_canonical"},
    {7, "/sessionId", "\"AQIDBAUGBwgJCgsMDQ4PEA\"", "invalid_character"},
    {7, "/hashPrevMessage", "\"00\"", "malformed_text"},
    {7, "/extensions/0/value", "\"Bwg\\u003d\"", "base64_form"},
    {7, "/extensions/0/value", "\"B\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bwh\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bx\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bw==\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bw+J\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bw/J\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bw J\"", "base64_form"},
    {7, "/extensions/0/value", "\"Bw\\nJ\"", "base64_form"},
    {7, "/extensions/0/value", "\"BwgJ.\"", "base64_form"},
    {5, "/lockAssertionClaim/octets", "\"AQIDBAV\"", "base64_form"},
    {5, "/lockAssertionClaim/height", "\"01\"", "malformed_text"},
    {5, "/lockAssertionClaim/height", "\"-1\"", "malformed_text"},
    {5, "/lockAssertionClaim/height", "\"1e3\"", "malformed_text"},
    {5, "/lockAssertionClaim/height", "\"18446744073709551616\"", "out_of_range"},
    {1, "/transferInitClaim/quantity", "\"01000\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"1,000\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"-1000\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"1000.\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\".5\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"1e3\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"\"", "malformed_text"},
    {1, "/transferInitClaim/quantity", "\"1000.0\"", "scale_mismatch"},
    {1, "/transferInitClaim/quantity", "\"340282366920938463463374607431768211456\"", "overflow"},
    {1, "/transferInitClaim/quantity", "\"0.0000000000000000000000000000001\"", "out_of_range"},
    {1, "/transferInitClaim/tradeDate", "\"2026-02-29\"", "invalid_time"},
    {1, "/transferInitClaim/tradeDate", "\"24.11.2026\"", "invalid_time"},
    {1, "/transferInitClaim/tradeDate", "\"0000-01-01\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2024-10-03T12:02+00Z\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15T08:00:00+00:00\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15T08:00:60Z\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15t08:00:00Z\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15T08:00:00.1234567891Z\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2300-01-01T00:00:00Z\"", "invalid_time"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15T08:00:00.0Z\"", "json_not_canonical"},
    {1, "/transferInitClaim/voteBy", "\"2027-01-15T08:00:00.10Z\"", "json_not_canonical"},
    {7, "/extensions/0/name", "\"a\\tb\"", "invalid_character"},
    {10, "/rule", "\"TOK\\u007f\"", "invalid_character"},
    {12, "/detail", "\"a\\nb\"", "invalid_character"},
    {12, "/detail", "\"a\\u007f\"", "invalid_character"},
};

const Flaw kTags[] = {
    {7, "/messageType", "\"\"", "unknown_tag"},
    {7, "/messageType", "\"commit-prepare-msg\"", "unknown_tag"},
    {7, "/messageType", "\"urn:ietf:satp:msgtype:commit-prepare-msg\"", "unknown_tag"},
    {7, "/messageType", "\"urn:ietf:params:satp:core:msgtype:ack-prepare-msg\"", "unknown_tag"},
    {7, "/messageType", "\"urn:ietf:params:satp:core:msgtype:reject-msg\"", "unknown_tag"},
    {7, "/messageType", "\"urn:ustp:msgtype:commit-prepare-msg\"", "unknown_tag"},
    {14, "/messageType", "\"urn:ietf:params:satp:core:msgtype:status-request-msg\"", "unknown_tag"},
    {1, "/encoding", "\"flatbuffers\"", "unknown_tag"},
    {1, "/encoding", "\"cbor\"", "unknown_tag"},
    {1, "/transferInitClaim/ownershipEffect", "\"CHANGE\"", "unknown_tag"},
    {1, "/transferInitClaim/ownershipEffect", "\"1\"", "unknown_tag"},
    {1, "/transferInitClaim/entitledParty", "\"nobody\"", "unknown_tag"},
    {1, "/transferInitClaim/cumEx", "\"unspecified\"", "unknown_tag"},
    {1, "/transferInitClaim/lots/1/restriction", "\"none\"", "unknown_tag"},
    {1, "/transferInitClaim/lots/1/restriction", "\"lockUp\"", "unknown_tag"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links/0/capacity", "\"agent\"", "unknown_tag"},
    {1, "/gatewayAndNetworkCapabilities/gatewayDefaultSignatureAlgorithm", "\"none\"", "unknown_tag"},
    {1, "/gatewayAndNetworkCapabilities/gatewayDefaultSignatureAlgorithm", "\"ES384\"", "unknown_tag"},
    {1, "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms/0", "\"HS256\"", "unknown_tag"},
    {5, "/lockAssertionClaim/kind", "\"none\"", "unknown_tag"},
    {5, "/lockAssertionClaim/kind", "\"bitcoin\"", "unknown_tag"},
    {9, "/decision/outcome", "\"maybe\"", "unknown_tag"},
    {10, "/disposition", "\"lost\"", "unknown_tag"},
    {12, "/code", "\"no_such_code\"", "unknown_tag"},
    {12, "/prevMsgType", "\"lock-assert-msg\"", "unknown_tag"},
    {13, "/reason", "\"3014\"", "unknown_tag"},
    {15, "/state", "\"unknown\"", "unknown_tag"},
    {15, "/state", "\"done\"", "unknown_tag"},
};

const Flaw kFixed[] = {
    {1, "/version", "\"2.0\"", "frame_version"},
    {1, "/version", "\"1\"", "frame_version"},
    {2, "/version", "\"0.9\"", "frame_version"},
    {12, "/version", "\"1.1\"", "frame_version"},
    {1, "/transferInitClaimFormat", "\"TRANSFER_INIT_CLAIM_FORMAT_1\"", "json_fixed"},
    {5, "/lockAssertionClaimFormat", "\"LOCK_ASSERTION_CLAIM_FORMAT_1\"", "json_fixed"},
    {8, "/mintAssertionClaimFormat", "\"MINT_ASSERTION_CLAIM_FORMAT_1\"", "json_fixed"},
    {9, "/burnAssertionClaimFormat", "\"\"", "json_fixed"},
    {10, "/assignmentAssertionClaimFormat", "\"x\"", "json_fixed"},
};
const Flaw kProblems[] = {
    {12, "/type", "\"urn:ustp:problem:cancelled\"", "json_fixed"},
    {12, "/type", "\"about:blank\"", "json_fixed"},
    {12, "/status", "404", "json_fixed"},
    {12, "/title", "\"Conflict\"", "json_fixed"},
};

const Flaw kTerms[] = {
    {1, "/transferInitClaim/digitalAssetId", "\"US0378331006\"", "invalid_isin"},
    {1, "/transferInitClaim/digitalAssetId", "\"4H95J0R2Y\"", "invalid_dti"},
    {1, "/transferInitClaim/lots/0/quantity", "\"401\"", "lots_sum"},
    {1, "/transferInitClaim/lots/0/quantity", "\"400.0\"", "scale_mismatch"},
    {1, "/transferInitClaim/senderGatewayId", "\"gw a\"", "invalid_character"},
    {1, "/transferInitClaim/senderGatewayId", "\"\"", "missing_field"},
    {1, "/transferInitClaim/originatorAccount", "\"a\\\\b\"", "invalid_character"},
    {1, "/transferInitClaim/transactionType", "\"\"", "malformed_text"},
    {1, "/transferInitClaim/transactionType", "\"TRA\"", "malformed_text"},
    {1, "/transferInitClaim/transactionType", "\"trad\"", "malformed_text"},
    {1, "/transferInitClaim/transactionType", "\"TRADE\"", "too_long"},
    {1, "/transferInitClaim/venue", "\"XNASD\"", "invalid_mic"},
    {1, "/transferInitClaim/liableOperator", "\"5493001KJTIIGC8Y1R13\"", "invalid_lei"},
    {1, "/transferInitClaim/verifiedOriginatorEntityId/links/0/party", "\"nobody\"", "malformed_text"},
    {1, "/transferInitClaim/reference", "\"123456789012345678901234567890123456\"", "too_long"},
    {1, "/transferInitClaim/completeBy", "\"2027-01-15T07:59:59.999999999Z\"", "out_of_range"},
};

const Flaw kMeaning[] = {
    {9, "/decision/outcome", "\"abort\"", "decision_invalid"},
    {13, "/decision/outcome", "\"commit\"", "decision_invalid"},
    {9, "/decision/legsRoot", kAbsent, "zero_hash"},
    {9, "/decision/votesRoot", kAbsent, "zero_hash"},
    {9, "/decision/settlementId", "\"ff0405060708090a0b0c0d0e0f101112\"", "decision_invalid"},
    {15, "/decision/settlementId", "\"ff0405060708090a0b0c0d0e0f101112\"", "decision_invalid"},
    {10, "/rule", kAbsent, "missing_field"},
    {10, "/disposition", "\"beneficiary\"", "missing_field"},
    {12, "/prevMsgHash", kAbsent, "zero_hash"},
    {2, "/hashPrevMessage", kAbsent, "zero_hash"},
    {5, "/hashPrevMessage", kAbsent, "zero_hash"},
    {11, "/hashPrevMessage", kAbsent, "zero_hash"},
    {17, "/hashPrevMessage", kAbsent, "zero_hash"},
    {7, "/extensions/0/critical", "true", "unknown_critical_extension"},
    {7, "/extensions/0/name", "\"\"", "missing_field"},
};

const Flaw kProven[] = {
    {16, "/proposal", "\"\"", "jws_form"},
    {16, "/proposal", "\"eyJ9\"", "jws_form"},
    {16, "/proposal", "\"eyJ9.e30\"", "jws_form"},
    {16, "/proposal", "\"eyJ9.e30.AA.AA\"", "jws_form"},
    {16, "/proposal", "\".e30.AA\"", "jws_form"},
    {16, "/proposal", "\"eyJ9..AA\"", "jws_form"},
    {16, "/proposal", "\"eyJ9.e30.\"", "missing_field"},
    {16, "/proposal", "\"eyJ9.e30.AB\"", "base64_form"},
    {16, "/proposal", "\"eyJ9.e31.AA\"", "base64_form"},
    {16, "/proposal", "\"eyJ9=.e30.AA\"", "base64_form"},
    {16, "/proposal", "\"AAEA.e30.AA\"", "jws_form"},
    {16, "/commitFinal/batchHeader", "\"e30\"", "jws_form"},
    {16, "/commitFinal/salt", "\"00\"", "malformed_text"},
    {16, "/commitFinal/octets", "\"\"", "missing_field"},
};

template <std::size_t N>
void add_all(Maker& m, std::vector<std::string> requirements, const Flaw (&flaws)[N]) {
  m.about("json_message", std::move(requirements));
  for (const Flaw& flaw : flaws) add(m, flaw);
}

void zeros_and_lengths(Maker& m) {
  const auto set = [&m](int type, const std::string& pointer, const std::string& value, const char* flaw,
                        const char* code) {
    m.flawed(flaw, Members{{"text", with_member(json_sample(type), pointer, value)}}, code);
  };
  m.about("json_message", {"USTP-JSN-016", "USTP-MSG-024"});
  set(7, "/sessionId", kZeros32, "a session of zeros", "zero_hash");
  set(7, "/transferContextId", kZeros32, "a transfer of zeros", "zero_hash");
  set(7, "/settlementId", kZeros32, "a settlement of zeros", "zero_hash");
  set(7, "/hashPrevMessage", kZeros64, "a previous message of zeros", "zero_hash");
  set(1, "/legSalt", kZeros32, "a leg salt of zeros", "zero_hash");
  set(3, "/hashTransferInitClaim", kZeros64, "a claim hash of zeros", "zero_hash");
  set(5, "/lockAssertionClaim/block", kZeros64, "a block of zeros", "zero_hash");
  set(13, "/decision/votesRoot", kZeros64, "a votes root of zeros", "zero_hash");
  set(12, "/prevMsgHash", kZeros64, "an offending message of zeros", "zero_hash");
  m.about("json_message", {"USTP-JSN-017", "USTP-MSG-026"});
  set(7, "/extensions/0/name", quoted(std::string(65, 'n')), "an extension with a name of 65 octets", "too_long");
  set(7, "/extensions/0/value", quoted(std::string(5463, 'A')), "an extension of more than 4,096 octets", "too_long");
  set(1, "/transferInitClaim/governingLaw", quoted(std::string(351, 'x')), "a text of 351 octets", "too_long");
  set(1, "/transferInitClaim/senderGatewayId", quoted(std::string(65, 'g')), "a gateway of 65 characters", "too_long");
  set(1, "/transferInitClaim/quantity", quoted(std::string(101, '1')), "a quantity of 101 digits", "too_long");
  set(12, "/detail", quoted(std::string(351, 'd')), "a detail of 351 octets", "too_long");
  set(10, "/rule", quoted(std::string(65, 'r')), "a rule of 65 octets", "too_long");
  std::string extensions, links, algorithms, path;
  for (int i = 0; i < 17; ++i) extensions += (i ? ",{\"name\":\"x" : "{\"name\":\"x") + std::to_string(i) + "\"}";
  for (int i = 0; i < 9; ++i) links += (i ? "," : "") + std::string("{\"capacity\":\"own\",\"party\":\"DEUTDEFF\"}");
  for (int i = 0; i < 8; ++i) algorithms += i ? ",\"ES256\"" : "\"ES256\"";
  for (int i = 0; i < 33; ++i) path += (i ? "," : "") + kHash;
  std::string lots;
  for (int i = 0; i < 65; ++i) lots += i ? ",{\"quantity\":\"1\"}" : "{\"quantity\":\"1\"}";
  set(7, "/extensions", "[" + extensions + "]", "17 extensions", "too_long");
  set(1, "/transferInitClaim/verifiedOriginatorEntityId/links", "[" + links + "]", "a chain of nine", "too_long");
  set(1, "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms", "[" + algorithms + "]",
      "nine algorithms", "too_long");
  set(1, "/transferInitClaim/lots", "[" + lots + "]", "65 lots", "too_long");
  set(16, "/commitFinal/path", "[" + path + "]", "a path of 33 hashes", "bad_proof");
  const std::string header = quoted(std::string(684, 'A')), signature = quoted(std::string(172, 'A'));
  set(16, "/commitFinal/batchHeader", header, "a header of 513 octets", "too_long");
  set(16, "/commitFinal/signature", signature, "a signature of 129 octets", "too_long");
}

}  // namespace

void flawed_json_members(Maker& m);
void flawed_json_members(Maker& m) {
  add_all(m, {"USTP-JSN-001", "USTP-JSN-016"}, kRequiredMembers);
  add_all(m, {"USTP-JSN-017"}, kTypes);
  add_all(m, {"USTP-JSN-015", "USTP-JSN-023"}, kUnknown);
  add_all(m, {"USTP-JSN-016"}, kDefaults);
  add_all(m, {"USTP-JSN-017"}, kForms);
  add_all(m, {"USTP-JSN-017", "USTP-JSN-022"}, kTags);
  add_all(m, {"USTP-JSN-021"}, kFixed);
  add_all(m, {"USTP-JSN-025"}, kProblems);
  add_all(m, {"USTP-JSN-018", "USTP-MSG-040"}, kTerms);
  add_all(m, {"USTP-JSN-018", "USTP-MSG-025", "USTP-MSG-043", "USTP-MSG-044", "USTP-MSG-045"}, kMeaning);
  add_all(m, {"USTP-JSN-024"}, kProven);
  zeros_and_lengths(m);
}

}  // namespace ustp::vectors
