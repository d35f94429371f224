// ustp-gateway: the process that CSDs and banks run.
#include <CLI/CLI.hpp>
#include <iostream>

#include "gateway/app/app.hpp"

namespace {

int run(int argc, char** argv) {
  ustp::gateway::AppOptions options;
  CLI::App app("ustp-gateway: stands in front of a ledger and moves securities to and from other ledgers", "ustp-gateway");
  app.set_version_flag("--version", "ustp-gateway " USTP_VERSION);
  app.add_option("--config", options.config, "Configuration, TOML; runs until SIGTERM or SIGINT");
  app.require_subcommand(0, 1);
  app.footer(
      "Exit codes: 0 stopped cleanly or no problem, 1 the gateway failed or check-config found problems, 2 wrong use or\n"
      "a configuration that cannot be used.\nExample: ustp-gateway --config /etc/ustp/gateway.toml");
  auto* check = app.add_subcommand("check-config", "Tell every problem of a configuration at once; opens no socket");
  check->add_option("FILE", options.config, "Configuration, TOML")->required();
  check->footer("Each problem has file, line and column. Exit codes: 0 no problem, 1 problems.\n"
                "Example: ustp-gateway check-config gateway.toml");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (check->parsed()) return ustp::gateway::check_config(options);
  if (options.config.empty()) {
    std::cerr << app.help();
    return 2;
  }
  return ustp::gateway::run_gateway(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // the one edge: memory, or a bug of ours
    std::cerr << "ustp-gateway: internal: " << error.what() << "\n";
    return 1;
  }
}
