#include "sdk/cli/api.hpp"

#include <time.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "sdk/cli/advice.hpp"

namespace ustp::cli {

std::shared_ptr<Connection> add_connection(CLI::App& command, bool with_json) {
  const auto c = std::make_shared<Connection>();
  const auto add = [&](const char* flag, std::string& to, const char* variable, const char* what) {
    return command.add_option(flag, to, what)->envname(variable)->group("Connection");
  };
  add("--api", c->api, "USTP_API", "https://HOST:PORT of the gateway's API")->required();
  add("--ca", c->ca, "USTP_CA", "PEM of the certificate authority that is trusted")->required();
  add("--cert", c->certificate, "USTP_CERT", "PEM of the participant's certificate; with --key");
  add("--key", c->key, "USTP_KEY", "PEM of its private key");
  add("--token", c->token, "USTP_TOKEN", "File with a bearer token (JWT), instead of --cert and --key or beside them");
  command.add_option("--timeout-ms", c->timeout_ms, "Of one attempt; default 30000")
      ->check(CLI::Range(1u, 600'000u))
      ->group("Connection");
  if (with_json) command.add_flag("--json", c->json, "Print what the gateway sent");
  return c;
}

Result<std::unique_ptr<client::Client>> connect(const Connection& c) {
  if (c.certificate.empty() != c.key.empty()) return Error{Code::config_invalid, "--cert and --key belong together"};
  if (c.certificate.empty() && c.token.empty()) return Error{Code::config_invalid, "--cert and --key, or --token, is required"};
  client::TlsOptions options;
  options.base_url = c.api;
  options.ca_file = c.ca;
  options.certificate_file = c.certificate;
  options.key_file = c.key;
  options.token_file = c.token;
  options.timeout = Duration::milliseconds(c.timeout_ms);
  USTP_TRY(auto transport, client::make_https_transport(options));
  return std::make_unique<client::Client>(std::move(transport), std::make_unique<SystemRandom>(), sleep_for);
}

int complain(const client::Failure& failure) {
  std::fprintf(stderr, "ustp: %s\n", client::to_string(failure).c_str());
  if (failure.kind == client::Failure::Kind::kUnreachable)
    advise("is the gateway running, and --api its address? what was ordered may have arrived: ask again with the same key");
  else
    advise(advice(failure.code));
  return failure.kind == client::Failure::Kind::kUnreachable ? kUnreachable : kFailed;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i >= widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    out += line + "\n";
  }
  return out;
}

std::string random_idempotency_key() {
  return "ustp-" + SystemRandom().id<Salt>().hex();
}

void sleep_for(Duration duration) {
  timespec left{duration.ns / 1'000'000'000, duration.ns % 1'000'000'000};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace ustp::cli
