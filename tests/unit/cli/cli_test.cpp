// The `ustp` binary as a process: exit codes and output are its interface.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "gateway/engine/evidence.hpp"
#include "gateway/journal/sqlite_journal.hpp"
#include "tests/support/world.hpp"
#include "tests/unit/cli/process.hpp"
#include "tests/unit/journal/harness.hpp"

using namespace ustp;
using test::Finished;
using test::has;
using test::TemporaryFolder;
using test::ustp_run;

namespace {

const char* kBodies = R"([
  {"kind":"participant","participant":"bank-a","lei":"213800KUD8LAJWSQ9D15","name":"Bank A","gateway":"gw-a"},
  {"kind":"ledger","profile":{"id":"csd-1","kind":"csd","model":"book_entry","gateway":"gw-a","finality_rule":"confirmed",
    "evidence":"csd_confirmation","custody_account":"BACKING"}},
  {"kind":"account","account":{"ledger":"csd-1","id":"1234","participant":"bank-a"}}])";

// An authority with a key and a log folder.
struct Authority {
  TemporaryFolder folder;
  std::string key = folder / "authority.pem", log = folder / "log";
  Authority() { REQUIRE(ustp_run({"keys", "new", "--out", key}).code == 0); }

  Finished sign(const std::string& json) {
    return ustp_run({"statement", "sign", "--key", key, "--authority", "association", "--log", log, "-"}, json);
  }
  Finished verify(const std::string& authority = "association") {
    return ustp_run(
        {"statement", "verify", "--log", log, "--authority", authority, "--authority-key", key + ".pub.pem"});
  }
  std::ptrdiff_t files() const {
    if (!std::filesystem::exists(log)) return 0;
    return std::distance(std::filesystem::directory_iterator(log), std::filesystem::directory_iterator());
  }
};

}  // namespace

TEST_CASE("help and version are answered, wrong use gives 2") {
  const auto version = ustp_run({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("ustp "));
  CHECK(ustp_run({"--help"}).code == 0);
  for (const auto& command : {std::vector<std::string>{"keys", "new"},
                              {"keys", "inspect"},
                              {"id", "check"},
                              {"statement", "sign"},
                              {"statement", "show"},
                              {"statement", "verify"},
                              {"journal", "verify"},
                              {"journal", "dump"},
                              {"verify"},
                              {"evidence", "show"},
                              {"msg", "decode"},
                              {"msg", "verify"},
                              {"msg", "sign"},
                              {"token", "check"},
                              {"vectors", "run"},
                              {"config", "check"},
                              {"crypto", "wycheproof"}}) {
    auto help = command;
    help.push_back("--help");
    const auto shown = ustp_run(help);
    CAPTURE(shown.out);
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "Example: ustp " + command[0]));
    CHECK(ustp_run(command).code == 2);
  }
  CHECK(ustp_run({}).code == 2);
  CHECK(ustp_run({"nonsense"}).code == 2);
}

TEST_CASE("a new key is for its owner alone, is never overwritten, and both halves show one key id") {
  const TemporaryFolder folder;
  for (const auto& [name, shown] : {std::pair{"es256", "ES256"}, std::pair{"ed25519", "EdDSA"}}) {
    const auto file = folder / name;
    const auto made = ustp_run({"keys", "new", "--algorithm", name, "--out", file});
    REQUIRE(made.code == 0);
    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto secret = ustp_run({"keys", "inspect", file}), open = ustp_run({"keys", "inspect", file + ".pub.pem"});
    CHECK(secret.code == 0);
    CHECK(secret.out == open.out);
    CHECK(has(secret.out, std::string("algorithm ") + shown));
    CHECK(has(secret.out, "key_id " + made.out));
    CHECK(has(test::read_text(file), "BEGIN PRIVATE KEY"));
    const auto before = test::read_text(file);
    CHECK(ustp_run({"keys", "new", "--out", file}).code == 2);
    CHECK(test::read_text(file) == before);
  }
  CHECK(ustp_run({"keys", "inspect", folder / "absent"}).code == 2);
  CHECK(ustp_run({"keys", "new", "--algorithm", "rsa", "--out", folder / "x"}).code == 2);
}

