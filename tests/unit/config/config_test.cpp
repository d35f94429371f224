#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "gateway/config/config.hpp"
#include "tests/support/test_pki.hpp"
#include "ustp/crypto/crypto.hpp"

using namespace ustp;
using namespace ustp::gateway;
using testing::TestPki;
namespace fs = std::filesystem;

namespace {

const std::string kGood = R"([gateway]
id = "gw-a"
ledger = "csd-1"
data = "data"
authority = "authority"
authority_key = "authority.pem"
statements = "statements"
signing_key = "signing.key"
[tls]
ca = "ca.pem"
certificate = "gw-a.pem"
key = "gw-a.key"
[peer]
listen = "127.0.0.1:7101"
[api]
listen = "127.0.0.1:7102"
[admin]
listen = "127.0.0.1:0"
[ledger]
kind = "csd"
inbox = "inbox"
outbox = "outbox"
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

ConfigOutcome parse(const std::string& text) { return parse_config(text, "gateway.toml", "/etc/ustp"); }

bool says(const ConfigOutcome& outcome, const std::string& what) {
  for (const auto& problem : outcome.problems)
    if (to_string(problem).find(what) != std::string::npos) return true;
  std::string all;
  for (const auto& problem : outcome.problems) all += to_string(problem) + "\n";
  MESSAGE(all);
  return false;
}

// A folder with everything that kGood names.
struct Files {
  Files() {
    for (const char* folder : {"statements", "inbox", "outbox"}) fs::create_directory(pki.folder() / folder);
    pki.gateway("gw-a");
    const auto key = crypto::generate_key(crypto::Algorithm::kEs256);
    REQUIRE(key);
    write("signing.key", std::string(as_text(key->private_pem.view())));
    write("authority.pem", crypto::spki_to_pem(key->spki));
    write("gateway.toml", kGood);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(pki.folder() / name) << text; }
  ConfigOutcome load(Instant now = SystemClock().now()) const { return load_config(pki.folder() / "gateway.toml", now); }
  TestPki pki;
};

}  // namespace

TEST_CASE("a whole file becomes a configuration; relative paths are taken from its folder (USTP-CFG-004)") {
  const auto outcome = parse(kGood + "poll_ms = 7\n[log]\nlevel = \"debug\"\nformat = \"text\"\n[limits]\nopen_transfers = 5\n"
                                     "[timing]\nskew_limit_ms = 1500\n");
  REQUIRE(outcome);
  const auto& config = *outcome.config;
  CHECK(config.id == GatewayId::literal("gw-a"));
  CHECK(config.data == "/etc/ustp/data");
  CHECK(config.tls.ca == "/etc/ustp/ca.pem");
  CHECK(config.peer_listen == "127.0.0.1:7101");
  CHECK(std::get<CsdLedgerConfig>(config.ledger_access).poll == Duration::milliseconds(7));
  CHECK(config.log.level == "debug");
  CHECK_FALSE(config.log.json);
  CHECK(config.limits.open_transfers == 5);
  CHECK(config.timing.skew_limit == Duration::milliseconds(1500));
  CHECK(config.timing.status_retry == Duration::seconds(2));
}

TEST_CASE("each kind of ledger has its own keys") {
  const auto ethereum = parse(with(kGood, "kind = \"csd\"\ninbox = \"inbox\"\noutbox = \"outbox\"",
                                   "kind = \"ethereum\"\nrpc = \"http://127.0.0.1:8545\"\nkey = \"/keys/eth\""));
  REQUIRE(ethereum);
  CHECK(std::get<EthereumLedgerConfig>(ethereum.config->ledger_access).key == "/keys/eth");
  const auto corda = parse(with(kGood, "kind = \"csd\"\ninbox = \"inbox\"\noutbox = \"outbox\"",
                                "kind = \"corda\"\nendpoint = \"127.0.0.1:7401\""));
  REQUIRE(corda);
  CHECK(std::get<CordaLedgerConfig>(corda.config->ledger_access).endpoint == "127.0.0.1:7401");
  CHECK(says(parse(with(kGood, "kind = \"csd\"", "kind = \"corda\"")), "unknown key in [ledger]: 'inbox'"));
}

