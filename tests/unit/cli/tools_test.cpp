// Commands of `ustp` that look at what others made: messages, frames, bundles, vectors, terms, configurations.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/requirement.hpp"
#include "tests/unit/cli/process.hpp"
#include "ustp/base/bytes.hpp"

using namespace ustp;
using nlohmann::json;
using test::Finished;
using test::has;
using test::TemporaryFolder;
using test::ustp_run;

namespace {

const std::string kVectors = std::string(USTP_SOURCE_DIR) + "/spec/vectors/";

// Octets of a vector: a hexadecimal text, or texts and pairs [octet, times].
std::string octets(const json& parts) {
  if (parts.is_string()) return std::string(as_text(from_hex(parts.get<std::string>()).value()));
  std::string out;
  for (const auto& part : parts)
    for (int i = part.is_string() ? 1 : part[1].get<int>(); i > 0; --i) out += octets(part.is_string() ? part : part[0]);
  return out;
}
json first_valid(const std::string& file, const std::string& kind) {
  const auto vectors = json::parse(test::read_text(kVectors + file)).at("vectors");
  for (const auto& one : vectors)
    if (one.at("kind") == kind && one.at("valid")) return one;
  FAIL("no valid vector of " << kind);
  return {};
}

struct Key {
  explicit Key(const TemporaryFolder& folder, const std::string& name = "key.pem") : file(folder / name) {
    REQUIRE(ustp_run({"keys", "new", "--out", file}).code == 0);
  }
  std::string file;
  std::string open() const { return file + ".pub.pem"; }
};

}  // namespace

TEST_CASE("a message of the vectors is decoded to what they say, and a flawed one names its code") {
  const TemporaryFolder folder;
  const auto vector = first_valid("messages.json", "message");
  const auto file = folder / "message";
  test::write_text(file, octets(vector["input"]["octets"]));
  const auto shown = ustp_run({"msg", "decode", file});
  CAPTURE(shown.err);
  REQUIRE(shown.code == 0);
  const auto told = json::parse(shown.out);
  CHECK(told["hash"] == vector["output"]["hash"]);
  CHECK(told["message"] == vector["output"]["message"]);
  test::write_text(file, test::read_text(file) + "x");
  const auto refused = ustp_run({"msg", "decode", file});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "buffer_"));
  CHECK(ustp_run({"msg", "decode", folder / "absent"}).code == 2);
  CHECK(ustp_run({"msg", "decode", "--hex", "-"}, "xyz").code == 2);
}

TEST_CASE("a message goes into JSON and back to the same octets") {
  ustp::test::covers("USTP-JSN-020");
  const TemporaryFolder folder;
  std::size_t moved = 0;
  const auto file = json::parse(test::read_text(kVectors + "messages.json"));
  for (const auto& vector : file.at("vectors")) {
    if (!vector["valid"].get<bool>() || vector["kind"] != "message" || moved == 3) continue;
    const auto name = folder / std::to_string(moved);
    test::write_text(name, octets(vector["input"]["octets"]));
    const auto there = ustp_run({"msg", "encode", name, "--out", name + ".json"});
    CAPTURE(there.err);
    REQUIRE(there.code == 0);
    CHECK(ustp_run({"msg", "encode", name + ".json", "--out", name + ".back"}).code == 0);
    CHECK(test::read_text(name + ".back") == test::read_text(name));
    ++moved;
  }
  CHECK(moved == 3);
}

TEST_CASE("a JSON message is decoded, signed as a JWS and verified; a flaw is named with its code and its place") {
  ustp::test::covers({"USTP-JSN-042", "USTP-JSN-044"});
  const TemporaryFolder folder;
  const Key key(folder), other(folder, "other.pem");
  const auto vector = first_valid("json-messages.json", "json_message");
  const auto message = folder / "message.json", jws = folder / "message.jws";
  const auto text = vector["input"]["text"].get<std::string>();
  test::write_text(message, text);
  const auto told = json::parse(ustp_run({"msg", "decode", message}).out);
  CHECK(told["message"] == vector["output"]["message"]);
  const auto made = ustp_run({"msg", "sign", "--key", key.file, "--from", "gw-a", "--to", "gw-b", "--out", jws, message});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const auto shown = json::parse(ustp_run({"msg", "decode", jws}).out);
  CHECK(made.out == shown["header_hash"].get<std::string>() + "\n");
  CHECK(shown["messages"][0]["hash"] == vector["output"]["hash"]);
  CHECK(has(ustp_run({"msg", "verify", jws, "--key", key.open()}).out, "verified: message 1 of gw-a to gw-b"));
  CHECK(has(ustp_run({"msg", "verify", jws, "--key", other.open()}).err, "unknown_key"));
  CHECK(ustp_run({"msg", "sign", "--key", key.file, "--from", "gw-a", "--to", "gw-b", "--out", folder / "two", message, message}).code == 1);
  test::write_text(message, text.substr(0, text.size() - 1) + ",\"z\":1}");
  const auto refused = ustp_run({"msg", "decode", message});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "unknown_field"));
  CHECK(has(refused.err, "/z"));
}