TEST_CASE("identifiers are checked one a line, and one wrong value gives 1") {
  const auto both = ustp_run({"id", "check", "isin", "US0378331005", "US0378331006"});
  CHECK(both.code == 1);
  CHECK(both.out == "ok US0378331005\nFAILED US0378331006 invalid_isin: not an ISO 6166 ISIN (check digit)\n");
  CHECK(ustp_run({"id", "check", "lei", "213800KUD8LAJWSQ9D15"}).code == 0);
  CHECK(ustp_run({"id", "check", "mic", "XFRA"}).code == 0);
  CHECK(ustp_run({"id", "check", "cusip", "037833100"}).code == 2);
}

TEST_CASE("statements are signed into a log that continues and verifies") {
  Authority a;
  const auto first = a.sign(kBodies);
  CAPTURE(first.err);
  REQUIRE(first.code == 0);
  CHECK(first.out.starts_with("000001.stm "));
  CHECK(a.files() == 3);
  const auto more = a.sign(R"({"kind":"account","account":{"ledger":"csd-1","id":"5678","participant":"bank-a"}})");
  REQUIRE(more.code == 0);
  CHECK(more.out.starts_with("000004.stm "));
  const auto verified = a.verify();
  CHECK(verified.code == 0);
  CHECK(has(verified.out, "ok: 4 statements"));
  CHECK(has(verified.out, "1 participants, 1 ledgers, 0 instruments, 2 accounts"));
  const auto shown = ustp_run({"statement", "show", a.log + "/000004.stm"});
  REQUIRE(shown.code == 0);
  const auto json = nlohmann::json::parse(shown.out);
  CHECK(json.at("sequence") == 4);
  CHECK(json.at("authority") == "association");
  CHECK(json.at("account").at("id") == "5678");
}

TEST_CASE("what the registry refuses is not written, and neither is anything before it") {
  Authority a;
  // The second one names a ledger that nobody described.
  const auto refused = a.sign(R"([{"kind":"participant","participant":"bank-a","gateway":"gw-a"},
    {"kind":"account","account":{"ledger":"nowhere","id":"1","participant":"bank-a"}}])");
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "statement_invalid"));
  CHECK(a.files() == 0);
  const auto unknown = a.sign(R"([{"kind":"participant","participant":"bank-a","gatway":"gw-a"}])");
  CHECK(unknown.code == 1);
  CHECK(has(unknown.err, "entry 0: /gatway"));
  CHECK(a.sign("{").code == 1);
  CHECK(a.files() == 0);
}

TEST_CASE("a log that was touched does not verify and is not continued") {
  Authority a;
  REQUIRE(a.sign(kBodies).code == 0);
  CHECK(a.verify("another").code == 1);
  SUBCASE("an octet changed") {
    auto frame = test::read_text(a.log + "/000002.stm");
    frame[frame.size() / 2] = static_cast<char>(frame[frame.size() / 2] ^ 1);
    test::write_text(a.log + "/000002.stm", frame);
  }
  SUBCASE("a statement missing") {
    std::filesystem::remove(a.log + "/000002.stm");
  }
  SUBCASE("a statement repeated") {
    std::filesystem::copy(a.log + "/000003.stm", a.log + "/000004.stm");
  }
  const auto verified = a.verify();
  CAPTURE(verified.err);
  CHECK(verified.code == 1);
  CHECK(has(verified.err, "00000"));
  const auto before = a.files();
  CHECK(a.sign(R"({"kind":"participant","participant":"bank-b"})").code == 1);
  CHECK(a.files() == before);
}

TEST_CASE("a journal verifies, dumps, and is damaged when a block was") {
  const gateway::test::TempDirectory folder;
  const auto file = folder.file().string();
  {
    gateway::SqliteJournalOptions options;
    options.path = folder.file();
    const auto journal = gateway::make_sqlite_journal(options);
    const auto head = journal->open();
    REQUIRE(head.has_value());
    gateway::test::WaitingSink sink;
    REQUIRE(journal->start(sink).has_value());
    for (std::uint64_t i = 1; i <= 3; ++i) journal->submit(gateway::test::block_at(*head, i));
    REQUIRE(sink.wait_durable(3));
    journal->stop();
  }
  const auto intact = ustp_run({"journal", "verify", file});
  CHECK(intact.code == 0);
  CHECK(has(intact.out, "intact: position 3"));
  const auto dump = ustp_run({"journal", "dump", file, "--from", "2"});
  CHECK(dump.code == 0);
  CHECK(std::count(dump.out.begin(), dump.out.end(), '\n') == 2);
  CHECK(dump.out.starts_with("2 "));
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "UPDATE block SET octets = zeroblob(length(octets)) WHERE position = 2", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  sqlite3_close(db);
  const auto damaged = ustp_run({"journal", "verify", file});
  CHECK(damaged.code == 1);
  CHECK(has(damaged.err, "journal_damaged"));
  CHECK(ustp_run({"journal", "verify", file + ".absent"}).code == 2);
}

