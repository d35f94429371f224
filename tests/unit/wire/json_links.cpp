// The hello as a JWS and the answers of the JSON binding's link.
#include <doctest/doctest.h>

#include "samples.hpp"
#include "tests/support/requirement.hpp"
#include "ustp/wire/json_link.hpp"
#include "ustp/wire/json_signature.hpp"

using namespace ustp;
using namespace ustp::wire;
using crypto::Algorithm;

namespace {

std::unique_ptr<crypto::Signer> new_signer(Algorithm algorithm = Algorithm::kEs256) {
  const auto key = crypto::generate_key(algorithm).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}
KeyLookup only(const crypto::Signer& signer) {
  const auto verifier = crypto::make_verifier(signer.spki()).value();
  return [verifier](const GatewayId&, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    if (id != verifier->key_id()) return Error{Code::unknown_key, id.hex()};
    return verifier;
  };
}
Hello hello() {
  Hello h;
  h.sender = GatewayId::literal("gw-a");
  h.recipient = GatewayId::literal("gw-b");
  h.sent = {6, samples::id<Hash256>(1)};
  h.time = {1'800'000'000'000'000'000};
  h.statements = 12;
  h.statement_head = samples::id<Hash256>(2);
  return h;
}
// A hello whose header is this text, signed.
std::string of_header(const std::string& header, crypto::Signer& signer, std::string_view payload = "{}") {
  const std::string input = to_base64url(as_bytes(header)) + '.' + to_base64url(as_bytes(payload));
  return input + '.' + to_base64url(signer.sign(as_bytes(input)).value());
}
std::string header_of(const std::string& jws) {
  const auto octets = from_base64url(jws.substr(0, jws.find('.'))).value();
  return std::string(as_text(octets));
}
std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("a hello tells everything in its header and comes back as it was") {
  ustp::test::covers("USTP-JSN-056");
  const auto signer = new_signer();
  for (const bool longest : {false, true}) {
    auto said = hello();
    if (longest) {
      said.sender = GatewayId::literal(std::string(64, 'a'));
      said.recipient = GatewayId::literal(std::string(64, 'b'));
      said.channel = UINT32_MAX;
      said.sent.sequence = said.statements = UINT64_MAX;
      said.received = {UINT64_MAX, samples::id<Hash256>(3)};
      said.time = {INT64_MIN};
    }
    const auto jws = seal_json_hello(said, *signer).value();
    said.key = signer->key_id();
    const auto heard = receive_json_hello(jws, only(*signer));
    REQUIRE_MESSAGE(heard.has_value(), (heard ? "" : to_string(heard.error())));
    CHECK(*heard == said);
  }
}

TEST_CASE("a hello is refused by what is wrong with it") {
  ustp::test::covers({"USTP-JSN-056", "USTP-JSN-042"});
  const auto signer = new_signer(), other = new_signer(), ed25519 = new_signer(Algorithm::kEd25519);
  const auto good = seal_json_hello(hello(), *signer).value();
  const auto header = header_of(good);
  const auto refused = [&](const std::string& text) {
    const auto heard = receive_json_hello(of_header(text, *signer), only(*signer));
    return heard ? Code{} : heard.error().code;
  };
  CHECK(refused(header) == Code{});
  CHECK(refused(replaced(header, "ustp-hello+jws", "ustp+jws")) == Code::json_fixed);
  CHECK(refused(replaced(header, "ES256", "none")) == Code::jws_algorithm);
  CHECK(refused(replaced(header, R"("channel":0,)", "")) == Code::missing_field);
  CHECK(refused(replaced(header, R"("statements":"12",)", "")) == Code::missing_field);
  CHECK(refused(replaced(header, R"("version":"1.0")", R"("version":"1.0","x":1)")) == Code::jws_header);
  CHECK(refused(replaced(header, R"("version":"1.0")", R"("version":"2.0")")) == Code::frame_version);
  CHECK(refused(replaced(header, R"("sequence":"6")", R"("sequence":"0")")) == Code::zero_hash);
  CHECK(refused(replaced(header, R"("sequence":"6")", R"("a":1,"sequence":"6")")) == Code::json_not_canonical);
  CHECK(refused(replaced(header, R"("sequence":"6")", R"("sequence":"6","z":1)")) == Code::unknown_field);
  CHECK(refused(replaced(header, R"("sequence":"6")", R"("sequence":6)")) == Code::json_type);
  CHECK(refused("{}") == Code::missing_field);
  CHECK(receive_json_hello(of_header(header, *signer, R"({"a":1})"), only(*signer)).error().code == Code::json_fixed);
  CHECK(receive_json_hello(of_header(header, *other), only(*signer)).error().code == Code::bad_signature);
  CHECK(receive_json_hello(good, only(*other)).error().code == Code::unknown_key);
  CHECK(receive_json_hello(good + std::string(4000, 'A'), only(*signer)).error().code == Code::too_long);
  CHECK(receive_json_hello("hello", only(*signer)).error().code == Code::jws_form);
  CHECK(seal_json_hello(hello(), *ed25519).error().code == Code::bad_key);
}

TEST_CASE("a signed message is no hello and a hello no signed message") {
  ustp::test::covers("USTP-JSN-056");
  const auto signer = new_signer();
  JsonHeader header;
  header.sender = GatewayId::literal("gw-a");
  header.recipient = GatewayId::literal("gw-b");
  header.sequence = 1;
  const auto message = seal_json(header, as_bytes("{}"), *signer).value();
  CHECK(receive_json_hello(message, only(*signer)).error().code == Code::json_fixed);
  CHECK(parse_json_signed(seal_json_hello(hello(), *signer).value()).error().code == Code::too_long);
}

TEST_CASE("acknowledgement and count have one spelling, and nothing else is read") {
  ustp::test::covers("USTP-JSN-057");
  const Ack ack{3, {6, samples::id<Hash256>(1)}};
  const auto text = encode_json_ack(ack);
  CHECK(text == R"({"channel":3,"received":{"hash":")" + ack.received.hash.hex() + R"(","sequence":"6"}})");
  CHECK(*parse_json_ack(as_bytes(text)) == ack);
  const auto refused = [&](std::string_view bad) { return parse_json_ack(as_bytes(bad)).error().code; };
  CHECK(refused(replaced(text, R"("channel":3,)", "")) == Code::missing_field);
  CHECK(refused(replaced(text, R"({"channel")", R"({"a":1,"channel")")) == Code::unknown_field);
  CHECK(refused(replaced(text, R"("6")", "6")) == Code::json_type);
  CHECK(refused(text + " ") != Code{});
  CHECK(encode_statement_count(12) == R"({"statements":"12"})");
  CHECK(*parse_statement_count(as_bytes(R"({"statements":"12"})")) == 12);
  CHECK(parse_statement_count(as_bytes(R"({"statements":12})")).error().code == Code::json_type);
  CHECK(parse_statement_count(as_bytes("{}")).error().code == Code::missing_field);
}
