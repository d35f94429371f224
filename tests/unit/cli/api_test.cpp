// The commands that speak to a gateway, against a stand-in that speaks TLS 1.3 and asks for a client certificate.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/cli/process.hpp"
#include "ustp/client/transport.hpp"

using namespace ustp::test;

namespace {

const std::string kId = "00112233445566778899aabbccddeeff";

struct Api {
  explicit Api(std::vector<std::string> more = {})
      : server([&] {
          std::vector<std::string> words = {"python3", USTP_SOURCE_DIR "/tests/unit/cli/fake_api.py", pki};
          words.insert(words.end(), more.begin(), more.end());
          return words;
        }()) {}

  TemporaryFolder folder;
  std::string pki = folder / "pki";
  bool made = run({USTP_SOURCE_DIR "/tools/pki", pki, "--gateway", "gw-a", "--participant", "bank-a"}).code == 0;
  Beside server;
  std::string url = "https://127.0.0.1:" + server.read_line();

  Finished operator()(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.begin(), USTP_CLI);
    std::vector<std::string> environment = {"USTP_API=" + url, "USTP_CA=" + pki + "/ca.pem",
                                            "USTP_CERT=" + pki + "/participant-bank-a.pem",
                                            "USTP_KEY=" + pki + "/participant-bank-a.key.pem"};
    environment.insert(environment.end(), more.begin(), more.end());
    return run(words, {}, environment);
  }
  Finished start(const std::string& reference, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {
        "transfer", "start", "--instrument", "US0378331005",    "--quantity", "100",         "--from",
        "ACC-1",    "--to",  "0xab",         "--target-ledger", "eth-1",      "--reference", reference};
    words.insert(words.end(), more.begin(), more.end());
    return (*this)(words);
  }
};

}  // namespace

TEST_CASE("a transfer is started under a key that is printed, shown, listed and watched to its end") {
  Api api;
  REQUIRE(api.made);
  const auto started = api.start("r1");
  CAPTURE(started.err);
  REQUIRE(started.code == 0);
  CHECK(started.out.starts_with(kId + " open\n"));
  CHECK(has(started.out, "100 US0378331005"));
  REQUIRE(started.err.starts_with("idempotency-key: "));
  const auto key = started.err.substr(17, started.err.find('\n') - 17);
  CHECK(api.server.read_line() == "POST /v1/transfers " + key);

  const auto listed = api({"transfer", "list", "--limit", "5"});
  CHECK(listed.code == 0);
  CHECK(has(listed.out, kId + "  open"));
  CHECK(has(listed.err, "--after Abc-_"));
  CHECK(api.server.read_line() == "GET /v1/transfers?limit=5 -");
  CHECK(nlohmann::json::parse(api({"transfer", "show", kId, "--json"}).out).contains("added_later"));
  const auto watched = api({"transfer", "watch", kId, "--interval-ms", "10"});
  CHECK(watched.code == 0);
  CHECK(watched.out ==
        "2026-11-25T00:00:00Z  proposed\n2026-11-25T00:00:01Z  voted\n2026-11-25T00:00:02Z  completed\n" + kId +
            " completed\n");
}

TEST_CASE("a busy gateway is asked again under the same key, a refusal is final and typed") {
  Api api;
  const auto busy = api.start("busy", {"--idempotency-key", "my-key"});
  CHECK(busy.code == 0);
  CHECK(api.server.read_line() == "POST /v1/transfers my-key");
  CHECK(api.server.read_line() == "POST /v1/transfers my-key");
  const auto refused = api.start("refuse", {"--idempotency-key", "second"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "ustp: denomination: why (at /quantity) [request req-1]"));
  CHECK(api.server.read_line() == "POST /v1/transfers second");
  const auto nonsense = api.start("nonsense", {"--idempotency-key", "third"});
  CHECK(nonsense.code == 1);
  CHECK(has(nonsense.err, "cannot be understood"));
  CHECK(api.server.read_line() == "POST /v1/transfers third");
  // A cancellation is sent once, whatever the answer.
  const auto cancelled = api({"transfer", "cancel", kId});
  CHECK(cancelled.code == 1);
  CHECK(has(cancelled.err, "stopping"));
  CHECK(api.server.read_line() == "POST /v1/transfers/" + kId + ":cancel -");
  CHECK(api({"transfer", "show", "00000000000000000000000000000001"}).code == 1);
  CHECK(api.server.read_line() == "GET /v1/transfers/00000000000000000000000000000001 -");
}

