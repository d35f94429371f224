#include <doctest/doctest.h>

#include "samples.hpp"
#include "sdk/src/wire/json_text.hpp"
#include "tests/support/requirement.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

using namespace ustp;
using namespace ustp::wire;

namespace {

std::vector<Message> all_in_json(bool full) {
  auto messages = samples::all(full);
  for (Message& m : messages)
    if (auto* proposal = std::get_if<TransferProposal>(&m.body)) proposal->encoding = kJsonEncoding;
  return messages;
}
Message in_json(MessageType type) { return all_in_json(true)[static_cast<std::size_t>(type) - 1]; }
std::string text_of(const Message& m) { return std::string(as_text(encode_json(m).value())); }
Error refused(const std::string& text) {
  const auto message = decode_json(as_bytes(text));
  return message ? Error{} : message.error();
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
Result<json::Node> parsed(const std::string& text) { return json::parse(as_bytes(text), {.octets = 4096}); }

}  // namespace

TEST_CASE("every message type comes back from JSON as it was, and every octet is the one way to write it") {
  ustp::test::covers({"USTP-JSN-001", "USTP-JSN-012", "USTP-JSN-020"});
  for (const bool full : {false, true}) {
    for (const Message& m : all_in_json(full)) {
      CAPTURE(to_string(m.type()));
      const auto octets = encode_json(m);
      if (!octets) FAIL(to_string(octets.error()));
      const auto back = decode_json(*octets);
      if (!back) FAIL(to_string(back.error()));
      CHECK(*back == m);
      CHECK(*encode_json(*back) == *octets);
    }
  }
}

TEST_CASE("twins say the same: equal terms, equal commitments, other octets") {
  ustp::test::covers({"USTP-JSN-020", "USTP-JSN-030", "USTP-JSN-031"});
  const Message twin = samples::all(true).front();
  const Message message = in_json(MessageType::kTransferProposal);
  const auto ours = std::get<TransferProposal>(decode_json(encode_json(message).value())->body);
  const auto theirs = std::get<TransferProposal>(decode(encode(twin))->body);
  CHECK(claim_hash(ours.terms) == claim_hash(theirs.terms));
  CHECK(leg_commitment(ours.terms, ours.leg_salt) == leg_commitment(theirs.terms, theirs.leg_salt));
  CHECK(message_hash(encode_json(message).value()) != message_hash(encode(twin)));
}

TEST_CASE("a refusal names the place: a pointer where a value is wrong, an octet where the text is") {
  ustp::test::covers({"USTP-JSN-010", "USTP-JSN-017"});
  const std::string proposal = text_of(in_json(MessageType::kTransferProposal));
  const auto place = [](const Error& e) { return e.detail.substr(0, e.detail.find(':')); };
  const auto wrong = [&](const char* from, const char* to) { return refused(replaced(proposal, from, to)); };
  CHECK(place(wrong("\"acquired\":\"2024-02-29\"",
        "\"acquired\":\"2024-02-30\"")) == "/transferInitClaim/lots/1/acquired");
  CHECK(place(wrong("\"reference\":\"TRADE-0001\"", "\"reference\":7")) == "/transferInitClaim/reference");
  CHECK(place(wrong("\"quantity\":\"400\"", "\"quantity\":400.5")) == "/transferInitClaim/lots/0/quantity");
  CHECK(place(wrong("\"quantity\":\"400\"",
        "\"quantity\":\"400\",\"quantity\":\"1\"")) == "/transferInitClaim/lots/0/quantity");
  CHECK(place(wrong("\"EdDSA\"", "\"HS256\"")) ==
        "/gatewayAndNetworkCapabilities/gatewaySupportedSignatureAlgorithms/0");
  CHECK(place(wrong("\"version\":\"1.0\"", "\"version\":\"1.0\",\"x/y~z\":1")) == "/x~1y~0z");
  CHECK(place(refused(proposal + " ")) == "octet " + std::to_string(proposal.size()));
  CHECK(place(wrong("US-NY", "US\xffNY")) == "octet " + std::to_string(proposal.find("US-NY") + 2));
  // What a stranger sent is shown escaped, bounded and printable.
  const Error strange = refused(replaced(proposal, "\"version\"", "\"" + std::string(500, 'y') + "\":1,\"version\""));
  CHECK(strange.detail.size() < 100);
}

TEST_CASE("what this encoding has no form for is not written") {
  ustp::test::covers({"USTP-JSN-013", "USTP-JSN-022", "USTP-JSN-024"});
  Message m = in_json(MessageType::kTransferProposal);
  auto& proposal = std::get<TransferProposal>(m.body);
  proposal.terms.governing_law = "\xef\xbf\xbe";
  CHECK(encode_json(m).error().code == Code::invalid_character);
  CHECK(encode_json(m).error().detail.starts_with("/transferInitClaim/governingLaw"));
  proposal.terms.governing_law = "US-NY";
  proposal.encoding = kFlatBuffersEncoding;
  CHECK(encode_json(m).error().code == Code::unknown_tag);
  m = in_json(MessageType::kCommitPrepare);
  m.extensions.assign(16, {"x", false, Bytes(4096)});
  CHECK(encode_json(m).error().code == Code::too_long);
  m = in_json(MessageType::kMoveNotice);
  std::get<MoveNotice>(m.body).proposal.batch_header = {'{', '}'};
  CHECK(encode_json(m).error().code == Code::malformed_text);
}

TEST_CASE("a move notice holds messages of either encoding, each in its own form") {
  ustp::test::covers("USTP-JSN-024");
  Message m = in_json(MessageType::kMoveNotice);
  auto& notice = std::get<MoveNotice>(m.body);
  notice.proposal = {{1, 2, 3}, {}, {0, 1, {}}, {'{', '}'}, Bytes(64, 6)};
  const std::string text = text_of(m);
  CHECK(text.find("\"proposal\":\"e30.AQID.BgYG") != std::string::npos);
  CHECK(text.find("\"commitFinal\":{") != std::string::npos);
  CHECK(decode_json(as_bytes(text)).value() == m);
  // As an object the same proof would have two spellings.
  CHECK(refused(replaced(text, "\"batchHeader\":\"BAU\"", "\"batchHeader\":\"e30\"")).code == Code::jws_form);
  CHECK(decode_json(encode_json(m).value()).value() == decode(encode(m)).value());
}

TEST_CASE("a move notice may be longer than any other message, and no longer than twice what it carries") {
  ustp::test::covers("USTP-JSN-011");
  Message m = in_json(MessageType::kMoveNotice);
  auto& notice = std::get<MoveNotice>(m.body);
  for (auto* proven : {&notice.proposal, &notice.commit_final})
    *proven = {Bytes(64u << 10, 7), {}, {0, 1, {}}, Bytes(512, '{'), Bytes(64, 6)};
  const auto octets = encode_json(m);
  REQUIRE(octets.has_value());
  CHECK(octets->size() > kMaxJsonMessage);
  CHECK(decode_json(*octets).value() == m);
}

TEST_CASE("the canonical form is that of RFC 8785") {
  ustp::test::covers("USTP-JSN-012");
  // Section 3.2.3: names in the order of UTF-16 code units, so a character beyond U+FFFF stands before U+FB33.
  json::Node object = json::Node::object();
  std::uint64_t n = 0;
  for (const char* name : {"\xe2\x82\xac", "\r", "\xef\xac\xb3", "1", "\xf0\x9f\x98\x82", "\xc2\x80", "\xc3\xb6"})
    object.add(name, json::Node::of(++n));
  CHECK(json::canonical(object) ==
        "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,\"\xf0\x9f\x98\x82\":5,\"\xef\xac\xb3\":3}");
  // Section 3.2.2.2: the short escapes, \u00xx in lower case, everything else as it is.
  const json::Node text = json::Node::of(std::string_view("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/\x7f"));
  CHECK(json::canonical(text) == "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7f\"");
  CHECK(parsed("{\"a\":[],\"b\":{},\"c\":[true,false,null,0,9007199254740991]}").has_value());
}

TEST_CASE("depth, members and entries end at their bounds and not before") {
  ustp::test::covers("USTP-JSN-011");
  const auto nested = [](std::size_t lists) {
    return "{\"a\":" + std::string(lists, '[') + std::string(lists, ']') + "}";
  };
  CHECK(parsed(nested(7)).has_value());
  CHECK(parsed(nested(8)).error().code == Code::nesting_too_deep);
  CHECK(parsed("{\"a\":" + std::string(3000, '[')).error().code == Code::nesting_too_deep);
  const auto members = [](int count) {
    std::string out = "{";
    for (int i = 0; i < count; ++i) out += (i ? ",\"" : "\"") + std::string(1, static_cast<char>('0' + i)) + "\":0";
    return out + "}";
  };
  CHECK(parsed(replaced(members(64), "\"\\\"", "\"\\\\\"")).has_value());
  CHECK(parsed(replaced(members(65), "\"\\\"", "\"\\\\\"")).error().code == Code::too_long);
  const auto entries = [](int count) {
    std::string out = "{\"a\":[0";
    for (int i = 1; i < count; ++i) out += ",0";
    return out + "]}";
  };
  CHECK(parsed(entries(128)).has_value());
  CHECK(parsed(entries(129)).error().code == Code::too_long);
  CHECK(json::parse(as_bytes("{}"), {.octets = 1}).error().code == Code::too_long);
}