TEST_CASE("messages are signed into a batch that verifies under the signer's key alone") {
  const TemporaryFolder folder;
  const Key key(folder), other(folder, "other.pem");
  const auto message = folder / "message", frame = folder / "frame";
  test::write_text(message, octets(first_valid("messages.json", "message")["input"]["octets"]));
  const std::vector<std::string> sign = {"msg", "sign", "--key", key.file, "--from", "gw-a", "--to", "gw-b", "--out"};
  auto first = sign;
  first.insert(first.end(), {frame, message, message});
  const auto made = ustp_run(first);
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const auto decoded = json::parse(ustp_run({"msg", "decode", frame}).out);
  CHECK(decoded["frame"] == "batch");
  CHECK(decoded["header"]["sender"] == "gw-a");
  CHECK(decoded["messages"].size() == 2);
  CHECK(made.out == decoded["header_hash"].get<std::string>() + "\n");
  const auto verified = ustp_run({"msg", "verify", frame, "--key", key.open()});
  CHECK(verified.code == 0);
  CHECK(has(verified.out, "verified: batch 1 of gw-a to gw-b"));
  const auto foreign = ustp_run({"msg", "verify", frame, "--key", other.open()});
  CHECK(foreign.code == 1);
  CHECK(has(foreign.err, "unknown_key"));
  CHECK(has(foreign.err, "what to do: "));
  CHECK(ustp_run({"msg", "verify", frame}).code == 2);
  // The next one names the one before it, and only the first one names none.
  auto next = sign;
  next.insert(next.end(), {folder / "second", message, "--sequence", "2", "--previous", made.out.substr(0, 64)});
  CHECK(ustp_run(next).code == 0);
  auto orphan = sign;
  orphan.insert(orphan.end(), {folder / "third", message, "--sequence", "2"});
  CHECK(ustp_run(orphan).code == 1);
  auto flipped = test::read_text(frame);
  flipped[flipped.size() - 9] = static_cast<char>(flipped[flipped.size() - 9] ^ 1);
  test::write_text(frame, flipped);
  CHECK(ustp_run({"msg", "verify", frame, "--key", key.open()}).code == 1);
}

TEST_CASE("the committed vectors are as they state, and a wrong statement is found") {
  const auto all = ustp_run({"vectors", "run", kVectors + "amounts.json", kVectors + "identifiers.json", "--json"});
  CHECK(all.code == 0);
  const auto told = json::parse(all.out);
  REQUIRE(told.size() == 2);
  CHECK(told[0]["vectors"] > 20);
  CHECK(told[0]["faults"].empty());
  const TemporaryFolder folder;
  auto file = nlohmann::ordered_json::parse(test::read_text(kVectors + "identifiers.json"));  // members have an order
  file["vectors"][0]["valid"] = !file["vectors"][0]["valid"].get<bool>();
  file["vectors"][0]["code"] = "internal";
  test::write_text(folder / "wrong.json", file.dump());
  const auto wrong = ustp_run({"vectors", "run", folder.path()});
  CHECK(wrong.code == 1);
  CHECK(has(wrong.out, "1 not as stated"));
  test::write_text(folder / "wrong.json", R"({"vectors":[7]})");
  CHECK(ustp_run({"vectors", "run", folder.path()}).code == 2);
  test::write_text(folder / "wrong.json", R"({"vectors":[]})");
  CHECK(ustp_run({"vectors", "run", folder.path()}).code == 2);
}

TEST_CASE("a bundle is shown without being believed") {
  const TemporaryFolder folder;
  const auto file = folder / "bundle";
  const auto vector = first_valid("bundles.json", "evidence");
  test::write_text(file, octets(vector["input"]["file"]));
  const auto shown = ustp_run({"evidence", "show", file});
  CAPTURE(shown.err);
  REQUIRE(shown.code == 0);
  CHECK(has(shown.out, "transfer " + vector["output"]["transfer"].get<std::string>()));
  CHECK(has(shown.out, "transfer-proposal-msg"));
  CHECK(has(shown.out, "nothing of this was checked"));
  const auto whole = json::parse(ustp_run({"evidence", "show", file, "--json"}).out);
  CHECK(whole["messages"].size() >= 2);
  CHECK(whole["messages"][0]["message"]["body_type"].is_number());
  CHECK(whole["statements"].size() >= 1);
  const Key key(folder);
  const auto stranger = ustp_run({"evidence", "verify", file, "--authority", "association", "--authority-key", key.open()});
  CHECK(stranger.code == 1);
  CHECK(has(stranger.out, "INVALID"));
  test::write_text(file, octets(first_valid("json-bundles.json", "evidence")["input"]["file"]));
  CHECK(has(ustp_run({"evidence", "show", file}).out, "gw-csd to gw-eth, message 1"));
  test::write_text(file, "no bundle");
  CHECK(ustp_run({"evidence", "show", file}).code == 2);
}