TEST_CASE("events are listed, and followed from a cursor that is told at the end") {
  Api api;
  const auto listed = api({"events", "list", "--limit", "2"});
  CAPTURE(listed.err);
  CHECK(listed.code == 0);
  CHECK(has(listed.out, "c1      2026-11-25T00:00:01Z  " + kId + "  sender  state-1  open    peer\n"));
  CHECK(has(listed.err, "more: --after c2"));
  CHECK(api.server.read_line() == "GET /v1/events?limit=2 -");
  const auto followed = api({"events", "follow", "--count", "3", "--timeout-ms", "8000"});
  CHECK(followed.code == 0);
  CHECK(followed.out == "c1  2026-11-25T00:00:01Z  " + kId + "  sender  state-1  open  peer\n" +
                            "c2  2026-11-25T00:00:02Z  " + kId + "  sender  state-2  open  peer\n" +
                            "c3  2026-11-25T00:00:03Z  " + kId + "  sender  state-3  open  peer\n");
  CHECK(has(followed.err, "go on with: --after c3"));
  CHECK(api.server.read_line() == "GET /v1/events?limit=100&wait=4 -");
  CHECK(api.server.read_line() == "GET /v1/events?limit=100&after=c2&wait=4 -");
  const auto json = api({"events", "follow", "--after", "c2", "--count", "1", "--json"});
  CHECK(nlohmann::json::parse(json.out)["added_later"] == 1);
  const auto old = api({"events", "follow", "--after", "old"});
  CHECK(old.code == 1);
  CHECK(has(old.err, "cursor_expired"));
  CHECK(has(old.err, "--after c5"));
}

TEST_CASE("positions, instruments, evidence and statements") {
  Api api;
  const auto positions = api({"positions", "US0378331005"});
  CHECK(positions.code == 0);
  CHECK(has(positions.out, "ACC-1    client    900       100     7 base units"));
  const auto instruments = api({"instruments"});
  CHECK(instruments.code == 0);
  CHECK(has(instruments.out, "US0378331005  2        active  1000    gw-a  csd-1,eth-1  A share"));
  const auto bundle = api.folder / "bundle";
  CHECK(api({"evidence", "get", kId, "--out", bundle}).code == 0);
  CHECK(read_text(bundle) == std::string("\0bundle\xff", 8));
  CHECK(api({"evidence", "get", kId, "--out", bundle}).code == 2);

  const auto key = api.folder / "key", log = api.folder / "log", body = api.folder / "body.json";
  REQUIRE(api({"keys", "new", "--out", key}).code == 0);
  write_text(body, R"({"kind":"participant","participant":"bank-a"})");
  REQUIRE(api({"statement", "sign", "--key", key, "--authority", "association", "--log", log, body}).code == 0);
  const auto applied = api({"statement", "apply", log + "/000001.stm"});
  CAPTURE(applied.err);
  CHECK(applied.code == 0);
  CHECK(applied.out == log + "/000001.stm 7\n");
  CHECK(api({"statement", "apply", body}).code == 2);
}

TEST_CASE("who cannot be reached or trusted gives 3, a connection that cannot be made 2") {
  Api api;
  std::vector<std::string> show = {"transfer", "cancel", kId};
  const auto with = [&](std::vector<std::string> more) {
    auto words = show;
    words.insert(words.end(), more.begin(), more.end());
    return api(words);
  };
  CHECK(with({"--api", "https://127.0.0.1:1"}).code == 3);
  CHECK(with({"--api", "http://127.0.0.1:1"}).code == 2);
  CHECK(with({"--ca", api.folder / "absent.pem"}).code == 2);
  CHECK(with({"--cert", api.pki + "/ca.pem"}).code == 2);  // not the certificate of this key
  // Another authority's gateway is not trusted, however good its certificate is.
  const auto other = api.folder / "other";
  REQUIRE(run({USTP_SOURCE_DIR "/tools/pki", other, "--gateway", "gw-a", "--participant", "bank-a"}).code == 0);
  CHECK(with({"--ca", other + "/ca.pem"}).code == 3);
  // Not even when the machine trusts that gateway's authority.
  CHECK(api({"transfer", "cancel", kId, "--ca", other + "/ca.pem"}, {"SSL_CERT_FILE=" + api.pki + "/ca.pem"}).code ==
        3);
  // And the gateway does not let in a participant of another authority.
  CHECK(with({"--cert", other + "/participant-bank-a.pem", "--key", other + "/participant-bank-a.key.pem"}).code == 3);
  CHECK(api({"transfer", "show", "xyz"}).code == 2);
}