TEST_CASE("the journal's kind is chosen, and a segment's size belongs to segments") {
  CHECK(parse(kGood).config->journal.segments);
  CHECK_FALSE(parse(kGood + "[journal]\nkind = \"sqlite\"\n").config->journal.segments);
  const auto segments = parse(kGood + "[journal]\nkind = \"segments\"\nsegment_octets = 1048576\n");
  REQUIRE(segments);
  CHECK(segments.config->journal.segments);
  CHECK(segments.config->journal.segment_octets == 1u << 20);
  CHECK(says(parse(kGood + "[journal]\nkind = \"postgres\"\n"),
             "gateway.toml:24:8: journal.kind: must be one of \"segments\" \"sqlite\""));
  CHECK(says(parse(kGood + "[journal]\nsegment_octets = 1048577\n"), "must be a multiple of 4096"));
  CHECK(says(parse(kGood + "[journal]\nkind = \"sqlite\"\nsegment_octets = 1048576\n"), "belongs to the kind segments"));
}

TEST_CASE("how many events are kept, and where the codes are explained") {
  const auto outcome = parse(with(kGood, "[api]", "[api]\ndoc_url = \"https://docs.example/errors.html\"") +
                             "[limits]\nevents_kept = 12\n");
  REQUIRE(outcome);
  CHECK(outcome.config->limits.events_kept == 12);
  CHECK(outcome.config->api_doc_url == "https://docs.example/errors.html");
  CHECK(parse(kGood).config->api_doc_url.empty());
  CHECK(says(parse(kGood + "[limits]\nevents_kept = 0\n"), "limits.events_kept"));
  for (const char* url : {"http://docs.example", "docs.example", "https://docs.example/#x"})
    CHECK(says(parse(with(kGood, "[api]", "[api]\ndoc_url = \"" + std::string(url) + "\"")), "api.doc_url"));
}

TEST_CASE("tokens are taken where keys, issuer and audience are given, all of them") {
  const std::string jwt = "[jwt]\nkeys = \"jwks.json\"\nissuer = \"https://id.example\"\naudience = \"gw-a\"\n";
  CHECK_FALSE(parse(kGood).config->jwt.has_value());
  const auto outcome = parse(kGood + jwt);
  REQUIRE(outcome);
  CHECK(outcome.config->jwt->keys == "/etc/ustp/jwks.json");
  CHECK(outcome.config->jwt->issuer == "https://id.example");
  CHECK(outcome.config->jwt->audience == "gw-a");
  CHECK(outcome.config->jwt->tolerance == Duration::seconds(30));
  CHECK(parse(kGood + jwt + "tolerance_ms = 0\n").config->jwt->tolerance == Duration{});
  CHECK(says(parse(kGood + jwt + "tolerance_ms = 300001\n"), "jwt.tolerance_ms"));
  for (const char* key : {"keys", "issuer", "audience"})
    CHECK(says(parse(kGood + with(jwt, "\n" + std::string(key) + " =", "\nx =")), "jwt." + std::string(key)));
}