TEST_CASE("a transfer is judged by the statements, every rule that stands against it at once") {
  const TemporaryFolder folder;
  const Key key(folder);
  const auto log = folder / "log";
  const char* bodies = R"([
    {"kind":"participant","participant":"bank-a","lei":"213800KUD8LAJWSQ9D15","name":"Bank A","gateway":"gw-a"},
    {"kind":"participant","participant":"bank-b","lei":"529900T8BM49AURSDO55","name":"Bank B","gateway":"gw-b"},
    {"kind":"ledger","profile":{"id":"csd-1","kind":"csd","model":"book_entry","gateway":"gw-a","finality_rule":"confirmed",
      "evidence":"csd_confirmation","custody_account":"BACKING"}},
    {"kind":"ledger","profile":{"id":"csd-2","kind":"csd","model":"book_entry","gateway":"gw-b","finality_rule":"confirmed",
      "evidence":"csd_confirmation","custody_account":"POOL"}},
    {"kind":"instrument","instrument":{"id":"US0378331005","name":"Share","cfi":"ESVUFR","issuer":"213800KUD8LAJWSQ9D15",
      "authorised":"1000","approved":"1000","issued":"1000","issuer_ledger":"csd-1","home_gateway":"gw-a","representations":[
      {"ledger":"csd-1","kind":"native","ratio":{"token_base_units":1,"security_units":1,"version":1}},
      {"ledger":"csd-2","kind":"backed","backing_account":"BACKING","ratio":{"token_base_units":1,"security_units":1,"version":1}}]}},
    {"kind":"account","account":{"ledger":"csd-1","id":"A1","participant":"bank-a"}},
    {"kind":"account","account":{"ledger":"csd-2","id":"B1","participant":"bank-b"}},
    {"kind":"account","account":{"ledger":"csd-2","id":"B2","participant":"bank-b","status":"blocked"}}])";
  const auto made = ustp_run({"statement", "sign", "--key", key.file, "--authority", "association", "--log", log, "-"}, bodies);
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  const auto check = [&](const std::string& quantity, const std::string& to, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"token", "check", "--log", log, "--authority", "association", "--authority-key", key.open(),
                                      "--instrument", "US0378331005", "--quantity", quantity, "--from-ledger", "csd-1", "--from",
                                      "A1", "--to-ledger", "csd-2", "--to", to};
    words.insert(words.end(), more.begin(), more.end());
    return ustp_run(words);
  };
  const auto fine = check("10", "B1");
  CAPTURE(fine.out);
  CAPTURE(fine.err);
  CHECK(fine.code == 0);
  CHECK(has(fine.out, "allowed"));
  const auto wrong = check("2000", "B2", {"--json"});
  CHECK(wrong.code == 1);
  const auto told = json::parse(wrong.out);
  CHECK(told["allowed"] == false);
  std::vector<std::string> codes;
  for (const auto& finding : told["findings"]) codes.push_back(finding["code"]);
  CHECK(std::count(codes.begin(), codes.end(), "account_blocked") == 1);
  CHECK(std::count(codes.begin(), codes.end(), "quantity_too_large") == 1);
  CHECK(check("10", "B1", {"--participant", "bank-b"}).code == 1);
  CHECK(check("ten", "B1").code == 1);
  CHECK(ustp_run({"token", "check", "--log", log}).code == 2);
}

TEST_CASE("a configuration's problems are told with their place, as text and as JSON") {
  const TemporaryFolder folder;
  const auto file = folder / "gateway.toml";
  test::write_text(file, "[gateway]\nid = \"gw-a\"\nledgr = \"csd-1\"\n");
  const auto told = ustp_run({"config", "check", file});
  CHECK(told.code == 1);
  CHECK(has(told.out, "gateway.toml:3:1: unknown key in [gateway]: 'ledgr'; did you mean 'ledger'?"));
  const auto whole = json::parse(ustp_run({"config", "check", file, "--json"}).out);
  CHECK(whole["ok"] == false);
  CHECK(whole["problems"].size() > 5);
  CHECK(whole["problems"][0]["line"].is_number());
  CHECK(ustp_run({"config", "check", folder / "absent"}).code == 1);
}

TEST_CASE("what programs read has a JSON form") {
  const TemporaryFolder folder;
  const auto made = ustp_run({"keys", "new", "--out", folder / "a.pem", "--json"});
  const auto key = json::parse(made.out);
  const auto seen = json::parse(ustp_run({"keys", "inspect", key["public"], "--json"}).out);
  CHECK(seen["key_id"] == key["key_id"]);
  CHECK(seen["algorithm"] == "ES256");
  const auto ids = ustp_run({"id", "check", "isin", "US0378331005", "US0378331006", "--json"});
  CHECK(ids.code == 1);
  const auto list = json::parse(ids.out);
  CHECK(list[0]["ok"] == true);
  CHECK(list[1]["ok"] == false);
}

TEST_CASE("an error says what can be done about it") {
  const auto absent = ustp_run({"keys", "inspect", "/nowhere/key.pem"});
  CHECK(absent.code == 2);
  CHECK(has(absent.err, "\n      what to do: look at the path"));
}
