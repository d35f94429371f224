// ustp: the command line of the Unified Securities Token Protocol. The second place of composition (decision 24).
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "sdk/cli/advice.hpp"
#include "sdk/cli/command.hpp"

namespace ustp::cli {

int complain(const Error& error) {
  std::fprintf(stderr, "ustp: %s\n", to_string(error).c_str());
  advise(advice(error.code));
  return error.code == Code::io_error ? kUsage : kFailed;
}
int usage_error(const Error& error) {
  std::fprintf(stderr, "ustp: %s\n", to_string(error).c_str());
  advise(advice(error.code));
  return kUsage;
}
void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

namespace {
int run(int argc, char** argv) {
  CLI::App app("ustp: tools of the Unified Securities Token Protocol", "ustp");
  app.set_version_flag("--version", "ustp " USTP_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 refused or a check failed, 2 wrong use, 3 the gateway cannot be reached.\n"
      "Every command has --help with an example.");
  Run action;
  add_keys(app, action);
  add_id(app, action);
  add_statement(app, action);
  add_journal(app, action);
  add_verify(app, action);
  add_evidence(app, action);
  add_msg(app, action);
  add_token(app, action);
  add_vectors(app, action);
  add_config(app, action);
  add_crypto(app, action);
#ifdef USTP_CLI_HAS_CLIENT
  add_transfer(app, action);
  add_positions(app, action);
  add_instruments(app, action);
  add_events(app, action);
#endif
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  const int code = action();
  if (std::fflush(stdout) != 0) return complain({Code::io_error, "stdout"});
  return code;
}
}  // namespace

}  // namespace ustp::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_DFL);
  try {
    return ustp::cli::run(argc, argv);
  } catch (const std::exception& error) {  // the one edge: memory, or a bug of ours
    std::fprintf(stderr, "ustp: internal: %s\n", error.what());
    return ustp::cli::kFailed;
  }
}