TEST_CASE("a bundle is judged check by check, and what is no bundle is wrong use") {
  test::World world(31);
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
  REQUIRE(view.has_value());
  world.settle();
  auto& node = world.csd();
  const auto read = [&](std::uint64_t position) -> Result<gateway::Block> { return node.journal.at(position - 1); };
  const auto bundle = gateway::collect_evidence(view->id, node.id, node.core->registry().log(),
                                                node.core->blocks_of(view->id).value(), read, world.now());
  REQUIRE(bundle.has_value());
  const auto sealed = wire::seal_bundle(*bundle, *node.signer).value();

  const TemporaryFolder folder;
  const auto file = folder / "transfer.bundle", key = folder / "authority.pem";
  test::write_text(file, std::string(as_text(sealed)));
  test::write_text(key, crypto::spki_to_pem(world.authority_key()->spki()));
  const auto verify = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"verify", file, "--authority", "association", "--authority-key", key};
    words.insert(words.end(), more.begin(), more.end());
    return ustp_run(words);
  };
  // The fake ledgers' evidence convinces nobody; everything else of the bundle does.
  const auto report = verify();
  CAPTURE(report.out);
  CHECK(report.code == 1);
  CHECK(has(report.out, "ok      seal"));
  CHECK(has(report.out, "FAILED  evidence"));
  CHECK(has(report.out, "INVALID: transfer " + view->id.hex() + " committed, exported by gw-csd"));
  const auto json = nlohmann::json::parse(verify({"--json"}).out);
  CHECK(json.at("valid") == false);
  CHECK(json.at("outcome") == "committed");
  CHECK(json.at("checks").size() > 20);
  auto flipped = sealed;
  flipped[flipped.size() / 2] ^= 1;
  test::write_text(file, std::string(as_text(flipped)));
  CHECK_FALSE(has(verify().out, "ok      seal"));
  test::write_text(file, "no bundle");
  CHECK(verify().code == 2);
}

TEST_CASE("a Wycheproof file is run case by case, and a deviation gives 1") {
  const TemporaryFolder folder;
  const auto key = crypto::generate_key(crypto::Algorithm::kEd25519).value();
  const auto signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  const auto message = as_bytes("message");
  const auto signature = to_hex(signer->sign(message).value());
  const auto file_with = [&](const char* verdict) {
    const nlohmann::json test = {
        {"tcId", 1}, {"comment", "one"}, {"msg", to_hex(message)}, {"sig", signature}, {"result", verdict}};
    const nlohmann::json group = {{"type", "EddsaVerify"},
                                  {"publicKey", {{"curve", "edwards25519"}}},
                                  {"publicKeyDer", to_hex(key.spki)},
                                  {"tests", {test}}};
    const auto path = folder / (std::string(verdict) + ".json");
    test::write_text(
        path,
        nlohmann::json({{"testGroups", {group, {{"type", "RsaVerify"}, {"tests", nlohmann::json::array()}}}}}).dump());
    return path;
  };
  const auto right = ustp_run({"crypto", "wycheproof", file_with("valid")});
  CHECK(right.code == 0);
  CHECK(right.out ==
        "ok      tcId 1 valid, accepted: one\n1 cases, 0 deviations, 1 groups of other algorithms skipped\n");
  const auto wrong = ustp_run({"crypto", "wycheproof", file_with("invalid")});
  CHECK(wrong.code == 1);
  CHECK(has(wrong.out, "FAILED  tcId 1"));
  test::write_text(folder / "none.json", "[]");
  CHECK(ustp_run({"crypto", "wycheproof", folder / "none.json"}).code == 2);
}