TEST_CASE("webhooks are sections of their own, each whole") {
  const std::string hook = "[webhook-desk]\nparticipant = \"bank\"\nurl = \"https://desk.example:8443/in?x=1\"\nsecret = \"s\"\nca = \"c\"\n";
  CHECK(parse(kGood).config->webhooks.empty());
  const auto outcome = parse(kGood + hook + "statuses = [\"completed\", \"aborted\"]\ngive_up_after_s = 60\n" +
                             with(hook, "webhook-desk", "webhook-two"));
  REQUIRE(outcome);
  REQUIRE(outcome.config->webhooks.size() == 2);
  const auto& desk = outcome.config->webhooks[0];
  CHECK(desk.name == "desk");
  CHECK(desk.participant.str() == "bank");
  CHECK(desk.url == "https://desk.example:8443/in?x=1");
  CHECK(desk.secret == "/etc/ustp/s");
  CHECK(desk.ca == "/etc/ustp/c");
  CHECK(desk.statuses == std::vector<std::string>{"completed", "aborted"});
  CHECK(desk.give_up_after == Duration::seconds(60));
  CHECK(outcome.config->webhooks[1].name == "two");
  for (const char* url : {"http://a", "https://", "https:///x", "https://a/#b", "https://user@a/", "a"})
    CHECK(says(parse(kGood + with(hook, "https://desk.example:8443/in?x=1", url)), "webhook-desk.url"));
  for (const char* key : {"participant", "url", "secret", "ca"})
    CHECK(says(parse(kGood + with(hook, "\n" + std::string(key) + " =", "\nx =")), "webhook-desk." + std::string(key)));
  CHECK(says(parse(kGood + with(hook, "desk]", "Desk]")), "webhook's name"));
  CHECK(says(parse(kGood + hook + "statuses = [\"done\"]\n"), "status of no transfer"));
  CHECK(says(parse(kGood + hook + "first_retry_ms = 1000\nlongest_retry_ms = 10\n"), "below first_retry_ms"));
  CHECK(says(parse(kGood + hook + "timeout_ms = 1\n"), "webhook-desk.timeout_ms"));
  std::string many;
  for (int i = 0; i < 33; ++i) many += with(hook, "desk", std::to_string(i));
  CHECK(says(parse(kGood + many), "more than 32"));
}

TEST_CASE("every problem is reported at once, in order, with its place (USTP-CFG-001)") {
  auto text = with(kGood, "id = \"gw-a\"", "id = 7");
  text = with(text, "listen = \"127.0.0.1:7102\"", "listen = \"7102\"");
  text = with(text, "outbox = \"outbox\"", "outbx = \"outbox\"\npoll_ms = 0");
  const auto outcome = parse(text);
  CHECK_FALSE(outcome);
  REQUIRE(outcome.problems.size() == 5);
  CHECK(to_string(outcome.problems[0]) == "gateway.toml:2:6: gateway.id: must be a text");
  CHECK(to_string(outcome.problems[1]) == "gateway.toml:16:10: api.listen: must be HOST:PORT");
  CHECK(says(outcome, "ledger.outbox: is missing"));
  CHECK(says(outcome, "gateway.toml:22:1: unknown key in [ledger]: 'outbx'; did you mean 'outbox'?"));
  CHECK(says(outcome, "ledger.poll_ms: must be from 1 to 60000"));
}

TEST_CASE("what is unknown, outside a section or no TOML is refused (USTP-CFG-002)") {
  CHECK(says(parse(kGood + "[limit]\nopen_transfers = 1\n"), "unknown section 'limit'; did you mean 'limits'?"));
  CHECK(says(parse("id = \"x\"\n" + kGood), "gateway.toml:1:1: 'id' stands outside a section"));
  CHECK(says(parse(kGood + "poll_ms = \n"), "gateway.toml:23:"));
  CHECK(says(parse(kGood + "kind = \"csd\"\n"), "gateway.toml:23:"));  // twice
  CHECK(says(parse(std::string(kMaxConfigOctets + 1, '#')), "longer than"));
  CHECK_FALSE(parse(""));
  CHECK(parse("# Zürich\n" + kGood));
  CHECK(says(parse(with(kGood, "[admin]", "ŏ = 1\n[admin]")), "gateway.toml:17:1: only lines that begin with '#'"));
  CHECK(says(parse(with(kGood, "[admin]", "[*dmin]")), "gateway.toml:17:1: not valid TOML"));  // an assertion of toml++
  CHECK(says(parse(with(kGood, "kind = \"csd\"", "kind = \"xrpl\"")), "must be one of \"csd\" \"ethereum\" \"corda\""));
  CHECK(says(parse(kGood + "[timing]\nskew_limit_ms = 2001\n"), "must be from 1 to 2000"));
  CHECK(says(parse(with(kGood, "id = \"gw-a\"", "id = \"gw a\"")), "gateway.id"));
  CHECK(says(parse(with(kGood, "outbox = \"outbox\"", "outbox = \"./inbox\"")), "is the inbox"));
  CHECK(says(parse(with(kGood, "[api]", "[api]\nparticipants = [1]")), "api.participants: must be a list of texts"));
}

