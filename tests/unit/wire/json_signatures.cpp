#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "samples.hpp"
#include "tests/support/requirement.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

using namespace ustp;
using namespace ustp::wire;
using crypto::Algorithm;

namespace {

std::unique_ptr<crypto::Signer> new_signer(Algorithm algorithm) {
  const auto key = crypto::generate_key(algorithm).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}
KeyLookup only(const crypto::Signer& signer) {
  const auto verifier = crypto::make_verifier(signer.spki()).value();
  return [verifier](const GatewayId& gateway, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    if (gateway.str() != "gw-a" || id != verifier->key_id()) return Error{Code::unknown_key, id.hex()};
    return verifier;
  };
}
JsonHeader header(std::uint64_t sequence, const Hash256& previous) {
  JsonHeader h;
  h.sender = GatewayId::literal("gw-a");
  h.recipient = GatewayId::literal("gw-b");
  h.sequence = sequence;
  h.previous = previous;
  h.time = {1'800'000'000'000'000'000};
  return h;
}
const Bytes& message() {
  static const Bytes kOctets = encode_json(samples::all(true)[6]).value();
  return kOctets;
}
ChannelExpectation expected(ChannelHead head = {}) {
  return {GatewayId::literal("gw-a"), GatewayId::literal("gw-b"), 0, head};
}

}  // namespace

TEST_CASE("a chain of signed messages is taken one after the other") {
  ustp::test::covers({"USTP-JSN-040", "USTP-JSN-043", "USTP-JSN-044"});
  const auto signer = new_signer(Algorithm::kEs256);
  ChannelHead head;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const auto jws = seal_json(header(i, head.hash), message(), *signer).value();
    const auto held = receive_json(jws, expected(head), only(*signer));
    REQUIRE(held.has_value());
    CHECK(held->message == message());
    CHECK(held->header.key == signer->key_id());
    CHECK(decode_json(held->message).has_value());
    head = {i, held->signed_hash};
    CHECK(receive_json(jws, expected(head), only(*signer)).error().code == Code::sequence_replayed);
  }
  const auto gap = seal_json(header(5, head.hash), message(), *signer).value();
  CHECK(receive_json(gap, expected(head), only(*signer)).error().code == Code::sequence_gap);
}

TEST_CASE("a message sent again under another sequence has another signature and the same hash") {
  ustp::test::covers("USTP-JSN-030");
  const auto signer = new_signer(Algorithm::kEs256);
  const auto first = parse_json_signed(seal_json(header(1, {}), message(), *signer).value()).value();
  const auto second = parse_json_signed(seal_json(header(2, first.signed_hash), message(), *signer).value()).value();
  CHECK(message_hash(first.message) == message_hash(second.message));
  CHECK(first.signed_hash != second.signed_hash);
}

TEST_CASE("another signature over the same octets is a repetition; other octets at one sequence are an equivocation") {
  ustp::test::covers("USTP-JSN-045");
  const auto signer = new_signer(Algorithm::kEs256);
  const auto jws = seal_json(header(1, {}), message(), *signer).value();
  const auto again = seal_json(header(1, {}), message(), *signer).value();
  const auto other = seal_json(header(1, {}), encode_json(samples::all(true)[5]).value(), *signer).value();
  const ChannelHead head{1, parse_json_signed(jws)->signed_hash};
  CHECK(receive_json(again, expected(head), only(*signer)).error().code == Code::sequence_replayed);
  CHECK(receive_json(other, expected(head), only(*signer)).error().code == Code::equivocation);
}

