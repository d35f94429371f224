#pragma once
// What the commands share that speak to a gateway's API: the connection's options, failures as exit codes, tables.

#include <memory>
#include <string>
#include <vector>

#include "sdk/cli/command.hpp"
#include "ustp/client/client.hpp"

namespace ustp::cli {

// --api --ca --cert --key --token, each also from the environment (USTP_API, USTP_CA, USTP_CERT, USTP_KEY, USTP_TOKEN), and
// --json. Certificate with key, or token, or all of them.
struct Connection {
  std::string api, ca, certificate, key, token;
  std::uint32_t timeout_ms = 30'000;
  bool json = false;
};
std::shared_ptr<Connection> add_connection(CLI::App& command, bool with_json = true);

// Code::config_invalid names what cannot be used. The client waits between attempts by sleeping.
Result<std::unique_ptr<client::Client>> connect(const Connection& connection);

int complain(const client::Failure& failure);  // kUnreachable or kFailed
// Columns two spaces apart, each as wide as its widest cell; the first row is the head.
std::string table(const std::vector<std::vector<std::string>>& rows);
std::string random_idempotency_key();
void sleep_for(Duration duration);

// Connects, calls, and hands the value to `show`; everything else becomes a message and an exit code.
template <class Call, class Show>
int ask(const Connection& connection, const Call& call, const Show& show) {
  auto connected = connect(connection);
  if (!connected) return usage_error(connected.error());
  const auto outcome = call(**connected);
  return outcome ? show(*outcome) : complain(outcome.failure());
}

}  // namespace ustp::cli