TEST_CASE("files, keys and certificates that fit are accepted, and nothing is written") {
  const Files files;
  const auto outcome = files.load();
  for (const auto& problem : outcome.problems) MESSAGE(to_string(problem));
  CHECK(outcome);
  CHECK_FALSE(fs::exists(files.pki.folder() / "data"));
}

TEST_CASE("missing and wrong files are named with their place") {
  const Files files;
  fs::remove(files.pki.folder() / "statements");
  fs::remove(files.pki.folder() / "authority.pem");
  files.write("signing.key", "no key");
  auto outcome = files.load();
  CHECK_FALSE(outcome);
  CHECK(says(outcome, "gateway.toml:7:14: gateway.statements:"));
  CHECK(says(outcome, "gateway.toml:6:17: gateway.authority_key:"));
  CHECK(says(outcome, "gateway.toml:8:15: gateway.signing_key:"));
  CHECK(says(load_config(files.pki.folder() / "none.toml", {}), "cannot be read"));
  CHECK(says(load_config(files.pki.folder(), {}), "cannot be read"));
}

TEST_CASE("the certificate must be ours, in force, of this CA and fit its key (USTP-CFG-003)") {
  const Files files;
  const TestPki stranger;
  const auto now = SystemClock().now();
  CHECK(says(files.load(now + Duration::seconds(25 * 3600)), "tls.certificate: expired at"));
  CHECK(says(files.load({now.ns - 2 * 3'600'000'000'000}), "tls.certificate: is valid only from"));

  files.pki.gateway("gw-b");
  files.write("gateway.toml", with(kGood, "gw-a.pem", "gw-b.pem"));
  auto outcome = files.load();
  CHECK(says(outcome, "tls.key: " + (files.pki.folder() / "gw-a.key").string() + ": not the key of the certificate"));
  CHECK(says(outcome, "tls.certificate: names gateway gw-b, gateway.id is gw-a"));

  files.pki.participant("bank");
  files.write("gateway.toml", with(with(kGood, "gw-a.pem", "bank.pem"), "gw-a.key", "bank.key"));
  CHECK(says(files.load(), "expected urn:ustp:gateway:gw-a"));

  const auto foreign = stranger.gateway("gw-a");
  files.write("gateway.toml", with(with(kGood, "gw-a.pem", foreign.certificate), "gw-a.key", foreign.key));
  CHECK(says(files.load(), "not valid under the CA"));
}

TEST_CASE("the Ethereum key file holds 32 octets in hexadecimal") {
  const Files files;
  files.write("gateway.toml", with(kGood, "kind = \"csd\"\ninbox = \"inbox\"\noutbox = \"outbox\"",
                                   "kind = \"ethereum\"\nrpc = \"http://127.0.0.1:8545\"\nkey = \"eth.key\""));
  files.write("eth.key", "0x" + std::string(64, 'a') + "\n");
  CHECK(files.load());
  files.write("eth.key", std::string(62, 'a'));
  CHECK(says(files.load(), "not 32 octets in hexadecimal"));
}

TEST_CASE("a flag wins over the environment and the environment over the file (USTP-CFG-006)") {
  const char* const environment[] = {"HOME=/root", "USTP_GATEWAY_API_LISTEN=127.0.0.1:1", "USTP_GATEWAY_LIMITS_OPEN_TRANSFERS=7",
                                     "USTP_GATEWAY_API_PARTICIPANTS=bank-a,bank-b", "USTP_GATEWAY_PEER_LISTEN=127.0.0.1:2", nullptr};
  auto over = overrides_of_environment(environment);
  REQUIRE(over.size() == 4);
  over.push_back(override_of_flag("peer.listen=127.0.0.1:3").value());
  const auto outcome = parse_config(kGood, "gateway.toml", "/etc/ustp", over);
  REQUIRE(outcome);
  CHECK(outcome.config->api_listen == "127.0.0.1:1");
  CHECK(outcome.config->peer_listen == "127.0.0.1:3");
  CHECK(outcome.config->limits.open_transfers == 7);
  CHECK(outcome.config->api_participants == std::vector{ParticipantId::literal("bank-a"), ParticipantId::literal("bank-b")});
  const auto shown = show_config(outcome, true);
  CHECK(shown.find("id = \"gw-a\"  # gateway.toml:2\n") != std::string::npos);
  CHECK(shown.find("listen = \"127.0.0.1:1\"  # environment USTP_GATEWAY_API_LISTEN\n") != std::string::npos);
  CHECK(shown.find("listen = \"127.0.0.1:3\"  # --set peer.listen\n") != std::string::npos);
  CHECK(shown.find("messages_per_batch = 1024  # default\n") != std::string::npos);
}