TEST_CASE("only keys of P-256 sign JSON messages, and only such are taken") {
  ustp::test::covers("USTP-JSN-042");
  const auto ed25519 = new_signer(Algorithm::kEd25519), es256 = new_signer(Algorithm::kEs256);
  CHECK(seal_json(header(1, {}), message(), *ed25519).error().code == Code::bad_key);
  JsonHeader h = header(1, {});
  h.key = ed25519->key_id();
  const std::string input = to_base64url(json_header_octets(h)) + '.' + to_base64url(message());
  const std::string jws = input + '.' + to_base64url(ed25519->sign(as_bytes(input)).value());
  CHECK(receive_json(jws, expected(), only(*ed25519)).error().code == Code::bad_key);
  CHECK(receive_json(jws, expected(), only(*es256)).error().code == Code::unknown_key);
}

TEST_CASE("no octet of a signed message can change unnoticed") {
  ustp::test::covers({"USTP-JSN-040", "USTP-JSN-041", "USTP-JSN-042"});
  const auto signer = new_signer(Algorithm::kEs256);
  const auto good = seal_json(header(1, {}), message(), *signer).value();
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t i = 0; i < good.size(); ++i) {
    CAPTURE(i);
    std::string bad = good;
    const auto at = alphabet.find(good[i]);
    bad[i] = at == std::string::npos ? 'A' : alphabet[at ^ 1];
    CHECK_FALSE(receive_json(bad, expected(), only(*signer)).has_value());
    CHECK_FALSE(receive_json(std::string(good).erase(i, 1), expected(), only(*signer)).has_value());
  }
}

TEST_CASE("a header has the longest ids in the octets that a proof has room for") {
  ustp::test::covers({"USTP-JSN-032", "USTP-JSN-040"});
  JsonHeader h = header(UINT64_MAX, samples::id<Hash256>(1));
  h.version_minor = UINT16_MAX;
  h.sender = GatewayId::literal(std::string(64, 'a'));
  h.recipient = GatewayId::literal(std::string(64, 'b'));
  h.channel = UINT32_MAX;
  h.time = {INT64_MIN};
  const Bytes octets = json_header_octets(h);
  CHECK(octets.size() <= 512);
  CHECK(parse_json_header(octets).value() == h);
}

TEST_CASE("a signed JSON message is provable alone, and put together again it is what was sent") {
  ustp::test::covers({"USTP-JSN-032", "USTP-JSN-033"});
  const auto signer = new_signer(Algorithm::kEs256);
  const auto jws = seal_json(header(1, {}), message(), *signer).value();
  const ProvenMessage proven = proven_json(parse_json_signed(jws).value());
  CHECK(json_compact(proven) == jws);
  const auto shown = verify_proven(proven, only(*signer));
  REQUIRE(shown.has_value());
  CHECK(shown->sender.str() == "gw-a");
  CHECK(shown->sequence == 1);
  CHECK(decode_proven(proven).value() == decode_json(message()).value());
  ProvenMessage changed = proven;
  changed.octets.back() ^= 1;
  CHECK(verify_proven(changed, only(*signer)).error().code == Code::bad_signature);
  changed = proven;
  changed.proof.count = 2;
  CHECK(verify_proven(changed, only(*signer)).error().code == Code::bad_proof);
}

TEST_CASE("no signature that Wycheproof has for JOSE passes for one of ours") {
  ustp::test::covers({"USTP-JSN-041", "USTP-JSN-042"});
  const std::string path = USTP_SOURCE_DIR "/../shared/data/wycheproof/json_web_signature_test.json";
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    MESSAGE("SKIPPED wycheproof json_web_signature: no vectors at hand");
    return;
  }
  const auto signer = new_signer(Algorithm::kEs256);
  std::size_t cases = 0;
  const auto file = nlohmann::json::parse(in);
  for (const auto& group : file.at("testGroups"))
    for (const auto& one : group.at("tests")) {
      const auto& jws = one.at("jws");
      CAPTURE(one.at("tcId").get<int>());
      const auto text = jws.is_string() ? jws.get<std::string>() : jws.dump();
      CHECK_FALSE(receive_json(text, expected(), only(*signer)).has_value());
      ++cases;
    }
  CHECK(cases > 300);
}
