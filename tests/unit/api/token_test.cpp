// Bearer tokens: what is taken, and each thing that is not.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "gateway/api/identity.hpp"
#include "tests/support/test_token.hpp"

using namespace ustp;
using namespace ustp::gateway::api;
using ustp::testing::jwk_set;
using ustp::testing::TokenIssuer;

namespace {

constexpr std::int64_t kNow = 1'780'000'000;
constexpr Instant kAt{kNow * 1'000'000'000};
const TokenRules kRules{"https://id.example", "gw-1", Duration::seconds(30)};

TokenKeys keys_of(const std::string& set) {
  auto keys = TokenKeys::parse(set);
  REQUIRE_MESSAGE(keys.has_value(), (keys ? "" : to_string(keys.error())));
  return *std::move(keys);
}
// The code, or who is called.
std::string judged(const std::string& token, const TokenKeys& keys, Instant at = kAt) {
  const auto caller = judge_token(token, keys, kRules, at);
  if (caller) return caller->participant.str();
  CHECK(caller.error().detail.empty());  // nothing that would help to guess
  return std::string(info(caller.error().code).name);
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
std::string temporary(const char* name) {
  static const auto folder = [] {
    std::string path = (std::filesystem::temp_directory_path() / "ustp-token-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    return path;
  }();
  std::filesystem::create_directories(folder);
  return folder + "/" + name;
}
void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::trunc) << text; }

}  // namespace

TEST_CASE("a token signed by a trusted key, for us and in its time, names participant, role and end (USTP-API-013)") {
  const TokenIssuer issuer;
  const auto keys = keys_of(jwk_set(issuer.jwk()));
  const auto caller = judge_token(issuer.token("bank-a", R"(["reader","else","trader"])", kNow + 60), keys, kRules, kAt);
  REQUIRE(caller);
  CHECK(caller->participant.str() == "bank-a");
  CHECK(caller->role == Role::kTrader);
  CHECK(caller->until == kAt + Duration::seconds(90));
  const auto other = judge_token(issuer.token("bank-a", R"(["else"])", kNow + 60), keys, kRules, kAt);
  CHECK(other->role == Role::kNone);
  const auto list = replaced(issuer.claims("bank-a", R"(["operator"])", kNow + 60), R"("gw-1")", R"(["gw-9",7,"gw-1"])");
  CHECK(judge_token(issuer.sign(issuer.header(), list), keys, kRules, kAt)->role == Role::kOperator);
  CHECK(judged(issuer.sign(R"({"alg":"ES256"})", issuer.claims("bank-a", "[]", kNow + 60)), keys) == "bank-a");
  CHECK(judged(issuer.sign(R"({"typ":"at+jwt","alg":"ES256"})", issuer.claims("bank-a", "[]", kNow + 60)), keys) == "bank-a");
}

TEST_CASE("each forged or strange header is refused with its own code (USTP-API-013)") {
  const TokenIssuer issuer, other("key-2"), stranger("key-1");
  const TokenIssuer edwards("key-1", crypto::Algorithm::kEd25519);
  const auto one = keys_of(jwk_set(issuer.jwk())), two = keys_of(jwk_set(issuer.jwk() + "," + other.jwk()));
  const auto claims = TokenIssuer::claims("bank-a", R"(["reader"])", kNow + 60);
  const auto with = [&](const std::string& header) { return issuer.sign(header, claims); };
  const std::pair<std::string, const char*> cases[] = {
      {R"({"alg":"none"})", "token_algorithm"},
      {R"({"alg":"HS256","kid":"key-1"})", "token_algorithm"},
      {R"({"alg":"es256","kid":"key-1"})", "token_algorithm"},
      {R"({"alg":"ES384","kid":"key-1"})", "token_algorithm"},
      {R"({"kid":"key-1"})", "token_form"},
      {R"({"alg":7,"kid":"key-1"})", "token_form"},
      {R"({"alg":"ES256","alg":"ES256","kid":"key-1"})", "token_form"},
      {R"({"alg":"ES256","kid":"key-1","jwk":)" + stranger.jwk() + "}", "token_form"},
      {R"({"alg":"ES256","kid":"key-1","jku":"https://evil.example"})", "token_form"},
      {R"({"alg":"ES256","kid":"key-1","x5u":"https://evil.example"})", "token_form"},
      {R"({"alg":"ES256","kid":"key-1","crit":["exp"]})", "token_form"},
      {R"({"alg":"ES256","kid":"key-1","typ":"dpop+jwt"})", "token_form"},
      {R"(["ES256"])", "token_form"},
      {R"({"alg":"ES256","kid":"key-1"} )" "x", "token_form"},
      {R"({"alg":"ES256","kid":"key-9"})", "token_key"},
      {R"({"alg":"ES256","kid":""})", "token_key"},
  };
  for (const auto& [header, code] : cases) {
    CAPTURE(header);
    CHECK(judged(with(header), one) == code);
  }
  CHECK(judged(with(R"({"alg":"ES256"})"), two) == "token_key");  // which of the two is not guessed
  CHECK(judged(with(R"({"alg":"ES256","kid":"key-2"})"), two) == "token_signature");
  CHECK(judged(stranger.token("bank-a", "[]", kNow + 60), one) == "token_signature");
  CHECK(judged(edwards.token("bank-a", "[]", kNow + 60), one) == "token_signature");
}

TEST_CASE("a token that is changed, cut or written otherwise is refused (USTP-API-013)") {
  const TokenIssuer issuer;
  const auto keys = keys_of(jwk_set(issuer.jwk()));
  const auto token = issuer.token("bank-a", R"(["reader"])", kNow + 60);
  const auto first = token.find('.'), second = token.rfind('.');
  CHECK(judged(token, keys) == "bank-a");
  CHECK(judged("", keys) == "token_form");
  CHECK(judged("..", keys) == "token_form");
  CHECK(judged(token + ".x", keys) == "token_form");
  CHECK(judged(token.substr(0, second), keys) == "token_form");
  CHECK(judged(token + "=", keys) == "token_form");
  CHECK(judged(token.substr(0, second + 1), keys) == "token_signature");   // empty: "alg":"none" in disguise
  CHECK(judged(token.substr(0, token.size() - 2), keys) == "token_signature");
  // The last letter of 64 octets in base64url has four bits that mean nothing: only the form with zeros is taken.
  auto loose = token;
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  loose.back() = letters[letters.find(loose.back()) ^ 1];
  CHECK(judged(loose, keys) == "token_form");
  auto forged = to_base64url(as_bytes(TokenIssuer::claims("bank-b", R"(["operator"])", kNow + 60)));
  CHECK(judged(token.substr(0, first + 1) + forged + token.substr(second), keys) == "token_signature");
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK(judged(changed, keys).starts_with("token_"));
  }
}

TEST_CASE("a token of another issuer, for another gateway, out of its time or with a claim amiss is refused (USTP-API-013)") {
  const TokenIssuer issuer;
  const auto keys = keys_of(jwk_set(issuer.jwk()));
  const auto good = TokenIssuer::claims("bank-a", R"(["reader"])", kNow + 60);
  const auto exp = "\"exp\":" + std::to_string(kNow + 60);
  const auto says = [&](const std::string& from, const std::string& to) {
    return judged(issuer.sign(issuer.header(), replaced(good, from, to)), keys);
  };
  CHECK(says("\"iss\"", "\"issuer\"") == "token_issuer");
  CHECK(says("https://id.example", "https://id.example/") == "token_issuer");
  CHECK(says("\"gw-1\"", "\"gw-2\"") == "token_audience");
  CHECK(says("\"gw-1\"", "[\"gw-2\"]") == "token_audience");
  CHECK(says("\"gw-1\"", "[]") == "token_audience");
  CHECK(says("\"aud\"", "\"audience\"") == "token_audience");
  CHECK(says(exp, "\"exp\":" + std::to_string(kNow - 31)) == "token_expired");
  CHECK(says(exp, "\"exp\":" + std::to_string(kNow - 30)) == "token_expired");
  CHECK(says(exp, "\"exp\":" + std::to_string(kNow - 29)) == "bank-a");
  CHECK(says(exp, exp + ",\"nbf\":" + std::to_string(kNow + 31)) == "token_not_yet_valid");
  CHECK(says(exp, exp + ",\"nbf\":" + std::to_string(kNow + 30)) == "bank-a");
  for (const char* wrong : {"\"1780000060\"", "1780000060.5", "-1", "9000000001", "null", "1e10"}) {
    CAPTURE(wrong);
    CHECK(says(exp, std::string("\"exp\":") + wrong) == "token_claims");
    CHECK(says(exp, exp + ",\"nbf\":" + wrong) == "token_claims");
    CHECK(says(exp, exp + ",\"iat\":" + wrong) == "token_claims");
  }
  CHECK(says(exp + ",", "") == "token_claims");
  CHECK(says(exp, exp + "," + exp) == "token_claims");
  CHECK(says("\"participant\":\"bank-a\"", "\"participant\":\"bank-a\",\"participant\":\"bank-b\"") == "token_claims");
  CHECK(says("\"participant\":\"bank-a\",", "") == "token_claims");
  CHECK(says("\"bank-a\"", "\"bank a\"") == "token_claims");
  CHECK(says("\"bank-a\"", "[\"bank-a\"]") == "token_claims");
  CHECK(says(",\"roles\":[\"reader\"]", "") == "token_claims");
  CHECK(says("[\"reader\"]", "\"reader\"") == "token_claims");
  CHECK(says("[\"reader\"]", "[\"reader\",1]") == "token_claims");
  CHECK(judged(issuer.sign(issuer.header(), "[]"), keys) == "token_claims");
  CHECK(judged(issuer.sign(issuer.header(), good + "x"), keys) == "token_claims");
}

TEST_CASE("of a key set the keys for ES256 are taken, and a set that cannot be meant is refused with its place") {
  const TokenIssuer issuer, other("key-2");
  const std::string rsa = R"({"kty":"RSA","n":"AQAB","e":"AQAB","kid":"r"})",
                    curve = R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA","kid":"c"})";
  CHECK(keys_of(jwk_set(rsa + "," + curve + "," + issuer.jwk() + "," + other.jwk(",\"use\":\"enc\""))).size() == 1);
  CHECK(keys_of(jwk_set(issuer.jwk(R"(,"alg":"ES256","use":"sig","key_ops":["verify"])"))).size() == 1);
  const auto refused = [](const std::string& set, const std::string& what) {
    const auto keys = TokenKeys::parse(set);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().code == Code::config_invalid);
    CHECK_MESSAGE(keys.error().detail.find(what) != std::string::npos, keys.error().detail);
  };
  refused("", "not a JWK set");
  refused(issuer.jwk(), "not a JWK set");
  refused(jwk_set(""), "no key for ES256");
  refused(jwk_set(rsa + "," + curve), "no key for ES256");
  refused(jwk_set(issuer.jwk(R"(,"key_ops":["sign"])")), "no key for ES256");
  refused(jwk_set(issuer.jwk() + "," + issuer.jwk()), "key 1: its kid is another key's too");
  refused(jwk_set(issuer.jwk(R"(,"d":"AAAA")")), "a private key");
  refused(jwk_set(R"({"kty":"EC","alg":"ES256","crv":"P-384","x":"AA","y":"AA"})"), "another curve");
  refused(jwk_set(replaced(issuer.jwk(), issuer.coordinate(false), issuer.coordinate(true))), "key 0");  // no point of the curve
  refused(jwk_set(replaced(issuer.jwk(), issuer.coordinate(false), issuer.coordinate(false) + "A")), "32 octets");
  refused(jwk_set(replaced(issuer.jwk(), "\"key-1\"", "1")), "kid is no text");
  refused(jwk_set(issuer.jwk(",\"kty\":\"EC\"")), "not a JWK set");
  std::string many = issuer.jwk();
  for (int i = 0; i < 32; ++i) many += "," + rsa;
  refused(jwk_set(many), "more than 32");
  refused(jwk_set(issuer.jwk()) + std::string(TokenKeys::kMaxOctets, ' '), "64 KiB");
}

TEST_CASE("a changed key file is in force at the next look; one that cannot be used changes nothing") {
  const TokenIssuer before("a"), after("b");
  const auto file = temporary("jwks.json");
  CHECK(TokenGate::open(file, kRules).error().code == Code::io_error);
  write(file, jwk_set(before.jwk()));
  auto gate = *TokenGate::open(file, kRules);
  const auto old_token = before.token("bank-a", "[]", kNow + 60), new_token = after.token("bank-a", "[]", kNow + 60);
  CHECK(gate->judge(old_token, kAt));
  CHECK_FALSE(*gate->look());
  write(file, jwk_set(before.jwk() + "," + after.jwk()));
  CHECK(*gate->look());
  CHECK(gate->judge(old_token, kAt));
  CHECK(gate->judge(new_token, kAt));
  write(file, "{\"keys\":");
  CHECK(gate->look().error().code == Code::config_invalid);
  CHECK_FALSE(*gate->look());  // told once
  CHECK(gate->judge(new_token, kAt));
  std::filesystem::remove(file);
  CHECK_FALSE(gate->look());
  CHECK(gate->judge(new_token, kAt));
  write(file, jwk_set(after.jwk()));
  CHECK(*gate->look());
  CHECK(gate->judge(old_token, kAt).error().code == Code::token_key);
  CHECK(gate->generation() == 2);
  std::filesystem::remove_all(std::filesystem::path(file).parent_path());
}

namespace {
std::string seen(const std::variant<Caller, Fault>& found) {
  if (const auto* caller = std::get_if<Caller>(&found)) return caller->participant.str() + " " + std::to_string(static_cast<int>(caller->role));
  return std::string(info(std::get<Fault>(found).error.code).name);
}
}  // namespace

TEST_CASE("certificate, token, both or none: who asks, and that they agree (USTP-API-001)") {
  const TokenIssuer issuer;
  const auto file = temporary("identity.json");
  write(file, jwk_set(issuer.jwk()));
  const auto gate = *TokenGate::open(file, kRules);
  const auto bearer = [&](const std::string& who, const char* roles = "[\"reader\"]") {
    return std::optional("Bearer " + issuer.token(who, roles, kNow + 60));
  };
  const auto alice = ParticipantId::literal("alice");
  Identity nobody(gate.get());
  CHECK(seen(nobody.caller({}, kAt)) == "unauthenticated");
  CHECK(seen(nobody.caller("Basic YTpi", kAt)) == "unauthenticated");
  CHECK(seen(nobody.caller("Bearer", kAt)) == "unauthenticated");
  CHECK(seen(nobody.caller("Bearer x", kAt)) == "token_form");
  CHECK(seen(nobody.caller("bEARER" + bearer("bob")->substr(6), kAt)) == "bob 1");
  CHECK(seen(nobody.caller(bearer("bob", "[\"trader\"]"), kAt)) == "bob 2");      // another token of the same
  CHECK(seen(nobody.caller(bearer("alice"), kAt)) == "tls_identity_mismatch");    // one connection, one participant
  CHECK(seen(nobody.caller({}, kAt)) == "unauthenticated");                       // what was shown before does not last
  Identity both(gate.get());
  both.show(alice);
  CHECK(seen(both.caller({}, kAt)) == "alice 3");
  CHECK(seen(both.caller(bearer("alice"), kAt)) == "alice 1");                    // the token narrows
  CHECK(seen(both.caller(bearer("bob"), kAt)) == "tls_identity_mismatch");
  CHECK(seen(both.caller("Bearer x", kAt)) == "token_form");                      // and does not fall back
  Identity gateway(gate.get());
  gateway.show(Error{Code::tls_identity_mismatch, "no participant"});
  CHECK(seen(gateway.caller({}, kAt)) == "unknown_participant");
  CHECK(seen(gateway.caller(bearer("bob"), kAt)) == "tls_identity_mismatch");
  Identity without(nullptr);
  without.show(alice);
  CHECK(seen(without.caller({}, kAt)) == "alice 3");
  CHECK(seen(without.caller(bearer("alice"), kAt)) == "unauthenticated");         // it may say less than the certificate
  // What was verified before is held against the clock and the keys again.
  Identity again(gate.get());
  const auto token = bearer("bob");
  CHECK(seen(again.caller(token, kAt)) == "bob 1");
  CHECK(seen(again.caller(token, kAt)) == "bob 1");
  CHECK(seen(again.caller(token, kAt + Duration::seconds(90))) == "token_expired");
  CHECK(seen(again.caller(token, kAt)) == "bob 1");
  write(file, jwk_set(TokenIssuer("key-9").jwk()));
  CHECK(*gate->look());
  CHECK(seen(again.caller(token, kAt)) == "token_key");
  std::filesystem::remove_all(std::filesystem::path(file).parent_path());
}
