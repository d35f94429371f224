#include "sdk/cli/wycheproof.hpp"

#include <nlohmann/json.hpp>

#include "ustp/crypto/crypto.hpp"

namespace ustp::cli {
namespace {

using Json = nlohmann::json;
using Verifier = std::shared_ptr<const crypto::Verifier>;

enum class Scheme { kNone, kDer, kRaw, kEdDsa, kJws };

std::string text_of(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// Which of our verifiers a group is for; kNone where it is for an algorithm we do not have.
Scheme scheme_of(const Json& group) {
  const auto type = text_of(group, "type"), sha = text_of(group, "sha");
  const auto key = group.value("publicKey", group.value("key", Json::object()));
  const auto curve = key.is_object() ? text_of(key, "curve") : std::string();
  const bool p256 = curve == "secp256r1" && sha == "SHA-256";
  if (type == "EcdsaVerify") return p256 ? Scheme::kDer : Scheme::kNone;
  if (type == "EcdsaP1363Verify") return p256 ? Scheme::kRaw : Scheme::kNone;
  if (type == "EddsaVerify") return curve == "edwards25519" ? Scheme::kEdDsa : Scheme::kNone;
  if (type == "JsonWebSignature") {
    const auto jwk = group.value("public", Json::object());
    return text_of(jwk, "kty") == "EC" && text_of(jwk, "crv") == "P-256" && text_of(jwk, "alg") == "ES256"
               ? Scheme::kJws
               : Scheme::kNone;
  }
  return Scheme::kNone;
}

// SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480).
Result<Bytes> spki_of_jwk(const Json& jwk) {
  USTP_TRY(auto spki, from_hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"));
  USTP_TRY(const auto x, from_base64url(text_of(jwk, "x")));
  USTP_TRY(const auto y, from_base64url(text_of(jwk, "y")));
  append(spki, x);
  append(spki, y);
  return spki;
}
Result<Verifier> verifier_of(const Json& group, Scheme scheme) {
  if (scheme == Scheme::kJws) {
    USTP_TRY(const auto spki, spki_of_jwk(group.at("public")));
    return crypto::make_verifier(spki);
  }
  auto hex = text_of(group, "publicKeyDer");
  if (hex.empty()) hex = text_of(group, "keyDer");
  USTP_TRY(const auto spki, from_hex(hex));
  return crypto::make_verifier(spki);
}

// RFC 7515 compact serialisation, ES256 only: three parts, a header that names the algorithm of the key.
bool accepts_jws(const crypto::Verifier& key, const std::string& jws) {
  const auto first = jws.find('.'), second = jws.find('.', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos || jws.find('.', second + 1) != std::string::npos) return false;
  const auto header = from_base64url(std::string_view(jws).substr(0, first));
  const auto payload = from_base64url(std::string_view(jws).substr(first + 1, second - first - 1));
  const auto signature = from_base64url(std::string_view(jws).substr(second + 1));
  if (!header || !payload || !signature) return false;
  const auto fields = Json::parse(header->begin(), header->end(), nullptr, false);
  if (!fields.is_object() || text_of(fields, "alg") != "ES256" || fields.contains("crit")) return false;
  return key.verify(as_bytes(std::string_view(jws).substr(0, second)), *signature);
}

bool accepts(const crypto::Verifier& key, Scheme scheme, const Json& test) {
  if (scheme == Scheme::kJws) return accepts_jws(key, text_of(test, "jws"));
  const auto message = from_hex(text_of(test, "msg"));
  auto signature = from_hex(text_of(test, "sig"));
  if (!message || !signature) return false;
  if (scheme == Scheme::kDer) signature = crypto::ecdsa_raw_from_der(*signature);
  return signature && key.verify(*message, *signature);
}

}  // namespace

Result<WycheproofReport> run_wycheproof(std::string_view text) {
  const auto shallow = [](int depth, auto, auto&) { return depth <= 16; };
  const auto file = Json::parse(text.begin(), text.end(), shallow, false);
  if (!file.is_object() || !file.contains("testGroups") || !file["testGroups"].is_array())
    return Error{Code::malformed_text, "no testGroups"};
  WycheproofReport report;
  for (const auto& group : file["testGroups"]) {
    if (!group.is_object() || !group.contains("tests") || !group["tests"].is_array())
      return Error{Code::malformed_text, "a group without tests"};
    const auto scheme = scheme_of(group);
    if (scheme == Scheme::kNone) {
      ++report.groups_skipped;
      continue;
    }
    USTP_TRY(const auto key, verifier_of(group, scheme));
    for (const auto& test : group["tests"]) {
      const auto id = test.is_object() ? test.value("tcId", Json()) : Json();
      if (!id.is_number_unsigned()) return Error{Code::malformed_text, "a test without tcId"};
      const auto result = text_of(test, "result");
      report.cases.push_back({id.get<std::uint64_t>(), text_of(test, "comment"), result == "valid",
                              accepts(*key, scheme, test), result == "acceptable"});
    }
  }
  return report;
}

}  // namespace ustp::cli