TEST_CASE("what is wrong from outside the file is told with what gave it") {
  const char* const environment[] = {"USTP_GATEWAY_LIMITS_OPEN_TRANSFERS=many", "USTP_GATEWAY_API_LISTN=x", "USTP_GATEWAY_APII_LISTEN=x",
                                     nullptr};
  const auto outcome = parse_config(kGood, "gateway.toml", "/etc/ustp", overrides_of_environment(environment));
  CHECK_FALSE(outcome);
  CHECK(says(outcome, "environment USTP_GATEWAY_LIMITS_OPEN_TRANSFERS: limits.open_transfers: must be a whole number"));
  CHECK(says(outcome, "environment USTP_GATEWAY_API_LISTN: unknown key in [api]: 'listn'; did you mean 'listen'?"));
  CHECK(says(outcome, "environment USTP_GATEWAY_APII_LISTEN: unknown section 'apii'; did you mean 'api'?"));
  for (const char* wrong : {"", "peer", "peer.listen", "=x", ".listen=x", "peer.=x", "peer=x.y"}) CHECK_FALSE(override_of_flag(wrong));
}

TEST_CASE("what is shown is a configuration that says the same, and no key is left out") {
  const std::string csd = "kind = \"csd\"\ninbox = \"inbox\"\noutbox = \"outbox\"";
  for (const auto& ledger : {csd, std::string("kind = \"ethereum\"\nrpc = \"http://127.0.0.1:8545\"\nkey = \"/keys/eth\""),
                             std::string("kind = \"corda\"\nendpoint = \"127.0.0.1:7401\"")}) {
    const std::string api = "[api]\nparticipants = [\"bank\"]\ndoc_url = \"https://docs.example/errors.html\"";
    const auto first = parse(with(with(kGood, csd, ledger), "[api]", api) +
                             "[jwt]\nkeys = \"k\"\nissuer = \"i\"\naudience = \"a\"\n[log]\nfile = \"a.log\"\n[webhook-x]\nparticipant = \"bank\"\n"
                             "url = \"https://a\"\nsecret = \"s\"\nca = \"c\"\nstatuses = [\"open\"]\n");
    REQUIRE(first);
    const auto shown = show_config(first, false);
    const auto second = parse(shown);
    REQUIRE(second);
    CHECK(show_config(second, false) == shown);
    for (const auto& key : first.keys) {
      CAPTURE(key);  // a new key of the configuration belongs into show.cpp too
      CHECK(second.places.contains(key));
    }
  }
}

TEST_CASE("a certificate that ends soon and a key that others may read are noted, not refused") {
  const Files files;
  const auto outcome = files.load();
  CHECK(outcome);
  const auto noted = [&](const std::string& what) {
    return std::any_of(outcome.notes.begin(), outcome.notes.end(),
                       [&](const auto& note) { return to_string(note).find(what) != std::string::npos; });
  };
  CHECK(noted("tls.certificate: expires at"));
  CHECK(noted("gateway.signing_key: " + (files.pki.folder() / "signing.key").string() + ": others than its owner"));
  fs::permissions(files.pki.folder() / "signing.key", fs::perms::owner_read | fs::perms::group_read);
  for (const auto& note : files.load().notes) CHECK(note.text.find("signing_key") == std::string::npos);
}