TEST_CASE("a gateway that speaks older TLS is not spoken to") {
  Api api({"old-tls"});
  CHECK(api({"transfer", "cancel", kId}).code == 3);
}

TEST_CASE("a file of orders is read whole before anything is sent; a line that is none is named") {
  Api api;
  const auto file = api.folder / "batch.jsonl";
  const auto start = [&] { return api({"transfer", "start", "--batch", file}); };
  const std::string good = R"({"idempotency_key":"k1","order":{"reference":"r1"}})";
  const std::pair<std::string, std::string> wrong[] = {
      {"", "no order"},
      {good + "\n\nx\n", "line 3: no JSON object"},
      {good + "\n" + R"({"idempotency_key":"k2"})", "line 2: idempotency_key and order"},
      {R"({"idempotency_key":1,"order":{}})", "line 1: idempotency_key is a text"},
      {R"({"idempotency_key":"k 1","order":{}})", "line 1: "},
      {good + "\n" + good + "\n", "line 2: the key of another line"},
  };
  for (const auto& [text, said] : wrong) {
    write_text(file, text);
    const auto done = start();
    CHECK(done.code == 2);
    CHECK_MESSAGE(has(done.err, said), done.err);
  }
  write_text(file, good + "\n" + R"({"order":{"reference":"refuse"},"idempotency_key":"k2"})" + "\n");
  const auto done = start();
  CAPTURE(done.err);
  CHECK(done.code == 1);
  CHECK(has(done.out, "k1 " + kId + " open\n"));
  CHECK(has(done.out, "k2 refused denomination"));
  CHECK(api.server.read_line() == "POST /v1/transfers:batch -");
  CHECK(has(api({"transfer", "start"}).err, "--instrument is required (or --batch FILE)"));
}

TEST_CASE("a token in a file stands for a certificate and is read for every call; without either nothing is asked") {
  Api api({"token"});
  const auto file = api.folder / "token";
  const auto show = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {USTP_CLI, "transfer", "show", kId, "--api", api.url, "--ca", api.pki + "/ca.pem"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, {}, {"HOME=/"});
  };
  write_text(file, "abc.def.ghi\n");
  const auto shown = show({"--token", file});
  CAPTURE(shown.err);
  CHECK(shown.code == 0);
  CHECK(api.server.read_line() == "GET /v1/transfers/" + kId + " - Bearer abc.def.ghi");
  CHECK(run({USTP_CLI, "transfer", "show", kId}, {}, {"USTP_API=" + api.url, "USTP_CA=" + api.pki + "/ca.pem", "USTP_TOKEN=" + file})
            .code == 0);
  CHECK(show({}).code == 2);
  CHECK(has(show({}).err, "--token, is required"));
  CHECK(show({"--cert", api.pki + "/participant-bank-a.pem"}).code == 2);
  CHECK(show({"--token", api.folder / "absent"}).code == 2);
  for (const std::string wrong : {"", "a b", "a\nX-Other: b"}) {
    write_text(file, wrong);
    CHECK(show({"--token", file}).code == 2);
  }
  // A library's connection, too, reads what stands there now.
  write_text(file, "first");
  ustp::client::TlsOptions options;
  options.base_url = api.url;
  options.ca_file = api.pki + "/ca.pem";
  options.token_file = file;
  const auto transport = ustp::client::make_https_transport(options).value();
  CHECK(api.server.read_line().ends_with("abc.def.ghi"));
  CHECK(transport->send({"GET", "/v1/transfers/" + kId, {}, {}}));
  CHECK(api.server.read_line().ends_with("Bearer first"));
  write_text(file, "second");
  CHECK(transport->send({"GET", "/v1/transfers/" + kId, {}, {}}));
  CHECK(api.server.read_line().ends_with("Bearer second"));
}

TEST_CASE("a reply beyond the bound is given up") {
  Api api;
  ustp::client::TlsOptions options;
  options.base_url = api.url;
  options.ca_file = api.pki + "/ca.pem";
  options.certificate_file = api.pki + "/participant-bank-a.pem";
  options.key_file = api.pki + "/participant-bank-a.key.pem";
  const auto get = [&](std::size_t bound) {
    options.reply_octets = bound;
    return ustp::client::make_https_transport(options).value()->send(
        {"GET", "/v1/transfers/" + kId + "/evidence", {}, {}});
  };
  CHECK(get(8).value().body.size() == 8);
  CHECK(get(7).error().code == ustp::Code::body_too_large);
}
