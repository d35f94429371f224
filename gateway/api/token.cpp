#include "gateway/api/token.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "gateway/api/json_value.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::gateway::api {
namespace {

using Kind = JsonValue::Kind;

constexpr JsonLimits kHeaderLimits{.depth = 1, .values = 16, .text = 256};
constexpr JsonLimits kClaimLimits{.depth = 8, .values = 256, .text = 1024};
constexpr JsonLimits kKeyLimits{.depth = 8, .values = 2048, .text = 16u << 10};
constexpr std::int64_t kLatest = 9'000'000'000;  // seconds: what fits an Instant

const JsonValue* member(const JsonValue& of, std::string_view name) {
  for (const auto& one : of.members)
    if (one.name == name) return &one.value;
  return nullptr;
}
const std::string* text(const JsonValue& of, std::string_view name) {
  const auto* value = member(of, name);
  return value != nullptr && value->kind == Kind::kText ? &value->text : nullptr;
}
bool says(const JsonValue& of, std::string_view name, std::string_view what) {
  const auto* value = text(of, name);
  return value != nullptr && *value == what;
}
std::optional<JsonValue> object(std::string_view octets, const JsonLimits& limits) {
  auto parsed = parse_json(octets, limits);
  auto* value = std::get_if<JsonValue>(&parsed);
  if (value == nullptr || value->kind != Kind::kObject) return {};
  return std::move(*value);
}

struct Header {
  std::optional<std::string> key;
};
// USTP-API-013: "crit", "jwk", "jku", "x5c", "x5u" and whatever else could lead to another key is refused, not passed over.
Result<Header> read_header(const Bytes& octets) {
  const auto header = object(as_text(octets), kHeaderLimits);
  if (!header) return Error{Code::token_form, {}};
  Header out;
  for (const auto& one : header->members) {
    if (one.value.kind != Kind::kText) return Error{Code::token_form, {}};
    if (one.name == "kid") out.key = one.value.text;
    else if (one.name == "typ" && one.value.text != "JWT" && one.value.text != "at+jwt") return Error{Code::token_form, {}};
    else if (one.name != "alg" && one.name != "typ") return Error{Code::token_form, {}};
  }
  const auto* algorithm = text(*header, "alg");
  if (algorithm == nullptr) return Error{Code::token_form, {}};
  if (*algorithm != "ES256") return Error{Code::token_algorithm, {}};
  return out;
}

bool is_for(const JsonValue* audience, const std::string& us) {
  if (audience == nullptr) return false;
  if (audience->kind == Kind::kText) return audience->text == us;
  return std::any_of(audience->items.begin(), audience->items.end(),
                     [&](const JsonValue& one) { return one.kind == Kind::kText && one.text == us; });
}

// NumericDate in whole seconds.
Result<std::optional<Instant>> time_of(const JsonValue& claims, std::string_view name) {
  const auto* value = member(claims, name);
  if (value == nullptr) return std::optional<Instant>();
  if (value->kind != Kind::kInteger || value->integer < 0 || value->integer > kLatest)
    return Error{Code::token_claims, {}};
  return std::optional(Instant{value->integer * 1'000'000'000});
}

// The highest of those that are known here; an issuer may have others for others.
Result<Role> role_of(const JsonValue& claims) {
  const auto* roles = member(claims, "roles");
  if (roles == nullptr || roles->kind != Kind::kList) return Error{Code::token_claims, {}};
  auto out = Role::kNone;
  for (const auto& one : roles->items) {
    if (one.kind != Kind::kText) return Error{Code::token_claims, {}};
    for (const auto& [name, role] : kRoleNames)
      if (one.text == name) out = std::max(out, role);
  }
  return out;
}

Result<Caller> read_claims(const Bytes& octets, const TokenRules& rules, Instant now) {
  const auto claims = object(as_text(octets), kClaimLimits);
  if (!claims) return Error{Code::token_claims, {}};
  if (!says(*claims, "iss", rules.issuer)) return Error{Code::token_issuer, {}};
  if (!is_for(member(*claims, "aud"), rules.audience)) return Error{Code::token_audience, {}};
  USTP_TRY(const auto expires, time_of(*claims, "exp"));
  USTP_TRY(const auto begins, time_of(*claims, "nbf"));
  USTP_CHECK(time_of(*claims, "iat"));
  if (!expires) return Error{Code::token_claims, {}};
  Caller out;
  out.until = *expires + rules.tolerance;
  if (now >= out.until) return Error{Code::token_expired, {}};
  if (begins && now + rules.tolerance < *begins) return Error{Code::token_not_yet_valid, {}};
  if (begins) out.from = *begins + Duration{-rules.tolerance.ns};
  const auto* participant = text(*claims, "participant");
  if (participant == nullptr) return Error{Code::token_claims, {}};
  auto id = ParticipantId::parse(*participant);
  if (!id) return Error{Code::token_claims, {}};
  out.participant = *std::move(id);
  USTP_TRY(out.role, role_of(*claims));
  return out;
}

// SubjectPublicKeyInfo of a point on P-256 (RFC 5480), up to its coordinates.
constexpr std::array<std::uint8_t, 27> kSpkiHead = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

Error bad_set(std::size_t index, const char* what) {
  return {Code::config_invalid, "key " + std::to_string(index) + ": " + what};
}

// Whether a key says of itself that it verifies ES256.
bool is_of_use(const JsonValue& key) {
  if (!says(key, "kty", "EC")) return false;
  if (member(key, "use") != nullptr && !says(key, "use", "sig")) return false;
  if (const auto* uses = member(key, "key_ops");
      uses != nullptr && std::none_of(uses->items.begin(), uses->items.end(),
                                      [](const auto& one) { return one.kind == Kind::kText && one.text == "verify"; }))
    return false;
  return member(key, "alg") != nullptr ? says(key, "alg", "ES256") : says(key, "crv", "P-256");
}

Result<std::shared_ptr<const crypto::Verifier>> verifier_of(const JsonValue& key) {
  if (!says(key, "crv", "P-256")) return Error{Code::bad_key, "ES256 on another curve than P-256"};
  Bytes spki(kSpkiHead.begin(), kSpkiHead.end());
  for (const char* name : {"x", "y"}) {
    const auto* coordinate = text(key, name);
    const auto octets = coordinate == nullptr ? Result<Bytes>(Error{Code::bad_key, {}}) : from_base64url(*coordinate);
    if (!octets || octets->size() != 32) return Error{Code::bad_key, "x and y are 32 octets each in base64url"};
    append(spki, *octets);
  }
  return crypto::make_verifier(spki);
}

}  // namespace

Result<TokenKeys> TokenKeys::parse(std::string_view jwks) {
  if (jwks.size() > kMaxOctets) return Error{Code::config_invalid, "more than 64 KiB"};
  const auto set = object(jwks, kKeyLimits);
  const auto* keys = set ? member(*set, "keys") : nullptr;
  if (keys == nullptr || keys->kind != Kind::kList) return Error{Code::config_invalid, "not a JWK set"};
  if (keys->items.size() > kMaxKeys) return Error{Code::config_invalid, "more than 32 keys"};
  TokenKeys out;
  for (std::size_t i = 0; i < keys->items.size(); ++i) {
    const auto& key = keys->items[i];
    if (member(key, "d") != nullptr) return bad_set(i, "a private key; the set is for public ones");
    if (!is_of_use(key)) continue;
    auto verifier = verifier_of(key);
    if (!verifier) return bad_set(i, verifier.error().detail.empty() ? "no point on P-256" : verifier.error().detail.c_str());
    Key made{std::nullopt, *std::move(verifier)};
    if (member(key, "kid") != nullptr) {
      if (text(key, "kid") == nullptr) return bad_set(i, "kid is no text");
      made.id = *text(key, "kid");
      if (out.find(made.id) != nullptr) return bad_set(i, "its kid is another key's too");
    }
    out.keys_.push_back(std::move(made));
  }
  if (out.keys_.empty()) return Error{Code::config_invalid, "no key for ES256"};
  return out;
}

const crypto::Verifier* TokenKeys::find(const std::optional<std::string>& id) const {
  if (!id) return keys_.size() == 1 ? keys_.front().verifier.get() : nullptr;
  for (const auto& key : keys_)
    if (key.id == id) return key.verifier.get();
  return nullptr;
}

// USTP-API-013
Result<Caller> judge_token(std::string_view token, const TokenKeys& keys, const TokenRules& rules, Instant now) {
  const auto parts = wire::split_jws(token);
  if (!parts) return Error{Code::token_form, {}};
  USTP_TRY(const auto header, read_header(parts->header));
  const auto* key = keys.find(header.key);
  if (key == nullptr) return Error{Code::token_key, {}};
  // Issuers use any ECDSA library: the signature need not be in the lower half, as ours are.
  if (!key->verify(as_bytes(parts->input), parts->signature)) return Error{Code::token_signature, {}};
  return read_claims(parts->payload, rules, now);
}

Result<std::unique_ptr<TokenGate>> TokenGate::open(std::string file, TokenRules rules) {
  std::unique_ptr<TokenGate> out(new TokenGate(std::move(file), std::move(rules)));
  out->seen_ = out->stand();  // before the file is read: what is written meanwhile is seen at the next look
  USTP_TRY(out->keys_, out->read());
  return out;
}

Result<bool> TokenGate::look() {
  const auto now = stand();
  if (now == seen_) return false;
  seen_ = now;
  USTP_TRY(auto keys, read());
  keys_ = std::move(keys);
  ++generation_;
  return true;
}

TokenGate::Seen TokenGate::stand() const {
  struct stat found {};
  if (::stat(file_.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec, found.st_size, found.st_ino};
}

Result<TokenKeys> TokenGate::read() const {
  std::ifstream in(file_, std::ios::binary);
  std::string octets(TokenKeys::kMaxOctets + 1, '\0');
  in.read(octets.data(), static_cast<std::streamsize>(octets.size()));
  if (!in && !in.eof()) return Error{Code::io_error, file_ + ": cannot be read"};
  octets.resize(static_cast<std::size_t>(in.gcount()));
  auto keys = TokenKeys::parse(octets);
  if (!keys) return Error{keys.error().code, file_ + ": " + keys.error().detail};
  return keys;
}

}  // namespace ustp::gateway::api
